#include "lines.h"

#include "base/bounds.h"
#include "base/grow.h"
#include "base/log.h"
#include "keys/keyfile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uthash.h>
#include <utlist.h>

/* How often a line is looked at while bytes come in; less often when there are many lines: a look takes
 * about two microseconds, and looks must not take more than a twentieth of the time. */
enum { LOOK_US = 20000, LOOK_LINE_US = 40, EVENTS = 64 };
enum { CUT_LOGGED = 5, ADDRESS_BYTES = 64 };

/* A key that has lines. */
struct holder {
	UT_hash_handle hh;
	char public_key[KEY_TEXT_BYTES];
	bool office;
	size_t count;
	struct line *lines;
};

struct line {
	int fd;
	uint32_t serial;
	struct holder *holder; /* NULL: no key's yet */
	/* list of the holder's lines, or of lines that belong to no key, the oldest first */
	struct line *prev, *next;
	struct line *before, *after; /* of those that are looked at */
	bool tcp, asked, spoke, cut, looked_at;
	bool suspected;                   /* too much had come at the last look */
	uint32_t messages, messages_seen; /* that were taken; at the last look */
	uint64_t read_before;             /* bytes, when the last message was seen to have been taken */
	char address[ADDRESS_BYTES];
};

struct lines {
	struct line **by_fd;
	size_t room, count, cut_count, most;
	uint32_t serial;
	struct holder *holders; /* uthash */
	struct line *nobodys, *active;
	size_t active_count, active_before; /* at the last look */
	int64_t due_us;
	int poll;
	struct log_bound too_many, cuts;
};

struct lines *
lines_create(size_t most)
{
	struct lines *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->most = most;
	l->too_many.per_second = l->cuts.per_second = CUT_LOGGED;
	l->poll = epoll_create1(EPOLL_CLOEXEC);
	if (l->poll < 0)
		lines_destroy(&l);
	return l;
}

void
lines_destroy(struct lines **lines)
{
	struct lines *l = *lines;
	if (!l)
		return;
	for (size_t fd = 0; fd < l->room; fd++)
		lines_close(l, (int)fd);
	if (l->poll >= 0)
		close(l->poll);
	free((void *)l->by_fd);
	free(l);
	*lines = NULL;
}

size_t
lines_count(const struct lines *l)
{
	return l->count;
}

int
lines_fd(const struct lines *l)
{
	return l->poll;
}

static struct line *
find(const struct lines *l, int fd)
{
	return fd >= 0 && (size_t)fd < l->room ? l->by_fd[fd] : NULL;
}

/* ---------------------------------------------------------------- whose a line is */

static void
cut(struct lines *l, struct line *line, const char *why)
{
	if (line->cut)
		return;
	line->cut = true;
	l->cut_count++;
	shutdown(line->fd, SHUT_RDWR);
	log_line(log_bounded(&l->cuts, LOG_WARNING, "line_cut"), "line_cut", "why=%s address=%s key=%s", why,
	         *line->address ? line->address : "local", line->holder ? line->holder->public_key : "none");
}

static struct holder *
find_holder(struct lines *l, const char *public_key)
{
	struct holder *h;
	HASH_FIND_STR(l->holders, public_key, h);
	if (h)
		return h;
	h = calloc(1, sizeof *h);
	if (!h)
		return NULL;
	snprintf(h->public_key, sizeof h->public_key, "%s", public_key);
	HASH_ADD_STR(l->holders, public_key, h);
	return h;
}

static size_t
most_of(const struct holder *h)
{
	return h->office ? LINES_KEY_MAX : LINES_GUEST_MAX;
}

static void
forget_if_unused(struct lines *l, struct holder *h)
{
	if (h->count)
		return;
	HASH_DEL(l->holders, h);
	free(h);
}

/* Takes the line from the key that has it. */
static void
release(struct lines *l, struct line *line)
{
	struct holder *h = line->holder;
	if (!h) {
		DL_DELETE(l->nobodys, line);
		return;
	}
	DL_DELETE(h->lines, line);
	h->count--;
	line->holder = NULL;
	forget_if_unused(l, h);
}

static void
claim(struct lines *l, struct line *line, struct holder *h)
{
	h->count++;
	release(l, line);
	line->holder = h;
	DL_APPEND(h->lines, line);
}

/* The oldest line from this address on which no key was authenticated; NULL: none. Addresses that are not of
 * a network have another form. */
