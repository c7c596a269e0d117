#include "embedded.h"

#include "base/clock.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

enum { START_SECONDS = 60, STOP_SECONDS = 60, LEFTOVER_SHARE = 10, POLL_MS = 20, RETRY_MS = 200 };

static const char database[] = "fupin";

static void
pause_ms(int ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	nanosleep(&time, NULL);
}

/* ---------------------------------------------------------------- finding the programs */

static bool
has_programs(const char *dir)
{
	char path[PATH_MAX];
	bool found = true;
	static const char *const programs[] = {"postgres", "initdb"};
	for (int i = 0; i < 2; i++) {
		int size = snprintf(path, sizeof path, "%s/%s", dir, programs[i]);
		found = found && size < (int)sizeof path && !access(path, X_OK);
	}
	return found;
}

static bool
find_bin_dir(char out[PATH_MAX])
{
	glob_t found;
	bool good = false;
	/* Debian's layout; glob sorts, so the newest of 13..99 comes last. */
	if (!glob("/usr/lib/postgresql/[1-9][0-9]/bin", 0, NULL, &found)) {
		for (size_t i = found.gl_pathc; i > 0 && !good; i--)
			if (has_programs(found.gl_pathv[i - 1])) {
				snprintf(out, PATH_MAX, "%s", found.gl_pathv[i - 1]);
				good = true;
			}
		globfree(&found);
	}
	const char *path = getenv("PATH");
	char copy[8192];
	snprintf(copy, sizeof copy, "%s", path ? path : "");
	char *rest = copy;
	for (char *dir = strtok_r(copy, ":", &rest); dir && !good; dir = strtok_r(NULL, ":", &rest))
		if (has_programs(dir)) {
			snprintf(out, PATH_MAX, "%s", dir);
			good = true;
		}
	return good;
}

/* A cluster is run by the major version that made it, also when a newer one is installed. */
static bool
find_version_dir(const struct embedded *e, char out[PATH_MAX])
{
	char path[PATH_MAX + 16];
	int version = 0;
	snprintf(path, sizeof path, "%s/PG_VERSION", e->data_dir);
	FILE *file = fopen(path, "re");
	bool known = file && fscanf(file, "%d", &version) == 1;
	if (file)
		fclose(file);
	if (!known)
		return false;
	snprintf(out, PATH_MAX, "/usr/lib/postgresql/%d/bin", version);
	return has_programs(out);
}

bool
embedded_init(struct embedded *e, const char *data_dir, const char *wanted_bin_dir,
              char error[PG_ERROR_BYTES])
{
	*e = (struct embedded){0};
	if (strlen(data_dir) > EMBEDDED_PATH_MAX) {
		snprintf(
		    error, PG_ERROR_BYTES,
		    "the data directory's path is longer than %d bytes, too long for a Unix socket in it: %.300s",
		    EMBEDDED_PATH_MAX, data_dir);
		return false;
	}
	snprintf(e->data_dir, sizeof e->data_dir, "%s/pg", data_dir);
	snprintf(e->socket_dir, sizeof e->socket_dir, "%s/run", data_dir);
	snprintf(e->log_path, sizeof e->log_path, "%s/pg.log", data_dir);
	const struct passwd *user = getpwuid(geteuid());
	snprintf(e->user, sizeof e->user, "%s", user ? user->pw_name : "fupin");
	if (wanted_bin_dir)
		snprintf(e->bin_dir, sizeof e->bin_dir, "%s", wanted_bin_dir);
	if (wanted_bin_dir ? has_programs(wanted_bin_dir)
	                   : find_version_dir(e, e->bin_dir) || find_bin_dir(e->bin_dir))
		return true;
	snprintf(error, PG_ERROR_BYTES,
	         "postgres and initdb were not found (looked in %.200s): install the package postgresql, say "
	         "--pg-bin DIR, or use a database elsewhere with --db URI",
	         wanted_bin_dir ? wanted_bin_dir : "/usr/lib/postgresql and PATH");
	return false;
}

