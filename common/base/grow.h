/* Arrays that grow while they are filled. */
#ifndef FUPIN_GROW_H
#define FUPIN_GROW_H

#include <stdbool.h>
#include <stddef.h>

/* Out of line: see grow(). */
bool grow_to(void *array, size_t *room, size_t need, size_t item_bytes) __attribute__((warn_unused_result));

/* Makes room for `need` items in the array that `array`, a pointer to a pointer, leads to, and which has room
 * for *room. It grows to twice its room at least, so that items added one by one cost the same. What is new
 * is not set to 0. False: no memory, and nothing has changed. */
static inline bool __attribute__((warn_unused_result))
grow(void *array, size_t *room, size_t need, size_t item_bytes)
{
	return need <= *room || grow_to(array, room, need, item_bytes);
}

#endif
