/* How a message of the protocol and a struct of ours go together: a row for each field. The engine walks the
 * rows in both directions; protobuf-c parses and packs. A row's C types are compared when it is compiled, its
 * place in the message with the generated descriptor by tests/unit/proto/unit_shapes.c. */
#ifndef FUPIN_PROTO_SHAPE_H
#define FUPIN_PROTO_SHAPE_H

#include "base/arena.h"
#include "fupin.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {
	FIELD_NUMBER,   /* the same bits at both sides, 4 or 8 bytes: numbers, and enums as they are */
	FIELD_FLAG,     /* bool */
	FIELD_SMALL,    /* uint32 and int; beyond `limit` it is `otherwise` */
	FIELD_ENUM,     /* below `limit`; another one is 0, or refused (STRICT; ZERO: 0 is one of them) */
	FIELD_TEXT,     /* string and const char *; `limit` not 0: at most so many bytes of UTF-8 */
	FIELD_STRING,   /* bytes and const char *: a NUL in it becomes a control character, which checks refuse */
	FIELD_PLAIN,    /* the same, of plain UTF-8 and at most `limit` bytes */
	FIELD_CODE,     /* bytes and char[limit]: UTF-8 without NUL */
	FIELD_BLOB,     /* bytes and an array of `limit` bytes; OPTIONAL: none where all are 0 */
	FIELD_KEY,      /* 32 bytes and its text, or none and "" */
	FIELD_RAW,      /* bytes and a pointer with a size: not copied */
	FIELD_MESSAGE,  /* a message and a struct in ours, or more fields of the same (offset 0) */
	FIELD_MESSAGES, /* repeated, and a pointer with a count */
	FIELD_ARRAY, /* repeated numbers and a pointer with a count: not copied. `otherwise` not 0: enums below it
	              */
	FIELD_MASK,  /* repeated enums and a bit for each, below `limit` */
	FIELD_HOOK,  /* by two functions */
};

enum field_flags {
	STRICT = 1 << 0,
	ZERO = 1 << 1,
	OPTIONAL = 1 << 2, /* absent where all of it is 0 */
	REQUIRED = 1 << 3, /* a message that lacks it is refused; with `when`: if that holds */
	SAME = 1 << 4,     /* an array as long as the one whose count it shares */
	OR_NONE = 1 << 5,  /* or empty, as an older version sends it: then all are 0 */
};

struct shape;
struct shaping;

struct field {
	uint8_t kind, flags, size, count_size, when_size; /* sizes in bytes: in ours */
	uint16_t wire, wire_count, ours, ours_count;      /* offsets */
	uint16_t when; /* where the number lies that has to be `is` for it to be there */
	int16_t is;    /* -1: anything but 0. when_size 0: always */
	uint32_t limit;
	int32_t otherwise;
	const struct shape *shape;
	const char *what; /* is wrong with it, for who sent it */
	bool (*put)(struct arena *arena, const void *ours, void *wire);
	bool (*take)(struct shaping *shaping, const void *wire, void *ours);
};

struct shape {
	const ProtobufCMessageDescriptor *wire;
	size_t size, count;
	const struct field *fields;
	/* Looks at the message before its fields: what is wrong; NULL: nothing. */
	const char *(*check)(const void *wire);
};

/* Of messages without fields. */
extern const struct field shape_no_fields[1];

/* One message that is read. */
struct shaping {
	struct arena *arena;
	bool strict;      /* fields that are not known are refused, in all that lies in it, too */
	bool unknown;     /* there was one */
	const char *what; /* else: what is wrong; NULL: nothing, or no memory */
};

/* Fills a message that was begun. False: no memory. */
bool shape_put(struct arena *arena, const struct shape *shape, const void *ours, void *wire);
/* A new one. NULL: no memory. */
void *shape_make(struct arena *arena, const struct shape *shape, const void *ours);
/* An array of messages, of those items that are kept (keep NULL: all). NULL: no memory, or there are none. */
void *shape_make_all(struct arena *arena, const struct shape *shape, const void *items, size_t count,
                     bool (*keep)(const void *item, const void *context), const void *context, size_t *kept);
/* Fills ours, which is all 0. False: `shaping` says why. */
bool shape_take(struct shaping *shaping, const struct shape *shape, const void *wire, void *ours);

/* ---------------------------------------------------------------- rows */

