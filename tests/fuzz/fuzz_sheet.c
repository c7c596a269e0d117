/* Whatever stands in a clerk's file: read or refused by name, and nothing else happens; what was read is
 * checked and its problems printed, and of workbooks the copy with red cells is made, and read again. All of
 * it in memory. The first byte says what the rest is (sheet_parts.h). */
#include "target.h"

#include "sheet_parts.h"

#include "marking/xlsx_mark.h"
#include "plan.h"
#include "sheet/sheet.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { TODAY = 20130801 };

static FILE *nowhere;

static void
begin(void)
{
	int sodium = sodium_init();
	plan_make(&plan);
	nowhere = fopen("/dev/null", "we");
	assert(sodium >= 0 && nowhere);
}

/* The way of fupin check. */
static void
check(struct draft *draft, const char *name, const uint8_t *bytes, size_t size, struct findings *findings)
{
	findings->count = findings->more = 0;
	draft_init(draft);
	draft->office = COUNTY;
	draft_read_bytes(draft, name, bytes, size, &plan, findings);
	if (!findings->count)
		draft_check(draft, &plan, TODAY, findings);
	findings_write(findings, LANGUAGE_ENGLISH, nowhere);
	findings_write(findings, LANGUAGE_CHINESE, nowhere);
}

/* The copy holds what the workbook held. */
static void
mark(const uint8_t *bytes, size_t size, const struct findings *findings, size_t rows)
{
	static struct findings ignored;
	char error[MARK_ERROR_BYTES];
	struct draft draft;
	size_t copy_size;
	uint8_t *copy =
	    findings->count ? xlsx_mark_bytes(bytes, size, findings, LANGUAGE_CHINESE, &copy_size, error) : NULL;
	if (!copy)
		return;
	check(&draft, "red.xlsx", copy, copy_size, &ignored);
	assert(submission_rows(&draft.submission) == rows);
	draft_free(&draft);
	free(copy);
}

static void
read_sheets(const char *name, const uint8_t *bytes, size_t size, bool with_copy)
{
	static struct findings findings;
	struct draft draft;
	check(&draft, name, bytes, size, &findings);
	if (with_copy)
		mark(bytes, size, &findings, submission_rows(&draft.submission));
	draft_free(&draft);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!nowhere)
		begin();
	if (!size)
		return 0;
	int kind = data[0] % SHEET_KINDS;
	bool marked = kind != SHEET_TEXT && data[0] & SHEET_MARKED;
	if (kind == SHEET_PARTS) {
		size_t packed;
		uint8_t *package = parts_package(data + 1, size - 1, &packed);
		read_sheets("county.xlsx", package, packed, marked);
		free(package);
	} else {
		read_sheets("county.csv", data + 1, size - 1, marked);
	}
	return 0;
}
