/* Documents and their files, both directions. */
#include "codec_internal.h"

enum file_type
codec_file_type(int type)
{
	return type > 0 && type < (int)FILE_TYPES ? (enum file_type)type : FILE_TYPE_NONE;
}

/* ---------------------------------------------------------------- requests */

bool
codec_upload_from_wire(const Fupin__V1__Upload *wire, struct upload *out)
{
	*out = (struct upload){
	    .unit = (unit_code)wire->unit,
	    .size = wire->size,
	    .type = codec_file_type((int)wire->type),
	    .offset = wire->offset,
	    .part = wire->part.data,
	    .part_size = wire->part.len,
	};
	return codec_digest_from_wire(&wire->digest, &out->digest);
}

void
codec_upload_to_wire(const struct upload *upload, Fupin__V1__Upload *wire)
{
	fupin__v1__upload__init(wire);
	wire->unit = (uint64_t)upload->unit;
	wire->digest = codec_binary(upload->digest.bytes, DIGEST_BYTES);
	wire->size = upload->size;
	wire->type = (Fupin__V1__FileType)upload->type;
	wire->offset = upload->offset;
	wire->part = codec_binary(upload->part, upload->part_size);
}

static struct document_key
key_from_wire(const Fupin__V1__DocumentKey *wire)
{
	return wire ? (struct document_key){(unit_code)wire->unit, wire->kind, wire->version}
	            : (struct document_key){0};
}

static void
key_to_wire(const struct document_key *key, Fupin__V1__DocumentKey *wire)
{
	fupin__v1__document_key__init(wire);
	wire->unit = (uint64_t)key->unit;
	wire->kind = key->kind;
	wire->version = key->version;
}

/* NULL for none. */
static Fupin__V1__DocumentKey *
optional_key_to_wire(struct arena *arena, const struct document_key *key, bool *good)
{
	Fupin__V1__DocumentKey *wire = key->unit ? arena_alloc(arena, sizeof *wire) : NULL;
	if (wire)
		key_to_wire(key, wire);
	*good = *good && (wire || !key->unit);
	return wire;
}

void
codec_document_query_from_wire(const Fupin__V1__DocumentQuery *wire, struct document_query *out)
{
	*out = (struct document_query){
	    .unit = (unit_code)wire->unit,
	    .kind_count = wire->n_kinds,
	    .kinds = wire->kinds,
	    .versions = wire->versions,
	    .missing = wire->missing,
	    .limit = wire->limit,
	    .after = key_from_wire(wire->after),
	    .as_of = codec_as_of_from_wire(wire->as_of),
	};
}

bool
codec_document_query_to_wire(struct arena *arena, const struct document_query *query,
                             Fupin__V1__DocumentQuery *wire)
{
	bool good = true;
	fupin__v1__document_query__init(wire);
	wire->unit = (uint64_t)query->unit;
	wire->n_kinds = query->kind_count;
	wire->kinds = (uint32_t *)(uintptr_t)query->kinds;
	wire->versions = query->versions;
	wire->missing = query->missing;
	wire->limit = query->limit;
	wire->after = optional_key_to_wire(arena, &query->after, &good);
	wire->as_of = codec_as_of_to_wire(arena, &query->as_of, &good);
	return good;
}

void
codec_file_query_from_wire(const Fupin__V1__FileQuery *wire, struct file_query *out)
{
	*out = (struct file_query){key_from_wire(wire->key), wire->offset};
}

bool
codec_file_query_to_wire(struct arena *arena, const struct file_query *query, Fupin__V1__FileQuery *wire)
{
	fupin__v1__file_query__init(wire);
	wire->key = arena_alloc(arena, sizeof *wire->key);
	if (!wire->key)
		return false;
	key_to_wire(&query->key, wire->key);
	wire->offset = query->offset;
	return true;
}

/* ---------------------------------------------------------------- replies */

static void
item_to_wire(const struct document_item *item, Fupin__V1__DocumentItem *wire, Fupin__V1__DocumentKey *key)
{
	key_to_wire(&item->key, key);
	wire->key = key;
	wire->due = item->due;
	wire->first_time = item->first_time;
	wire->time = item->time;
	wire->seq = item->seq;
	wire->type = (Fupin__V1__FileType)item->type;
	wire->size = item->size;
	if (item->key.version)
		wire->digest = codec_binary(item->digest.bytes, DIGEST_BYTES);
	wire->name = codec_text(item->name);
	wire->note = codec_text(item->note);
}

static bool
item_from_wire(const Fupin__V1__DocumentItem *wire, struct document_item *out)
{
	if (!wire || !wire->key)
		return false;
	*out = (struct document_item){
	    .key = key_from_wire(wire->key),
	    .due = wire->due,
	    .first_time = wire->first_time,
	    .time = wire->time,
	    .seq = wire->seq,
	    .type = codec_file_type((int)wire->type),
	    .size = wire->size,
	    .name = codec_string(wire->name),
	    .note = codec_string(wire->note),
	};
	return !out->key.version || codec_digest_from_wire(&wire->digest, &out->digest);
}

bool
codec_documents_to_wire(struct arena *arena, const struct document_answer *answer, Fupin__V1__Documents *wire)
{
	static const Fupin__V1__DocumentItem init = FUPIN__V1__DOCUMENT_ITEM__INIT;
	static const Fupin__V1__DocumentKey key_init = FUPIN__V1__DOCUMENT_KEY__INIT;
	Fupin__V1__DocumentItem *items;
	Fupin__V1__DocumentKey *keys;
	bool good = true;
	fupin__v1__documents__init(wire);
	wire->label = codec_text(answer->label);
	wire->time_us = answer->time_us;
	wire->n_documents = answer->count;
	wire->documents = codec_pointers(arena, answer->count, &init, sizeof init, (void **)&items);
	codec_pointers(arena, answer->count, &key_init, sizeof key_init, (void **)&keys);
	if (answer->count && (!wire->documents || !keys))
		return false;
	for (size_t i = 0; i < answer->count; i++)
		item_to_wire(&answer->items[i], &items[i], &keys[i]);
	wire->next = optional_key_to_wire(arena, &answer->next, &good);
	return good;
}

bool
codec_documents_from_wire(struct arena *arena, const Fupin__V1__Documents *wire, struct document_answer *out)
{
	*out = (struct document_answer){
	    .label = codec_string(wire->label),
	    .time_us = wire->time_us,
	    .count = wire->n_documents,
	    .items = arena_array(arena, wire->n_documents, sizeof *out->items),
	    .next = key_from_wire(wire->next),
	};
	bool good = out->items;
	for (size_t i = 0; good && i < wire->n_documents; i++)
		good = item_from_wire(wire->documents[i], &out->items[i]);
	return good;
}

bool
codec_file_to_wire(struct arena *arena, const struct file_part *file, Fupin__V1__FilePart *wire)
{
	struct {
		Fupin__V1__DocumentItem item;
		Fupin__V1__DocumentKey key;
	} *inner = arena_alloc(arena, sizeof *inner);
	if (!inner)
		return false;
	fupin__v1__file_part__init(wire);
	fupin__v1__document_item__init(&inner->item);
	item_to_wire(&file->document, &inner->item, &inner->key);
	wire->document = &inner->item;
	wire->offset = file->offset;
	wire->part = codec_binary(file->part, file->part_size);
	return true;
}

bool
codec_file_from_wire(const Fupin__V1__FilePart *wire, struct file_part *out)
{
	*out = (struct file_part){.offset = wire->offset, .part = wire->part.data, .part_size = wire->part.len};
	return item_from_wire(wire->document, &out->document);
}
