/* fupin status [ID]: is the centre there, who are we to it, what waits and what was receipted here; or
 * what the centre knows of one submission. fupin reload: the centre reads its principals again. */
#include "command.h"
#include "outbox.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LIST_MAX = 20 };

struct listing {
	const struct command *command;
	struct table *table;
	struct json_object *json;
	size_t counts[OUTBOX_STATES];
	bool failed;
};

static void
count_item(void *context, const struct outbox_item *item)
{
	struct listing *l = context;
	l->counts[item->state]++;
}

static void
list_item(void *context, const struct outbox_item *item)
{
	struct listing *l = context;
	bool receipted = item->state == OUTBOX_RECEIPTED;
	char id[ID_TEXT_BYTES], time[20] = "", created[20];
	submission_id_format(&item->id, id);
	time_format(item->created_us, created);
	if (receipted)
		time_format(item->receipt.time_us, time);
	if (l->json) {
		char digest[DIGEST_TEXT_BYTES];
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "id", json_object_new_string(id));
		json_object_object_add(o, "digest", json_object_new_string(digest_format(&item->digest, digest)));
		json_object_object_add(o, "state", json_object_new_string(outbox_state_name(item->state)));
		json_object_object_add(o, "saved", json_object_new_string(created));
		json_object_object_add(o, "files", json_object_new_string(item->files));
		if (item->state == OUTBOX_RECEIPTED) {
			json_object_object_add(o, "seq", json_object_new_int64((int64_t)item->receipt.seq));
			json_object_object_add(o, "time", json_object_new_string(time));
			json_object_object_add(o, "time_us", json_object_new_int64(item->receipt.time_us));
			json_object_object_add(o, "reports", json_object_new_int64(item->receipt.report_count));
			json_object_object_add(o, "fund_entries", json_object_new_int64(item->receipt.entry_count));
		}
		if (item->state == OUTBOX_REFUSED)
			json_object_object_add(o, "problems", json_object_new_string(item->problems));
		json_object_array_add(l->json, o);
		return;
	}
	const struct cell cells[] = {
	    cell_text(id),
	    cell_text(in_language(l->command, outbox_state_name(item->state), outbox_state_name_zh(item->state))),
	    cell_figure(receipted, (int64_t)item->receipt.seq, 0),
	    cell_time(receipted ? item->receipt.time_us / 1000000 : 0),
	    cell_time(item->created_us / 1000000),
	    cell_text(item->files)};
	l->failed |= !table_add(l->table, cells);
}

static struct table *
create_listing(const struct command *c)
{
	const struct table_column columns[] = {{in_language(c, "submission", "报送编号"), false},
	                                       {in_language(c, "state", "状态"), false},
	                                       {in_language(c, "seq", "序号"), true},
	                                       {in_language(c, "receipt", "回执时间"), false},
	                                       {in_language(c, "saved", "保存时间"), false},
	                                       {in_language(c, "files", "文件"), false}};
	return table_create(c->output, in_language(c, "outbox", "发件箱"), columns,
	                    sizeof columns / sizeof *columns);
}

static void
print_centre(const struct command *c, const struct pong *pong)
{
	const struct welcome *w = session_welcome(c->session);
	char now[20];
	time_format(pong->time_us, now);
	output_line(c->output,
	            in_language(c, "centre      %s at %s, protocol %u, its clock %s (UTC+08:00)",
	                        "中心        %s（%s），协议 %u，中心时间 %s（UTC+08:00）"),
	            w->software, c->home.endpoint, w->protocol, now);
	output_line(c->output, in_language(c, "plan        %s", "方案        %s"),
	            in_language(c, w->title_en, w->title_zh));
	output_line(c->output,
	            in_language(c, "this office %s, role %s, unit %" PRId64 "",
	                        "本单位      %s，角色 %s，单位 %" PRId64 ""),
	            w->principal, role_name(w->role), w->unit);
	output_line(
	    c->output,
	    in_language(c, "database    %s, %u submissions on their way to it", "数据库      %s，%u 件正在写入"),
	    pong->store_ready ? in_language(c, "ready", "正常") : in_language(c, "away", "不可用"),
	    pong->waiting);
}

