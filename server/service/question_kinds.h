/* The one table of request kinds. */
#ifndef FUPIN_SERVER_QUESTION_KINDS_H
#define FUPIN_SERVER_QUESTION_KINDS_H

#include "question.h"

/* Of a kind that is none: a row that nobody may send. */
const struct request_handling *handling_of(enum request_kind kind);

#endif
