/* Where a centre is, as people write it. */
#include "case.h"

#include "base/endpoint.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *text, *complete; /* complete NULL: refused */
	const char *why;
} connects[] = {
    {"tcp://127.0.0.1:7513", "tcp://127.0.0.1:7513"},
    {"127.0.0.1:7513", "tcp://127.0.0.1:7513"},
    {"127.0.0.1", "tcp://127.0.0.1:7513"},
    {"tcp://centre.example", "tcp://centre.example:7513"},
    {"TCP://Centre.Example:7600", "tcp://centre.example:7600"},
    {"centre_1", "tcp://centre_1:7513"},
    {"localhost:1", "tcp://localhost:1"},
    {"localhost:65535", "tcp://localhost:65535"},
    {"tcp://[2001:db8::7]:7513", "tcp://[2001:db8::7]:7513"},
    {"[2001:DB8::7]", "tcp://[2001:db8::7]:7513"},
    {"::1", "tcp://[::1]:7513"},
    {"tcp://fe80::1%eth0", "tcp://[fe80::1%eth0]:7513"},
    /* As an input method writes it. */
    {"ｔｃｐ：／／１０．０．０．７：７５１３", "tcp://10.0.0.7:7513"},
    {"10。0。0。7：7513", "tcp://10.0.0.7:7513"},
    {"ipc:///run/fupin/fupind.sock", "ipc:///run/fupin/fupind.sock"},
    {"", NULL, "has no host"},
    {"tcp://", NULL, "has no host"},
    {"http://centre.example", NULL, "only tcp://"},
    {"tcp://centre.example:", NULL, "is not HOST:PORT"},
    {"tcp://centre.example:0", NULL, "1 to 65535"},
    {"tcp://centre.example:65536", NULL, "1 to 65535"},
    {"tcp://centre.example:075130", NULL, "1 to 65535"},
    {"tcp://centre.example:http", NULL, "1 to 65535"},
    {"tcp://centre.example:-1", NULL, "1 to 65535"},
    {"tcp://centre.example:*", NULL, "1 to 65535"},
    {"tcp://centre.example:7513/", NULL, "1 to 65535"},
    {"centre.example/", NULL, "neither a name nor an address"},
    {"*:7513", NULL, "neither a name nor an address"},
    {":7513", NULL, "neither a name nor an address"},
    {"省中心:7513", NULL, "neither a name nor an address"},
    {"clerk@centre", NULL, "neither a name nor an address"},
    {"10.0.0.1;10.0.0.7", NULL, "neither a name nor an address"},
    {"2001:db8::7:::", NULL, "neither a name nor an address"},
    {"[centre]:7513", NULL, "in brackets"},
    {"[::1:7513", NULL, "in brackets"},
    {"[::1]7513", NULL, "in brackets"},
    {"[::1]:", NULL, "in brackets"},
};

static void
test_to_connect(void **state)
{
	char out[ENDPOINT_BYTES], error[ENDPOINT_ERROR_BYTES];
	(void)state;
	for (size_t i = 0; i < COUNT(connects); i++) {
		const char *text = connects[i].text;
		bool good = endpoint_complete(text, ENDPOINT_CONNECT, out, error);
		EXPECT(good == !!connects[i].complete, "%s: %s", text, good ? out : error);
		if (good)
			EXPECT(!strcmp(out, connects[i].complete), "%s: %s", text, out);
		else
			EXPECT(strstr(error, connects[i].why) && strstr(error, text), "%s: %s", text, error);
		/* What is complete stays as it is. */
		char again[ENDPOINT_BYTES];
		EXPECT(!good || (endpoint_complete(out, ENDPOINT_CONNECT, again, error) && !strcmp(out, again)), "%s",
		       out);
	}
}

static void
test_to_bind(void **state)
{
	static const struct {
		const char *text, *complete;
	} cases[] = {
	    {"*", "tcp://*:7513"},
	    {"tcp://*:*", "tcp://*:*"},
	    {"127.0.0.1:*", "tcp://127.0.0.1:*"},
	    {"[::]:7513", "tcp://[::]:7513"},
	    {"eth0:7513", "tcp://eth0:7513"},
	    {"*:x", NULL},
	};
	char out[ENDPOINT_BYTES] = "", error[ENDPOINT_ERROR_BYTES];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool good = endpoint_complete(cases[i].text, ENDPOINT_BIND, out, error);
		EXPECT(good == !!cases[i].complete && (!good || !strcmp(out, cases[i].complete)), "%s: %s",
		       cases[i].text, good ? out : error);
	}
}

static void
test_list(void **state)
{
	char out[200], error[ENDPOINT_ERROR_BYTES], each[ENDPOINTS_MAX][ENDPOINT_BYTES];
	size_t count;
	(void)state;
	assert_true(endpoint_list_complete(" a:1,b  tcp://[::1] ,", out, sizeof out, error));
	assert_string_equal(out, "tcp://a:1, tcp://b:7513, tcp://[::1]:7513");
	assert_true(endpoint_list_complete("a：1，b、c", out, sizeof out, error));
	assert_string_equal(out, "tcp://a:1, tcp://b:7513, tcp://c:7513");
	assert_false(endpoint_list_complete("a:1, b:x", out, sizeof out, error));
	assert_non_null(strstr(error, "endpoint b:x:"));
	assert_true(endpoint_list_complete("ipc:///srv/Fupin/run/fupind.sock, A", out, sizeof out, error));
	assert_string_equal(out, "ipc:///srv/Fupin/run/fupind.sock, tcp://a:7513");
	assert_false(endpoint_list_complete(" , ", out, sizeof out, error));
	assert_false(endpoint_list_complete("a:1", out, 9, error));
	assert_true(endpoint_list("1 2 3 4 5 6 7 8", each, &count, error));
	assert_int_equal(count, 8);
	assert_false(endpoint_list("1 2 3 4 5 6 7 8 9", each, &count, error));
	assert_non_null(strstr(error, "one too many"));
}

static void
test_host(void **state)
{
	(void)state;
	assert_int_equal(endpoint_host("tcp://localhost:1"), ENDPOINT_NAME);
	assert_int_equal(endpoint_host("tcp://10.0.0.7:1"), ENDPOINT_IPV4);
	assert_int_equal(endpoint_host("tcp://[::1]:1"), ENDPOINT_IPV6);
	assert_int_equal(endpoint_host("tcp://*:1"), ENDPOINT_ANY);
	assert_int_equal(endpoint_host("ipc:///x"), ENDPOINT_LOCAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_to_connect),
	    cmocka_unit_test(test_to_bind),
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_host),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
