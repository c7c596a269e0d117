/* Where a centre is, as people write it: "10.0.0.7", "centre.example:7513", "TCP://[2001:db8::7]". It is
 * completed to what libzmq takes (tcp://HOST:PORT), or refused by name. */
#ifndef FUPIN_COMMON_ENDPOINT_H
#define FUPIN_COMMON_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

enum { ENDPOINT_PORT = 7513, ENDPOINT_BYTES = 256, ENDPOINTS_MAX = 8, ENDPOINT_ERROR_BYTES = 400 };

/* To bind there may be any address (*) and any port (*), too. */
enum endpoint_use { ENDPOINT_CONNECT, ENDPOINT_BIND };

/* One. Without tcp:// and without a port (7513) it is the same; letters are small ones; what an input method
 * writes full-width is narrow. An IPv6 address has brackets, and gets them if it stands alone. ipc:// stays
 * as it is. */
bool endpoint_complete(const char *text, enum endpoint_use use, char out[ENDPOINT_BYTES],
                       char error[ENDPOINT_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Those of one centre, with commas or blanks between them: *count of them. */
bool endpoint_list(const char *text, char out[ENDPOINTS_MAX][ENDPOINT_BYTES], size_t *count,
                   char error[ENDPOINT_ERROR_BYTES]) __attribute__((warn_unused_result));
/* The same as one text, "tcp://a:7513, tcp://b:7513". */
bool endpoint_list_complete(const char *text, char *out, size_t size, char error[ENDPOINT_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Of a complete one: how its host is written. */
enum endpoint_host { ENDPOINT_NAME, ENDPOINT_IPV4, ENDPOINT_IPV6, ENDPOINT_ANY, ENDPOINT_LOCAL };
enum endpoint_host endpoint_host(const char *endpoint);

#endif
