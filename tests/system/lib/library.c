/* libfupin from outside, with nothing but what is installed:
 *
 *     library HOME WORD… [-- HOME WORD…]…
 *
 * Each HOME is a handle in a thread of its own. Words are done in turn; each event is printed as a line, with
 * the number of its operation (1, 2, … in the order of beginning):
 *
 *     timeout:MS language:zh     before all others
 *     submit:FILE check:FILE send connect standing find:ID total:UNIT:INDICATOR watch:UNIT:INDICATOR
 *     review:UNIT:PERIOD:FORM:REVISION:STEP:DECISION:REASON:TEXT extend:UNIT:PERIOD:FORM:WHICH:UNTIL:REASON
 *     document:KIND:PATH fetch:UNIT:KIND:VERSION:PATH mark:WORKBOOK:COPY
 *     ask:QUESTION:UNIT:FIELD=VALUE,…  (+: a comma) its pages are printed as JSON, a row a line
 *     COUNT*WORD                 so many times
 *     wait:TEXT                  until a line begins so, since the last wait for the same text
 *     end                        until all operations have ended
 *     cancel:NUMBER close fork write:FILE=TEXT (\n: a new line)
 *
 * It ends with the worst status. */
#include <fupin.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINES_MAX = 20000, LINE_BYTES = 1024, PATIENCE_MS = 20000 };

struct run {
	char **words;
	struct fupin_office *office;
	struct fupin_options options;
	pthread_t thread;
	char (*lines)[LINE_BYTES];
	size_t line_count, begun, ended;
	size_t waited; /* lines up to here were waited for */
	int status;
};

static void
stop(const char *why, const char *word)
{
	printf("library: %s %s\n", why, word);
	exit(99);
}

static int64_t
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Its fund rows, each by kind, source, use, level, fen and entries. */
static void
write_funds(char *line, const struct fupin_total *total)
{
	int at = snprintf(line, LINE_BYTES, "funds %zu as of %" PRIu64 ":", total->fund_count, total->seq);
	for (size_t i = 0; i < total->fund_count && at < LINE_BYTES; i++) {
		const struct fupin_fund *f = fupin_fund(total, i);
		at += snprintf(line + at, LINE_BYTES - (size_t)at, " %s/%s/%s/%d/%" PRId64 "/%u of %" PRId64 " %s",
		               f->kind, f->source, f->use, f->level, f->fen, f->entries, f->unit, f->unit_name);
	}
}

static void
write_figures(char *line, const struct fupin_total *total)
{
	const struct fupin_figure *f = fupin_figure(total, 0);
	if (fupin_figure(total, total->figure_count) || fupin_fund(total, total->fund_count))
		stop("a row beyond the last", "");
	if (total->fund_count)
		write_funds(line, total);
	else
		snprintf(line, LINE_BYTES, "figures %zu whole %d: %" PRId64 " %s %s %" PRId64 " reported %u seq %d",
		         total->figure_count, total->whole, f ? f->unit : 0, f ? f->unit_name : "",
		         f ? f->indicator : "", f ? f->value : 0, f ? f->reported : 0, total->seq > 0);
}

static void
print_text(const char *text)
{
	putchar('"');
	for (; *text; text++)
		printf(strchr("\"\\", *text) ? "\\%c" : "%c", *text == '\n' ? ' ' : *text);
	putchar('"');
}

static void print_rows(const struct fupin_table *table);

/* As the program's JSON has it. */
static void
print_cell(const struct fupin_cell *c)
{
	int64_t scale = 1, value = c->value < 0 ? -c->value : c->value;
	for (int i = 0; i < c->decimals; i++)
		scale *= 10;
	if (c->kind == FUPIN_CELL_NONE)
		printf("null");
	else if (c->kind == FUPIN_CELL_TEXT)
		print_text(*c->code ? c->code : c->text);
	else if (c->kind == FUPIN_CELL_TABLE)
		print_rows(c->table);
	else if (c->kind == FUPIN_CELL_FLAG)
		printf(c->value ? "true" : "false");
	else if (c->kind != FUPIN_CELL_NUMBER && c->kind != FUPIN_CELL_CHANGE)
		printf("%" PRId64, c->value);
	else if (c->decimals)
		printf("\"%s%" PRId64 ".%0*" PRId64 "\"", c->value < 0 ? "-" : "", value / scale, c->decimals,
		       value % scale);
	else
		printf("\"%" PRId64 "\"", c->value);
}

static void
print_row(const struct fupin_table *table, size_t row)
{
	putchar('{');
	for (size_t i = 0; i < table->column_count; i++) {
		const struct fupin_column *column = fupin_column(table, i);
		printf("%s\"%s\": ", i ? ", " : "", column->key);
		print_cell(fupin_cell(table, row, i));
		if (*column->key && fupin_cell_of(table, row, column->key) == NULL)
			stop("a column that is not found", column->key);
	}
	putchar('}');
}

