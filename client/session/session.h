/* A session with the centre: one DEALER socket, CURVE, many requests in flight. If the office knows several
 * centres (of one database), it goes on with the next when one is not there. */
#ifndef FUPIN_CLIENT_SESSION_H
#define FUPIN_CLIENT_SESSION_H

#include "home.h"
#include "reply.h"

struct session;

enum session_failure {
	SESSION_OK = 0,
	SESSION_NO_ANSWER, /* not reached in time */
	SESSION_LOST, /* session_take() only: the line broke and is there again, or another centre is tried */
	SESSION_NOT_ADMITTED, /* the centre does not know the key */
	SESSION_REFUSED,      /* a refusal: session_refusal() */
	SESSION_TOO_LARGE,    /* no frame can hold the request: it was not sent */
	SESSION_BROKEN,       /* anything else: session_error() */
};

/* After so much silence the connection is made anew and what is unanswered is sent again: a client whose
 * centre was killed while the two shook hands was seen to wait for ever on the old one, and networks
 * forget connections. On a slow line silence is only a long message: more bytes may take longer, and each
 * time in a row (`attempt`, from 0) twice as long. */
int64_t session_silence_us(const struct session *session, unsigned attempt, size_t bytes);

/* Does not wait. NULL: `error` says why. */
struct session *session_open(const struct home *home, char error[HOME_ERROR_BYTES]);
void session_close(struct session **session);

/* Says hello and takes over the centre's limits. */
enum session_failure session_hello(struct session *session, int timeout_ms);

/* What the centre said of itself and of us; valid after session_hello(). */
const struct welcome *session_welcome(const struct session *session);

/* Whose welcome it is: the centre's public key. */
const char *session_centre_key(const struct session *session);

/* The same in steps, for who has many requests in flight: the request, and taking over its answer, which was
 * the last that came (a WELCOME; a CATALOGUE). */
struct request session_greeting(void);
enum session_failure session_take_welcome(struct session *session, const struct reply *reply);
enum session_failure session_take_catalogue(struct session *session, struct catalogue *out);

/* The frames that they came in, for who keeps them: of the welcome, and of the last reply (valid until the
 * next call). */
const uint8_t *session_welcome_frame(const struct session *session, size_t *size);
const uint8_t *session_frame(struct session *session, size_t *size);

/* Fetches units and/or forms, as of a moment (0: now), into an initialised catalogue. */
enum session_failure session_catalogue(struct session *session, int timeout_ms, bool units, bool forms,
                                       const struct as_of *as_of, struct catalogue *out);

/* One request, sent again after silence, and its reply (of `kind`, or a refusal). *out lives until the next
 * call. */
enum session_failure session_ask(struct session *session, struct request *request, enum reply_kind kind,
                                 int timeout_ms, struct reply *out);

/* The same, and again where the centre says so (busy, its database away), of several centres the next one; as
 * long as timeout_ms allows. */
enum session_failure session_ask_patiently(struct session *session, struct request *request,
                                           enum reply_kind kind, int timeout_ms, struct reply *out);

/* For many requests in flight: send without waiting for the answer, and take the next reply, whichever
 * comes first. session_take returns SESSION_NO_ANSWER after timeout_ms; after SESSION_LOST what is
 * unanswered has to be sent again. */
enum session_failure session_send(struct session *session, struct request *request)
    __attribute__((warn_unused_result));
enum session_failure session_take(struct session *session, int timeout_ms, struct reply *out);

/* Waits until a reply is there, something about the connection has changed (SESSION_LOST,
 * SESSION_NOT_ADMITTED), one of `others` is ready (its revents say so), or timeout_ms have passed; for who
 * has more to do than to wait for the centre. */
struct pollfd;
enum session_failure session_wait(struct session *session, struct pollfd *others, size_t count,
                                  int timeout_ms);
/* A connection that is refused at once, or breaks off in its handshake, for so long is no answer: for who
 * waits at a prompt. Without it, and once the line was there, it is waited for as long as anything else. */
void session_give_up_after(struct session *session, int ms);
/* Why the line is not there, as far as it can be told; "". */
const char *session_trouble(struct session *session);
/* Is the line there? */
bool session_connected(const struct session *session);

/* Drops the connection, with all that is unsent or unanswered in it, and begins a new one: to the next of
 * the centres that the office knows. */
bool session_reconnect(struct session *session) __attribute__((warn_unused_result));
/* The same to another centre: never by another way to the one in use. */
bool session_next_centre(struct session *session) __attribute__((warn_unused_result));
/* Another number than when a request was sent: it was lost with its line, and has to be sent again. */
unsigned session_epoch(const struct session *session);
/* How many centres the office knows. */
size_t session_centres(const struct session *session);

const struct refusal *session_refusal(const struct session *session);
const char *session_error(const struct session *session);

#endif
