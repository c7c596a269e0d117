/* The codec of enrolment: what goes in comes out again, every field of it. Packets are in unit_codec's
 * vectors. */
#include "case.h"

#include "codec.h"
#include "squeeze.h"

#include <sodium.h>
#include <string.h>

static struct arena arena, other;
static struct problem_list problems;

static void
reset(void)
{
	arena_reset(&arena);
	arena_reset(&other);
}

static void
send_request(const struct request *request, struct request *out)
{
	uint8_t *bytes;
	size_t size;
	reset();
	assert_true(codec_encode_request(&arena, request, &bytes, &size));
	assert_true(size <= FRAME_BYTES_MAX);
	assert_true(codec_decode_request(&other, bytes, size, out, &problems));
	assert_true(out->id == request->id && out->kind == request->kind);
	squeeze_request(request);
}

static void
send_reply(const struct reply *reply, struct reply *out)
{
	uint8_t *bytes;
	size_t size;
	reset();
	assert_true(codec_encode_reply(&arena, reply, &bytes, &size));
	assert_true(codec_decode_reply(&other, bytes, size, out));
	assert_true(out->request_id == reply->request_id && out->kind == reply->kind);
	squeeze_reply(reply);
}

static void
test_enrol(void **state)
{
	struct request out, request = {.id = 1,
	                               .kind = REQUEST_ENROL,
	                               .enrol = {{0, 255, 3}, "通榆县扶贫办", "host", "fupin", "", {{0}}}};
	(void)state;
	send_request(&request, &out);
	assert_memory_equal(out.enrol.secret, request.enrol.secret, ENROL_SECRET_BYTES);
	assert_string_equal(out.enrol.office, "通榆县扶贫办");
	assert_string_equal(out.enrol.host, "host");
	assert_string_equal(out.enrol.software, "fupin");
	assert_string_equal(out.enrol.public_key, "");
	struct key_pair guest;
	enrol_guest_keys(request.enrol.secret, &guest);
	memcpy(request.enrol.public_key, guest.public_key, sizeof guest.public_key);
	request.enrol.proof.bytes[31] = 7;
	send_request(&request, &out);
	assert_string_equal(out.enrol.public_key, guest.public_key);
	assert_true(digest_equal(&out.enrol.proof, &request.enrol.proof));
	request.enrol = (struct enrol){{0}, "", "", "", "", {{0}}};
	send_request(&request, &out);
	assert_string_equal(out.enrol.office, "");
}

static void
test_the_administrators(void **state)
{
	struct request out, request = {.id = UINT64_MAX,
	                               .kind = REQUEST_INVITE,
	                               .invite = {{{9, 8}}, 220822, ROLE_ADMIN, "管理员", UINT32_MAX, ""}};
	struct key_pair guest;
	enrol_guest_keys((const uint8_t[ENROL_SECRET_BYTES]){1}, &guest);
	memcpy(request.invite.guest_key, guest.public_key, sizeof guest.public_key);
	(void)state;
	send_request(&request, &out);
	assert_true(digest_equal(&out.invite.secret_hash, &request.invite.secret_hash));
	assert_true(out.invite.unit == 220822 && out.invite.role == ROLE_ADMIN && out.invite.hours == UINT32_MAX);
	assert_string_equal(out.invite.name, "管理员");
	assert_string_equal(out.invite.guest_key, guest.public_key);
	for (int on = 0; on < 2; on++) {
		request = (struct request){.kind = REQUEST_ENROLMENTS, .enrolments_all = on};
		send_request(&request, &out);
		assert_int_equal(out.enrolments_all, on);
		request = (struct request){.kind = REQUEST_OFFICES, .offices_revoked = on};
		send_request(&request, &out);
		assert_int_equal(out.offices_revoked, on);
	}
	for (int action = OFFICE_ADMIT; action <= OFFICE_REVOKE; action++) {
		request = (struct request){
		    .kind = REQUEST_DECIDE,
		    .decide = {(enum office_action)action, UINT64_MAX, "county-220822", "1234 5678", "理由"}};
		send_request(&request, &out);
		assert_true(out.decide.action == (enum office_action)action && out.decide.number == UINT64_MAX);
		assert_string_equal(out.decide.office, "county-220822");
		assert_string_equal(out.decide.fingerprint, "1234 5678");
		assert_string_equal(out.decide.reason, "理由");
	}
}

