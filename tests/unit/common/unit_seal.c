/* Sealed letters and files: what goes in comes out for its reader alone, and everything else is refused by
 * name. */
#include "case.h"

#include "check/seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct pair {
	struct seal_key public_key, secret;
};

static struct pair office, centre, stranger;
static struct seal_header header; /* of three letters */
static struct seal_header answers;

static int
make_keys(void **state)
{
	struct pair *const pairs[] = {&office, &centre, &stranger};
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++)
		crypto_box_keypair(pairs[i]->public_key.bytes, pairs[i]->secret.bytes);
	header = (struct seal_header){.kind = SEAL_REQUESTS,
	                              .office = office.public_key,
	                              .centre = centre.public_key,
	                              .file = submission_id_new(INT64_C(1370390400000000)),
	                              .time_us = -1,
	                              .count = 3};
	answers = header;
	answers.kind = SEAL_ANSWERS;
	return 0;
}

/* ---------------------------------------------------------------- header */

static void
test_header(void **state)
{
	uint8_t bytes[SEAL_HEADER_BYTES + 1];
	struct seal_header out;
	(void)state;
	seal_header_write(&header, bytes);
	assert_memory_equal(bytes, "fupin-sealed\0\1\0\1", 16);
	assert_int_equal(seal_header_read(bytes, SEAL_HEADER_BYTES, SEAL_REQUESTS, &out), PROBLEM_NONE);
	assert_memory_equal(&out.office, &office.public_key, sizeof out.office);
	assert_memory_equal(&out.centre, &centre.public_key, sizeof out.centre);
	assert_true(submission_id_equal(&out.file, &header.file));
	assert_true(out.time_us == -1 && out.count == 3 && out.version == 1 && out.kind == SEAL_REQUESTS);
	assert_int_equal(seal_header_read(bytes, SEAL_HEADER_BYTES, SEAL_ANSWERS, &out), PROBLEM_SEAL_UNREADABLE);
	static const struct {
		size_t at;
		uint8_t value;
		enum problem_code code;
	} changes[] = {{0, 'F', PROBLEM_SEAL_UNREADABLE},
	               {11, 'D', PROBLEM_SEAL_UNREADABLE},
	               {13, 2, PROBLEM_SEAL_VERSION},
	               {12, 1, PROBLEM_SEAL_VERSION},
	               {15, 0, PROBLEM_SEAL_UNREADABLE},
	               {15, 3, PROBLEM_SEAL_UNREADABLE},
	               {15, 2, PROBLEM_SEAL_UNREADABLE},
	               {86, 0, PROBLEM_SEAL_UNREADABLE} /* no UUIDv7 */,
	               {104, 1, PROBLEM_SEAL_UNREADABLE} /* 16 million letters */,
	               {107, 0, PROBLEM_SEAL_UNREADABLE} /* none */};
	for (size_t i = 0; i < COUNT(changes); i++) {
		seal_header_write(&header, bytes);
		bytes[changes[i].at] = changes[i].value;
		enum problem_code code = seal_header_read(bytes, SEAL_HEADER_BYTES, SEAL_REQUESTS, &out);
		EXPECT(code == changes[i].code, "%zu: %d", i, (int)code);
	}
	seal_header_write(&header, bytes);
	for (size_t size = 0; size < SEAL_HEADER_BYTES; size++) {
		enum problem_code code = seal_header_read(bytes, size, SEAL_REQUESTS, &out);
		EXPECT(code == (size < 14 ? PROBLEM_SEAL_UNREADABLE : PROBLEM_SEAL_CUT_OFF), "%zu bytes: %d", size,
		       (int)code);
	}
}

/* ---------------------------------------------------------------- letters */

static enum problem_code
open_it(const struct seal_header *h, uint32_t number, const uint8_t *letter, size_t size,
        const struct seal_key *secret, const char *expected)
{
	uint8_t room[1024];
	const uint8_t *content = NULL;
	size_t content_size = 0;
	enum problem_code code = seal_open(h, number, letter, size, secret, room, &content, &content_size);
	if (!code && expected) {
		assert_int_equal(content_size, strlen(expected));
		assert_memory_equal(content, expected, content_size);
	}
	return code;
}

