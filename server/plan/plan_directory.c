/* A plan whose files lie in a directory. */
#include "plan_files.h"

#include "base/file_bytes.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static void
path_of(const struct plan_source *source, const char *file, char out[PATH_MAX])
{
	bool apart = file == source->principals;
	snprintf(out, PATH_MAX, "%s%s%s", apart ? "" : source->name, apart ? "" : "/", file);
}

static bool
has_file(const struct plan_source *source, const char *file)
{
	char path[PATH_MAX];
	path_of(source, file, path);
	return !access(path, F_OK);
}

static char *
read_file(const struct plan_source *source, const char *file, size_t bytes_max, size_t *size)
{
	char path[PATH_MAX];
	path_of(source, file, path);
	return file_read(path, bytes_max, size);
}

bool
plan_read(const char *directory, const char *principals_path, struct plan *out, struct plan_errors *errors)
{
	const struct plan_source source = {
	    .name = directory, .principals = principals_path, .has = has_file, .read = read_file};
	return plan_read_from(&source, out, errors);
}
