/* The plan that fupin ships with (db/plan-2013): read, sent to an office and compared list by list; and read
 * again with one thing changed, which has to be found with its file, line and column. */
#include "case.h"

#include "codec.h"
#include "plan/plan_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 64, PATH_BYTES = 600, COLUMNS_MAX = 24 };

static struct plan plan;
static struct plan_errors errors;
static struct catalogue sent;
static char directory[] = "/tmp/fupin-plan-XXXXXX";

/* ---------------------------------------------------------------- over the wire */

static struct profile profiles[] = {
    {1, FUND_KIND_NONE, {0, 10, 20, 100, 200, 300, 400, 500, 600, 700, 800, 1000}},
    {0, FUND_RAISED, {83, 166, 250, 333, 416, 500, 583, 666, 750, 833, 916, 1000}},
};

static bool
read_into(struct plan *out, const char *where)
{
	errors.count = errors.more = 0;
	plan_init(out);
	return plan_read(where, NULL, out, &errors);
}

static int
read_real(void **state)
{
	struct arena arena;
	char error[CATALOGUE_ERROR_BYTES] = "";
	struct reply reply = {.request_id = 1, .kind = REPLY_CATALOGUE};
	uint8_t *bytes;
	size_t size;
	(void)state;
	if (!read_into(&plan, PLAN))
		return -1;
	plan.catalogue.profiles = profiles; /* it has none of its own */
	plan.catalogue.profile_count = COUNT(profiles);
	arena_init(&arena, ANSWER_BYTES_MAX);
	catalogue_init(&sent, ANSWER_BYTES_MAX);
	reply.catalogue = (struct catalogue_answer){&plan.catalogue, {.units = true, .forms = true}, 22};
	bool good = codec_encode_reply(&arena, &reply, &bytes, &size) &&
	            codec_decode_catalogue(bytes, size, &sent, error);
	if (!good)
		print_error("%s\n", error);
	arena_free(&arena);
	return good ? 0 : -1;
}

static int
free_real(void **state)
{
	(void)state;
	catalogue_free(&sent);
	plan_free(&plan);
	return 0;
}