static void
test_letter(void **state)
{
	static const char *const contents[] = {"", "a", "a submission"};
	uint8_t letter[512], again[512];
	(void)state;
	for (size_t i = 0; i < COUNT(contents); i++) {
		size_t size = strlen(contents[i]) + SEAL_BYTES;
		assert_true(seal_close(&header, (uint32_t)i, (const uint8_t *)contents[i], strlen(contents[i]),
		                       &office.secret, letter));
		assert_int_equal(open_it(&header, (uint32_t)i, letter, size, &centre.secret, contents[i]),
		                 PROBLEM_NONE);
		/* A fresh nonce for each. */
		assert_true(seal_close(&header, (uint32_t)i, (const uint8_t *)contents[i], strlen(contents[i]),
		                       &office.secret, again));
		assert_memory_not_equal(letter, again, size);
	}
	/* The centre's answer, for the office. */
	assert_true(seal_close(&answers, 2, (const uint8_t *)"yes", 3, &centre.secret, letter));
	assert_int_equal(open_it(&answers, 2, letter, 3 + SEAL_BYTES, &office.secret, "yes"), PROBLEM_NONE);
}

/* Each bit that is changed, and each byte that is missing. */
static void
test_changed(void **state)
{
	uint8_t letter[SEAL_BYTES + 4];
	(void)state;
	assert_true(seal_close(&header, 0, (const uint8_t *)"text", 4, &office.secret, letter));
	for (size_t bit = 0; bit < 8 * sizeof letter; bit++) {
		letter[bit / 8] ^= (uint8_t)(1 << bit % 8);
		EXPECT(open_it(&header, 0, letter, sizeof letter, &centre.secret, NULL) == PROBLEM_SEAL_CHANGED,
		       "bit %zu", bit);
		letter[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t size = 0; size < sizeof letter; size++)
		EXPECT(open_it(&header, 0, letter, size, &centre.secret, NULL) == PROBLEM_SEAL_CHANGED, "%zu bytes",
		       size);
	assert_int_equal(open_it(&header, 0, letter, sizeof letter, &centre.secret, "text"), PROBLEM_NONE);
}

static void
test_wrong_keys(void **state)
{
	uint8_t letter[SEAL_BYTES + 4];
	struct seal_header other = header, low = header;
	(void)state;
	assert_true(seal_close(&header, 0, (const uint8_t *)"text", 4, &office.secret, letter));
	assert_int_equal(open_it(&header, 0, letter, sizeof letter, &stranger.secret, NULL),
	                 PROBLEM_SEAL_CHANGED);
	/* Somebody else's name on it. */
	other.office = stranger.public_key;
	assert_int_equal(open_it(&other, 0, letter, sizeof letter, &centre.secret, NULL), PROBLEM_SEAL_CHANGED);
	/* A stranger who says that he is the office. */
	assert_true(seal_close(&header, 0, (const uint8_t *)"text", 4, &stranger.secret, letter));
	assert_int_equal(open_it(&header, 0, letter, sizeof letter, &centre.secret, NULL), PROBLEM_SEAL_CHANGED);
	/* A key that is none: neither sealed for nor opened. */
	memset(low.centre.bytes, 0, sizeof low.centre.bytes);
	assert_false(seal_close(&low, 0, (const uint8_t *)"text", 4, &office.secret, letter));
	memset(low.office.bytes, 0, sizeof low.office.bytes);
	assert_int_equal(open_it(&low, 0, letter, sizeof letter, &centre.secret, NULL), PROBLEM_SEAL_CHANGED);
}

/* A letter of this office for this centre, at another place, in another file, of another time or number of
 * letters, or as an answer: both ways share one secret, only what is inside tells them apart. */
static void
test_misplaced(void **state)
{
	uint8_t letter[SEAL_BYTES + 4];
	struct seal_header file = header, more = header, time = header;
	(void)state;
	file.file = submission_id_new(INT64_C(1370390400000001));
	more.count = 2;
	time.time_us = 0;
	assert_true(seal_close(&header, 1, (const uint8_t *)"text", 4, &office.secret, letter));
	assert_int_equal(open_it(&header, 0, letter, sizeof letter, &centre.secret, NULL),
	                 PROBLEM_SEAL_MISPLACED);
	assert_int_equal(open_it(&file, 1, letter, sizeof letter, &centre.secret, NULL), PROBLEM_SEAL_MISPLACED);
	assert_int_equal(open_it(&more, 1, letter, sizeof letter, &centre.secret, NULL), PROBLEM_SEAL_MISPLACED);
	assert_int_equal(open_it(&time, 1, letter, sizeof letter, &centre.secret, NULL), PROBLEM_SEAL_MISPLACED);
	/* Handed back to the office as if the centre had answered. */
	assert_int_equal(open_it(&answers, 1, letter, sizeof letter, &office.secret, NULL),
	                 PROBLEM_SEAL_MISPLACED);
	assert_int_equal(open_it(&header, 1, letter, sizeof letter, &centre.secret, "text"), PROBLEM_NONE);
}

/* ---------------------------------------------------------------- signature */

static void
test_signature(void **state)
{
	uint8_t signature[SEAL_SIGNATURE_BYTES], other[SEAL_SIGNATURE_BYTES], text[] = "a submission";
	(void)state;
	/* Many keys: with secrets of any bits, and points of either sign. */
	for (int i = 0; i < 64; i++) {
		struct pair p;
		crypto_box_keypair(p.public_key.bytes, p.secret.bytes);
		assert_true(seal_sign(text, sizeof text, &p.secret, signature));
		assert_true(seal_signed_by(&p.public_key, text, sizeof text, signature));
		/* Plain Ed25519, for anybody. */
		assert_int_equal(crypto_sign_verify_detached(signature + 32, text, sizeof text, signature), 0);
		assert_true(seal_sign(text, sizeof text, &p.secret, other));
		assert_memory_equal(signature, other, 32);
		assert_memory_not_equal(signature + 32, other + 32, 64);
	}
	assert_true(seal_sign(text, sizeof text, &office.secret, signature));
	assert_false(seal_signed_by(&stranger.public_key, text, sizeof text, signature));
	assert_false(seal_signed_by(&office.public_key, text, sizeof text - 1, signature));
	for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		EXPECT(!seal_signed_by(&office.public_key, text, sizeof text, signature), "bit %zu", bit);
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof text; bit++) {
		text[bit / 8] ^= (uint8_t)(1 << bit % 8);
		EXPECT(!seal_signed_by(&office.public_key, text, sizeof text, signature), "text, bit %zu", bit);
		text[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(seal_signed_by(&office.public_key, text, sizeof text, signature));
	/* A good signature of somebody else. */
	assert_true(seal_sign(text, sizeof text, &stranger.secret, signature));
	assert_false(seal_signed_by(&office.public_key, text, sizeof text, signature));
}

/* The reader has the secret that both share, so he can seal what he likes; but not sign it. */
static void
test_forged_by_the_reader(void **state)
{
	enum { INSIDE = SEAL_HEADER_BYTES + 4 + 4 + SEAL_SIGNATURE_BYTES };
	uint8_t inside[INSIDE] = {0}, letter[SEAL_BYTES + 4];
	const struct pair *const signers[] = {&office, &centre, &stranger};
	(void)state;
	seal_header_write(&header, inside);
	memcpy(inside + SEAL_HEADER_BYTES + 4, "text", 4);
	randombytes_buf(letter, 24);
	for (size_t i = 0; i < COUNT(signers); i++) {
		assert_true(seal_sign(inside, INSIDE - SEAL_SIGNATURE_BYTES, &signers[i]->secret,
		                      inside + INSIDE - SEAL_SIGNATURE_BYTES));
		assert_int_equal(crypto_box_easy(letter + 24, inside, INSIDE, letter, office.public_key.bytes,
		                                 centre.secret.bytes),
		                 0);
		EXPECT(open_it(&header, 0, letter, sizeof letter, &centre.secret, "text") ==
		           (signers[i] == &office ? PROBLEM_NONE : PROBLEM_SEAL_CHANGED),
		       "%zu", i);
	}
}

/* ---------------------------------------------------------------- files */

/* Three letters; NULL in `contents`: an answer that is missing. */
static size_t
make_file(const struct seal_header *h, const struct seal_key *secret, const char *const contents[3],
          uint8_t *out)
{
	size_t at = SEAL_HEADER_BYTES;
	seal_header_write(h, out);
	for (uint32_t i = 0; i < 3; i++) {
		size_t size = contents[i] ? strlen(contents[i]) + SEAL_BYTES : 0;
		seal_length_write(size, out + at);
		at += 4;
		if (contents[i])
			assert_true(
			    seal_close(h, i, (const uint8_t *)contents[i], strlen(contents[i]), secret, out + at));
		at += size;
	}
	struct digest digest = digest_of(out, at);
	memcpy(out + at, digest.bytes, DIGEST_BYTES);
	return at + DIGEST_BYTES;
}

static void
test_file(void **state)
{
	static const char *const contents[] = {"first", "", "third"}, *const some[] = {NULL, "second", NULL};
	uint8_t bytes[2048];
	struct seal_header out;
	const uint8_t *letter;
	size_t size = make_file(&header, &office.secret, contents, bytes), at = 0, length;
	uint32_t number = 0;
	(void)state;
	assert_int_equal(seal_file_check(bytes, size, SEAL_REQUESTS, &out), PROBLEM_NONE);
	for (; seal_file_next(bytes, size, &at, &letter, &length); number++)
		assert_int_equal(open_it(&out, number, letter, length, &centre.secret, contents[number]),
		                 PROBLEM_NONE);
	assert_int_equal(number, 3);
	/* Of submissions none may be missing; of answers all may. */
	size = make_file(&header, &office.secret, some, bytes);
	assert_int_equal(seal_file_check(bytes, size, SEAL_REQUESTS, &out), PROBLEM_SEAL_DAMAGED);
	size = make_file(&answers, &centre.secret, some, bytes);
	assert_int_equal(seal_file_check(bytes, size, SEAL_ANSWERS, &out), PROBLEM_NONE);
	for (number = 0, at = 0; seal_file_next(bytes, size, &at, &letter, &length); number++)
		assert_int_equal(length, some[number] ? strlen(some[number]) + SEAL_BYTES : 0);
	assert_int_equal(number, 3);
}

/* Cut off anywhere, longer, or any one bit changed: never taken for whole. */
static void
test_bad_file(void **state)
{
	static const char *const contents[] = {"first", "", "third"};
	static uint8_t bytes[2048], copy[2049];
	struct seal_header out;
	size_t size = make_file(&header, &office.secret, contents, bytes);
	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		/* In memory of its own: reading beyond it is seen. */
		uint8_t *part = malloc(cut ? cut : 1);
		assert_non_null(part);
		memcpy(part, bytes, cut);
		enum problem_code code = seal_file_check(part, cut, SEAL_REQUESTS, &out);
		EXPECT(code == (cut < 14 ? PROBLEM_SEAL_UNREADABLE : PROBLEM_SEAL_CUT_OFF), "%zu bytes: %d", cut,
		       (int)code);
		free(part);
	}
	for (size_t bit = 0; bit < 8 * size; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		EXPECT(seal_file_check(bytes, size, SEAL_REQUESTS, &out), "bit %zu", bit);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	memcpy(copy, bytes, size);
	copy[size] = 0;
	assert_int_equal(seal_file_check(copy, size + 1, SEAL_REQUESTS, &out), PROBLEM_SEAL_DAMAGED);
	assert_int_equal(seal_file_check(bytes, size, SEAL_REQUESTS, &out), PROBLEM_NONE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_header),
	    cmocka_unit_test(test_letter),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_wrong_keys),
	    cmocka_unit_test(test_misplaced),
	    cmocka_unit_test(test_file),
	    cmocka_unit_test(test_bad_file),
	    cmocka_unit_test(test_signature),
	    cmocka_unit_test(test_forged_by_the_reader),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, make_keys, NULL);
}
