/* What the centre said last, kept in the office's home: who this office is to it, the units and the forms.
 * Sheets are read, checked and saved by it when there is no network; the centre checks again, by what is in
 * force then.
 */
#ifndef FUPIN_CLIENT_KEPT_H
#define FUPIN_CLIENT_KEPT_H

#include "session.h"

/* A nation's catalogue. */
#define CATALOGUE_BYTES_MAX (512UL * 1024 * 1024)

struct kept {
	struct arena arena; /* of the welcome */
	struct welcome welcome;
	int64_t local_us; /* the clock here when the centre said it */
};

/* Fills an initialised catalogue. NULL: nothing is kept of this centre for this key, or it is damaged. */
struct kept *kept_read(const struct home *home, struct catalogue *out);
void kept_free(struct kept **kept);

/* Fetches units and forms as of now into an initialised catalogue, and keeps them with the session's welcome.
 * A home that cannot be written to keeps the words before. */
enum session_failure kept_fetch(const struct home *home, struct session *session, int timeout_ms,
                                struct catalogue *out);

/* Keeps the session's welcome and the catalogue that came just now. */
void kept_write(const struct home *home, struct session *session);

/* What the centre's clock will be at `local_us` of the clock here, if that went on as it was then; never
 * before what the centre said. A clock that is wrong by as much as it was then does no harm. */
int64_t kept_centre_time(const struct kept *kept, int64_t local_us);

#endif
