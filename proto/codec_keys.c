/* The other keys of an office's unit, both directions. */
#include "codec_internal.h"

Fupin__V1__Keys *
codec_keys_to_wire(struct arena *arena, const struct key_list *list)
{
	static const Fupin__V1__Key init = FUPIN__V1__KEY__INIT;
	Fupin__V1__Key *items;
	Fupin__V1__Keys *wire = arena_alloc(arena, sizeof *wire);
	if (!wire)
		return NULL;
	fupin__v1__keys__init(wire);
	wire->more = list->more;
	wire->n_keys = list->count;
	wire->keys = codec_pointers(arena, list->count, &init, sizeof init, (void **)&items);
	for (size_t i = 0; wire->keys && i < list->count; i++) {
		const struct key_item *from = &list->items[i];
		items[i].name = codec_text(from->name);
		items[i].public_key = codec_text(from->public_key);
		items[i].admitted_us = from->admitted_us;
		items[i].admitted_by = codec_text(from->admitted_by);
		items[i].ended_us = from->ended_us;
		items[i].ended_by = codec_text(from->ended_by);
		items[i].sent = from->sent;
		items[i].last_seq = from->last_seq;
		items[i].last_us = from->last_us;
	}
	return wire->keys || !list->count ? wire : NULL;
}

bool
codec_keys_from_wire(struct arena *arena, const Fupin__V1__Keys *wire, struct key_list *out)
{
	*out = (struct key_list){.count = wire->n_keys, .more = wire->more};
	out->items = arena_array(arena, out->count, sizeof *out->items);
	for (size_t i = 0; out->items && i < out->count; i++) {
		const Fupin__V1__Key *from = wire->keys[i];
		out->items[i] = (struct key_item){
		    .name = codec_string(from->name),
		    .public_key = codec_string(from->public_key),
		    .admitted_us = from->admitted_us,
		    .admitted_by = codec_string(from->admitted_by),
		    .ended_us = from->ended_us,
		    .ended_by = codec_string(from->ended_by),
		    .sent = from->sent,
		    .last_seq = from->last_seq,
		    .last_us = from->last_us,
		};
	}
	return out->items;
}
