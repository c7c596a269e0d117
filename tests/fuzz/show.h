/* Everything that is printed of a reply: numbers, times, names and words, as the client prints them. */
#ifndef FUPIN_TESTS_SHOW_H
#define FUPIN_TESTS_SHOW_H

#include "reply.h"

/* A word or a text must be there, whatever the reply says. */
void show_reply(const struct reply *reply);

#endif
