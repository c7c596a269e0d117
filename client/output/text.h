/* What the program says, in the language of the environment: gettext, English in the source, po/zh_CN.po
 * beside it. The library (fupin_client) and common print nothing themselves: their names and problems exist
 * in both languages, and an argument chooses one. */
#ifndef FUPIN_CLIENT_TEXT_H
#define FUPIN_CLIENT_TEXT_H

#include "check/problem.h"

#include <libintl.h>

#define _(text) gettext(text)
/* Marked for translation here, translated where it is printed. */
#define N_(text) (text)
/* For an English word with several meanings: `context` says which one. */
#define C_(context, text) text_in_context(context "\004" text, text)

/* Sets the locale of the environment; to be called once, before anything is printed. The language is used
 * even if the system has no Chinese locale installed. */
void text_open(void);
/* zh… in LC_ALL, LC_MESSAGES or LANG, the first of them that is set: Chinese; anything else: English. */
enum language text_language(void);

const char *text_in_context(const char *key, const char *text) __attribute__((format_arg(2)));

#endif
