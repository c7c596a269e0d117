/* Standard output and standard error that are safe for terminals. Many messages contain text from others
 * (the centre, offices, names of files, PostgreSQL). So the text is made safe by the stream and not in each
 * message: any character that is not shown as itself (utf8.h), other than a line break or a tab, is shown as
 * its picture or number. */
#ifndef FUPIN_COMMON_SHOWN_H
#define FUPIN_COMMON_SHOWN_H

#include <stdio.h>

/* Replaces stdout and stderr by such streams; to be called once, before anything is printed. Output is not
 * buffered. */
void shown_open(void);
/* The original stream behind stdout or stderr (the stream itself if it was not replaced): for output that is
 * safe already and must not be changed (tables with colours, JSON, workbooks), and for moving a terminal's
 * cursor. */
FILE *shown_below(FILE *stream);

#endif
