/* The one table of request kinds. */
#ifndef FUPIN_SERVER_QUESTION_KINDS_H
#define FUPIN_SERVER_QUESTION_KINDS_H

#include "question.h"

/* For a number that is no kind: a row that no office may send. */
const struct request_handling *handling_of(enum request_kind kind);

#endif
