/* The enrolment code: there and back, every typing error at every place; and fingerprints. */
#include "case.h"

#include "keys/enrol_code.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char key[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"; /* ZeroMQ RFC 26's test key */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static struct enrol_code
a_code(const char *endpoints)
{
	struct enrol_code code = {.secret = {0, 1, 2, 0xff, 0xfe}};
	snprintf(code.centre_key, sizeof code.centre_key, "%s", key);
	snprintf(code.endpoints, sizeof code.endpoints, "%s", endpoints);
	return code;
}

static void
assert_reads(const char *text, const struct enrol_code *expected)
{
	struct enrol_code read;
	assert_int_equal(enrol_code_parse(text, &read), ENROL_CODE_GOOD);
	assert_string_equal(read.centre_key, expected->centre_key);
	assert_string_equal(read.endpoints, expected->endpoints);
	assert_memory_equal(read.secret, expected->secret, ENROL_SECRET_BYTES);
}

/* Of every length that there is. */
static void
test_there_and_back(void **state)
{
	char endpoints[ENROL_ENDPOINTS_MAX + 1] = "", text[ENROL_CODE_TEXT_BYTES];
	(void)state;
	for (size_t size = 1; size <= ENROL_ENDPOINTS_MAX; size++) {
		endpoints[size - 1] = (char)('a' + size % 26);
		endpoints[size] = 0;
		struct enrol_code code = a_code(endpoints);
		assert_true(enrol_code_format(&code, text));
		assert_true(strlen(text) < sizeof text);
		assert_int_equal(strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), strlen(text));
		assert_reads(text, &code);
	}
	struct enrol_code none = a_code(""), other = a_code("tcp://a:1");
	assert_false(enrol_code_format(&none, text));
	*other.centre_key = '~';
	assert_false(enrol_code_format(&other, text));
}

static void
test_as_people_copy(void **state)
{
	char text[ENROL_CODE_TEXT_BYTES], copied[2 * ENROL_CODE_TEXT_BYTES];
	struct enrol_code code = a_code("tcp://10.1.2.3:7513, tcp://b.example:7513");
	(void)state;
	assert_true(enrol_code_format(&code, text));
	size_t size = 0;
	for (const char *at = text; *at; at++, size += 2) {
		char c = *at == '-' ? '\n' : *at >= 'A' ? (char)(*at - 'A' + 'a') : *at;
		copied[size] = *at == '0' ? 'o' : *at == '1' ? (size % 4 ? 'l' : 'I') : c;
		copied[size + 1] = ' ';
	}
	copied[size] = 0;
	assert_reads(copied, &code);
}

/* Each character replaced by each other one, left out, doubled, and exchanged with the next. */
static void
test_every_typing_error(void **state)
{
	char text[ENROL_CODE_TEXT_BYTES], wrong[ENROL_CODE_TEXT_BYTES + 2];
	struct enrol_code code = a_code("tcp://10.1.2.3:7513"), read;
	size_t tried = 0;
	(void)state;
	assert_true(enrol_code_format(&code, text));
	for (size_t i = 0; text[i]; i++) {
		if (text[i] == '-')
			continue;
		for (const char *digit = digits; *digit; digit++) {
			memcpy(wrong, text, sizeof text);
			wrong[i] = *digit;
			if (*digit == text[i])
				continue;
			EXPECT(enrol_code_parse(wrong, &read) == ENROL_CODE_TYPO, "%c at %zu", *digit, i);
			tried++;
		}
		snprintf(wrong, sizeof wrong, "%.*s%s", (int)i, text, text + i + 1);
		EXPECT(enrol_code_parse(wrong, &read) == ENROL_CODE_TYPO, "without %zu", i);
		snprintf(wrong, sizeof wrong, "%.*s%c%s", (int)i, text, text[i], text + i);
		EXPECT(enrol_code_parse(wrong, &read) == ENROL_CODE_TYPO, "%zu twice", i);
		size_t next = text[i + 1] == '-' ? i + 2 : i + 1;
		if (text[i + 1] && text[next] != text[i]) {
			memcpy(wrong, text, sizeof text);
			wrong[i] = text[next];
			wrong[next] = text[i];
			EXPECT(enrol_code_parse(wrong, &read) == ENROL_CODE_TYPO, "%zu exchanged", i);
		}
	}
	assert_true(tried > 100 * 31);
}

