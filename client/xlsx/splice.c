#include "splice.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void
splice_begin(struct splice *s, const char *text, size_t size)
{
	*s = (struct splice){.text = text, .size = size};
	s->stream = open_memstream(&s->out, &s->out_size);
	s->failed = !s->stream;
}

static void
copy_until(struct splice *s, size_t at)
{
	s->failed |= at < s->done || at > s->size;
	if (s->failed)
		return;
	fwrite(s->text + s->done, 1, at - s->done, s->stream);
	s->done = at;
}

void
splice_put(struct splice *s, size_t at, size_t removed, const char *format, ...)
{
	va_list arguments;
	copy_until(s, at);
	if (s->failed || removed > s->size - at) {
		s->failed = true;
		return;
	}
	va_start(arguments, format);
	vfprintf(s->stream, format, arguments);
	va_end(arguments);
	s->done = at + removed;
}

char *
splice_end(struct splice *s, size_t *size)
{
	copy_until(s, s->size);
	bool good = s->stream && !fclose(s->stream) && !s->failed;
	*size = s->out_size;
	if (good)
		return s->out;
	free(s->out);
	return NULL;
}

/* Where the attribute's value stands in the tag, without its quotes; NULL: it has no such attribute. */
static const char *
find_value(const char *tag, size_t size, const char *name, size_t *value_size)
{
	static const char blanks[] = " \t\r\n";
	size_t name_size = strlen(name);
	const char *end = tag + size, *at = tag;
	while (at < end && !strchr(blanks, *at))
		at++;
	while (at < end) {
		while (at < end && strchr(blanks, *at))
			at++;
		const char *word = at;
		while (at < end && *at != '=' && !strchr(blanks, *at))
			at++;
		size_t word_size = (size_t)(at - word);
		while (at < end && (*at == '=' || strchr(blanks, *at)))
			at++;
		if (at == end || (*at != '"' && *at != '\''))
			return NULL;
		const char *value = at + 1, *close = memchr(value, *at, (size_t)(end - value));
		if (!close)
			return NULL;
		*value_size = (size_t)(close - value);
		if (word_size == name_size && !memcmp(word, name, name_size))
			return value;
		at = close + 1;
	}
	return NULL;
}

void
tag_with_attribute(FILE *out, const char *tag, size_t size, const char *name, const char *value)
{
	size_t old, tail;
	const char *at = find_value(tag, size, name, &old);
	if (at) {
		fprintf(out, "%.*s%s", (int)(at - tag), tag, value);
		fwrite(at + old, 1, size - (size_t)(at + old - tag), out);
		return;
	}
	tail = size > 1 && tag[size - 2] == '/' ? 2 : 1;
	fprintf(out, "%.*s %s=\"%s\"%.*s", (int)(size - tail), tag, name, value, (int)tail, tag + size - tail);
}

void
xml_escape(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text == '&')
			fputs("&amp;", out);
		else if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '>')
			fputs("&gt;", out);
		else if (*text == '"')
			fputs("&quot;", out);
		else
			fputc((unsigned char)*text < ' ' && *text != '\n' ? ' ' : *text, out);
}
