#include "plan.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { PLAN_BYTES_MAX = 1024 * 1024 };

static const struct unit units[] = {
    {220881101201, UNIT_VILLAGE, "保民村", "test"},
    {222401, UNIT_COUNTY, "延吉市", "test"},
    {220821103, UNIT_TOWNSHIP, "五棵树镇", "test"},
    {2224, UNIT_PREFECTURE, "延边州", "test"},
    {22, UNIT_PROVINCE, "吉林省", "test"},
    {220821103205, UNIT_VILLAGE, "永安村", "test"},
    {220821103204, UNIT_VILLAGE, "西明嘎村", "test"},
    {220881101, UNIT_TOWNSHIP, "车力乡", "test"},
    {220881, UNIT_COUNTY, "洮南市", "test"},
    {2208, UNIT_PREFECTURE, "白城市", "test"},
    {220821, UNIT_COUNTY, "镇赉县", "test"},
};

static const struct form forms[] = {
    {FORM_OLD, UNIT_COUNTY, "old", "旧表", "Old form"},
    {FORM_COUNTY, UNIT_COUNTY, "county", "县月报", "County report"},
    {FORM_VILLAGE, UNIT_VILLAGE, "village", "村月报", "Village report"},
};

static const struct indicator indicators[] = {
    {OLD, FORM_OLD, "old_figure", "旧指标", "Old figure", "个", "pieces", "T1", "一", 0, INDICATOR_FLOW},
    {BALANCE, FORM_COUNTY, "balance", "净变动", "Balance", "户", "households", "T1", "一", 0, INDICATOR_FLOW},
    {STAFF, FORM_COUNTY, "staff", "工作人员", "Staff", "人", "persons", "T1", "一", 0, INDICATOR_STOCK},
    {MATCHING, FORM_COUNTY, "matching_fund", "县级配套资金", "Matching fund", "元", "yuan", "T1", "一", 2,
     INDICATOR_FLOW},
    {ROADS, FORM_VILLAGE, "roads", "通村道路（硬化）", "Roads (paved)", "公里", "km", "T1", "一", 1,
     INDICATOR_STOCK},
    {TRAINED, FORM_VILLAGE, "trained", "培训人次", "Trained", "人次", "persons", "T1", "一", 0,
     INDICATOR_FLOW},
    {HOUSEHOLDS, FORM_VILLAGE, "households", "户数", "Households", "户", "households", "T1", "一", 0,
     INDICATOR_STOCK},
    {SUBSIDY, FORM_VILLAGE, "village_subsidy", "补助到村资金", "Village subsidy", "元", "yuan", "T1", "一", 2,
     INDICATOR_FLOW},
    {FUND, FORM_VILLAGE, "industry_fund", "产业资金", "Industry fund", "元", "yuan", "T1", "一", 2,
     INDICATOR_FLOW},
};

static const struct form_field village_1[] = {
    {.indicator = FUND, .maximum = 100000000, .part_of = SUBSIDY},
    {.indicator = SUBSIDY, .required = true, .maximum = VALUE_MAX},
    {.indicator = HOUSEHOLDS, .maximum = 1000},
    {.indicator = TRAINED, .maximum = 5000},
};

/* Another order, one gone, one new: positions differ from version 1. */
static const struct form_field village_2[] = {
    {.indicator = ROADS, .maximum = 10000},
    {.indicator = HOUSEHOLDS, .maximum = 1000},
    {.indicator = SUBSIDY, .required = true, .maximum = VALUE_MAX},
    {.indicator = FUND, .maximum = 100000000, .part_of = SUBSIDY},
};

static const struct form_field county_1[] = {
    {.indicator = MATCHING, .maximum = VALUE_MAX},
    {.indicator = STAFF, .maximum = 1000},
    {.indicator = BALANCE, .minimum = -100, .maximum = 100},
};

static const struct form_field old_1[] = {{.indicator = OLD, .maximum = 10}};

#define VERSION(form, version, first, last, fields)                                                          \
	{                                                                                                        \
		(form), (version), (first), (last), sizeof(fields) / sizeof *(fields),                               \
		    (struct form_field *)(uintptr_t)(fields)                                                         \
	}

static const struct form_version versions[] = {
    VERSION(FORM_OLD, 1, 201101, 201112, old_1),
    VERSION(FORM_VILLAGE, 2, 201307, 201312, village_2),
    VERSION(FORM_COUNTY, 1, 201301, 201312, county_1),
    VERSION(FORM_VILLAGE, 1, 201301, 201306, village_1),
};

static const struct fund_term sources[] = {
    {SOURCE_SOCIAL, "social", "社会帮扶资金", "Social funds", "四", false},
    {SOURCE_PROVINCE, "province", "省级资金", "Provincial funds", "四", true},
    {SOURCE_CENTRAL, "central", "中央资金", "Central funds", "四", true},
    {.number = SOURCE_LOAN,
     .code = "loan",
     .name_zh = "贴息贷款",
     .name_en = "Subsidised loans",
     .notice = "四",
     .loan = true,
     .uses = "industry"},
};