static void
test_what_is_no_code(void **state)
{
	static const struct {
		const char *text;
		enum enrol_code_fault fault;
	} cases[] = {
	    {"", ENROL_CODE_SHORT},        {"----", ENROL_CODE_SHORT},       {"04", ENROL_CODE_SHORT},
	    {"04_", ENROL_CODE_CHARACTER}, {"注册码", ENROL_CODE_CHARACTER}, {"04U", ENROL_CODE_CHARACTER},
	    {"04.", ENROL_CODE_CHARACTER},
	};
	struct enrol_code read;
	char text[ENROL_CODE_TEXT_BYTES], longer[2 * ENROL_CODE_TEXT_BYTES];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		EXPECT(enrol_code_parse(cases[i].text, &read) == cases[i].fault, "%s", cases[i].text);
	/* Cut anywhere. */
	struct enrol_code code = a_code("tcp://10.1.2.3:7513");
	assert_true(enrol_code_format(&code, text));
	for (size_t size = strlen(text); size-- > 0;) {
		text[size] = 0;
		enum enrol_code_fault fault = enrol_code_parse(text, &read);
		EXPECT(fault == ENROL_CODE_SHORT || fault == ENROL_CODE_TYPO, "%zu characters", size);
	}
	memset(longer, 'A', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	assert_int_equal(enrol_code_parse(longer, &read), ENROL_CODE_TYPO);
}

/* What is well-formed and still not for us: a later version; endpoints that would write more than one line.
 */
static void
test_hostile(void **state)
{
	static const char *const bad[] = {"tcp://a:1\npublic-key = x", "tcp://a:1;x", "tcp://\xe4\xb8\xad", "a#b",
	                                  "a\"b"};
	char text[ENROL_CODE_TEXT_BYTES];
	struct enrol_code read;
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct enrol_code code = a_code(bad[i]);
		assert_true(enrol_code_format(&code, text));
		EXPECT(enrol_code_parse(text, &read) == ENROL_CODE_TYPO, "%s", bad[i]);
	}
}

static void
test_keys(void **state)
{
	uint8_t bytes[KEY_BYTES];
	char text[KEY_TEXT_BYTES];
	(void)state;
	assert_true(key_decode(key, bytes));
	/* RFC 26's bytes of it. */
	static const uint8_t head[] = {0x54, 0xfc, 0xba, 0x24, 0xe9, 0x32};
	assert_memory_equal(bytes, head, sizeof head);
	assert_string_equal(key_encode(bytes, text), key);
	for (int i = 0; i < 1000; i++) {
		uint8_t again[KEY_BYTES];
		randombytes_buf(bytes, sizeof bytes);
		assert_true(key_decode(key_encode(bytes, text), again));
		assert_memory_equal(bytes, again, KEY_BYTES);
	}
	/* Five characters of more than 32 bits; too short; another character. */
	assert_false(key_decode("#####00000000000000000000000000000000000", bytes));
	assert_false(key_decode("short", bytes));
	assert_false(key_decode("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf~", bytes));
}

