/* Arrays that are kept in order, and looked up by halving. */
#ifndef FUPIN_SORTED_H
#define FUPIN_SORTED_H

#include "grow.h"

#include <string.h>

/* Below 0: the item comes before the key; 0: it has that key; above 0: it comes behind it. */
typedef int sorted_order(const void *item, const void *key);

/* The place of the first item that does not come before the key: where the key is, or would be. Inline, so
 * that the order is compiled in. */
static inline size_t
sorted_place(const void *items, size_t count, size_t item_bytes, sorted_order *order, const void *key)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (order((const char *)items + middle * item_bytes, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Makes room for one item at a place, and counts it; what is there is not set. `array` is a pointer to the
 * pointer to the items. False: no memory, and nothing has changed. */
static inline bool __attribute__((warn_unused_result))
sorted_open(void *array, size_t *room, size_t *count, size_t item_bytes, size_t at)
{
	if (!grow(array, room, *count + 1, item_bytes))
		return false;
	char *items = *(char **)array + at * item_bytes;
	memmove(items + item_bytes, items, (*count - at) * item_bytes);
	++*count;
	return true;
}

#endif
