#include "made.h"

#include "case.h"
#include "keys/key_text.h"

#include <string.h>

enum { TEXT_BYTES = 40, RAW_BYTES = 1000, ITEMS = 3 };

/* What a hook sends: bytes of ours, and the flag that says that they are there. */
static const struct hook {
	const ProtobufCMessageDescriptor *wire;
	size_t offset, size, flag;
} hooks[] = {
    {&fupin__v1__profile__descriptor, offsetof(struct profile, shares), sizeof((struct profile *)0)->shares,
     0},
    {&fupin__v1__balance__descriptor, offsetof(struct balance, by_age_fen),
     sizeof((struct balance *)0)->by_age_fen, offsetof(struct balance, has_ages)},
    {&fupin__v1__compliance__descriptor, offsetof(struct compliance_answer, states[RULE_GREEN]),
     sizeof(uint32_t[RULE_STATES - RULE_GREEN]), 0},
    {&fupin__v1__turns__descriptor, offsetof(struct push, states[RULE_GREEN]),
     sizeof(uint32_t[RULE_STATES - RULE_GREEN]), 0},
};

static const struct hook *
hook_of(const struct shape *shape)
{
	size_t i = 0;
	while (i < COUNT(hooks) && hooks[i].wire != shape->wire)
		i++;
	EXPECT(i < COUNT(hooks), "%s has a hook that made.c does not know", shape->wire->name);
	return &hooks[i];
}

static const void *
at(const void *base, size_t offset)
{
	return (const char *)base + offset;
}

static void *
place(void *base, size_t offset)
{
	return (char *)base + offset;
}

/* Sizes are 1, 4 and 8. */
static uint64_t
number_at(const void *base, size_t offset, size_t size)
{
	uint64_t wide;
	uint32_t narrow;
	if (size == sizeof wide) {
		memcpy(&wide, at(base, offset), sizeof wide);
		return wide;
	}
	if (size == 1)
		return *(const uint8_t *)at(base, offset);
	memcpy(&narrow, at(base, offset), sizeof narrow);
	return narrow;
}

static void
set_number(void *base, size_t offset, size_t size, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;
	if (size == sizeof value)
		memcpy(place(base, offset), &value, sizeof value);
	else if (size == 1)
		*(uint8_t *)place(base, offset) = (uint8_t)value;
	else
		memcpy(place(base, offset), &narrow, sizeof narrow);
}

static const void *
pointer_at(const void *base, size_t offset)
{
	const void *pointer;
	memcpy(&pointer, at(base, offset), sizeof pointer);
	return pointer;
}

static void
set_pointer(void *base, size_t offset, const void *pointer)
{
	memcpy(place(base, offset), &pointer, sizeof pointer);
}

static bool
holds(const struct field *f, const void *ours)
{
	uint64_t found = f->when_size ? number_at(ours, f->when, f->when_size) : 0;
	return !f->when_size || (f->is < 0 ? found != 0 : found == (uint64_t)f->is);
}

/* ---------------------------------------------------------------- values */

bool
made_either(struct maker *m)
{
	return dice_next(&m->dice) >> 63;
}

/* One of least … most. */
static uint64_t
number_to(struct maker *m, uint64_t least, uint64_t most)
{
	return m->how == MADE_LEAST  ? least
	       : m->how == MADE_MOST ? most
	                             : least + dice_pick(&m->dice, (size_t)(most - least + 1));
}

static uint64_t
any_number(struct maker *m)
{
	static const uint64_t edges[] = {0, 1, UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN};
	size_t which = dice_pick(&m->dice, 2 * COUNT(edges));
	return m->how == MADE_LEAST   ? 0
	       : m->how == MADE_MOST  ? UINT64_MAX
	       : which < COUNT(edges) ? edges[which]
	                              : dice_next(&m->dice);
}

static void *
any_bytes(struct maker *m, size_t size)
{
	uint8_t *bytes = arena_alloc(m->arena, size + 1);
	assert_non_null(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)any_number(m);
	return bytes;
}

/* A text of 0 … most bytes, without control characters. */
static const char *
any_text(struct maker *m, size_t most)
{
	static const char chinese[] = "凭证";
	size_t size = (size_t)number_to(m, 0, most), first = sizeof chinese - 1;
	char *text = arena_alloc(m->arena, size + 1);
	assert_non_null(text);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)('!' + dice_pick(&m->dice, '~' - '!'));
	if (size >= first && made_either(m))
		memcpy(text, chinese, first);
	return text;
}

/* ---------------------------------------------------------------- fields */

static void
fill_enum(struct maker *m, const struct field *f, void *ours)
{
	bool none = f->flags & ZERO || !(f->flags & STRICT);
	set_number(ours, f->ours, f->size, number_to(m, !none, f->limit - 1));
}