/* Compares one list of both catalogues, item by item: a and b stand before it. */
#define EACH(list, count)                                                                                    \
	EXPECT(sent.count == plan.catalogue.count && sent.count, #list ": %zu", sent.count);                     \
	for (size_t i = 0; i < sent.count; i++)
#define SAME(list, field) EXPECT(sent.list[i].field == plan.catalogue.list[i].field, #list " %zu: " #field, i)
#define SAME_TEXT(list, field)                                                                               \
	EXPECT(!strcmp(sent.list[i].field, plan.catalogue.list[i].field), #list " %zu: " #field, i)

static void
test_places(void **state)
{
	(void)state;
	EACH(units, unit_count)
	{
		SAME(units, code);
		SAME(units, level);
		SAME(units, first);
		SAME(units, last);
		SAME(units, successor);
		SAME_TEXT(units, name);
	}
	EACH(groups, group_count)
	{
		SAME(groups, unit);
		SAME_TEXT(groups, code);
		SAME_TEXT(groups, name);
		SAME_TEXT(groups, basis);
	}
	EACH(targets, target_count)
	{
		SAME(targets, unit);
		SAME(targets, year);
		SAME(targets, indicator);
		SAME(targets, fund);
		SAME(targets, value);
		SAME_TEXT(targets, notice);
	}
	EACH(days, day_count)
	{
		SAME(days, date);
		SAME(days, works);
		SAME_TEXT(days, name);
	}
	EACH(rules, rule_count)
	{
		SAME(rules, form);
		SAME(rules, event);
		SAME(rules, first);
		SAME(rules, last);
		SAME(rules, months);
		SAME(rules, day);
		SAME(rules, minute);
		SAME_TEXT(rules, notice);
	}
}

static void
test_forms(void **state)
{
	(void)state;
	EACH(indicators, indicator_count)
	{
		SAME(indicators, number);
		SAME(indicators, form);
		SAME(indicators, decimals);
		SAME(indicators, kind);
		SAME(indicators, counts);
		SAME(indicators, at_least);
		SAME_TEXT(indicators, code);
		SAME_TEXT(indicators, measure_zh);
		SAME_TEXT(indicators, project);
	}
	EACH(versions, version_count)
	{
		SAME(versions, field_count);
		SAME(versions, first);
		SAME(versions, looks_back);
		for (size_t k = 0; k < sent.versions[i].field_count; k++) {
			SAME(versions, fields[k].indicator);
			SAME(versions, fields[k].required);
			SAME(versions, fields[k].minimum);
			SAME(versions, fields[k].maximum);
			SAME(versions, fields[k].part_of);
			SAME(versions, fields[k].base);
			SAME(versions, fields[k].step_after);
		}
	}
	EACH(profiles, profile_count)
	{
		SAME(profiles, indicator);
		SAME(profiles, fund);
		for (int m = 0; m < 12; m++)
			SAME(profiles, shares[m]);
	}
	EACH(checks, check_count)
	{
		SAME(checks, number);
		SAME(checks, form);
		SAME(checks, kind);
		SAME(checks, indicator);
		SAME(checks, other);
		SAME(checks, bound);
		SAME_TEXT(checks, text_zh);
		SAME_TEXT(checks, text_en);
		SAME_TEXT(checks, notice);
	}
	assert_true(catalogue_same(&sent, &plan.catalogue));
}

static void
test_kinds(void **state)
{
	(void)state;
	EACH(appraisal, appraisal_count)
	{
		SAME(appraisal, number);
		SAME(appraisal, kind);
		SAME(appraisal, indicator);
		SAME(appraisal, other);
		SAME(appraisal, fund);
		SAME(appraisal, other_fund);
		SAME(appraisal, approved);
		SAME(appraisal, weight);
		SAME_TEXT(appraisal, code);
		SAME_TEXT(appraisal, name_zh);
		SAME_TEXT(appraisal, name_en);
		SAME_TEXT(appraisal, notice);
	}
	EACH(project_kinds, project_kind_count)
	{
		SAME(project_kinds, number);
		SAME(project_kinds, use);
		SAME(project_kinds, construction);
		SAME_TEXT(project_kinds, code);
		SAME_TEXT(project_kinds, name_zh);
		SAME_TEXT(project_kinds, name_en);
		SAME_TEXT(project_kinds, notice);
	}
	EACH(acceptance_items, acceptance_item_count)
	{
		SAME(acceptance_items, number);
		SAME(acceptance_items, construction);
		SAME_TEXT(acceptance_items, name_zh);
		SAME_TEXT(acceptance_items, name_en);
	}
	assert_true(sent.projects_since == plan.catalogue.projects_since &&
	            sent.acceptance_due == plan.catalogue.acceptance_due &&
	            sent.books_closed == plan.catalogue.books_closed);
}

/* ---------------------------------------------------------------- one thing changed */

struct file {
	char name[280];
	char *text;
	size_t size;
};

static struct file files[FILES_MAX];
static size_t file_count;

static char *
slurp(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	char *text = NULL;
	*size = 0;
	FILE *out = open_memstream(&text, size);
	for (int c = fgetc(file); c != EOF; c = fgetc(file))
		fputc(c, out);
	fclose(out);
	fclose(file);
	return text;
}

static void
write_file(const char *name, const char *text, size_t size)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	fclose(file);
}

static void
gather(const char *folder)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof path, "%s%s", PLAN "/", folder);
	DIR *from = opendir(path);
	assert_non_null(from);
	for (const struct dirent *e = readdir(from); e; e = readdir(from)) {
		struct stat status;
		struct file *f = &files[file_count];
		snprintf(path, sizeof path, "%s/%s%.200s", PLAN, folder, e->d_name);
		if (stat(path, &status) || !S_ISREG(status.st_mode))
			continue;
		snprintf(f->name, sizeof f->name, "%s%.200s", folder, e->d_name);
		f->text = slurp(path, &f->size);
		write_file(f->name, f->text, f->size);
		assert_true(++file_count < FILES_MAX);
	}
	closedir(from);
}

