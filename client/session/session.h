/* A session with the centre: one DEALER socket, CURVE, many requests in flight. If the office knows several
 * centres (of one database), it tries the next one when one does not answer. */
#ifndef FUPIN_CLIENT_SESSION_H
#define FUPIN_CLIENT_SESSION_H

#include "home.h"
#include "reply.h"

struct session;

enum session_failure {
	SESSION_OK = 0,
	SESSION_NO_ANSWER, /* no answer in time */
	SESSION_LOST, /* session_take() only: the line broke and is being made again, or another centre is tried
	               */
	SESSION_NOT_ADMITTED, /* the centre does not know the key */
	SESSION_REFUSED,      /* a refusal: session_refusal() */
	SESSION_TOO_LARGE,    /* no frame can hold the request: it was not sent */
	SESSION_BROKEN,       /* anything else: session_error() */
};

/* After this much silence the connection is made anew, and what is unanswered is sent again: a client whose
 * centre was killed during the handshake was seen to wait for ever on the old connection, and networks
 * forget connections. On a slow line silence may only mean a long message: the limit grows with the number
 * of bytes, and doubles with each attempt in a row (`attempt`, from 0). */
int64_t session_silence_us(const struct session *session, unsigned attempt, size_t bytes);

/* What takes long on a slow line: the bytes of a request, or of its answer. */
size_t session_request_bytes(const struct request *request);

/* Opens a session without waiting for the connection. NULL: `error` says why. */
struct session *session_open(const struct home *home, char error[HOME_ERROR_BYTES]);
void session_close(struct session **session);

/* Says hello and takes over the centre's limits. */
enum session_failure session_hello(struct session *session, int timeout_ms);

/* What the centre said about itself and this office; valid after session_hello(). */
const struct welcome *session_welcome(const struct session *session);

/* The public key of the centre that sent the welcome. */
const char *session_centre_key(const struct session *session);

/* The same in steps, for a caller with many requests in flight: makes the request, and takes over its
 * answer, which has to be the last reply that came (a WELCOME; a CATALOGUE). */
struct request session_greeting(void);
enum session_failure session_take_welcome(struct session *session, const struct reply *reply);
enum session_failure session_take_catalogue(struct session *session, struct catalogue *out);

/* The frames of the welcome and of the last reply, to be kept in files; valid until the next call. */
const uint8_t *session_welcome_frame(const struct session *session, size_t *size);
const uint8_t *session_frame(struct session *session, size_t *size);

/* Fetches units and/or forms, as of a moment (0: now), into an initialised catalogue. */
enum session_failure session_catalogue(struct session *session, int timeout_ms, bool units, bool forms,
                                       const struct as_of *as_of, struct catalogue *out);

/* One request, sent again after silence, and its reply (of `kind`, or a refusal). *out lives until the next
 * call. */
enum session_failure session_ask(struct session *session, struct request *request, enum reply_kind kind,
                                 int timeout_ms, struct reply *out);

/* The same, and repeats the request when the centre asks for that (it is busy, or its database is away);
 * with several centres it goes on to the next one; as long as timeout_ms allows. */
enum session_failure session_ask_patiently(struct session *session, struct request *request,
                                           enum reply_kind kind, int timeout_ms, struct reply *out);

/* For many requests in flight: send without waiting for the answer, and take whichever reply comes next.
 * session_take returns SESSION_NO_ANSWER after timeout_ms; after SESSION_LOST what is unanswered has to be
 * sent again. */
enum session_failure session_send(struct session *session, struct request *request)
    __attribute__((warn_unused_result));
enum session_failure session_take(struct session *session, int timeout_ms, struct reply *out);

/* Waits until a reply is there, something about the connection has changed (SESSION_LOST,
 * SESSION_NOT_ADMITTED), one of `others` is ready (its revents say so), or timeout_ms have passed; for a
 * caller that waits for other things, too. */
struct pollfd;
enum session_failure session_wait(struct session *session, struct pollfd *others, size_t count,
                                  int timeout_ms);
/* For a caller at a prompt: if the connection is refused, or breaks during its handshake, for this long,
 * that counts as no answer. Without this limit, and once there was a connection, the usual time is waited.
 */
void session_give_up_after(struct session *session, int ms);
/* Why there is no connection, as far as that is known; otherwise "". */
const char *session_trouble(struct session *session);
/* Is the session connected? */
bool session_connected(const struct session *session);

/* Drops the connection, with all that is unsent or unanswered in it, and begins a new one: to the next of
 * the centres that the office knows. */
bool session_reconnect(struct session *session) __attribute__((warn_unused_result));
/* The same, but always to another centre, never to the current one by another address. */
bool session_next_centre(struct session *session) __attribute__((warn_unused_result));
/* The number of the connection. If it differs from the number when a request was sent, the request was lost
 * with its connection, and has to be sent again. */
unsigned session_epoch(const struct session *session);
/* How many centres the office knows. */
size_t session_centres(const struct session *session);

/* The last one that came, however long ago. */
const struct refusal *session_refusal(const struct session *session);
const char *session_error(const struct session *session);
/* For who takes the replies: `what` is wrong with one of them, and session_error() says so. SESSION_BROKEN.
 */
enum session_failure session_makes_no_sense(struct session *session, const char *what);

#endif