static int
print_outbox_json(struct listing *l, struct outbox *outbox, const struct pong *pong)
{
	const struct welcome *w = session_welcome(l->command->session);
	struct json_object *o = json_object_new_object();
	l->json = json_object_new_array();
	bool good = outbox_each(outbox, -1, INT64_MAX, list_item, l);
	json_object_object_add(o, "centre", json_object_new_string(w->software));
	json_object_object_add(o, "principal", json_object_new_string(w->principal));
	json_object_object_add(o, "seq", json_object_new_int64((int64_t)pong->as_of.seq));
	json_object_object_add(o, "time_us", json_object_new_int64(pong->time_us));
	json_object_object_add(o, "store_ready", json_object_new_boolean(pong->store_ready));
	json_object_object_add(o, "submissions", l->json);
	command_print_json(l->command, o);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

static int
print_outbox(struct listing *l, struct outbox *outbox, const struct pong *pong)
{
	const struct command *c = l->command;
	if (c->format == FORMAT_JSON)
		return print_outbox_json(l, outbox, pong);
	l->table = create_listing(c);
	bool good = l->table && outbox_each(outbox, -1, INT64_MAX, count_item, l) &&
	            outbox_each(outbox, -1, LIST_MAX, list_item, l) && !l->failed;
	if (good && c->format == FORMAT_TABLE) {
		print_centre(c, pong);
		output_line(c->output,
		            in_language(c, "outbox      %zu waiting, %zu receipted, %zu refused",
		                        "发件箱      待发送 %zu，已回执 %zu，被退回 %zu"),
		            l->counts[OUTBOX_WAITING], l->counts[OUTBOX_RECEIPTED], l->counts[OUTBOX_REFUSED]);
	}
	good = good && table_end(l->table);
	if (good)
		command_footer(c, &pong->as_of, session_welcome(c->session)->label);
	table_destroy(&l->table);
	return good ? EXIT_DONE : EXIT_FAILED_INSIDE;
}

static int
overview(struct command *c)
{
	struct request request = {.kind = REQUEST_PING};
	struct reply reply;
	struct listing listing = {.command = c};
	char error[OUTBOX_ERROR_BYTES];
	int status = command_ask(c, &request, REPLY_PONG, &reply);
	if (status != EXIT_DONE)
		return status;
	struct pong pong = reply.pong;
	struct outbox *outbox = outbox_open(c->home.outbox, error);
	if (!outbox) {
		fprintf(stderr, "fupin status: %s\n", error);
		return EXIT_FAILED_INSIDE;
	}
	status = print_outbox(&listing, outbox, &pong);
	outbox_close(&outbox);
	return status;
}

static int
one_submission(struct command *c, const char *text)
{
	struct request request = {.kind = REQUEST_STATUS};
	struct reply reply;
	if (!submission_id_parse(text, &request.status)) {
		fprintf(stderr, "fupin status: %s: not the id of a submission\n", text);
		return EXIT_USAGE;
	}
	int status = command_ask(c, &request, REPLY_STATUS, &reply);
	if (status != EXIT_DONE)
		return status;
	const struct receipt *r = &reply.status.receipt;
	char time[20], digest[DIGEST_TEXT_BYTES];
	switch (reply.status.state) {
	case SUBMISSION_UNKNOWN:
		printf(in_language(c, "%s unknown to the centre\n", "%s 中心没有此件\n"), text);
		return EXIT_PROBLEMS;
	case SUBMISSION_WAITING:
		printf(in_language(c, "%s on its way to the disk\n", "%s 正在写入\n"), text);
		return EXIT_DONE;
	case SUBMISSION_COMMITTED:
		time_format(r->time_us, time);
		printf(in_language(c, "%s committed seq %" PRIu64 " %s reports %u fund entries %u digest %s\n",
		                   "%s 已入库 序号 %" PRIu64 " %s 报表 %u 资金记录 %u 摘要 %s\n"),
		       text, r->seq, time, r->report_count, r->entry_count, digest_format(&r->digest, digest));
		return EXIT_DONE;
	}
	return EXIT_FAILED_INSIDE;
}

int
cmd_status(int argc, char **argv)
{
	struct command c = {0};
	const struct arg_kind kinds[] = {TABLE_OPTIONS(&c)};
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count) || count > 1)
		return EXIT_USAGE;
	if (count && !command_shows_no_table(&c))
		return EXIT_USAGE;
	int status = command_open(&c);
	if (status == EXIT_DONE)
		status = count ? one_submission(&c, argv[0]) : overview(&c);
	return command_close(&c, status);
}

int
cmd_reload(int argc, char **argv)
{
	struct command c = {0};
	const struct arg_kind kinds[] = {COMMAND_OPTIONS(&c)};
	struct request request = {.kind = REQUEST_RELOAD};
	struct reply reply;
	int count;
	if (!args_parse(argc, argv, kinds, sizeof kinds / sizeof *kinds, &count) || count)
		return EXIT_USAGE;
	int status = command_open(&c);
	if (status == EXIT_DONE)
		status = command_ask(&c, &request, REPLY_RELOADED, &reply);
	if (status == EXIT_DONE)
		printf(in_language(&c, "the centre now admits %u offices\n", "中心现接纳 %u 个单位\n"),
		       reply.reloaded);
	return command_close(&c, status);
}