static void
print_rows(const struct fupin_table *table)
{
	putchar('[');
	for (size_t i = 0; i < table->row_count; i++) {
		printf(i ? ", " : "");
		print_row(table, i);
	}
	putchar(']');
}

static void
print_answer(const struct fupin_answer *answer)
{
	const struct fupin_table *table = answer->table;
	if (fupin_cell(table, table->row_count, 0) || fupin_column(table, table->column_count) ||
	    fupin_cell_of(table, 0, "none"))
		stop("a cell beyond the last", "");
	for (size_t i = 0; i < table->row_count; i++) {
		printf("row ");
		print_row(table, i);
		printf("\n");
	}
}

static void
write_event(char *line, const struct fupin_event *e)
{
	if (e->progress)
		snprintf(line, LINE_BYTES, "progress %s %" PRIu64 " of %" PRIu64, e->progress->name,
		         e->progress->bytes, e->progress->size);
	if (e->answer) {
		const struct fupin_column *first = fupin_column(e->answer->table, 0);
		print_answer(e->answer);
		snprintf(line, LINE_BYTES, "answer %s of %zu rows, last %d, seq %d, first column %s%s",
		         e->answer->table->name, e->answer->table->row_count, e->answer->last, e->answer->seq > 0,
		         first->title, e->answer->cut_off ? ", cut off" : "");
	}
	const struct fupin_problem *p = e->problem;
	const struct fupin_submission *s = e->submission;
	const struct fupin_standing *t = e->standing;
	static const char *const names[] = {"", "", "", "checked", "saved", "receipt", "refused"};
	if (e->kind == FUPIN_ENDED)
		snprintf(line, LINE_BYTES, "ended %d %s", e->status, e->text);
	else if (p)
		snprintf(line, LINE_BYTES, "problem %s %s|%s|%zu|%s|%s: %s%s", p->code, p->file, p->sheet, p->row,
		         p->letters, p->column, p->text, *p->submission ? " (of a submission)" : "");
	else if (s)
		snprintf(line, LINE_BYTES, "%s %s %s seq %" PRIu64 " reports %zu entries %zu", names[e->kind], s->id,
		         s->files, s->seq, s->reports, s->fund_entries);
	else if (t)
		snprintf(line, LINE_BYTES, "stands waiting %zu centre %d deadlines %zu first %s lost %zu", t->waiting,
		         t->from_centre, t->deadline_count, fupin_deadline(t, 0) ? fupin_deadline(t, 0)->form : "-",
		         t->lost);
	else if (e->total)
		write_figures(line, e->total);
}

static void
on_event(void *context, const struct fupin_event *e)
{
	struct run *r = context;
	char text[LINE_BYTES] = "?";
	if (r->line_count == LINES_MAX)
		stop("too many events", "");
	if (!pthread_equal(pthread_self(), r->thread))
		stop("a handler in another thread", "");
	write_event(text, e);
	snprintf(r->lines[r->line_count++], LINE_BYTES, "%" PRIu64 " %.1000s", e->operation, text);
	printf("%s\n", r->lines[r->line_count - 1]);
	if (e->kind == FUPIN_ENDED) {
		r->ended++;
		if ((int)e->status > r->status && e->status != FUPIN_CANCELLED)
			r->status = (int)e->status;
	}
}

/* Through one's own poll(), and without it, by turns. */
static void
dispatch(struct run *r, const char *what, int64_t until)
{
	struct pollfd item = {.fd = fupin_fd(r->office), .events = POLLIN};
	if (now_ms() > until)
		stop("waited in vain for", what);
	if (r->line_count % 2) {
		fupin_dispatch(r->office, 100);
	} else {
		/* If the descriptor says nothing though there are events, they are waited for in vain. */
		if (poll(&item, 1, 100))
			fupin_dispatch(r->office, 0);
	}
}

static void
wait_for(struct run *r, const char *text)
{
	int64_t until = now_ms() + PATIENCE_MS;
	for (;; dispatch(r, text, until))
		for (; r->waited < r->line_count; r->waited++)
			if (!strncmp(strchr(r->lines[r->waited], ' ') + 1, text, strlen(text))) {
				r->waited++;
				return;
			}
}

static void
wait_for_all(struct run *r)
{
	int64_t until = now_ms() + PATIENCE_MS;
	while (r->ended < r->begun)
		dispatch(r, "all ends", until);
}

