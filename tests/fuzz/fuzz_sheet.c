/* Whatever stands in a clerk's file: read or refused by name, and nothing else happens; what was read is
 * checked and its problems printed, and of workbooks the copy with red cells is made. libFuzzer; the first
 * byte says what the rest is (sheet_parts.h). Run: fuzz_sheet CORPUS, with seeds by fuzz_sheet_seeds CORPUS.
 */
#include "sheet_parts.h"

#include "plan.h"
#include "sheet.h"
#include "xlsx_mark.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TODAY = 20130801 };

static struct catalogue plan;
static FILE *nowhere;
static char directory[] = "/tmp/fupin-fuzz-XXXXXX", copy[PATH_MAX];

static void
remove_directory(void)
{
	unlink(copy);
	rmdir(directory);
}

static void
begin(void)
{
	assert(sodium_init() >= 0);
	plan_make(&plan);
	nowhere = fopen("/dev/null", "we");
	char *made = mkdtemp(directory);
	assert(nowhere && made);
	snprintf(copy, sizeof copy, "%s/red.xlsx", made);
	atexit(remove_directory);
}

static void
mark(const char *path, const struct findings *findings)
{
	char error[MARK_ERROR_BYTES];
	if (findings->count && xlsx_mark_findings(path, copy, findings, LANGUAGE_CHINESE, error))
		assert(!access(copy, F_OK));
	unlink(copy);
}

/* The way of fupin check. */
static void
read_sheets(const char *path, bool with_copy)
{
	static struct findings findings;
	struct draft draft;
	findings.count = findings.more = 0;
	draft_init(&draft);
	draft.office = COUNTY;
	draft_read(&draft, path, &plan, &findings);
	if (!findings.count)
		draft_check(&draft, &plan, TODAY, &findings);
	findings_write(&findings, LANGUAGE_ENGLISH, nowhere);
	findings_write(&findings, LANGUAGE_CHINESE, nowhere);
	if (with_copy)
		mark(path, &findings);
	draft_free(&draft);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	if (!nowhere)
		begin();
	if (!size)
		return 0;
	int file = memfd_create("sheet", MFD_CLOEXEC);
	assert(file >= 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	bool written = data[0] % SHEET_KINDS == SHEET_PARTS
	                   ? parts_write(file, data + 1, size - 1)
	                   : write(file, data + 1, size - 1) == (ssize_t)(size - 1);
	assert(written);
	read_sheets(path, data[0] % SHEET_KINDS != SHEET_TEXT && data[0] & SHEET_MARKED);
	close(file);
	return 0;
}