/* AT names both sides of the rows that follow: #define AT Fupin__V1__AsOf, struct as_of */
#define WITH(macro, ...) macro(__VA_ARGS__)
#define WIRE(W, w) ((W *)0)->w
#define CHECKED(condition) (0 * sizeof(char[(condition) ? 1 : -1]))
#define PLACE(W, O, w, o) .wire = offsetof(W, w), .ours = offsetof(O, o)
#define COUNT_OF(O, n) .ours_count = offsetof(O, n), .count_size = sizeof(((O *)0)->n)

#define SHAPE_AS(storage, name, message, check, ...)                                                         \
	static const struct field name##_fields[] = {__VA_ARGS__};                                               \
	storage const struct shape shape_##name = {&fupin__v1__##message##__descriptor, WITH(SIZE_OF, AT),       \
	                                           sizeof name##_fields / sizeof *name##_fields, name##_fields,  \
	                                           check}
#define SHAPE(name, message, ...) SHAPE_AS(, name, message, NULL, __VA_ARGS__)
#define SHAPE_STATIC(name, message, ...) SHAPE_AS(static, name, message, NULL, __VA_ARGS__)
#define SHAPE_STATIC_CHECKED(name, message, check, ...) SHAPE_AS(static, name, message, check, __VA_ARGS__)
#define SHAPE_STATIC_EMPTY(name, message)                                                                    \
	static const struct shape shape_##name = {&fupin__v1__##message##__descriptor, 0, 0, shape_no_fields,    \
	                                          NULL}
#define SIZE_OF(W, O) sizeof(O)

#define NUMBER_(W, O, w, o)                                                                                  \
	{                                                                                                        \
		.kind = FIELD_NUMBER,                                                                                \
		.size = sizeof(((O *)0)->o) + CHECKED(sizeof WIRE(W, w) == sizeof(((O *)0)->o)), PLACE(W, O, w, o)   \
	}
#define NUMBER_AS(w, o) WITH(NUMBER_, AT, w, o)
#define NUMBER(name) NUMBER_AS(name, name)

#define FLAG_(W, O, w, o)                                                                                    \
	{                                                                                                        \
		.kind = FIELD_FLAG, .size = _Generic(((O *)0)->o, bool : 1), PLACE(W, O, w, o)                       \
	}
#define FLAG_AS(w, o) WITH(FLAG_, AT, w, o)
#define FLAG(name) FLAG_AS(name, name)

#define SMALL_(W, O, w, o, most, other)                                                                      \
	{                                                                                                        \
		.kind = FIELD_SMALL,                                                                                 \
		.size = _Generic(WIRE(W, w), uint32_t                                                                \
		                 : _Generic(((O *)0)->o, int : 4)),                                                  \
		PLACE(W, O, w, o), .limit = (most), .otherwise = (other)                                             \
	}
#define SMALL(name, most, other) WITH(SMALL_, AT, name, name, most, other)

#define ENUM_(W, O, w, o, n, how, wrong)                                                                     \
	{                                                                                                        \
		.kind = FIELD_ENUM, .size = 4 + CHECKED(sizeof WIRE(W, w) == 4 && sizeof(((O *)0)->o) == 4),         \
		PLACE(W, O, w, o), .limit = (uint32_t)(n), .flags = (how), .what = (wrong)                           \
	}
#define ENUM_AS(w, o, count) WITH(ENUM_, AT, w, o, count, 0, NULL)
#define ENUM(name, count) ENUM_AS(name, name, count)
#define STRICT_ENUM(name, count, how, wrong) WITH(ENUM_, AT, name, name, count, STRICT | (how), wrong)
#define LEVEL(name, wrong) STRICT_ENUM(name, UNIT_VILLAGE + 1, ZERO, wrong)

#define TEXT_(W, O, w, o, most, wrong)                                                                                   \
	{                                                                                                                    \
		.kind = FIELD_TEXT,                                                                                            \
	 .size = _Generic(WIRE(W, w), char * : _Generic(((O *)0)->o, const char * : 1)),                                \
	 PLACE(W, O, w, o),                                                                                             \
	 .limit = (most),                                                                                               \
	 .what = (wrong) \
	}
#define TEXT(name) WITH(TEXT_, AT, name, name, 0, NULL)
#define BOUNDED_TEXT(name, most, wrong) WITH(TEXT_, AT, name, name, most, wrong)

#define BYTES_(W, O, w, o, type, field_kind, ...)                                                            \
	{                                                                                                        \
		.kind = (field_kind),                                                                                \
		.size = _Generic(WIRE(W, w), ProtobufCBinaryData                                                     \
		                 : _Generic(((O *)0)->o, type : 1)),                                                 \
		PLACE(W, O, w, o), __VA_ARGS__                                                                       \
	}
