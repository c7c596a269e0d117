/* Statements put together, and never cut off. */
#include "sql_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
sql_begin(struct sql_text *sql)
{
	sql->used = 0;
	*sql->text = 0;
}

void
sql_add(struct sql_text *sql, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(sql->text + sql->used, sizeof sql->text - sql->used, format, arguments);
	va_end(arguments);
	if (size < 0 || (size_t)size >= sizeof sql->text - sql->used)
		abort();
	sql->used += (size_t)size;
}