static struct line *
next_asker(struct lines *l, const char *address)
{
	struct in6_addr ignored;
	struct line *line;
	size_t size = strcspn(address, "%");
	char number[ADDRESS_BYTES];
	snprintf(number, sizeof number, "%.*s", (int)size, address);
	bool tcp = inet_pton(AF_INET, number, &ignored) == 1 || inet_pton(AF_INET6, number, &ignored) == 1;
	DL_FOREACH(l->nobodys, line)
	if (!line->cut && !line->asked && !strcmp(line->address, tcp ? address : ""))
		break;
	if (line)
		line->asked = true;
	return line;
}

void
lines_turn_away(struct lines *l, const char *address)
{
	next_asker(l, address);
}

bool
lines_admit(struct lines *l, const char *public_key, const char *address, bool office)
{
	struct line *line = next_asker(l, address);
	struct holder *h = line ? find_holder(l, public_key) : NULL;
	if (!h) {
		log_line(LOG_DEBUG, "no_line_asks", "key=%s", public_key);
		return false;
	}
	h->office = office;
	if (h->count < most_of(h)) {
		claim(l, line, h);
		return true;
	}
	log_line(log_bounded(&l->too_many, LOG_WARNING, "lines_too_many"), "lines_too_many", "key=%s lines=%zu",
	         public_key, h->count);
	return false;
}

/* The line belongs to no key again: its peer still has to be authenticated. */
static void
give_back(struct lines *l, struct line *line)
{
	release(l, line);
	line->asked = false;
	DL_APPEND(l->nobodys, line);
}

/* The line certainly belongs to this key. If another line from the same address was assigned to the key
 * instead, the two are exchanged: that one gets the key that this one was assigned to, or none. */
static void
correct(struct lines *l, struct line *line, const char *public_key)
{
	struct holder *h = find_holder(l, public_key), *was = line->holder;
	struct line *other = NULL;
	if (!h || h == was)
		return;
	if (!h->count)
		h->office = was ? was->office : true; /* the line that was assigned to it is gone */
	DL_FOREACH(h->lines, other)
	if (!other->spoke && !strcmp(other->address, line->address))
		break;
	h->count++; /* the key is not forgotten although it has no line just now */
	if (other && was)
		claim(l, other, was);
	else if (other && !line->asked)
		give_back(l, other);
	line->asked = true;
	claim(l, line, h);
	h->count--;
	if (h->count > most_of(h))
		cut(l, line, "lines");
}

uint32_t
lines_take(struct lines *l, int fd, const char *public_key)
{
	struct line *line = find(l, fd);
	if (!line)
		return 0;
	if (!line->holder || strcmp(line->holder->public_key, public_key) != 0)
		correct(l, line, public_key);
	line->spoke = true;
	line->messages++;
	return line->serial;
}

bool
lines_stands(const struct lines *l, int fd, uint32_t serial, const char *public_key)
{
	const struct line *line = find(l, fd);
	return line && line->serial == serial && line->holder && !strcmp(line->holder->public_key, public_key);
}

/* ---------------------------------------------------------------- coming and going */

void
lines_cut(struct lines *l, int fd, const char *why)
{
	struct line *line = find(l, fd);
	if (line)
		cut(l, line, why);
}

/* The address in the form that libzmq gives its authenticator; empty: not of a network. */
static bool
find_address(int fd, char out[ADDRESS_BYTES])
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;
	bool tcp = !getpeername(fd, (struct sockaddr *)&peer, &size) &&
	           (peer.ss_family == AF_INET || peer.ss_family == AF_INET6);
	if (!tcp || getnameinfo((struct sockaddr *)&peer, size, out, ADDRESS_BYTES, NULL, 0, NI_NUMERICHOST))
		*out = 0;
	return tcp;
}

static bool
make_room(struct lines *l, size_t fd)
{
	size_t before = l->room;
	if (!grow((void *)&l->by_fd, &l->room, fd + 1, sizeof *l->by_fd))
		return false;
	memset((void *)(l->by_fd + before), 0, (l->room - before) * sizeof *l->by_fd);
	return true;
}

static void
arm(struct lines *l, struct line *line, int operation)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET | EPOLLONESHOT,
	                            .data.u64 = (uint64_t)line->serial << 32 | (uint32_t)line->fd};
	/* a line of this number may be there still, if libzmq closed it before it could be added, and opened
	 * another one. */
	if (epoll_ctl(l->poll, operation, line->fd, &event) && errno == EEXIST)
		epoll_ctl(l->poll, EPOLL_CTL_MOD, line->fd, &event);
}

