/* Watches: connections that are told when a total changes, or when a finding of the rules turns. A push
 * holds the newest state of the rows that changed since the push before; the next one is sent when the
 * client has acknowledged it. So all changes in between become one push, and a client that stops reading
 * holds up one push and nobody else. */
#ifndef FUPIN_SERVER_WATCHES_H
#define FUPIN_SERVER_WATCHES_H

#include "rules/compliance.h"
#include "submission/intake.h"

struct watches;

struct watches *watches_create(void);
void watches_destroy(struct watches **watches);

/* From now on findings of the rules can be watched, too. `compliance` must outlive the watches. */
void watches_follow_rules(struct watches *watches, struct compliance *compliance);

/* Begins a watch as of the commit that the sender's answer names. The same request id of the same connection
 * again replaces its watch. False, with a problem: too many, or no memory. */
bool watches_add(struct watches *watches, const struct envelope *envelope, const char *public_key,
                 const struct as_of *as_of, int64_t now_us, struct problem_list *problems)
    __attribute__((warn_unused_result));

/* False: there is no such watch (any more). */
bool watches_ack(struct watches *watches, const struct sender *sender, const struct ack *ack);
bool watches_remove(struct watches *watches, const struct sender *sender, uint64_t request_id);

/* Sends one push of a watch below `unit`. GONE: the connection is no more, or its key may not read any more;
 * LATER: it takes nothing now. */
enum watch_sent { WATCH_SENT, WATCH_LATER, WATCH_GONE };
typedef enum watch_sent (*watches_send)(void *context, const struct sender *to, const char *public_key,
                                        unit_code unit, const struct reply *reply);

/* Ends the watches of a key that have lost their connection. */
typedef bool (*watches_stands)(void *context, const struct sender *sender, const char *public_key);
void watches_drop_gone(struct watches *watches, const char *public_key, watches_stands stands, void *context);

/* Ends the watches whose key is not admitted any more, and tells each that it ended. */
typedef bool (*watches_admitted)(void *context, const char *public_key);
typedef void (*watches_tell)(void *context, const struct sender *to, const char *public_key,
                             uint64_t request_id);
void watches_expel(struct watches *watches, watches_admitted admitted, watches_tell tell, void *context);

/* Pushes, in turn, to the watches that have not been sent a change and may get it now, for at most
 * `budget_us`. True: there is nothing left to push now. */
bool watches_push(struct watches *watches, const struct totals *totals, const struct as_of *as_of,
                  int64_t now_us, int64_t budget_us, watches_send send, void *context);

size_t watches_count(const struct watches *watches);

#endif
