/* Standard output and standard error as people see them. What others wrote (the centre, offices, files'
 * names, PostgreSQL) gets into many sentences; so it is not each sentence that makes it safe, but the stream:
 * what is not shown as itself (utf8.h) but a line break or a tab, is shown by its picture or number. */
#ifndef FUPIN_COMMON_SHOWN_H
#define FUPIN_COMMON_SHOWN_H

#include <stdio.h>

/* Once, before anything is printed: puts such streams in the place of stdout and stderr. What is printed is
 * written at once. */
void shown_open(void);
/* The stream below stdout or stderr (itself, if nothing was put in its place): for what is made safe already
 * and has to be as it is (tables with colours, JSON, workbooks), and for what moves a terminal's cursor. */
FILE *shown_below(FILE *stream);

#endif
