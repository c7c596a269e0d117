#include "admin_list.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>

static void
add_text(struct json_object *o, const char *name, const char *text)
{
	if (*text)
		json_object_object_add(o, name, json_object_new_string(text));
}

static void
add_time(struct json_object *o, const char *name, int64_t us)
{
	if (us)
		json_object_object_add(o, name, json_object_new_int64(us));
}

static struct json_object *
enrolment_json(const struct command *c, const struct enrolment *e)
{
	char fingerprint[FINGERPRINT_BYTES];
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "number", json_object_new_int64((int64_t)e->number));
	add_text(o, "state", enrolment_state_name(e->state));
	add_text(o, "name", e->name);
	add_text(o, "role", role_name(e->role));
	json_object_object_add(o, "unit", json_object_new_int64(e->unit));
	add_text(o, "unit_name", command_unit_name(c, e->unit));
	add_text(o, "office", e->office);
	add_text(o, "host", e->host);
	add_text(o, "software", e->software);
	add_text(o, "public_key", e->public_key);
	add_text(o, "fingerprint", key_fingerprint(e->public_key, fingerprint));
	add_text(o, "replaces", key_fingerprint(e->present_key, fingerprint));
	json_object_object_add(o, "rivals", json_object_new_int64(e->rivals));
	add_time(o, "invited_us", e->invited_us);
	add_text(o, "invited_by", e->invited_by);
	add_time(o, "expires_us", e->expires_us);
	add_time(o, "requested_us", e->requested_us);
	add_time(o, "decided_us", e->decided_us);
	add_text(o, "decided_by", e->decided_by);
	add_text(o, "reason", e->reason);
	return o;
}

static const char *const enrolment_titles[][2] = {{"number", "编号"},
                                                  {"state", "状态"},
                                                  {"name", "账户名"},
                                                  {"unit", "单位代码"},
                                                  {"unit name", "单位"},
                                                  {"role", "角色"},
                                                  {"office", "自报名称"},
                                                  {"host", "主机"},
                                                  {"fingerprint", "密钥指纹"},
                                                  {"requested", "申请时间"},
                                                  {"code until", "注册码有效至"},
                                                  {"rivals", "同码他钥"},
                                                  {"replaces", "将替换的密钥"},
                                                  {"invited by", "邀请人"},
                                                  {"decided by", "处理人"},
                                                  {"decided", "处理时间"},
                                                  {"reason", "理由"}};
enum { ENROLMENT_COLUMNS = sizeof enrolment_titles / sizeof *enrolment_titles };

static const char *const office_titles[][2] = {{"name", "账户名"},
                                               {"role", "角色"},
                                               {"unit", "单位代码"},
                                               {"unit name", "单位"},
                                               {"fingerprint", "密钥指纹"},
                                               {"admitted", "接纳时间"},
                                               {"by", "接纳人"},
                                               {"revoked", "吊销时间"},
                                               {"by", "吊销人"},
                                               {"reason", "理由"},
                                               {"public key", "公钥"}};
enum { OFFICE_COLUMNS = sizeof office_titles / sizeof *office_titles };

static struct table *
begin(const struct command *c, const char *name, const char *const titles[][2], size_t count)
{
	struct table_column columns[ENROLMENT_COLUMNS];
	for (size_t i = 0; i < count; i++)
		columns[i] = (struct table_column){in_language(c, titles[i][0], titles[i][1]), false};
	return table_create(c->output, name, columns, count);
}

static bool
add_enrolment(const struct command *c, struct table *table, const struct enrolment *e)
{
	char fingerprint[FINGERPRINT_BYTES], replaces[FINGERPRINT_BYTES], unit[24];
	snprintf(unit, sizeof unit, "%" PRId64, e->unit);
	const struct cell cells[ENROLMENT_COLUMNS] = {
	    cell_number((int64_t)e->number, 0),
	    cell_text(in_language(c, enrolment_state_name(e->state), enrolment_state_name_zh(e->state))),
	    cell_text(e->name),
	    cell_text(unit),
	    cell_text(command_unit_name(c, e->unit)),
	    cell_text(role_name(e->role)),
	    cell_text(e->office),
	    cell_text(e->host),
	    cell_text(key_fingerprint(e->public_key, fingerprint)),
	    cell_time(e->requested_us / 1000000),
	    cell_time(e->expires_us / 1000000),
	    cell_figure(e->rivals, e->rivals, 0),
	    cell_text(key_fingerprint(e->present_key, replaces)),
	    cell_text(e->invited_by),
	    cell_text(e->decided_by),
	    cell_time(e->decided_us / 1000000),
	    cell_text(e->reason),
	};
	return table_add(table, cells);
}

