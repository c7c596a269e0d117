/* The centre's last welcome and catalogue, kept in the office's home: as which office it admits this one,
 * the units and the forms. Without a network, sheets are read, checked and saved by them; the centre checks
 * again, by the plan that is in force then. */
#ifndef FUPIN_CLIENT_KEPT_H
#define FUPIN_CLIENT_KEPT_H

#include "session.h"

/* A nation's catalogue. */
#define CATALOGUE_BYTES_MAX (512UL * 1024 * 1024)

struct kept {
	struct arena arena; /* of the welcome */
	struct welcome welcome;
	int64_t local_us; /* this machine's clock when the centre said it */
};

/* Fills an initialised catalogue. NULL: nothing is kept of this centre for this key, or it is damaged. */
struct kept *kept_read(const struct home *home, struct catalogue *out);
void kept_free(struct kept **kept);

/* Fetches units and forms as of now into an initialised catalogue, and keeps them with the session's
 * welcome. If the home cannot be written to, it keeps the earlier ones. */
enum session_failure kept_fetch(const struct home *home, struct session *session, int timeout_ms,
                                struct catalogue *out);

/* Keeps the session's welcome and the catalogue that arrived last. */
void kept_write(const struct home *home, struct session *session);

/* The centre's clock when this machine's clock shows `local_us`, if both ran on alike since then; never
 * earlier than what the centre said. It does not matter that this machine's clock is wrong if the error is
 * still the same. */
int64_t kept_centre_time(const struct kept *kept, int64_t local_us);

#endif
