/* Arrays that grow: the one place where they are moved. */
#include "grow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 8 };

bool
grow_to(void *array, size_t *room, size_t need, size_t item_bytes)
{
	void *items;
	if (need > SIZE_MAX / 2 / item_bytes)
		return false;
	size_t more = need > 2 * *room ? need : 2 * *room;
	more = more > ROOM_FIRST ? more : ROOM_FIRST;
	memcpy(&items, array, sizeof items); /* of whichever type it is */
	items = realloc(items, more * item_bytes);
	if (!items)
		return false;
	memcpy(array, &items, sizeof items);
	*room = more;
	return true;
}