static void
test_fingerprints(void **state)
{
	char fingerprint[FINGERPRINT_BYTES], other[FINGERPRINT_BYTES], spoken[64];
	uint8_t bytes[KEY_BYTES], hash[32];
	char text[KEY_TEXT_BYTES];
	(void)state;
	key_fingerprint(key, fingerprint);
	assert_int_equal(strlen(fingerprint), FINGERPRINT_BYTES - 1);
	/* As PROTOCOL.md has it: groups of 32 bits of BLAKE2b-256, modulo 10000. */
	assert_true(key_decode(key, bytes));
	crypto_generichash(hash, sizeof hash, bytes, sizeof bytes, NULL, 0);
	for (int i = 0; i < FINGERPRINT_GROUPS; i++) {
		uint32_t number = (uint32_t)hash[4 * i] << 24 | (uint32_t)hash[4 * i + 1] << 16 |
		                  (uint32_t)hash[4 * i + 2] << 8 | hash[4 * i + 3];
		assert_int_equal(strtoul(fingerprint + 5 * i, NULL, 10), number % 10000);
	}
	assert_true(fingerprint_is_of(fingerprint, key));
	size_t size = 0;
	for (const char *at = fingerprint; *at; at++)
		if (*at != ' ') {
			spoken[size++] = *at;
			spoken[size++] = '-';
		}
	spoken[size] = 0;
	assert_true(fingerprint_is_of(spoken, key));
	/* Each bit of the key makes others; each digit counts; more or fewer are none. */
	for (size_t bit = 0; bit < 8UL * KEY_BYTES; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_string_not_equal(key_fingerprint(key_encode(bytes, text), other), fingerprint);
		assert_false(fingerprint_is_of(fingerprint, text));
		bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t i = 0; fingerprint[i]; i++) {
		if (fingerprint[i] == ' ')
			continue;
		memcpy(other, fingerprint, sizeof other);
		other[i] = other[i] == '9' ? '0' : (char)(other[i] + 1);
		assert_false(fingerprint_is_of(other, key));
	}
	assert_false(fingerprint_is_of("", key));
	snprintf(spoken, sizeof spoken, "%s1", fingerprint);
	assert_false(fingerprint_is_of(spoken, key));
	spoken[strlen(fingerprint) - 1] = 0;
	assert_false(fingerprint_is_of(spoken, key));
	/* No key has no digits, and nothing is of it. */
	assert_string_equal(key_fingerprint("", other), "");
	assert_false(fingerprint_is_of("", ""));
	assert_false(fingerprint_is_of(fingerprint, ""));
}

static int
begin(void **state)
{
	(void)state;
	return sodium_init() < 0;
}

/* Both ends make the same of a secret, and of each other's keys. */
static void
test_guest_and_proof(void **state)
{
	const uint8_t secret[ENROL_SECRET_BYTES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	uint8_t other_secret[ENROL_SECRET_BYTES] = {1};
	struct key_pair guest, again, office, centre;
	struct digest proof, check;
	(void)state;
	enrol_guest_keys(secret, &guest);
	enrol_guest_keys(secret, &again);
	assert_string_equal(guest.public_key, again.public_key);
	assert_string_equal(guest.secret_key, again.secret_key);
	/* As another program computes it: BLAKE2b-256 of "fupin guest" and the secret. */
	assert_string_equal(guest.secret_key, "+-67rXHlosZIAyKIWhb^@5@ttP<z%7F)PG$w-CW1");
	assert_string_equal(guest.public_key, "c}7P[3klTZJ:Fm#//%]O(!7c:h3fvBn*%Is=7!M5");
	enrol_guest_keys(other_secret, &again);
	assert_string_not_equal(guest.public_key, again.public_key);
	other_secret[0] = 2;
	enrol_guest_keys(other_secret, &office); /* any pairs */
	centre = again;
	assert_true(enrol_proof(office.secret_key, centre.public_key, secret, office.public_key, &proof));
	assert_true(enrol_proof(centre.secret_key, office.public_key, secret, office.public_key, &check));
	assert_true(digest_equal(&proof, &check));
	assert_true(enrol_proof(guest.secret_key, centre.public_key, secret, office.public_key, &check));
	assert_false(digest_equal(&proof, &check)); /* who has another key than he says */
	assert_true(enrol_proof(centre.secret_key, office.public_key, other_secret, office.public_key, &check));
	assert_false(digest_equal(&proof, &check)); /* of another code */
	assert_false(enrol_proof(centre.secret_key, "", secret, "", &check));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_there_and_back),
	    cmocka_unit_test(test_as_people_copy),
	    cmocka_unit_test(test_every_typing_error),
	    cmocka_unit_test(test_what_is_no_code),
	    cmocka_unit_test(test_guest_and_proof),
	    cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_fingerprints),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