struct pg_target
embedded_target(const struct embedded *e)
{
	return (struct pg_target){
	    .socket_dir = e->socket_dir, .user = e->user, .database = database, .patience_s = e->patience_s};
}

/* ---------------------------------------------------------------- child processes */

/* Starts a program with its output in the log; it gets `death_signal` when we end. */
static pid_t
start(const struct embedded *e, const char *program, char *arguments[], int death_signal)
{
	pid_t parent = getpid(), pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, death_signal);
	/* PostgreSQL would tell systemd that it is ready, as if it were the service. */
	if (getppid() != parent || unsetenv("NOTIFY_SOCKET"))
		_exit(1);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Ctrl-C on a terminal goes to the whole group: the database ends when fupind tells it to. */
	setpgid(0, 0);
	int log = open(e->log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	int null = open("/dev/null", O_RDONLY);
	if (log < 0 || null < 0)
		_exit(1);
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	char path[2 * PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", e->bin_dir, program);
	/* PostgreSQL looks for its other programs beside argv[0], or on PATH when there is no folder in it. */
	arguments[0] = path;
	execv(path, arguments);
	_exit(127);
}

static bool
run_and_wait(const struct embedded *e, const char *program, char *arguments[])
{
	int status = 0;
	pid_t pid = start(e, program, arguments, SIGTERM);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Anybody who may enter the socket's directory (0700) may connect; nobody can over the network, whatever is
 * set later. */
static bool
write_hba(const char *cluster)
{
	char path[PATH_MAX + 24];
	snprintf(path, sizeof path, "%s/pg_hba.conf", cluster);
	FILE *file = fopen(path, "we");
	bool good = file && fputs("# Written by fupind. Local sockets only.\n"
	                          "local all all trust\n"
	                          "local replication all trust\n",
	                          file) >= 0;
	return !(file && fclose(file)) && good;
}

/* initdb into a second place and a rename: a half-made cluster is never taken for a whole one. */
static bool
create_cluster(const struct embedded *e, char error[PG_ERROR_BYTES])
{
	char fresh[PATH_MAX + 8], user[80], version[PATH_MAX + 16];
	snprintf(version, sizeof version, "%s/PG_VERSION", e->data_dir);
	if (!access(version, F_OK))
		return true;
	if (!e->may_create) {
		snprintf(error, PG_ERROR_BYTES, "there is no database: %.300s is missing", version);
		return false;
	}
	snprintf(fresh, sizeof fresh, "%s.new", e->data_dir);
	snprintf(user, sizeof user, "--username=%s", e->user);
	char *remove[] = {(char *)"rm", (char *)"-rf", (char *)"--", fresh, NULL};
	struct embedded system = *e;
	snprintf(system.bin_dir, sizeof system.bin_dir, "/bin");
	char *arguments[] = {(char *)"initdb",
	                     (char *)"--pgdata",
	                     fresh,
	                     user,
	                     (char *)"--auth=trust",
	                     (char *)"--encoding=UTF8",
	                     (char *)"--locale=C.UTF-8",
	                     (char *)"--data-checksums",
	                     NULL};
	if (run_and_wait(&system, "rm", remove) && run_and_wait(e, "initdb", arguments) && write_hba(fresh) &&
	    !rename(fresh, e->data_dir))
		return true;
	snprintf(error, PG_ERROR_BYTES, "the database could not be created: see %.300s", e->log_path);
	return false;
}

static bool
launch(struct embedded *e)
{
	char sockets[PATH_MAX + 48];
	snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", e->socket_dir);
	/* Blanks would be two directories; quoted it is one. */
	if (strchr(e->socket_dir, ' '))
		snprintf(sockets, sizeof sockets, "unix_socket_directories=\"%s\"", e->socket_dir);
	char *arguments[] = {(char *)"postgres",
	                     (char *)"-D",
	                     e->data_dir,
	                     (char *)"-c",
	                     (char *)"listen_addresses=",
	                     (char *)"-c",
	                     sockets,
	                     (char *)"-c",
	                     (char *)"unix_socket_permissions=0700",
	                     (char *)"-c",
	                     (char *)"port=" PG_EMBEDDED_PORT,
	                     (char *)"-c",
	                     (char *)"jit=off", /* short statements; and no memory is both written and run */
	                     NULL};
	e->pid = start(e, "postgres", arguments, SIGINT);
	if (e->pid < 0)
		e->pid = 0;
	return e->pid;
}

/* To the server itself, whatever state it is in. */
static void
server_parameters(const struct embedded *e, const char *names[PG_PARAMS], const char *values[PG_PARAMS])
{
	struct pg_target target = embedded_target(e);
	size_t count = 0;
	target.database = "postgres";
	pg_parameters(&target, names, values);
	while (names[count])
		count++;
	assert(count + 1 < PG_PARAMS);
	names[count] = "target_session_attrs";
	values[count] = "any";
	names[count + 1] = values[count + 1] = NULL;
}

enum leftover { LEFTOVER_NONE, LEFTOVER_OURS, LEFTOVER_DYING };

/* A postmaster's working directory is its data directory. The process id may belong to another program by
 * now; PostgreSQL itself deals with a stale file. A process that is just ending has no directory any more.
 */
static enum leftover
look_at(const struct embedded *e, long pid)
{
	char link[64], place[PATH_MAX], ours[PATH_MAX];
	if (pid <= 1 || (kill((pid_t)pid, 0) && errno == ESRCH))
		return LEFTOVER_NONE;
	snprintf(link, sizeof link, "/proc/%ld/cwd", pid);
	ssize_t size = readlink(link, place, sizeof place - 1);
	if (size < 0)
		return errno == ENOENT ? LEFTOVER_DYING : LEFTOVER_NONE;
	place[size] = 0;
	return realpath(e->data_dir, ours) && !strcmp(place, ours) ? LEFTOVER_OURS : LEFTOVER_NONE;
}

/* A cluster whose first start was broken off may lack it, an older one the role that serves; otherwise both
 * are there. */
static bool
create_database(const struct embedded *e, char error[PG_ERROR_BYTES])
{
	struct pg_target target = embedded_target(e);
	target.user = PG_ROLE_SERVE;
	struct pg_conn *connection = pg_connect(&target, error);
	bool good = connection;
	PQfinish(connection);
	if (good)
		return true;
	target = embedded_target(e);
	target.database = "postgres";
	int64_t databases = 0, roles = 0;
	connection = pg_connect(&target, error);
	good = connection &&
	       pg_number(connection, "SELECT count(*) FROM pg_database WHERE datname = 'fupin'", &databases,
	                 error) &&
	       pg_number(connection, "SELECT count(*) FROM pg_roles WHERE rolname = '" PG_ROLE_SERVE "'", &roles,
	                 error) &&
	       (databases || pg_run(connection, "CREATE DATABASE fupin", error)) &&
	       (roles || pg_run(connection, "CREATE ROLE " PG_ROLE_SERVE " LOGIN", error));
	PQfinish(connection);
	return good;
}

enum server_state {
	SERVER_SILENT,
	SERVER_STARTING,
	SERVER_STOPPING,
	SERVER_STANDBY,
	SERVER_PAUSED,
	SERVER_READY
};

/* Reads the state that the launched server writes into postmaster.pid (the first line is the process id, the
 * eighth the state; "ready" also stands for a server that is read-only). Asking over a connection would make
 * it start a process each time. */
static enum server_state
launched_state(const struct embedded *e)
{
	enum { STATE_LINE = 8 };
	static const struct {
		const char *word;
		enum server_state state;
	} states[] = {{"starting", SERVER_STARTING},
	              {"standby", SERVER_STARTING}, /* one that takes no questions, either */
	              {"stopping", SERVER_STOPPING},
	              {"ready", SERVER_READY}};
	char path[PATH_MAX + 24], line[PATH_MAX + 16] = "";
	snprintf(path, sizeof path, "%s/postmaster.pid", e->data_dir);
	FILE *file = fopen(path, "re");
	if (!file)
		return SERVER_SILENT;
	bool ours = true;
	int count = 0;
	while (count < STATE_LINE && fgets(line, sizeof line, file))
		if (++count == 1)
			ours = !e->pid || strtol(line, NULL, 10) == e->pid;
	fclose(file);
	for (size_t i = 0; ours && count == STATE_LINE && i < sizeof states / sizeof *states; i++)
		if (!strncmp(line, states[i].word, strlen(states[i].word)))
			return states[i].state;
	return SERVER_SILENT;
}

enum { PLACE_BYTES = PATH_MAX + 16 };

/* Where a server that another process started listens: the fourth and fifth line of postmaster.pid. */
static void
find_place(const struct embedded *e, char port[PLACE_BYTES], char directory[PLACE_BYTES])
{
	char path[PATH_MAX + 24], line[PLACE_BYTES];
	snprintf(path, sizeof path, "%s/postmaster.pid", e->data_dir);
	FILE *file = fopen(path, "re");
	*port = *directory = 0;
	for (int i = 1; file && i <= 5 && fgets(line, sizeof line, file); i++) {
		line[strcspn(line, "\n")] = 0;
		if (i >= 4)
			snprintf(i == 4 ? port : directory, PLACE_BYTES, "%s", line);
	}
	if (file)
		fclose(file);
}

/* Is a server that says it is ready still in recovery (0 no, 1 yes, 2 paused)? */
static enum server_state
asked_state(const struct embedded *e)
{
	static const char sql[] =
	    "SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0 WHEN pg_is_wal_replay_paused() "
	    "THEN 2 ELSE 1 END";
	const char *names[PG_PARAMS], *values[PG_PARAMS];
	char ignored[PG_ERROR_BYTES], port[PLACE_BYTES], directory[PLACE_BYTES];
	int64_t found = 0;
	server_parameters(e, names, values);
	if (!e->pid)
		find_place(e, port, directory);
	for (size_t i = 0; !e->pid && names[i]; i++)
		values[i] = !strcmp(names[i], "host") && *directory ? directory
		            : !strcmp(names[i], "port") && *port    ? port
		                                                    : values[i];
	PGconn *connection = PQconnectdbParams(names, values, 0);
	bool asked = PQstatus(connection) == CONNECTION_OK &&
	             pg_number((struct pg_conn *)connection, sql, &found, ignored);
	PQfinish(connection);
	/* The server is recovering from a crash of one of its processes, and accepts no connection. Any other
	 * fault shows at the next connection. */
	if (!asked)
		return PQpingParams(names, values, 0) == PQPING_REJECT ? SERVER_STARTING : SERVER_READY;
	return found == 2 ? SERVER_PAUSED : found ? SERVER_STANDBY : SERVER_READY;
}

static enum server_state
server_state(const struct embedded *e)
{
	enum server_state state = launched_state(e);
	return state == SERVER_READY ? asked_state(e) : state;
}

/* ---------------------------------------------------------------- a recovery under way */

/* Waits for a recovery (after a crash, or to a point in time) and never ends it, neither because it takes
 * long nor because fupind is told to stop: a server that is stopped during its promotion may never start
 * again. It may be left only if it has paused by itself, at its target. */
struct recovery {
	enum server_state state; /* that was told last */
	int64_t since_us, told_us;
	bool is_held;  /* SIGTERM and SIGINT wait */
	sigset_t mask; /* as it was before */
};

enum { RECOVERY_TOLD_AFTER_S = 2, RECOVERY_TOLD_EVERY_S = 30, RECOVERY_EXTENSION_S = 120 };

static bool
is_recovery(enum server_state state)
{
	return state == SERVER_STARTING || state == SERVER_STANDBY || state == SERVER_PAUSED;
}

static void
hold_signals(struct recovery *r, bool hold)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (hold && !r->is_held)
		pthread_sigmask(SIG_BLOCK, &set, &r->mask);
	else if (!hold && r->is_held)
		pthread_sigmask(SIG_SETMASK, &r->mask, NULL);
	r->is_held = hold;
}

/* Waits for it a little, and logs that from time to time. */
static void
await_recovery(const struct embedded *e, struct recovery *r, enum server_state state)
{
	int64_t now_us = clock_steady_us();
	if (!r->since_us)
		r->since_us = now_us;
	hold_signals(r, state != SERVER_PAUSED);
	int64_t due_us = r->told_us ? r->told_us + RECOVERY_TOLD_EVERY_S * INT64_C(1000000)
	                            : r->since_us + RECOVERY_TOLD_AFTER_S * INT64_C(1000000);
	if (now_us >= due_us || (state != r->state && state != SERVER_STARTING)) {
		r->told_us = now_us;
		r->state = state;
		log_line(LOG_INFO, "database_recovering", "seconds=%d what=\"%s\" log=%s",
		         (int)((now_us - r->since_us) / 1000000),
		         state == SERVER_PAUSED
		             ? "it has paused at its target: look at it by psql, then SELECT pg_wal_replay_resume()"
		             : "its recovery is waited for, and not stopped",
		         e->log_path);
		sd_notifyf(0, "STATUS=waiting for the database's recovery\nEXTEND_TIMEOUT_USEC=%" PRId64,
		           RECOVERY_EXTENSION_S * INT64_C(1000000));
	}
	pause_ms(state == SERVER_STARTING ? POLL_MS : RETRY_MS);
}

static void
end_recovery(struct recovery *r)
{
	if (r->told_us)
		log_line(LOG_INFO, "database_recovered", "seconds=%d",
		         (int)((clock_steady_us() - r->since_us) / 1000000));
	hold_signals(r, false);
}

/* The server of a killed fupind is shutting down by itself; ask again and wait. A server that was started
 * here by hand, to recover, is left alone until that is done. *was_there: it had not been stopped in order,
 * and its own children may still be ending. */
static bool
end_leftover(const struct embedded *e, bool *was_there, char error[PG_ERROR_BYTES])
{
	char path[PATH_MAX + 24];
	snprintf(path, sizeof path, "%s/postmaster.pid", e->data_dir);
	*was_there = !access(path, F_OK);
	struct recovery recovery = {0};
	for (int waited = 0; waited < STOP_SECONDS * 1000;) {
		long pid = 0;
		FILE *file = fopen(path, "re");
		bool read = file && fscanf(file, "%ld", &pid) == 1;
		if (file)
			fclose(file);
		enum leftover leftover = read ? look_at(e, pid) : LEFTOVER_NONE;
		if (leftover == LEFTOVER_NONE) {
			end_recovery(&recovery);
			return true;
		}
		enum server_state state = leftover == LEFTOVER_OURS ? server_state(e) : SERVER_SILENT;
		if (is_recovery(state) && state != SERVER_PAUSED) {
			await_recovery(e, &recovery, state);
			continue;
		}
		if (leftover == LEFTOVER_OURS)
			kill((pid_t)pid, SIGINT);
		waited += POLL_MS;
		pause_ms(POLL_MS);
	}
	end_recovery(&recovery);
	snprintf(error, PG_ERROR_BYTES, "an old database server does not end: see %.300s", path);
	return false;
}

static bool
has_ended(struct embedded *e)
{
	if (e->pid && waitpid(e->pid, NULL, WNOHANG) == e->pid)
		e->pid = 0;
	return !e->pid;
}

static bool
wait_until_ready(struct embedded *e, char error[PG_ERROR_BYTES])
{
	struct recovery recovery = {0};
	enum server_state state = SERVER_SILENT;
	for (int waited = 0; waited < START_SECONDS * 1000;) {
		state = server_state(e);
		if (state == SERVER_READY || has_ended(e))
			break;
		if (is_recovery(state)) {
			await_recovery(e, &recovery, state);
			continue;
		}
		waited += POLL_MS;
		pause_ms(POLL_MS);
	}
	if (state != SERVER_READY)
		snprintf(error, PG_ERROR_BYTES, "the database does not start: see %.300s", e->log_path);
	end_recovery(&recovery);
	return state == SERVER_READY;
}

bool
embedded_wait(const struct embedded *e, char error[PG_ERROR_BYTES])
{
	const struct pg_target target = embedded_target(e);
	struct recovery recovery = {0};
	struct pg_conn *connection = NULL;
	for (int waited = 0; waited < START_SECONDS * 1000 && !connection;) {
		enum server_state state = server_state(e);
		if (is_recovery(state)) {
			await_recovery(e, &recovery, state);
			continue;
		}
		connection = pg_connect(&target, error);
		waited += RETRY_MS;
		if (!connection)
			pause_ms(RETRY_MS);
	}
	end_recovery(&recovery);
	PQfinish((PGconn *)connection);
	if (!connection)
		snprintf(error, PG_ERROR_BYTES, "the running centre's database does not answer: see %.300s",
		         e->log_path);
	return connection;
}

/* While children of a killed server still end, a new one refuses to start. */
static bool
launch_until_ready(struct embedded *e, bool again, char error[PG_ERROR_BYTES])
{
	const struct pg_target target = embedded_target(e);
	int64_t until_us = again ? clock_steady_us() + pg_patience_us(&target, LEFTOVER_SHARE) : 0;
	for (;;) {
		if (!launch(e)) {
			snprintf(error, PG_ERROR_BYTES, "postgres could not be started: %s", strerror(errno));
			return false;
		}
		if (wait_until_ready(e, error))
			return true;
		embedded_stop(e);
		if (clock_steady_us() >= until_us)
			return false;
		pause_ms(RETRY_MS);
	}
}

bool
embedded_start(struct embedded *e, char error[PG_ERROR_BYTES])
{
	if (mkdir(e->socket_dir, 0700) && errno != EEXIST) {
		snprintf(error, PG_ERROR_BYTES, "%.300s: %s", e->socket_dir, strerror(errno));
		return false;
	}
	bool was_there;
	if (!create_cluster(e, error) || !end_leftover(e, &was_there, error) ||
	    !launch_until_ready(e, was_there, error))
		return false;
	if (!create_database(e, error)) {
		embedded_stop(e);
		return false;
	}
	log_line(LOG_INFO, "database_started", "pid=%d", (int)e->pid);
	return true;
}

void
embedded_keep_running(struct embedded *e, int64_t now_us)
{
	static int64_t last_us;
	if (e->pid && waitpid(e->pid, NULL, WNOHANG) == 0)
		return;
	/* While old backends still end, the new server refuses to start: not more than five tries a second. */
	if (now_us - last_us < 200000)
		return;
	last_us = now_us;
	log_line(LOG_WARNING, "database_restarted", "pid_before=%d", (int)e->pid);
	launch(e);
}

void
embedded_stop(struct embedded *e)
{
	if (!e->pid)
		return;
	struct recovery recovery = {0};
	for (enum server_state state;
	     !has_ended(e) && is_recovery(state = server_state(e)) && state != SERVER_PAUSED;)
		await_recovery(e, &recovery, state);
	end_recovery(&recovery);
	if (!e->pid)
		return;
	kill(e->pid, SIGINT);
	int waited = 0;
	while (waitpid(e->pid, NULL, WNOHANG) == 0 && waited < STOP_SECONDS * 1000) {
		pause_ms(POLL_MS);
		waited += POLL_MS;
	}
	if (waited >= STOP_SECONDS * 1000)
		kill(e->pid, SIGQUIT);
	e->pid = 0;
}
