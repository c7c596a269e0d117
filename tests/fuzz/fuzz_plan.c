/* Whatever stands in the files of a plan: taken or refused with the places of what is wrong, and nothing else
 * happens. An input has files of a plan (parts.h; the letters are small_plan.h's), the others are as usual. A
 * plan that is taken comes to an office as the same one. */
#include "target.h"

#include "echo.h"
#include "small_plan.h"

#include <string.h>

/* Rules are in the plan only where an input has some: SQLite takes longer than all the rest. */
static void
leave_rules_out(struct part_text texts[SMALL_PLAN_FILES])
{
	struct part_text usual[SMALL_PLAN_FILES];
	const char *const rules = strchr(small_plan_letters, 'r');
	bool own = false;
	small_plan_texts(usual);
	for (const char *at = rules; at < rules + 3; at++)
		own = own || texts[at - small_plan_letters].bytes != usual[at - small_plan_letters].bytes;
	if (!own)
		texts[rules - small_plan_letters].size = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plan_errors errors;
	struct part_text texts[SMALL_PLAN_FILES];
	struct plan plan;
	small_plan_texts(texts);
	parts_split(data, size, small_plan_letters, texts);
	leave_rules_out(texts);
	const struct plan_source source = small_plan_source(texts);
	plan_init(&plan);
	bool good = plan_read_from(&source, &plan, &errors);
	assert(good == !errors.count && errors.count <= PLAN_ERRORS_MAX);
	for (size_t i = 0; i < errors.count; i++)
		assert(*errors.items[i] && memchr(errors.items[i], 0, PLAN_ERROR_BYTES));
	if (good) {
		principals_sort(plan.principals, plan.principal_count);
		echo_catalogue(&plan.catalogue);
	}
	plan_free(&plan);
	return 0;
}
