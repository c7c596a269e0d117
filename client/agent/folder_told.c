/* Remembers, in the office's home, what the agent wrote into the folder, so that it replaces and removes
 * nothing else, and notices when a clerk has corrected a red copy. */
#include "base/file_bytes.h"
#include "base/grow.h"
#include "base/whole_file.h"
#include "folder_parts.h"
#include "sheet/sheet_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TOLD_MAX = 4096 };

/* The file: this, the items, BLAKE2b-256 of all before it. It is read on the machine that wrote it. */
static const char magic[16] = "fupin-told-1\n";

bool
told_open(struct told_list *list, const struct home *home, const char *folder)
{
	struct digest of_folder = digest_of(folder, strlen(folder));
	char digest[DIGEST_TEXT_BYTES];
	size_t size = 0;
	*list = (struct told_list){0};
	digest_format(&of_folder, digest);
	if (snprintf(list->path, sizeof list->path, "%s/agent-%.8s.told", home->path, digest) >=
	    (int)sizeof list->path) {
		errno = ENAMETOOLONG;
		return false;
	}
	char *bytes = file_read(list->path, sizeof magic + TOLD_MAX * sizeof(struct told) + DIGEST_BYTES, &size);
	size_t body = size > sizeof magic + DIGEST_BYTES ? size - sizeof magic - DIGEST_BYTES : 0;
	bool good = bytes && body && body % sizeof(struct told) == 0 && !memcmp(bytes, magic, sizeof magic);
	struct digest own = good ? digest_of(bytes, size - DIGEST_BYTES) : (struct digest){{0}};
	good = good && !memcmp(own.bytes, bytes + size - DIGEST_BYTES, DIGEST_BYTES);
	if (good && (list->items = malloc(body))) {
		memcpy(list->items, bytes + sizeof magic, body);
		list->count = list->room = body / sizeof(struct told);
	}
	free(bytes);
	return true;
}

void
told_free(struct told_list *list)
{
	free(list->items);
	*list = (struct told_list){0};
}

bool
told_keep(const struct told_list *list)
{
	size_t body = list->count * sizeof *list->items, size = sizeof magic + body;
	char *bytes = malloc(size + DIGEST_BYTES);
	if (!bytes)
		return false;
	memcpy(bytes, magic, sizeof magic);
	if (body)
		memcpy(bytes + sizeof magic, list->items, body);
	struct digest digest = digest_of(bytes, size);
	memcpy(bytes + size, digest.bytes, DIGEST_BYTES);
	bool good = whole_file_write(AT_FDCWD, list->path, 0600, bytes, size + DIGEST_BYTES, true);
	free(bytes);
	return good;
}

struct told *
told_of_sheet(struct told_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].sheet, name))
			return &list->items[i];
	return NULL;
}

struct told *
told_of_red(struct told_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].red, name))
			return &list->items[i];
	return NULL;
}

struct told *
told_add(struct told_list *list, const char *name)
{
	struct told *told = told_of_sheet(list, name);
	if (told || list->count == TOLD_MAX)
		return told;
	if (!grow(&list->items, &list->room, list->count + 1, sizeof *list->items))
		return NULL;
	told = &list->items[list->count++];
	memset(told, 0, sizeof *told); /* all of it goes to disk */
	snprintf(told->sheet, sizeof told->sheet, "%s", name);
	return told;
}

void
told_forget(struct told_list *list, struct told *told)
{
	*told = list->items[--list->count];
}

bool
told_is_own(int directory, const char *name, const struct digest *digest, struct file_mark *mark)
{
	struct stat status;
	struct file_mark now;
	size_t size;
	if (!*name || !file_mark_of(directory, name, &now))
		return false;
	if (mark && file_mark_equal(mark, &now))
		return true;
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	FILE *file = fd >= 0 && !fstat(fd, &status) && S_ISREG(status.st_mode) ? fdopen(fd, "r") : NULL;
	char *bytes = file ? file_read_open(file, SHEET_FILE_BYTES_MAX, &size) : NULL;
	if (file)
		fclose(file);
	else if (fd >= 0)
		close(fd);
	struct digest found = bytes ? digest_of(bytes, size) : (struct digest){{0}};
	bool own = bytes && digest_equal(&found, digest);
	free(bytes);
	if (own && mark)
		*mark = now;
	return own;
}
