/* What lies around a centre's loop – the socket, the database's connection, the workers – without any of it:
 * gate.c, journal.c with its parts, and worker.c are left out of the program, and this is in their place. A
 * batch that is written is committed at the next step; a worker's job finds no database. */
#ifndef FUPIN_TESTS_FAKE_CENTRE_H
#define FUPIN_TESTS_FAKE_CENTRE_H

#include "journal/journal.h"
#include "postgres/worker.h"
#include "requests/gate.h"

/* Called with each frame that the gate is to send. */
typedef void (*gate_sends)(void *context, const struct sender *to, const char *public_key,
                           const uint8_t *bytes, size_t size);

struct gate *fake_gate(gate_sends sends, void *context);

/* The next batch is refused, with this SQLSTATE (NULL: it is not). */
void fake_journal_refuse(struct journal *journal, const char *sqlstate);
/* Is the database there? */
void fake_journal_connect(struct journal *journal, bool connected);

#endif