static int
copy_plan(void **state)
{
	char path[PATH_BYTES];
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/rules", directory);
	file_count = 0;
	if (mkdir(path, 0700))
		return -1;
	gather("");
	gather("rules/");
	return 0;
}

static int
remove_plan(void **state)
{
	char path[PATH_BYTES];
	(void)state;
	for (size_t i = 0; i < file_count; i++) {
		snprintf(path, sizeof path, "%s/%.200s", directory, files[i].name);
		unlink(path);
		free(files[i].text);
	}
	snprintf(path, sizeof path, "%s/rules", directory);
	return rmdir(path) || rmdir(directory);
}

static struct file *
file_named(const char *name)
{
	size_t i = 0;
	while (i < file_count && strcmp(files[i].name, name) != 0)
		i++;
	EXPECT(i < file_count, "%s", name);
	return &files[i];
}

/* Reads the plan with `removed` bytes at `at` of a file replaced; the file is as it was afterwards. */
static bool
read_changed(struct file *f, size_t at, size_t removed, const char *with)
{
	struct plan changed;
	char *text = malloc(f->size + strlen(with) + 1);
	assert_non_null(text);
	memcpy(text, f->text, at);
	memcpy(text + at, with, strlen(with));
	memcpy(text + at + strlen(with), f->text + at + removed, f->size - at - removed);
	write_file(f->name, text, f->size - removed + strlen(with));
	free(text);
	bool good = read_into(&changed, directory);
	plan_free(&changed);
	write_file(f->name, f->text, f->size);
	return good;
}

/* Which columns may be empty in a file's first row; all others may not. */
static const struct {
	const char *file, *optional; /* "NAME NAME …" */
} blanks[] = {
    {"acceptance_items.csv", ""},
    {"appraisal.csv", "notice"},
    {"calendar.csv", ""},
    {"counts.csv", "project notice"},
    {"deadlines.csv", ""},
    {"documents.csv", "notice"},
    {"forms.csv", ""},
    {"fund_sources.csv", "notice loan"},
    {"fund_uses.csv", "notice loan"},
    {"groups.csv", ""},
    {"indicators.csv", "project notice base"},
    {"plan.csv", ""},
    {"principals.csv", ""},
    {"project_kinds.csv", "notice"},
    {"rules.csv", "due notice"},
    {"soft_checks.csv", "notice"},
    {"targets.csv", "notice"},
    {"units.csv", ""},
};

static void
test_blanks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(blanks); i++) {
		struct file *f = file_named(blanks[i].file);
		char optional[400] = "";
		const char *header = f->text, *row = strchr(f->text, '\n') + 1;
		for (;;) {
			size_t name = strcspn(header, ",\r\n"), value = strcspn(row, ",\r\n");
			if (value && read_changed(f, (size_t)(row - f->text), value, ""))
				snprintf(optional + strlen(optional), sizeof optional - strlen(optional), "%s%.*s",
				         *optional ? " " : "", (int)name, header);
			if (header[name] != ',')
				break;
			header += name + 1;
			row += value + 1;
		}
		EXPECT(!strcmp(optional, blanks[i].optional), "%s: \"%s\"", blanks[i].file, optional);
	}
}

