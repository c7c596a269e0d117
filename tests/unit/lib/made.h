/* Structs of ours filled as the rows of proto/shapes_….c allow it, and compared by them; and whole
 * messages, in which fields that go together do so. */
#ifndef FUPIN_TESTS_MADE_H
#define FUPIN_TESTS_MADE_H

#include "dice.h"
#include "shapes.h"

enum made {
	MADE_LEAST, /* 0, nothing and "" where they are allowed */
	MADE_MOST,  /* the largest number, the longest text, the most items */
	MADE_ANY,
};

struct maker {
	struct arena *arena; /* owns texts and arrays */
	struct dice dice;
	enum made how;
};

/* A coin of the maker's. */
bool made_either(struct maker *maker);
/* Fills ours, which is all 0. A field that is there only `when` another one has a value is filled if it has;
 * both come up, where that other one has a row. */
void made_fill(struct maker *maker, const struct shape *shape, void *ours);
/* The body of a request or a reply of its kind, and a submission, as what was 0. */
void made_request(struct maker *maker, struct request *request);
void made_reply(struct maker *maker, struct reply *reply);
void made_submission(struct maker *maker, struct submission *submission);

/* Is b, which was decoded, what a was? No: the field is printed. */
bool made_same(const struct shape *shape, const void *a, const void *b);

#endif