/* ask:QUESTION:UNIT:FIELD=VALUE,… */
static fupin_operation
begin_question(struct run *r, char *word)
{
	struct fupin_query query = FUPIN_QUERY_INIT;
	const struct {
		const char *name;
		int *number;
		const char **text;
	} fields[] = {{"from", &query.from, NULL},
	              {"to", &query.to, NULL},
	              {"by", &query.by, NULL},
	              {"year", &query.year, NULL},
	              {"limit", &query.limit, NULL},
	              {"own", &query.own, NULL},
	              {"all", &query.all, NULL},
	              {"early", &query.early, NULL},
	              {"back", &query.back, NULL},
	              {"warned", &query.warned, NULL},
	              {"values", &query.values, NULL},
	              {"in_transit", &query.in_transit, NULL},
	              {"form", NULL, &query.form},
	              {"group", NULL, &query.group},
	              {"document", NULL, &query.document},
	              {"source", NULL, &query.source},
	              {"voucher", NULL, &query.voucher},
	              {"project", NULL, &query.project},
	              {"rule", NULL, &query.rule},
	              {"states", NULL, &query.states}};
	char *rest, *question = strtok_r(strchr(word, ':') + 1, ":", &rest), *unit = strtok_r(NULL, ":", &rest);
	query.unit = strtoll(unit, NULL, 10);
	for (char *field; (field = strtok_r(NULL, ",", &rest));) {
		char *value = strchr(field, '=');
		*value++ = 0;
		for (char *plus; (plus = strchr(value, '+'));)
			*plus = ',';
		for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
			if (!strcmp(fields[i].name, field) && fields[i].number)
				*fields[i].number = atoi(value);
			else if (!strcmp(fields[i].name, field))
				*fields[i].text = value;
		}
	}
	return fupin_ask(r->office, (enum fupin_question)atoi(question), &query, on_event, r);
}

/* What an office decides, and documents; words with colons between. */
static fupin_operation
begin_own(struct run *r, char *word)
{
	char *parts[9] = {0}, *rest = strchr(word, ':') + 1;
	for (size_t i = 0; i < 9 && rest; i++)
		parts[i] = strsep(&rest, ":");
	if (!strncmp(word, "review:", 7)) {
		struct fupin_review review = FUPIN_REVIEW_INIT;
		review.unit = strtoll(parts[0], NULL, 10);
		review.period = atoi(parts[1]);
		review.form = parts[2];
		review.revision = (uint32_t)atoi(parts[3]);
		review.step = (uint32_t)atoi(parts[4]);
		review.decision = (enum fupin_decision)atoi(parts[5]);
		review.reason = parts[6];
		review.text = parts[7];
		return fupin_review(r->office, &review, 1, on_event, r);
	}
	if (!strncmp(word, "extend:", 7)) {
		struct fupin_extension extension = FUPIN_EXTENSION_INIT;
		extension.unit = strtoll(parts[0], NULL, 10);
		extension.period = atoi(parts[1]);
		extension.form = *parts[2] ? parts[2] : NULL;
		extension.which = (enum fupin_time)atoi(parts[3]);
		extension.until = strtoll(parts[4], NULL, 10);
		extension.reason = parts[5];
		return fupin_extend(r->office, &extension, 1, on_event, r);
	}
	if (!strncmp(word, "document:", 9))
		return fupin_send_document(r->office, 0, parts[0], parts[1], "sent by a program", on_event, r);
	if (!strncmp(word, "fetch:", 6))
		return fupin_fetch_document(r->office, strtoll(parts[0], NULL, 10), parts[1], atoi(parts[2]),
		                            parts[3], on_event, r);
	return fupin_mark(r->office, parts[0], parts[1], on_event, r);
}

/* total:UNIT:INDICATOR, watch:…, funds:…, fundwatch:…; seq=SEQ:…, until=MICROSECONDS:… (as of then). */
static fupin_operation
begin_total(struct run *r, char *word)
{
	struct fupin_query query = FUPIN_QUERY_INIT;
	char *unit = strchr(word, ':') + 1, *indicator = strchr(unit, ':') + 1;
	int watch = strstr(word, "watch") != NULL;
	query.funds = !strncmp(word, "fund", 4);
	if (!strncmp(word, "seq=", 4))
		query.as_of_seq = strtoull(word + 4, NULL, 10);
	if (!strncmp(word, "until=", 6))
		query.as_of_time_us = strtoll(word + 6, NULL, 10);
	const char *indicators[] = {indicator};
	query.unit = strtoll(unit, NULL, 10);
	query.from = 201301;
	query.to = 201312;
	query.indicators = indicators;
	query.indicator_count = *indicator ? 1 : 0;
	return watch ? fupin_watch(r->office, &query, on_event, r) : fupin_total(r->office, &query, on_event, r);
}