void
lines_keep_reserve(struct lines *l)
{
	struct line *line;
	if (l->count - l->cut_count <= l->most)
		return;
	DL_FOREACH(l->nobodys, line)
	if (l->count - l->cut_count > l->most)
		cut(l, line, "descriptors");
}

void
lines_open(struct lines *l, int fd)
{
	lines_close(l, fd);
	struct line *line = fd >= 0 && make_room(l, (size_t)fd) ? calloc(1, sizeof *line) : NULL;
	if (!line) {
		shutdown(fd, SHUT_RDWR); /* a line that cannot be counted is not served */
		return;
	}
	line->fd = fd;
	l->serial += l->serial == UINT32_MAX ? 2 : 1;
	line->serial = l->serial;
	line->tcp = find_address(fd, line->address);
	l->by_fd[fd] = line;
	l->count++;
	DL_APPEND(l->nobodys, line);
	if (line->tcp)
		arm(l, line, EPOLL_CTL_ADD);
}

static void
stop_looking(struct lines *l, struct line *line)
{
	if (!line->looked_at)
		return;
	line->looked_at = false;
	l->active_count--;
	DL_DELETE2(l->active, line, before, after);
}

void
lines_close(struct lines *l, int fd)
{
	struct line *line = find(l, fd);
	if (!line)
		return;
	stop_looking(l, line);
	release(l, line);
	l->by_fd[fd] = NULL;
	l->count--;
	l->cut_count -= line->cut;
	free(line);
}

/* ---------------------------------------------------------------- what comes in */

/* Bytes that libzmq has read from it. False: the system does not say. */
static bool
bytes_read(const struct line *line, uint64_t *out)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof info;
	int waiting = 0;
	if (getsockopt(line->fd, IPPROTO_TCP, TCP_INFO, &info, &size) ||
	    size < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received ||
	    ioctl(line->fd, SIOCINQ, &waiting))
		return false;
	*out = (uint64_t)info.tcpi_bytes_received - (uint64_t)(waiting > 0 ? waiting : 0);
	return true;
}

/* True: it has to be looked at again, even if nothing more comes in. If more was read than the longest
 * message has, there is a whole message among it, which is taken when all are; otherwise it will never
 * become whole. */
static bool
look(struct lines *l, struct line *line, bool drained)
{
	uint64_t most = line->holder && line->holder->office ? LINE_BYTES_MAX : LINE_BYTES_GUEST_MAX, read;
	if (line->cut || !bytes_read(line, &read))
		return false;
	if (line->messages != line->messages_seen) {
		line->messages_seen = line->messages;
		line->read_before = read;
	}
	bool too_much = read > line->read_before + most;
	if (too_much && line->suspected && drained)
		cut(l, line, "message");
	line->suspected = too_much;
	return too_much && !line->cut;
}

static void
take_events(struct lines *l, int64_t now_us)
{
	struct epoll_event events[EVENTS];
	int count;
	do {
		count = epoll_wait(l->poll, events, EVENTS, 0);
		for (int i = 0; i < count; i++) {
			struct line *line = find(l, (int)(uint32_t)events[i].data.u64);
			if (!line || line->serial != events[i].data.u64 >> 32 || line->looked_at)
				continue;
			if (!l->active)
				l->due_us = now_us + LOOK_US + (int64_t)l->active_before * LOOK_LINE_US;
			line->looked_at = true;
			l->active_count++;
			DL_APPEND2(l->active, line, before, after);
		}
	} while (count == EVENTS);
}

bool
lines_look(struct lines *l, int64_t now_us, bool drained)
{
	struct line *line, *next;
	take_events(l, now_us);
	if (!l->active || now_us < l->due_us)
		return false;
	l->active_before = l->active_count;
	DL_FOREACH_SAFE2(l->active, line, next, after)
	{
		if (look(l, line, drained))
			continue;
		stop_looking(l, line);
		arm(l, line, EPOLL_CTL_MOD);
	}
	l->due_us = now_us + LOOK_US;
	return true;
}

int
lines_wait_ms(const struct lines *l, int64_t now_us)
{
	int64_t us = l->due_us - now_us;
	return !l->active ? -1 : us > 0 ? (int)((us + 999) / 1000) : 0;
}