static void
fill_small(struct maker *m, const struct field *f, void *ours)
{
	uint64_t number = number_to(m, 0, f->limit);
	/* What stands for one that is too large goes there and back, too. */
	if (m->how == MADE_ANY && (uint32_t)f->otherwise > f->limit && made_either(m))
		number = (uint32_t)f->otherwise;
	set_number(ours, f->ours, f->size, number);
}

static void
fill_key(struct maker *m, const struct field *f, void *ours)
{
	if (number_to(m, 0, 1))
		key_encode(any_bytes(m, KEY_BYTES), place(ours, f->ours));
}

static void
fill_string(struct maker *m, const struct field *f, void *ours)
{
	char *text = (char *)(uintptr_t)any_text(m, f->kind == FIELD_PLAIN || f->limit ? f->limit : TEXT_BYTES);
	if (f->kind == FIELD_STRING && *text && made_either(m))
		*text = '\t';
	/* An empty one may be none. */
	set_pointer(ours, f->ours, !*text && made_either(m) ? NULL : text);
}

static size_t
fill_count(struct maker *m, const struct field *f, void *ours)
{
	size_t most = f->limit ? f->limit : ITEMS;
	size_t count = (size_t)number_to(m, 0, m->how == MADE_ANY && most > ITEMS ? ITEMS : most);
	set_number(ours, f->ours_count, f->count_size, count);
	return count;
}

static void
fill_array(struct maker *m, const struct field *f, void *ours)
{
	size_t count =
	    f->flags & SAME ? (size_t)number_at(ours, f->ours_count, f->count_size) : fill_count(m, f, ours);
	void *items = arena_array(m->arena, count, f->size);
	assert_non_null(items);
	for (size_t i = 0; i < count; i++)
		set_number(items, i * f->size, f->size,
		           f->otherwise ? number_to(m, 0, (uint32_t)f->otherwise - 1) : any_number(m));
	set_pointer(ours, f->ours, count ? items : NULL);
}

static void
fill_messages(struct maker *m, const struct field *f, void *ours)
{
	size_t count = fill_count(m, f, ours);
	char *items = arena_array(m->arena, count, f->shape->size);
	assert_non_null(items);
	for (size_t i = 0; i < count; i++)
		made_fill(m, f->shape, items + i * f->shape->size);
	set_pointer(ours, f->ours, count ? items : NULL);
}

static void
fill_hook(struct maker *m, const struct shape *shape, void *ours)
{
	const struct hook *hook = hook_of(shape);
	bool there = number_to(m, 0, 1);
	if (hook->flag)
		set_number(ours, hook->flag, 1, there);
	if (there)
		memcpy(place(ours, hook->offset), any_bytes(m, hook->size), hook->size);
}

static void
fill_field(struct maker *m, const struct shape *shape, const struct field *f, void *ours)
{
	switch (f->kind) {
	case FIELD_NUMBER:
		set_number(ours, f->ours, f->size, any_number(m));
		break;
	case FIELD_FLAG:
		set_number(ours, f->ours, 1, number_to(m, 0, 1));
		break;
	case FIELD_SMALL:
		fill_small(m, f, ours);
		break;
	case FIELD_ENUM:
		fill_enum(m, f, ours);
		break;
	case FIELD_CODE:
		strcpy(place(ours, f->ours), any_text(m, f->limit - 1));
		break;
	case FIELD_BLOB:
		memcpy(place(ours, f->ours), any_bytes(m, f->limit), f->limit);
		break;
	case FIELD_KEY:
		fill_key(m, f, ours);
		break;
	case FIELD_RAW:
		set_number(ours, f->ours_count, f->count_size, number_to(m, 0, RAW_BYTES));
		set_pointer(ours, f->ours, any_bytes(m, (size_t)number_at(ours, f->ours_count, f->count_size)));
		break;
	case FIELD_MESSAGE:
		made_fill(m, f->shape, place(ours, f->ours));
		break;
	case FIELD_MESSAGES:
		fill_messages(m, f, ours);
		break;
	case FIELD_ARRAY:
		fill_array(m, f, ours);
		break;
	case FIELD_MASK:
		set_number(ours, f->ours, f->size, any_number(m) & ((UINT64_C(1) << f->limit) - 2));
		break;
	case FIELD_HOOK:
		fill_hook(m, shape, ours);
		break;
	default:
		fill_string(m, f, ours);
	}
}

/* Both sides of a `when` come up: by chance alone a number is hardly ever the one that is meant. */
static void
turn(struct maker *m, const struct shape *shape, const struct field *f, void *ours)
{
	for (size_t i = 0; f->is > 0 && i < shape->count; i++)
		if (shape->fields[i].ours == f->when && shape->fields[i].size == f->when_size && made_either(m))
			set_number(ours, f->when, f->when_size, (uint64_t)f->is);
}