/* The first place where `from` stands is replaced. */
static const struct {
	const char *file, *from, *to, *error; /* error NULL: it may be so */
} edits[] = {
    {"units.csv", "22,,province", "22,,province", NULL},
    {"units.csv", "22,,province", "22,22,province", "is not the prefix of the unit's code"},
    {"units.csv", "22,,province", "22,,prefecture", "has not as many digits as its level"},
    {"units.csv", "22,,province", "2x,,province", "units.csv"},
    {"plan.csv", "code,", "kode,", "is not a key"},
    {"plan.csv", "key,value", "key,valu", "plan.csv"},
    {"plan.csv", "\n", "\nbooks_closed,2013-02-30\n", "is not a date"},
    {"plan.csv", "\n", "\nbooks_closed,2012-12-31\n", NULL},
    {"groups.csv", ",220622,", ",220699,", "groups.csv"},
    {"forms.csv", "2013-01,2013-12", "2013-01,2013-13", "is not a period"},
    {"forms.csv", "1,county,1,county", "0,county,1,county", "forms.csv"},
    {"forms.csv", "2013-01,2013-12\n", "2013-01,2013-06\n1,county,2,county,x,X,2013-07,2013-12\n",
     "form 1 version 2 has 0 indicators"},
    {"forms.csv", "2013-01,2013-12\n", "2013-01,2013-06\n1,other,2,county,x,X,2013-07,2013-12\n",
     "form number 1 has two codes or levels"},
    {"forms.csv", "2013-01,2013-12\n", "2013-01,2013-06\n1,county,2,village,x,X,2013-07,2013-12\n",
     "form number 1 has two codes or levels"},
    {"indicators.csv", ",flow,", ",flo,", "is neither flow nor stock"},
    {"indicators.csv", "county,1,1,", "kounty,1,1,", "is not in forms.csv"},
    {"indicators.csv", "county,1,1,", "county,2,1,", "indicators.csv"},
    {"indicators.csv", "0,200000,", "0.5,200000,", "indicators.csv"},
    {"indicators.csv", ",yes,0,200000", ",ja,0,200000", "indicators.csv"},
    {"indicators.csv", "registered_people,", "registered_peple,", "indicators.csv"},
    {"counts.csv", "special_industries,2", "special_industry,2", "is not in indicators.csv"},
    {"counts.csv", "special_industries,2", "special_industries,0", "counts.csv"},
    {"counts.csv", "91,county,", "91,kounty,", "is not in forms.csv"},
    {"deadlines.csv", "county,open", "county,opening", "is not an event"},
    {"deadlines.csv", "county,open", "kounty,open", "is not in forms.csv"},
    {"deadlines.csv", "00:00", "24:01", "is not a time of day"},
    {"deadlines.csv", ",0,1,00:00", ",25,1,00:00", "deadlines.csv"},
    {"deadlines.csv", ",0,1,00:00", ",0,32,00:00", "deadlines.csv"},
    {"calendar.csv", ",off,", ",of,", "is neither off nor work"},
    {"calendar.csv", "2013-01-01", "2013-01-32", "is not a date"},
    {"documents.csv", "24:00", "25:00", "is not a time of day"},
    {"documents.csv", "2013-04-20", "2013-04-31", "is not a date"},
    {"fund_sources.csv", ",yes,", ",y,", "fund_sources.csv"},
    {"fund_sources.csv", ",no,\n", ",no,nothing\n", "is none of the uses"},
    {"targets.csv", ",people_lifted,", ",people,", "is neither an indicator nor fund:KIND"},
    {"targets.csv", ",people_lifted,300000", ",fund:raised,300000.25", NULL},
    {"targets.csv", ",people_lifted,300000", ",fund:raising,300000", "names no kind of fund entry"},
    {"targets.csv", ",people_lifted,300000", ",fund:sent_down,300000", "is recorded again at each level"},
    {"targets.csv", ",people_lifted,300000", ",people_lifted,300000.5", "targets.csv"},
    {"targets.csv", ",people_lifted,300000", ",people_lifted,-1", "targets.csv"},
    {"targets.csv", "22,2013", "22,1999", "targets.csv"},
    {"targets.csv", "22,2013", "23,2013", "targets.csv"},
    {"principals.csv", "province,province,", "province,king,", "is not a role"},
    {"principals.csv", "province,province,22", "province,province,2208", "is not of the role's level"},
    {"principals.csv", "province,province,22,", "province,province,22,abc", "is not a public key"},
    {"project_kinds.csv", ",industry,", ",industries,", "project_kinds.csv"},
    {"soft_checks.csv", ",jump,", ",leap,", "is not a kind"},
    {"soft_checks.csv", ",jump,people_lifted", ",jump,people", "is not in indicators.csv"},
    {"soft_checks.csv", "1,county,", "1,kounty,", "is not in forms.csv"},
    {"soft_checks.csv", ",300,", ",1000001,", "soft_checks.csv"},
    {"appraisal.csv", ",target,", ",targets,", "is not a kind"},
    {"appraisal.csv", ",approved,", ",approve,", "is neither submitted nor approved"},
    {"appraisal.csv", ",approved,30,", ",submitted,30,", NULL},
    {"appraisal.csv", ",30,", ",31,", "appraisal"},
    {"rules.csv", ",red,at_least", ",green,at_least", "rules.csv"},
    {"rules.csv", ",red,at_least", ",amber,at_least", NULL},
    {"rules.csv", ",at_least,", ",at_last,", "rules.csv"},
    {"rules.csv", ",yuan,", ",yen,", "rules.csv"},
    {"rules.csv", ",2013-12-31,", ",2013-12-32,", "rules.csv"},
    {"rules.csv", ",county prefecture province,", ",kounty,", "is not levels"},
    {"rules.csv", "special_per_village", "Special_per_village", "is not a name of small letters"},
    {"rules.csv", "special_per_village", "special_per_town", "rules"},
    {"rules/special_per_village.sql", "SELECT", "SELEKT", "special_per_village"},
    {"acceptance_items.csv", ",no\n", ",not\n", "acceptance_items.csv"},
};

