/* A plan: the catalogue, and the offices that may connect. */
#ifndef FUPIN_SERVER_PLAN_H
#define FUPIN_SERVER_PLAN_H

#include "field/catalogue.h"
#include "keys/keyfile.h"
#include "request.h"

/* A principal: an office (or person), and what its key may do. */
struct principal {
	const char *name;
	enum role role;
	unit_code unit;                  /* scope: this unit and all below */
	char public_key[KEY_TEXT_BYTES]; /* "": known, but not admitted yet */
};

struct plan {
	struct catalogue catalogue; /* its arena owns all of the plan */
	size_t principal_count;
	struct principal *principals;
};

/* A nation's catalogue (131,000 units) takes about 30 MiB. */
enum { PLAN_BYTES_MAX = 512 * 1024 * 1024 };

void plan_init(struct plan *plan);
void plan_free(struct plan *plan);

/* Sorted by public key, so that principal_by_key() finds them. */
void principals_sort(struct principal *principals, size_t count);
const struct principal *principal_by_key(const struct principal *principals, size_t count,
                                         const char *public_key);

#endif