void
made_fill(struct maker *m, const struct shape *shape, void *ours)
{
	const struct field *end = shape->fields + shape->count;
	for (const struct field *f = shape->fields; f < end; f++)
		if (!f->when_size)
			fill_field(m, shape, f, ours);
	for (const struct field *f = shape->fields; f < end; f++)
		if (f->when_size) {
			turn(m, shape, f, ours);
			if (holds(f, ours))
				fill_field(m, shape, f, ours);
		}
}

/* ---------------------------------------------------------------- messages: what rows cannot say */

void
made_request(struct maker *m, struct request *request)
{
	const struct body *body = &request_bodies[request->kind];
	struct enrol *enrol = &request->enrol;
	made_fill(m, body->shape, (char *)request + body->ours);
	/* A key and its proof are there, or neither. */
	if (request->kind == REQUEST_ENROL && *enrol->public_key)
		enrol->proof.bytes[0] = 1;
	else if (request->kind == REQUEST_ENROL)
		enrol->proof = (struct digest){{0}};
}

void
made_reply(struct maker *m, struct reply *reply)
{
	const struct body *body = &reply_bodies[reply->kind];
	if (reply->kind == REPLY_PUSH)
		reply->push.of_rules = made_either(m);
	made_fill(m, body->shape, (char *)reply + body->ours);
	/* A push is of the rules or of a total; a step comes from an earlier one. */
	if (reply->kind == REPLY_PUSH && reply->push.of_rules)
		reply->push.unit_count = 0;
	for (size_t i = 0; reply->kind == REPLY_TRACE && i < reply->trace.count; i++)
		reply->trace.steps[i].from = i ? (uint32_t)i - 1 : 0;
}

void
made_submission(struct maker *m, struct submission *s)
{
	made_fill(m, &shape_submission, s);
	/* Voided, or rows. */
	s->voided = m->how != MADE_LEAST && made_either(m);
	if (s->voided)
		*s = (struct submission){.id = s->id, .voided = true};
}

/* ---------------------------------------------------------------- the same? */

static bool
same_hook(const struct shape *shape, const void *a, const void *b)
{
	const struct hook *hook = hook_of(shape);
	return (!hook->flag || number_at(a, hook->flag, 1) == number_at(b, hook->flag, 1)) &&
	       !memcmp(at(a, hook->offset), at(b, hook->offset), hook->size);
}

static bool
same_items(const struct field *f, const void *a, const void *b)
{
	size_t count = (size_t)number_at(a, f->ours_count, f->count_size);
	const char *x = pointer_at(a, f->ours), *y = pointer_at(b, f->ours);
	if (count != number_at(b, f->ours_count, f->count_size))
		return false;
	if (f->kind != FIELD_MESSAGES)
		return !count || !memcmp(x, y, count * (f->kind == FIELD_RAW ? 1 : f->size));
	bool same = true;
	for (size_t i = 0; same && i < count; i++)
		same = made_same(f->shape, x + i * f->shape->size, y + i * f->shape->size);
	return same;
}

static bool
same_field(const struct shape *shape, const struct field *f, const void *a, const void *b)
{
	switch (f->kind) {
	case FIELD_NUMBER:
	case FIELD_SMALL:
	case FIELD_ENUM:
	case FIELD_MASK:
		return number_at(a, f->ours, f->size) == number_at(b, f->ours, f->size);
	case FIELD_FLAG:
		return number_at(a, f->ours, 1) == number_at(b, f->ours, 1);
	case FIELD_CODE:
	case FIELD_KEY:
		return !strcmp(at(a, f->ours), at(b, f->ours));
	case FIELD_BLOB:
		return !memcmp(at(a, f->ours), at(b, f->ours), f->limit);
	case FIELD_MESSAGE:
		return made_same(f->shape, at(a, f->ours), at(b, f->ours));
	case FIELD_HOOK:
		return same_hook(shape, a, b);
	case FIELD_TEXT:
	case FIELD_STRING:
	case FIELD_PLAIN: {
		const char *x = pointer_at(a, f->ours), *y = pointer_at(b, f->ours);
		return y && !strcmp(x ? x : "", y); /* what was decoded is never NULL */
	}
	default:
		return same_items(f, a, b);
	}
}

bool
made_same(const struct shape *shape, const void *a, const void *b)
{
	for (const struct field *f = shape->fields; f < shape->fields + shape->count; f++) {
		/* Of two that share their place the one that is there. */
		bool absent = f->when_size && !holds(f, a) && f->flags & REQUIRED;
		if (!absent && !same_field(shape, f, a, b)) {
			print_error("%s, row %zu: not the same\n", shape->wire->name, (size_t)(f - shape->fields));
			return false;
		}
	}
	return true;
}