int
show_enrolments(const struct command *c, const struct enrolment_list *list)
{
	if (c->format == FORMAT_JSON) {
		struct json_object *array = json_object_new_array();
		for (size_t i = 0; i < list->count; i++)
			json_object_array_add(array, enrolment_json(c, &list->items[i]));
		command_print_json(c, array);
		return EXIT_DONE;
	}
	struct table *table = begin(c, _("enrolments"), enrolment_titles, ENROLMENT_COLUMNS);
	bool good = table;
	size_t waiting = 0, rivals = 0;
	for (size_t i = 0; good && i < list->count; i++) {
		good = add_enrolment(c, table, &list->items[i]);
		waiting += list->items[i].state == ENROLMENT_WAITING;
		rivals += list->items[i].rivals > 0;
	}
	good = good && table_end(table);
	table_destroy(&table);
	if (!good)
		return EXIT_FAILED_INSIDE;
	output_line(c->output, _("%zu wait: fupin admin admit N, when the office has read you the same digits"),
	            waiting);
	if (rivals)
		output_line(c->output,
		            _("%zu codes were brought by another key, too: were they seen by somebody else?"),
		            rivals);
	if (list->more)
		output_line(c->output, "%s", _("… and older ones"));
	return EXIT_DONE;
}

static struct json_object *
office_json(const struct command *c, const struct office_item *o)
{
	char fingerprint[FINGERPRINT_BYTES];
	struct json_object *json = json_object_new_object();
	add_text(json, "name", o->name);
	add_text(json, "role", role_name(o->role));
	json_object_object_add(json, "unit", json_object_new_int64(o->unit));
	add_text(json, "unit_name", command_unit_name(c, o->unit));
	add_text(json, "public_key", o->public_key);
	add_text(json, "fingerprint", key_fingerprint(o->public_key, fingerprint));
	add_time(json, "admitted_us", o->admitted_us);
	add_text(json, "admitted_by", o->admitted_by);
	add_time(json, "revoked_us", o->revoked_us);
	add_text(json, "revoked_by", o->revoked_by);
	add_text(json, "reason", o->reason);
	return json;
}

static bool
add_office(const struct command *c, struct table *table, const struct office_item *o)
{
	char fingerprint[FINGERPRINT_BYTES], unit[24];
	snprintf(unit, sizeof unit, "%" PRId64, o->unit);
	const struct cell cells[OFFICE_COLUMNS] = {
	    cell_text(o->name),
	    cell_text(role_name(o->role)),
	    cell_text(unit),
	    cell_text(command_unit_name(c, o->unit)),
	    cell_text(key_fingerprint(o->public_key, fingerprint)),
	    cell_time(o->admitted_us / 1000000),
	    cell_text(o->admitted_by),
	    cell_time(o->revoked_us / 1000000),
	    cell_text(o->revoked_by),
	    cell_text(o->reason),
	    cell_text(o->public_key),
	};
	return table_add(table, cells);
}

int
show_offices(const struct command *c, const struct office_list *list)
{
	if (c->format == FORMAT_JSON) {
		struct json_object *array = json_object_new_array();
		for (size_t i = 0; i < list->count; i++)
			json_object_array_add(array, office_json(c, &list->items[i]));
		command_print_json(c, array);
		return EXIT_DONE;
	}
	struct table *table = begin(c, _("offices"), office_titles, OFFICE_COLUMNS);
	bool good = table;
	size_t revoked = 0;
	for (size_t i = 0; good && i < list->count; i++) {
		good = add_office(c, table, &list->items[i]);
		revoked += list->items[i].revoked_us > 0;
	}
	good = good && table_end(table);
	table_destroy(&table);
	if (!good)
		return EXIT_FAILED_INSIDE;
	output_line(c->output, _("%zu admitted, %zu keys revoked"), list->count - revoked, revoked);
	if (list->more)
		output_line(c->output, "%s", _("… and more"));
	return EXIT_DONE;
}