static void
begin(struct run *r, const char *text)
{
	char word[LINE_BYTES];
	snprintf(word, sizeof word, "%s", text);
	const char *rest = strchr(word, ':') ? strchr(word, ':') + 1 : "";
	fupin_operation id = 0;
	if (!strncmp(word, "submit:", 7))
		id = fupin_submit(r->office, &rest, 1, on_event, r);
	else if (!strncmp(word, "check:", 6))
		id = fupin_check(r->office, &rest, 1, on_event, r);
	else if (!strncmp(word, "find:", 5))
		id = fupin_find(r->office, rest, on_event, r);
	else if (!strncmp(word, "review:", 7) || !strncmp(word, "extend:", 7) || !strncmp(word, "document:", 9) ||
	         !strncmp(word, "fetch:", 6) || !strncmp(word, "mark:", 5))
		id = begin_own(r, word);
	else if (!strncmp(word, "ask:", 4))
		id = begin_question(r, word);
	else if (!strcmp(word, "send"))
		id = fupin_send(r->office, on_event, r);
	else if (!strcmp(word, "connect"))
		id = fupin_connect(r->office, on_event, r);
	else if (!strcmp(word, "standing"))
		id = fupin_standing(r->office, on_event, r);
	else
		id = begin_total(r, word);
	memset(word, 'x', sizeof word); /* arguments are the caller's again */
	if (id)
		r->begun++;
	else
		printf("0 not begun\n");
}

static void
write_file(const char *text)
{
	char name[LINE_BYTES];
	snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "="), text);
	FILE *file = fopen(name, "w");
	for (text += strcspn(text, "=") + 1; file && *text; text++)
		if (text[0] == '\\' && text[1] == 'n') {
			fputc('\n', file);
			text++;
		} else {
			fputc(*text, file);
		}
	if (!file || fclose(file))
		stop("cannot write", name);
}

/* A handle is the parent's. */
static void
fork_here(struct run *r)
{
	pid_t child = fork();
	if (!child) {
		int wrong = fupin_standing(r->office, NULL, NULL) || fupin_dispatch(r->office, 0) != -1 ||
		            fupin_cancel(r->office, 1) != -1;
		fupin_close(&r->office);
		_exit(wrong || r->office);
	}
	int status = -1;
	waitpid(child, &status, 0);
	printf("child %d\n", status);
}

static void
close_here(struct run *r)
{
	int64_t before = now_ms();
	fupin_close(&r->office);
	printf("closed within %s\n", now_ms() - before <= 1000 ? "a second" : "more");
}

static void
do_word(struct run *r, char *word)
{
	char *star = strchr(word, '*');
	if (!strncmp(word, "wait:", 5)) {
		wait_for(r, word + 5);
	} else if (!strcmp(word, "end")) {
		wait_for_all(r);
	} else if (!strncmp(word, "cancel:", 7)) {
		printf("cancel %d\n", fupin_cancel(r->office, strtoull(word + 7, NULL, 10)));
	} else if (!strcmp(word, "close")) {
		close_here(r);
	} else if (!strcmp(word, "fork")) {
		fork_here(r);
	} else if (!strncmp(word, "write:", 6)) {
		write_file(word + 6);
	} else if (star && star - word < 6) {
		for (long i = strtol(word, NULL, 10); i > 0; i--)
			begin(r, star + 1);
	} else {
		begin(r, word);
	}
}

static void *
run(void *context)
{
	struct run *r = context;
	char error[256], **word = r->words + 1;
	r->thread = pthread_self();
	for (; *word && strcmp(*word, "--"); word++) {
		if (!strncmp(*word, "timeout:", 8))
			r->options.timeout_ms = atoi(*word + 8);
		else if (!strcmp(*word, "language:zh"))
			r->options.language = FUPIN_CHINESE;
		else
			break;
	}
	r->status = (int)fupin_open(r->words[0], &r->options, &r->office, error, sizeof error);
	if (r->status)
		printf("open %d %s\n", r->status, error);
	for (; r->office && *word && strcmp(*word, "--"); word++)
		do_word(r, *word);
	fupin_close(&r->office);
	return NULL;
}

int
main(int argc, char **argv)
{
	enum { RUNS_MAX = 16 };
	static struct run runs[RUNS_MAX];
	pthread_t threads[RUNS_MAX];
	size_t count = 0;
	int worst = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < argc && count < RUNS_MAX; i++)
		if (i + 1 < argc && (!i || !strcmp(argv[i], "--"))) {
			struct run *r = &runs[count];
			*r = (struct run){.words = argv + i + 1, .options = FUPIN_OPTIONS_INIT};
			r->lines = calloc(LINES_MAX, sizeof *r->lines);
			if (!r->lines || pthread_create(&threads[count++], NULL, run, r))
				return 98;
		}
	for (size_t i = 0; i < count; i++) {
		pthread_join(threads[i], NULL);
		worst = runs[i].status > worst ? runs[i].status : worst;
		free(runs[i].lines);
	}
	return worst;
}