#define STRING(name) WITH(BYTES_, AT, name, name, const char *, FIELD_STRING, .limit = 0)
#define PLAIN(name, most)                                                                                    \
	WITH(BYTES_, AT, name, name, const char *, FIELD_PLAIN, .limit = (most),                                 \
	     .what = "a text is too long, or no plain UTF-8")
#define CODE_(W, O, w, o, wrong)                                                                             \
	BYTES_(W, O, w, o, char *, FIELD_CODE, .limit = sizeof(((O *)0)->o), .what = (wrong))
#define CODE(name, wrong) WITH(CODE_, AT, name, name, wrong)
#define KEY(name, wrong) WITH(BYTES_, AT, name, name, char *, FIELD_KEY, .what = (wrong))
#define BLOB_(W, O, w, o, how, wrong, ...)                                                                   \
	{                                                                                                        \
		.kind = FIELD_BLOB, .size = _Generic(WIRE(W, w), ProtobufCBinaryData : 1), PLACE(W, O, w, o),        \
		.limit = sizeof(((O *)0)->o), .flags = (how), .what = (wrong), __VA_ARGS__                           \
	}
#define BLOB(name, how, wrong) WITH(BLOB_, AT, name, name, how, wrong, .when_size = 0)
#define RAW_(W, O, w, o, n) BYTES_(W, O, w, o, const uint8_t *, FIELD_RAW, COUNT_OF(O, n))
#define RAW(w, o, n) WITH(RAW_, AT, w, o, n)

#define MESSAGE_(W, O, w, o, name, how, ...)                                                                 \
	{                                                                                                        \
		.kind = FIELD_MESSAGE, PLACE(W, O, w, o), .shape = &shape_##name, .flags = (how), __VA_ARGS__        \
	}
#define MESSAGE(field, name, how) WITH(MESSAGE_, AT, field, field, name, how, .when_size = 0)
/* More fields of the same struct. */
#define PART_(W, O, w, name, how, ...)                                                                       \
	{                                                                                                        \
		.kind = FIELD_MESSAGE, .wire = offsetof(W, w), .shape = &shape_##name, .flags = (how), __VA_ARGS__   \
	}
#define PART(field, name, how, ...) WITH(PART_, AT, field, name, how, __VA_ARGS__)
#define WHEN_(W, O, o, value) .when = offsetof(O, o), .when_size = sizeof(((O *)0)->o), .is = (value)
#define WHEN(field, value) WITH(WHEN_, AT, field, value)

#define LIST_(W, O, field_kind, w, o, n, ...)                                                                \
	{                                                                                                        \
		.kind = (field_kind), PLACE(W, O, w, o), .wire_count = offsetof(W, n_##w), COUNT_OF(O, n),           \
		__VA_ARGS__                                                                                          \
	}
#define MESSAGES(w, o, n, name, ...)                                                                         \
	WITH(LIST_, AT, FIELD_MESSAGES, w, o, n, .shape = &shape_##name, __VA_ARGS__)
#define ARRAY_(W, O, w, o, n, ...)                                                                           \
	LIST_(W, O, FIELD_ARRAY, w, o, n,                                                                        \
	      .size = sizeof(*((O *)0)->o) + CHECKED(sizeof *WIRE(W, w) == sizeof(*((O *)0)->o)), __VA_ARGS__)
#define ARRAY(w, o, n, ...) WITH(ARRAY_, AT, w, o, n, __VA_ARGS__)
#define MASK_(W, O, w, o, most, how, wrong)                                                                  \
	{                                                                                                        \
		.kind = FIELD_MASK, PLACE(W, O, w, o), .size = 4 + CHECKED(sizeof(((O *)0)->o) == 4),                \
		.wire_count = offsetof(W, n_##w), .limit = (most), .flags = (how), .what = (wrong)                   \
	}
#define MASK(w, o, most, how, wrong) WITH(MASK_, AT, w, o, most, how, wrong)
#define HOOK_(W, O, w, put_it, take_it)                                                                      \
	{                                                                                                        \
		.kind = FIELD_HOOK, .wire = offsetof(W, w), .wire_count = offsetof(W, n_##w), .put = (put_it),       \
		.take = (take_it)                                                                                    \
	}
#define HOOK(w, put_it, take_it) WITH(HOOK_, AT, w, put_it, take_it)

#endif
