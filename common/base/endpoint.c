#include "endpoint.h"

#include "utf8.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_MAX = 65535, HOST_BYTES_MAX = 200 };

static const char tcp[] = "tcp://", ipc[] = "ipc://", separators[] = ", \t\r\n";
/* What Chinese input methods write and NFKC leaves as it is. */
static const char *const narrow[][2] = {{"。", "."}, {"、", ","}};

static bool
fail(char error[ENDPOINT_ERROR_BYTES], const char *text, const char *what)
{
	char shown[ENDPOINT_BYTES];
	snprintf(error, ENDPOINT_ERROR_BYTES, "endpoint %.200s: %s",
	         utf8_show(text, UTF8_BLANKS, shown, sizeof shown), what);
	return false;
}

/* As people mean it: narrow letters and marks, small letters. False: too long. */
static bool
normalise(const char *text, char *out, size_t size)
{
	char room[UTF8_KEY_BYTES];
	size_t used = 0;
	text = utf8_key(text, room);
	while (*text && used + 1 < size) {
		const char *put = NULL;
		for (size_t i = 0; i < sizeof narrow / sizeof *narrow && !put; i++)
			if (!strncmp(text, narrow[i][0], strlen(narrow[i][0]))) {
				put = narrow[i][1];
				text += strlen(narrow[i][0]);
			}
		char letter = put ? *put : *text++;
		out[used++] = letter >= 'A' && letter <= 'Z' ? (char)(letter + 'a' - 'A') : letter;
	}
	out[used] = 0;
	return !*text;
}

static bool
is_host_name(const char *host)
{
	return *host && strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen(host) && *host != '.' &&
	       *host != '-';
}

/* Without its zone. */
static bool
is_ipv6(const char *host)
{
	struct in6_addr address;
	char bare[HOST_BYTES_MAX + 1];
	snprintf(bare, sizeof bare, "%.*s", (int)strcspn(host, "%"), host);
	return inet_pton(AF_INET6, bare, &address) == 1;
}

static bool
is_ipv4(const char *host)
{
	struct in_addr address;
	return inet_pton(AF_INET, host, &address) == 1;
}

static bool
is_port(const char *port, enum endpoint_use use)
{
	char *end;
	if (use == ENDPOINT_BIND && !strcmp(port, "*"))
		return true;
	if (!*port || strspn(port, "0123456789") != strlen(port) || strlen(port) > 5)
		return false;
	long number = strtol(port, &end, 10);
	return number >= 1 && number <= PORT_MAX;
}

/* Cuts "host:port", "[host]:port", "host", "::1"; *port is "" where there is none. */
static bool
cut(char *at, char **host, char **port)
{
	static char none[] = "";
	char *close = strchr(at, ']'), *colon = strchr(at, ':');
	*host = at;
	*port = none;
	if (*at == '[') {
		if (!close || (close[1] && close[1] != ':'))
			return false;
		*host = at + 1;
		*port = close[1] ? close + 2 : none;
		bool has_port = close[1];
		*close = 0;
		return is_ipv6(*host) && (!has_port || **port);
	}
	if (!colon || strchr(colon + 1, ':')) /* none, or an IPv6 address that stands alone */
		return true;
	*colon = 0;
	*port = colon + 1;
	return **port;
}

bool
endpoint_complete(const char *text, enum endpoint_use use, char out[ENDPOINT_BYTES],
                  char error[ENDPOINT_ERROR_BYTES])
{
	char clean[ENDPOINT_BYTES], *host, *port, *at = clean;
	if (!strncmp(text, ipc, strlen(ipc)))
		return snprintf(out, ENDPOINT_BYTES, "%s", text) < ENDPOINT_BYTES || fail(error, text, "is too long");
	if (!normalise(text, clean, sizeof clean) || strlen(clean) > HOST_BYTES_MAX)
		return fail(error, text, "is too long");
	char *scheme = strstr(clean, "://");
	if (scheme && strncmp(clean, tcp, strlen(tcp)) != 0)
		return fail(error, text, "only tcp:// leads to a centre: tcp://HOST:PORT");
	if (scheme)
		at = scheme + strlen("://");
	if (!*at)
		return fail(error, text, "has no host: write tcp://HOST:PORT");
	if (!cut(at, &host, &port))
		return fail(error, text, "is not HOST:PORT (an IPv6 address stands in brackets: [2001:db8::7]:7513)");
	bool any = use == ENDPOINT_BIND && !strcmp(host, "*");
	if (!any && !is_ipv6(host) && !is_host_name(host))
		return fail(error, text, "its host is neither a name nor an address");
	if (*port && !is_port(port, use))
		return fail(error, text, "its port is not 1 to 65535");
	char number[8];
	snprintf(number, sizeof number, "%d", ENDPOINT_PORT);
	bool bare = any || !is_ipv6(host);
	snprintf(out, ENDPOINT_BYTES, bare ? "%s%s:%s" : "%s[%s]:%s", tcp, host, *port ? port : number);
	return true;
}

bool
endpoint_list(const char *text, char out[ENDPOINTS_MAX][ENDPOINT_BYTES], size_t *count,
              char error[ENDPOINT_ERROR_BYTES])
{
	char all[ENDPOINTS_MAX * ENDPOINT_BYTES], one[ENDPOINT_BYTES];
	*count = 0;
	/* A path is what it is. */
	bool good = strstr(text, ipc) ? snprintf(all, sizeof all, "%s", text) < (int)sizeof all
	                              : normalise(text, all, sizeof all);
	if (!good)
		return fail(error, text, "is too long");
	for (const char *at = all + strspn(all, separators); *at; at += strspn(at, separators)) {
		size_t size = strcspn(at, separators);
		snprintf(one, sizeof one, "%.*s", (int)size, at);
		if (*count == ENDPOINTS_MAX)
			return fail(error, one, "is one too many: a centre has at most 8");
		if (!endpoint_complete(one, ENDPOINT_CONNECT, out[*count], error))
			return false;
		++*count;
		at += size;
	}
	return *count || fail(error, "", "none is given: write tcp://HOST:PORT");
}

bool
endpoint_list_complete(const char *text, char *out, size_t size, char error[ENDPOINT_ERROR_BYTES])
{
	char each[ENDPOINTS_MAX][ENDPOINT_BYTES];
	size_t count, used = 0;
	if (!endpoint_list(text, each, &count, error))
		return false;
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", each[i]);
	return used < size || fail(error, text, "is too long");
}

enum endpoint_host
endpoint_host(const char *endpoint)
{
	char host[ENDPOINT_BYTES];
	if (strncmp(endpoint, tcp, strlen(tcp)))
		return ENDPOINT_LOCAL;
	endpoint += strlen(tcp);
	if (*endpoint == '[')
		return ENDPOINT_IPV6;
	if (*endpoint == '*')
		return ENDPOINT_ANY;
	snprintf(host, sizeof host, "%.*s", (int)strcspn(endpoint, ":"), endpoint);
	return is_ipv4(host) ? ENDPOINT_IPV4 : ENDPOINT_NAME;
}
