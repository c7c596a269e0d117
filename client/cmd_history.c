/* fupin history UNIT PERIOD FORM: everything that happened to one report, in the order of commits; of each
 * revision what it changed against the one before. */
#include "command.h"
#include "decimal.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <string.h>

/* The figure of an indicator in an event's report. */
static bool
find_figure(const struct history_event *event, uint32_t indicator, int64_t *value)
{
	for (size_t i = 0; event && i < event->value_count; i++)
		if (event->indicators[i] == indicator) {
			*value = event->values[i];
			return true;
		}
	return false;
}

/* The report before this one; NULL: it is the first. */
static const struct history_event *
report_before(const struct history_answer *h, size_t at)
{
	while (at--)
		if (h->events[at].version)
			return &h->events[at];
	return NULL;
}

static void
print_change(const struct command *c, const struct indicator *i, const struct history_event *before,
             const struct history_event *after)
{
	char old[DECIMAL_TEXT_BYTES] = "–", new[DECIMAL_TEXT_BYTES] = "–";
	int64_t a = 0, b = 0;
	bool had = find_figure(before, i->number, &a), has = find_figure(after, i->number, &b);
	if (had == has && a == b)
		return;
	if (had)
		decimal_format(a, i->decimals, old);
	if (has)
		decimal_format(b, i->decimals, new);
	printf("    %s (%s): %s → %s\n", in_language(c, i->name_en, i->name_zh), i->code, old, new);
}

static void
print_report(const struct command *c, const struct history_answer *h, size_t at)
{
	const struct history_event *event = &h->events[at], *before = report_before(h, at);
	printf(in_language(c, "revision %u (form version %u)", "第 %u 版（表第 %u 版）"), event->revision,
	       event->version);
	if (*event->text)
		printf(in_language(c, ", because: %s", "，原因：%s"), event->text);
	printf("\n");
	for (size_t i = 0; before && i < c->catalogue.indicator_count; i++)
		if (c->catalogue.indicators[i].form == h->key.form)
			print_change(c, &c->catalogue.indicators[i], before, event);
	if (!before)
		printf(in_language(c, "    %zu figures\n", "    %zu 个指标\n"), event->value_count);
}

static void
print_event(const struct command *c, const struct history_answer *h, size_t at)
{
	static const char *const decisions[DECISIONS] = {"", "passed", "returned", "taken over"};
	static const char *const decisions_zh[DECISIONS] = {"", "审核通过", "退回", "省级接收"};
	const struct history_event *event = &h->events[at];
	char time[20], until[DEADLINE_TEXT_BYTES];
	time_format(event->time_us, time);
	printf("%s  seq %" PRIu64 "  %s  ", time, event->seq, event->principal);
	if (event->version) {
		print_report(c, h, at);
	} else if (event->decision) {
		printf(in_language(c, "revision %u %s", "第 %u 版%s"), event->revision,
		       in_language(c, decisions[event->decision], decisions_zh[event->decision]));
		if (event->decision == DECISION_RETURN)
			printf(in_language(c, ": %s, %s", "：%s，%s"),
			       in_language(c, return_reason_name(event->reason), return_reason_name_zh(event->reason)),
			       event->text);
		printf("\n");
	} else {
		printf(in_language(c, "%s of %" PRId64 " %s extended to %s, because: %s\n",
		                   "%s时间（%" PRId64 " %s）宽限至 %s，原因：%s\n"),
		       in_language(c, deadline_event_name(event->event), deadline_event_name_zh(event->event)),
		       event->unit, command_unit_name(c, event->unit), deadline_format(event->until, until),
		       event->text);
	}
}

static struct json_object *
event_json(const struct command *c, const struct history_event *event)
{
	struct json_object *o = json_object_new_object(), *values = json_object_new_object();
	char text[DECIMAL_TEXT_BYTES];
	json_object_object_add(o, "seq", json_object_new_int64((int64_t)event->seq));
	json_object_object_add(o, "time_us", json_object_new_int64(event->time_us));
	json_object_object_add(o, "principal", json_object_new_string(event->principal));
	json_object_object_add(o, "text", json_object_new_string(event->text));
	if (event->event) {
		json_object_object_add(o, "event", json_object_new_string(deadline_event_name(event->event)));
		json_object_object_add(o, "until", json_object_new_int64(event->until));
		json_object_object_add(o, "unit", json_object_new_int64(event->unit));
	} else {
		json_object_object_add(o, "revision", json_object_new_int64(event->revision));
	}
	if (event->decision)
		json_object_object_add(o, "decision", json_object_new_string(decision_name(event->decision)));
	if (event->decision == DECISION_RETURN)
		json_object_object_add(o, "reason", json_object_new_string(return_reason_name(event->reason)));
	for (size_t i = 0; i < event->value_count; i++) {
		const struct indicator *indicator = catalogue_indicator(&c->catalogue, event->indicators[i]);
		if (indicator)
			json_object_object_add(
			    values, indicator->code,
			    json_object_new_string(decimal_plain(event->values[i], indicator->decimals, text)));
	}
	if (event->version) {
		json_object_object_add(o, "version", json_object_new_int64(event->version));
		json_object_object_add(o, "values", values);
	} else {
		json_object_put(values);
	}
	return o;
}

static void
print_json(const struct command *c, const struct history_answer *h)
{
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < h->count; i++)
		json_object_array_add(list, event_json(c, &h->events[i]));
	printf("%s\n", json_object_to_json_string_ext(list, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED));
	json_object_put(list);
}

int
cmd_history(int argc, char **argv)
{
	struct command c = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&c)};
	struct command_scope scope;
	struct reply reply;
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count))
		return EXIT_USAGE;
	if (count != 3) {
		fprintf(stderr, "fupin history: a unit, a period and a form; see fupin help\n");
		return EXIT_USAGE;
	}
	int status = command_open(&c);
	if (status == EXIT_DONE)
		status = command_catalogue(&c, true, true);
	if (status == EXIT_DONE)
		status = command_read_scope(&c, count, argv, &scope);
	if (status == EXIT_DONE) {
		struct request request = {.kind = REQUEST_HISTORY, .history = {scope.unit, scope.form, scope.from}};
		status = command_ask(&c, &request, REPLY_HISTORY, &reply);
	}
	if (status == EXIT_DONE && c.format == FORMAT_JSON) {
		print_json(&c, &reply.history);
	} else if (status == EXIT_DONE) {
		char when[8];
		period_format(scope.from, when);
		printf("%" PRId64 " %s %s %s\n", scope.unit, command_unit_name(&c, scope.unit), when, argv[2]);
		for (size_t i = 0; i < reply.history.count; i++)
			print_event(&c, &reply.history, i);
		if (!reply.history.count)
			printf("%s", in_language(&c, "nothing yet\n", "尚无记录\n"));
		if (*reply.history.label)
			printf("%s\n", reply.history.label);
	}
	command_close(&c);
	return status;
}
