#include "embedded.h"

#include "clock.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

/* initdb into a second place and a rename: a half-made cluster is never taken for a whole one. */
static bool
create_cluster(const struct embedded *e, char error[PG_ERROR_BYTES])
{
	char fresh[PATH_MAX + 8], user[80], version[PATH_MAX + 16];
	snprintf(version, sizeof version, "%s/PG_VERSION", e->data_dir);
	if (!access(version, F_OK))
		return true;
	snprintf(fresh, sizeof fresh, "%s.new", e->data_dir);
	snprintf(user, sizeof user, "--username=%s", e->user);
	char *remove[] = {(char *)"rm", (char *)"-rf", (char *)"--", fresh, NULL};
	struct embedded system = *e;
	snprintf(system.bin_dir, sizeof system.bin_dir, "/bin");
	char *arguments[] = {
	    (char *)"initdb",          (char *)"--pgdata",         fresh, user, (char *)"--auth=trust",
	    (char *)"--encoding=UTF8", (char *)"--locale=C.UTF-8", NULL};
	if (run_and_wait(&system, "rm", remove) && run_and_wait(e, "initdb", arguments) &&
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
	                     (char *)"jit=off", /* short statements; and no memory is both written and run */
	                     NULL};
	e->pid = start(e, "postgres", arguments, SIGINT);
	if (e->pid < 0)
		e->pid = 0;
	return e->pid;
}

static PGPing
ping(const struct embedded *e)
{
	const char *names[] = {"host", "dbname", "user", NULL};
	const char *values[] = {e->socket_dir, "postgres", e->user, NULL};
	return PQpingParams(names, values, 0);
}

bool
embedded_wait(const struct embedded *e, char error[PG_ERROR_BYTES])
{
	for (int waited = 0; waited < START_SECONDS * 1000; waited += POLL_MS) {
		if (ping(e) == PQPING_OK)
			return true;
		pause_ms(POLL_MS);
	}
	snprintf(error, PG_ERROR_BYTES, "the running centre's database does not answer: see %.300s", e->log_path);
	return false;
}

enum leftover { LEFTOVER_NONE, LEFTOVER_OURS, LEFTOVER_DYING };

/* A postmaster's working directory is its data directory. The number may be anybody's by now; PostgreSQL
 * itself deals with a stale file. A process that is just ending has no directory any more. */
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

/* The server of a killed fupind is shutting down by itself; ask again and wait. *was_there: it had not
 * been stopped in order, and its own children may still be ending. */
static bool
end_leftover(const struct embedded *e, bool *was_there, char error[PG_ERROR_BYTES])
{
	char path[PATH_MAX + 24];
	snprintf(path, sizeof path, "%s/postmaster.pid", e->data_dir);
	*was_there = !access(path, F_OK);
	for (int waited = 0; waited < STOP_SECONDS * 1000; waited += POLL_MS) {
		long pid = 0;
		FILE *file = fopen(path, "re");
		bool read = file && fscanf(file, "%ld", &pid) == 1;
		if (file)
			fclose(file);
		enum leftover leftover = read ? look_at(e, pid) : LEFTOVER_NONE;
		if (leftover == LEFTOVER_NONE)
			return true;
		if (leftover == LEFTOVER_OURS)
			kill((pid_t)pid, SIGINT);
		pause_ms(POLL_MS);
	}
	snprintf(error, PG_ERROR_BYTES, "an old database server does not end: see %.300s", path);
	return false;
}

/* A cluster whose first start was broken off may lack it; otherwise it is there. */
static bool
create_database(const struct embedded *e, char error[PG_ERROR_BYTES])
{
	struct pg_target target = embedded_target(e);
	struct pg_conn *connection = pg_connect(&target, error);
	bool good = connection;
	PQfinish(connection);
	if (good)
		return true;
	target.database = "postgres";
	int64_t count = 0;
	connection = pg_connect(&target, error);
	good = connection &&
	       pg_number(connection, "SELECT count(*) FROM pg_database WHERE datname = 'fupin'", &count, error) &&
	       (count || pg_run(connection, "CREATE DATABASE fupin", error));
	PQfinish(connection);
	return good;
}

enum server_state { SERVER_SILENT, SERVER_STARTING, SERVER_READY };

/* What the server that was just launched writes of itself into postmaster.pid (its first line is the process,
 * its eighth the state). To ask by a connection makes it start a process each time. */
static enum server_state
launched_state(const struct embedded *e)
{
	enum { STATE_LINE = 8 };
	char path[PATH_MAX + 24], line[PATH_MAX + 16];
	enum server_state state = SERVER_SILENT;
	snprintf(path, sizeof path, "%s/postmaster.pid", e->data_dir);
	FILE *file = fopen(path, "re");
	if (!file)
		return SERVER_SILENT;
	for (int i = 1; i <= STATE_LINE && fgets(line, sizeof line, file); i++) {
		if (i == 1 && strtol(line, NULL, 10) != e->pid)
			break;
		if (i == STATE_LINE)
			state = strncmp(line, "ready", 5) ? SERVER_STARTING : SERVER_READY;
	}
	fclose(file);
	return state;
}

/* Crash recovery may take long: as long as the server says that it is starting, it is left to it. */
static bool
wait_until_ready(struct embedded *e, char error[PG_ERROR_BYTES])
{
	for (int waited = 0; waited < START_SECONDS * 1000;) {
		enum server_state state = launched_state(e);
		if (state == SERVER_READY)
			return true;
		if (e->pid && waitpid(e->pid, NULL, WNOHANG) == e->pid) {
			e->pid = 0;
			break;
		}
		waited += state == SERVER_STARTING ? 0 : POLL_MS;
		pause_ms(POLL_MS);
	}
	snprintf(error, PG_ERROR_BYTES, "the database does not start: see %.300s", e->log_path);
	return false;
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
	/* During crash recovery it would listen to nothing milder; what is on disk stays there. */
	kill(e->pid, ping(e) == PQPING_REJECT ? SIGQUIT : SIGINT);
	int waited = 0;
	while (waitpid(e->pid, NULL, WNOHANG) == 0 && waited < STOP_SECONDS * 1000) {
		pause_ms(POLL_MS);
		waited += POLL_MS;
	}
	if (waited >= STOP_SECONDS * 1000)
		kill(e->pid, SIGQUIT);
	e->pid = 0;
}