static void
test_edits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(edits); i++) {
		struct file *f = file_named(edits[i].file);
		const char *at = strstr(f->text, edits[i].from);
		EXPECT(at, "%s: %s", edits[i].file, edits[i].from);
		bool good = read_changed(f, (size_t)(at - f->text), strlen(edits[i].from), edits[i].to);
		EXPECT(good == !edits[i].error, "%s: %s: %s", edits[i].file, edits[i].to,
		       good ? "" : errors.items[0]);
		EXPECT(good || strstr(errors.items[0], edits[i].error), "%s: %s: %s", edits[i].file, edits[i].to,
		       errors.items[0]);
	}
}

/* The SQL of a rule is as long as 16 KiB, and is there. */
static void
test_rule_sql(void **state)
{
	enum { SQL_BYTES = 16 * 1024 };
	static char padding[SQL_BYTES + 2];
	struct file *f = file_named("rules/special_per_village.sql");
	(void)state;
	assert_true(f->size < SQL_BYTES);
	memset(padding, ' ', SQL_BYTES - f->size);
	EXPECT(read_changed(f, f->size, 0, padding), "%s", errors.items[0]);
	padding[SQL_BYTES - f->size] = ' ';
	assert_false(read_changed(f, f->size, 0, padding));
	assert_non_null(strstr(errors.items[0], "longer than 16384 bytes"));
	assert_false(read_changed(f, 0, f->size, ""));
	assert_non_null(strstr(errors.items[0], "special_per_village.sql is not there, empty"));
}

/* A row that stands twice is found, whatever file it is in; a key of plan.csv may be said again, and
 * a target that stands twice is left to the database's primary key. */
static void
test_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(blanks); i++) {
		struct file *f = file_named(blanks[i].file);
		const char *row = strchr(f->text, '\n') + 1;
		char first[600];
		snprintf(first, sizeof first, "%.*s\n", (int)strcspn(row, "\r\n"), row);
		bool may = !strcmp(blanks[i].file, "plan.csv") || !strcmp(blanks[i].file, "targets.csv");
		bool good = read_changed(f, (size_t)(row - f->text), 0, first);
		EXPECT(good == may, "%s: %s", blanks[i].file, good ? "" : errors.items[0]);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_places, read_real, free_real),
	    cmocka_unit_test_setup_teardown(test_forms, read_real, free_real),
	    cmocka_unit_test_setup_teardown(test_kinds, read_real, free_real),
	    cmocka_unit_test(test_blanks),
	    cmocka_unit_test(test_edits),
	    cmocka_unit_test(test_rule_sql),
	    cmocka_unit_test(test_twice),
	};
	return cmocka_run_group_tests(tests, copy_plan, remove_plan);
}
