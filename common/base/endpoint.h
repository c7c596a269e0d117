/* A centre's endpoint as people write it: "10.0.0.7", "centre.example:7513", "TCP://[2001:db8::7]". It is
 * completed to the form that libzmq takes (tcp://HOST:PORT), or refused with a reason. */
#ifndef FUPIN_COMMON_ENDPOINT_H
#define FUPIN_COMMON_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

enum { ENDPOINT_PORT = 7513, ENDPOINT_BYTES = 256, ENDPOINTS_MAX = 8, ENDPOINT_ERROR_BYTES = 400 };

/* For binding, address and port may also be * (any). */
enum endpoint_use { ENDPOINT_CONNECT, ENDPOINT_BIND };

/* Completes one endpoint. A missing tcp:// and a missing port (7513) are added, letters become lower case,
 * full-width characters of an input method become narrow. An IPv6 address needs brackets if a port follows,
 * and gets them otherwise. ipc:// stays as it is. */
bool endpoint_complete(const char *text, enum endpoint_use use, char out[ENDPOINT_BYTES],
                       char error[ENDPOINT_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Completes the endpoints of one centre, separated by commas or blanks; *count: how many. */
bool endpoint_list(const char *text, char out[ENDPOINTS_MAX][ENDPOINT_BYTES], size_t *count,
                   char error[ENDPOINT_ERROR_BYTES]) __attribute__((warn_unused_result));
/* The same as one text, "tcp://a:7513, tcp://b:7513". */
bool endpoint_list_complete(const char *text, char *out, size_t size, char error[ENDPOINT_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The form of the host in a complete endpoint. */
enum endpoint_host { ENDPOINT_NAME, ENDPOINT_IPV4, ENDPOINT_IPV6, ENDPOINT_ANY, ENDPOINT_LOCAL };
enum endpoint_host endpoint_host(const char *endpoint);

#endif
