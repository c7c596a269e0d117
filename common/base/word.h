/* A word in both languages; its index in a list of words is its number. */
#ifndef FUPIN_COMMON_WORD_H
#define FUPIN_COMMON_WORD_H

#include <stdbool.h>
#include <string.h>

struct word {
	const char *en, *zh;
};

/* Finds a word, in either language, in a list from index `first` on. */
static inline bool
word_find(const struct word *words, int first, int count, const char *text, int *out)
{
	for (int i = first; i < count; i++)
		if (!strcmp(text, words[i].en) || !strcmp(text, words[i].zh)) {
			*out = i;
			return true;
		}
	return false;
}

#endif
