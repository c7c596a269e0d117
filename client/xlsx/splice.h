/* Changes a few places of an XML text and leaves every other byte as it is. Edits are noted in the order of
 * the text while a parser walks through it, and made at the end. */
#ifndef FUPIN_CLIENT_SPLICE_H
#define FUPIN_CLIENT_SPLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct splice {
	const char *text;  /* the caller's */
	size_t size, done; /* done: copied so far */
	FILE *stream;
	char *out;
	size_t out_size;
	bool failed; /* no memory, or an edit that lies before an earlier one */
};

/* `text` must outlive it. */
void splice_begin(struct splice *splice, const char *text, size_t size);
/* Replaces `removed` bytes at `at` by a formatted text. */
void splice_put(struct splice *splice, size_t at, size_t removed, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The new text, to be freed by the caller; NULL: no memory. */
char *splice_end(struct splice *splice, size_t *size);

/* A start tag ("<c r=\"A1\" s=\"3\"/>") with an attribute set to another value, or added: written to `out`.
 */
void tag_with_attribute(FILE *out, const char *tag, size_t size, const char *name, const char *value);

/* Escapes text for use between tags or quotes; characters that XML forbids become blanks. */
void xml_escape(FILE *out, const char *text);

#endif