static const struct enrolment an_enrolment = {
    .number = UINT64_MAX,
    .state = ENROLMENT_WAITING,
    .name = "county-220822",
    .role = ROLE_COUNTY,
    .unit = 220822,
    .invited_us = 1,
    .invited_by = "admin",
    .expires_us = INT64_MAX,
    .public_key = "key",
    .office = "通榆县扶贫办",
    .host = "host",
    .software = "fupin",
    .requested_us = 2,
    .rivals = UINT32_MAX,
    .decided_us = 3,
    .decided_by = "other",
    .reason = "理由",
    .present_key = "present",
};

static void
same_enrolment(const struct enrolment *a, const struct enrolment *b)
{
	assert_true(a->number == b->number && a->state == b->state && a->role == b->role && a->unit == b->unit);
	assert_true(a->invited_us == b->invited_us && a->expires_us == b->expires_us);
	assert_true(a->requested_us == b->requested_us && a->decided_us == b->decided_us);
	assert_true(a->rivals == b->rivals);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->invited_by, b->invited_by);
	assert_string_equal(a->public_key, b->public_key);
	assert_string_equal(a->office, b->office);
	assert_string_equal(a->host, b->host);
	assert_string_equal(a->software, b->software);
	assert_string_equal(a->decided_by, b->decided_by);
	assert_string_equal(a->reason, b->reason);
	assert_string_equal(a->present_key, b->present_key);
}

static void
test_replies(void **state)
{
	struct enrolment two[] = {an_enrolment, an_enrolment};
	struct reply out, reply = {.request_id = 7, .kind = REPLY_ENROLMENT, .enrolment = an_enrolment};
	(void)state;
	send_reply(&reply, &out);
	same_enrolment(&out.enrolment, &an_enrolment);
	two[1].state = ENROLMENT_EXPIRED;
	reply = (struct reply){.kind = REPLY_ENROLMENTS, .enrolments = {2, two, true}};
	send_reply(&reply, &out);
	assert_true(out.enrolments.count == 2 && out.enrolments.more);
	for (int i = 0; i < 2; i++)
		same_enrolment(&out.enrolments.items[i], &two[i]);
	reply = (struct reply){.kind = REPLY_ENROLMENTS};
	send_reply(&reply, &out);
	assert_true(!out.enrolments.count && !out.enrolments.more);
	reply = (struct reply){.kind = REPLY_DECIDED, .decided = {"a", "b", "c"}};
	send_reply(&reply, &out);
	assert_string_equal(out.decided.name, "a");
	assert_string_equal(out.decided.public_key, "b");
	assert_string_equal(out.decided.replaced_key, "c");
}

static void
test_offices(void **state)
{
	struct office_item item = {"admin", ROLE_ADMIN, 22, "key", 1, INT64_MAX, "file", "other", "理由"};
	struct reply out, reply = {.kind = REPLY_OFFICES, .offices = {1, &item, true}};
	(void)state;
	send_reply(&reply, &out);
	const struct office_item *got = out.offices.items;
	assert_true(out.offices.count == 1 && out.offices.more);
	assert_true(got->role == ROLE_ADMIN && got->unit == 22 && got->admitted_us == 1 &&
	            got->revoked_us == INT64_MAX);
	assert_string_equal(got->name, "admin");
	assert_string_equal(got->public_key, "key");
	assert_string_equal(got->admitted_by, "file");
	assert_string_equal(got->revoked_by, "other");
	assert_string_equal(got->reason, "理由");
}

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, DECODE_BYTES_MAX);
	arena_init(&other, DECODE_BYTES_MAX);
	return sodium_init() < 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&arena);
	arena_free(&other);
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_enrol),
	    cmocka_unit_test(test_the_administrators),
	    cmocka_unit_test(test_replies),
	    cmocka_unit_test(test_offices),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