static const struct fund_term uses[] = {
    {USE_TRAINING, "training", "培训", "Training", "四", false},
    {USE_INDUSTRY, "industry", "产业", "Industry", "四", false},
};

static const struct target targets[] = {
    {22, 2013, HOUSEHOLDS, FUND_KIND_NONE, 300000, "二"},
    {220821, 2013, SUBSIDY, FUND_KIND_NONE, 5000000, "二"},
    {22, 2013, 0, FUND_RAISED, INT64_C(57000000000), "四"},
    {2224, 2013, TRAINED, FUND_KIND_NONE, 0, "二"},
};

static const struct document_kind document_kinds[] = {
    {DOCUMENT_PHOTO, UNIT_VILLAGE, "photo", "村貌照片", "Photograph", "三", 20131008, 17 * 60, 0},
    {DOCUMENT_PLAN, UNIT_COUNTY, "plan", "实施方案", "Implementation plan", "四", 20130420, MINUTES_PER_DAY,
     0},
};

static const struct project_kind project_kinds[] = {
    {KIND_HALL, "hall", "培训中心", "Training centre", "三", USE_TRAINING, true},
    {KIND_FARM, "farm", "养殖", "Farm", "三", USE_INDUSTRY, false},
};

static const struct acceptance_item acceptance_items[] = {{2, "四制记录", "Four systems", true},
                                                          {1, "质量合格", "Sound", false}};

static void *
copy(struct catalogue *c, const void *items, size_t bytes)
{
	void *memory = arena_alloc(&c->arena, bytes);
	assert(memory);
	return memcpy(memory, items, bytes);
}

#define TAKE(list, count)                                                                                    \
	do {                                                                                                     \
		c->list = copy(c, list, sizeof list);                                                                \
		c->count = sizeof list / sizeof *list;                                                               \
	} while (0)

void
plan_fill(struct catalogue *c)
{
	c->plan = "test-2013";
	c->title_zh = "测试方案";
	c->title_en = "A plan for tests";
	c->source = "made by hand";
	c->label = "测试数据";
	TAKE(units, unit_count);
	TAKE(forms, form_count);
	TAKE(indicators, indicator_count);
	TAKE(versions, version_count);
	TAKE(sources, source_count);
	TAKE(uses, use_count);
	TAKE(targets, target_count);
	TAKE(document_kinds, document_kind_count);
	TAKE(project_kinds, project_kind_count);
	TAKE(acceptance_items, acceptance_item_count);
	c->projects_since = 20110101;
	c->acceptance_due = 20131130;
	for (size_t i = 0; i < c->version_count; i++)
		c->versions[i].fields =
		    copy(c, versions[i].fields, versions[i].field_count * sizeof *versions[i].fields);
}

static void
finish(struct catalogue *c)
{
	char error[CATALOGUE_ERROR_BYTES] = "";
	if (!catalogue_finish(c, error))
		fprintf(stderr, "plan: %s\n", error);
	assert(!*error);
}

void
plan_put_rules(struct catalogue *c, const struct deadline_rule *rules, size_t count)
{
	c->rules = arena_array(&c->arena, count, sizeof *rules);
	assert(c->rules);
	memcpy(c->rules, rules, count * sizeof *rules);
	c->rule_count = count;
}

struct catalogue plan;

void
plan_make(struct catalogue *c)
{
	catalogue_init(c, PLAN_BYTES_MAX);
	plan_fill(c);
	finish(c);
}

enum { COUNTIES_OF_PREFECTURE = 30 };

unit_code
plan_wide_county(size_t i)
{
	return 220101 + (unit_code)(i / COUNTIES_OF_PREFECTURE * 100 + i % COUNTIES_OF_PREFECTURE);
}

void
plan_make_wide(struct catalogue *c, size_t counties)
{
	catalogue_init(c, PLAN_BYTES_MAX);
	plan_fill(c);
	c->units = arena_array(&c->arena, 2 * counties + 1, sizeof *c->units);
	assert(c->units);
	c->unit_count = 0;
	c->units[c->unit_count++] = (struct unit){PROVINCE, UNIT_PROVINCE, "吉林省", "test"};
	for (size_t i = 0; i < counties; i++) {
		unit_code county = plan_wide_county(i);
		if (i % COUNTIES_OF_PREFECTURE == 0)
			c->units[c->unit_count++] = (struct unit){county / 100, UNIT_PREFECTURE, "市", "test"};
		c->units[c->unit_count++] = (struct unit){county, UNIT_COUNTY, "县", "test"};
	}
	c->target_count = 0;
	finish(c);
}

int
plan_setup(void **state)
{
	(void)state;
	plan_make(&plan);
	return 0;
}

int
plan_teardown(void **state)
{
	(void)state;
	catalogue_free(&plan);
	return 0;
}
