/* Enrolment and the offices that are admitted, both directions. */
#include "base/utf8.h"
#include "codec_internal.h"

#include <string.h>

/* ---------------------------------------------------------------- requests */

/* A text for people to read; NULL: it is too long or none, and `what` says so, or there is no memory. */
static const char *
take_plain(struct arena *arena, const ProtobufCBinaryData *bytes, size_t most, const char **what)
{
	const char *text = bytes->len <= most ? codec_take_text(arena, bytes) : NULL;
	if (bytes->len > most || (text && !utf8_is_plain(text))) {
		*what = "a text is too long, or no plain UTF-8";
		return NULL;
	}
	return text;
}

/* A key, or none; false: bytes of another number. */
static bool
take_key(const ProtobufCBinaryData *bytes, char out[KEY_TEXT_BYTES])
{
	*out = 0;
	if (bytes->len == KEY_BYTES)
		key_encode(bytes->data, out);
	return !bytes->len || bytes->len == KEY_BYTES;
}

/* False: no memory. */
static bool
put_key(struct arena *arena, const char *key, ProtobufCBinaryData *out)
{
	uint8_t *bytes = *key ? arena_alloc(arena, KEY_BYTES) : NULL;
	if (*key && (!bytes || !key_decode(key, bytes)))
		return false;
	*out = codec_binary(bytes, *key ? KEY_BYTES : 0);
	return true;
}

static bool
enrol_from_wire(struct arena *arena, const Fupin__V1__Enrol *wire, struct enrol *out, const char **what)
{
	if (wire->secret.len != ENROL_SECRET_BYTES) {
		*what = "enrol.secret is not 16 bytes";
		return false;
	}
	memcpy(out->secret, wire->secret.data, ENROL_SECRET_BYTES);
	bool proven = codec_digest_from_wire(&wire->proof, &out->proof);
	if (!take_key(&wire->public_key, out->public_key) || proven != (*out->public_key != 0) ||
	    (wire->proof.len && !proven)) {
		*what = "enrol.public_key and proof are not 32 bytes each, or none";
		return false;
	}
	out->office = take_plain(arena, &wire->office, OFFICE_NAME_BYTES_MAX, what);
	out->host = take_plain(arena, &wire->host, OFFICE_NAME_BYTES_MAX, what);
	out->software = take_plain(arena, &wire->software, SOFTWARE_BYTES_MAX, what);
	return out->office && out->host && out->software;
}

static enum role
role_from_wire(int role)
{
	return role > 0 && role < (int)ROLES ? (enum role)role : ROLE_NONE;
}

static bool
invite_from_wire(struct arena *arena, const Fupin__V1__Invite *wire, struct invite *out, const char **what)
{
	*out = (struct invite){
	    .unit = (unit_code)wire->unit, .role = role_from_wire((int)wire->role), .hours = wire->hours};
	if (!codec_digest_from_wire(&wire->secret_hash, &out->secret_hash)) {
		*what = "invite.secret_hash is not 32 bytes";
		return false;
	}
	if (!take_key(&wire->guest_key, out->guest_key)) {
		*what = "invite.guest_key is not 32 bytes";
		return false;
	}
	out->name = take_plain(arena, &wire->name, OFFICE_NAME_BYTES_MAX, what);
	return out->name;
}

static bool
decision_from_wire(struct arena *arena, const Fupin__V1__OfficeDecision *wire, struct office_decision *out,
                   const char **what)
{
	bool known = wire->action > 0 && wire->action <= (int)OFFICE_REVOKE;
	if (!known) {
		*what = "decide: no such action";
		return false;
	}
	out->action = (enum office_action)wire->action;
	out->number = wire->number;
	out->office = take_plain(arena, &wire->office, NAME_BYTES_MAX, what);
	out->fingerprint = take_plain(arena, &wire->fingerprint, OFFICE_NAME_BYTES_MAX, what);
	out->reason = take_plain(arena, &wire->reason, NOTE_BYTES_MAX, what);
	return out->office && out->fingerprint && out->reason;
}

bool
codec_enrol_request_from_wire(struct arena *arena, const Fupin__V1__Request *wire, struct request *out,
                              const char **what)
{
	switch (wire->body_case) {
	case FUPIN__V1__REQUEST__BODY_ENROL:
		out->kind = REQUEST_ENROL;
		return enrol_from_wire(arena, wire->enrol, &out->enrol, what);
	case FUPIN__V1__REQUEST__BODY_INVITE:
		out->kind = REQUEST_INVITE;
		return invite_from_wire(arena, wire->invite, &out->invite, what);
	case FUPIN__V1__REQUEST__BODY_DECIDE:
		out->kind = REQUEST_DECIDE;
		return decision_from_wire(arena, wire->decide, &out->decide, what);
	case FUPIN__V1__REQUEST__BODY_ENROLMENTS:
		out->kind = REQUEST_ENROLMENTS;
		out->enrolments_all = wire->enrolments->all;
		return true;
	default:
		out->kind = REQUEST_OFFICES;
		out->offices_revoked = wire->offices->revoked;
		return true;
	}
}

static Fupin__V1__Enrol *
enrol_to_wire(struct arena *arena, const struct enrol *enrol)
{
	Fupin__V1__Enrol *wire = arena_alloc(arena, sizeof *wire);
	if (!wire)
		return NULL;
	fupin__v1__enrol__init(wire);
	wire->secret = codec_binary(enrol->secret, ENROL_SECRET_BYTES);
	wire->office = codec_bytes(enrol->office);
	wire->host = codec_bytes(enrol->host);
	wire->software = codec_bytes(enrol->software);
	wire->proof = codec_binary(enrol->proof.bytes, *enrol->public_key ? DIGEST_BYTES : 0);
	return put_key(arena, enrol->public_key, &wire->public_key) ? wire : NULL;
}

static Fupin__V1__Invite *
invite_to_wire(struct arena *arena, const struct invite *invite)
{
	Fupin__V1__Invite *wire = arena_alloc(arena, sizeof *wire);
	if (!wire)
		return NULL;
	fupin__v1__invite__init(wire);
	wire->secret_hash = codec_binary(invite->secret_hash.bytes, DIGEST_BYTES);
	wire->unit = (uint64_t)invite->unit;
	wire->role = (Fupin__V1__Role)invite->role;
	wire->name = codec_bytes(invite->name);
	wire->hours = invite->hours;
	return put_key(arena, invite->guest_key, &wire->guest_key) ? wire : NULL;
}

static Fupin__V1__OfficeDecision *
decision_to_wire(struct arena *arena, const struct office_decision *decision)
{
	Fupin__V1__OfficeDecision *wire = arena_alloc(arena, sizeof *wire);
	if (!wire)
		return NULL;
	fupin__v1__office_decision__init(wire);
	wire->action = (Fupin__V1__OfficeAction)decision->action;
	wire->number = decision->number;
	wire->office = codec_bytes(decision->office);
	wire->fingerprint = codec_bytes(decision->fingerprint);
	wire->reason = codec_bytes(decision->reason);
	return wire;
}

bool
codec_enrol_request_to_wire(struct arena *arena, const struct request *request, Fupin__V1__Request *wire)
{
	switch (request->kind) {
	case REQUEST_ENROL:
		wire->body_case = FUPIN__V1__REQUEST__BODY_ENROL;
		wire->enrol = enrol_to_wire(arena, &request->enrol);
		return wire->enrol;
	case REQUEST_INVITE:
		wire->body_case = FUPIN__V1__REQUEST__BODY_INVITE;
		wire->invite = invite_to_wire(arena, &request->invite);
		return wire->invite;
	case REQUEST_DECIDE:
		wire->body_case = FUPIN__V1__REQUEST__BODY_DECIDE;
		wire->decide = decision_to_wire(arena, &request->decide);
		return wire->decide;
	case REQUEST_ENROLMENTS:
		wire->body_case = FUPIN__V1__REQUEST__BODY_ENROLMENTS;
		wire->enrolments = arena_alloc(arena, sizeof *wire->enrolments);
		if (!wire->enrolments)
			return false;
		fupin__v1__enrolment_query__init(wire->enrolments);
		wire->enrolments->all = request->enrolments_all;
		return true;
	case REQUEST_OFFICES:
		wire->body_case = FUPIN__V1__REQUEST__BODY_OFFICES;
		wire->offices = arena_alloc(arena, sizeof *wire->offices);
		if (!wire->offices)
			return false;
		fupin__v1__office_query__init(wire->offices);
		wire->offices->revoked = request->offices_revoked;
		return true;
	default:
		return false;
	}
}

/* ---------------------------------------------------------------- replies */

static void
enrolment_to_wire(const struct enrolment *from, Fupin__V1__Enrolment *to)
{
	fupin__v1__enrolment__init(to);
	to->number = from->number;
	to->state = (Fupin__V1__EnrolmentState)from->state;
	to->name = codec_text(from->name);
	to->role = (Fupin__V1__Role)from->role;
	to->unit = (uint64_t)from->unit;
	to->invited_us = from->invited_us;
	to->invited_by = codec_text(from->invited_by);
	to->expires_us = from->expires_us;
	to->public_key = codec_text(from->public_key);
	to->office = codec_text(from->office);
	to->host = codec_text(from->host);
	to->software = codec_text(from->software);
	to->requested_us = from->requested_us;
	to->rivals = from->rivals;
	to->decided_us = from->decided_us;
	to->decided_by = codec_text(from->decided_by);
	to->reason = codec_text(from->reason);
	to->present_key = codec_text(from->present_key);
}

static struct enrolment
enrolment_from_wire(const Fupin__V1__Enrolment *from)
{
	bool known = from->state > 0 && from->state < (int)ENROLMENT_STATES;
	return (struct enrolment){
	    .number = from->number,
	    .state = known ? (enum enrolment_state)from->state : ENROLMENT_NONE,
	    .name = codec_string(from->name),
	    .role = role_from_wire((int)from->role),
	    .unit = (unit_code)from->unit,
	    .invited_us = from->invited_us,
	    .invited_by = codec_string(from->invited_by),
	    .expires_us = from->expires_us,
	    .public_key = codec_string(from->public_key),
	    .office = codec_string(from->office),
	    .host = codec_string(from->host),
	    .software = codec_string(from->software),
	    .requested_us = from->requested_us,
	    .rivals = from->rivals,
	    .decided_us = from->decided_us,
	    .decided_by = codec_string(from->decided_by),
	    .reason = codec_string(from->reason),
	    .present_key = codec_string(from->present_key),
	};
}

static Fupin__V1__Enrolments *
enrolments_to_wire(struct arena *arena, const struct enrolment_list *list)
{
	static const Fupin__V1__Enrolment init = FUPIN__V1__ENROLMENT__INIT;
	Fupin__V1__Enrolment *items;
	Fupin__V1__Enrolments *wire = arena_alloc(arena, sizeof *wire);
	if (!wire)
		return NULL;
	fupin__v1__enrolments__init(wire);
	wire->more = list->more;
	wire->n_enrolments = list->count;
	wire->enrolments = codec_pointers(arena, list->count, &init, sizeof init, (void **)&items);
	for (size_t i = 0; wire->enrolments && i < list->count; i++)
		enrolment_to_wire(&list->items[i], &items[i]);
	return wire->enrolments || !list->count ? wire : NULL;
}

static Fupin__V1__Offices *
offices_to_wire(struct arena *arena, const struct office_list *list)
{
	static const Fupin__V1__Office init = FUPIN__V1__OFFICE__INIT;
	Fupin__V1__Office *items;
	Fupin__V1__Offices *wire = arena_alloc(arena, sizeof *wire);
	if (!wire)
		return NULL;
	fupin__v1__offices__init(wire);
	wire->more = list->more;
	wire->n_offices = list->count;
	wire->offices = codec_pointers(arena, list->count, &init, sizeof init, (void **)&items);
	for (size_t i = 0; wire->offices && i < list->count; i++) {
		const struct office_item *from = &list->items[i];
		items[i].name = codec_text(from->name);
		items[i].role = (Fupin__V1__Role)from->role;
		items[i].unit = (uint64_t)from->unit;
		items[i].public_key = codec_text(from->public_key);
		items[i].admitted_us = from->admitted_us;
		items[i].admitted_by = codec_text(from->admitted_by);
		items[i].revoked_us = from->revoked_us;
		items[i].revoked_by = codec_text(from->revoked_by);
		items[i].reason = codec_text(from->reason);
	}
	return wire->offices || !list->count ? wire : NULL;
}

static Fupin__V1__Decided *
decided_to_wire(struct arena *arena, const struct decided *decided)
{
	Fupin__V1__Decided *wire = arena_alloc(arena, sizeof *wire);
	if (!wire)
		return NULL;
	fupin__v1__decided__init(wire);
	wire->name = codec_text(decided->name);
	wire->public_key = codec_text(decided->public_key);
	wire->replaced_key = codec_text(decided->replaced_key);
	return wire;
}

bool
codec_enrol_reply_to_wire(struct arena *arena, const struct reply *reply, Fupin__V1__Reply *wire)
{
	switch (reply->kind) {
	case REPLY_ENROLMENT:
		wire->body_case = FUPIN__V1__REPLY__BODY_ENROLMENT;
		wire->enrolment = arena_alloc(arena, sizeof *wire->enrolment);
		if (wire->enrolment)
			enrolment_to_wire(&reply->enrolment, wire->enrolment);
		return wire->enrolment;
	case REPLY_ENROLMENTS:
		wire->body_case = FUPIN__V1__REPLY__BODY_ENROLMENTS;
		wire->enrolments = enrolments_to_wire(arena, &reply->enrolments);
		return wire->enrolments;
	case REPLY_OFFICES:
		wire->body_case = FUPIN__V1__REPLY__BODY_OFFICES;
		wire->offices = offices_to_wire(arena, &reply->offices);
		return wire->offices;
	case REPLY_DECIDED:
		wire->body_case = FUPIN__V1__REPLY__BODY_DECIDED;
		wire->decided = decided_to_wire(arena, &reply->decided);
		return wire->decided;
	default:
		return false;
	}
}

static bool
enrolments_from_wire(struct arena *arena, const Fupin__V1__Enrolments *wire, struct enrolment_list *out)
{
	*out = (struct enrolment_list){.count = wire->n_enrolments, .more = wire->more};
	out->items = arena_array(arena, out->count, sizeof *out->items);
	for (size_t i = 0; out->items && i < out->count; i++)
		out->items[i] = enrolment_from_wire(wire->enrolments[i]);
	return out->items;
}

static bool
offices_from_wire(struct arena *arena, const Fupin__V1__Offices *wire, struct office_list *out)
{
	*out = (struct office_list){.count = wire->n_offices, .more = wire->more};
	out->items = arena_array(arena, out->count, sizeof *out->items);
	for (size_t i = 0; out->items && i < out->count; i++) {
		const Fupin__V1__Office *from = wire->offices[i];
		out->items[i] = (struct office_item){
		    .name = codec_string(from->name),
		    .role = role_from_wire((int)from->role),
		    .unit = (unit_code)from->unit,
		    .public_key = codec_string(from->public_key),
		    .admitted_us = from->admitted_us,
		    .revoked_us = from->revoked_us,
		    .admitted_by = codec_string(from->admitted_by),
		    .revoked_by = codec_string(from->revoked_by),
		    .reason = codec_string(from->reason),
		};
	}
	return out->items;
}

bool
codec_enrol_reply_from_wire(struct arena *arena, const Fupin__V1__Reply *wire, struct reply *out)
{
	switch (wire->body_case) {
	case FUPIN__V1__REPLY__BODY_ENROLMENT:
		out->kind = REPLY_ENROLMENT;
		out->enrolment = enrolment_from_wire(wire->enrolment);
		return true;
	case FUPIN__V1__REPLY__BODY_ENROLMENTS:
		out->kind = REPLY_ENROLMENTS;
		return enrolments_from_wire(arena, wire->enrolments, &out->enrolments);
	case FUPIN__V1__REPLY__BODY_OFFICES:
		out->kind = REPLY_OFFICES;
		return offices_from_wire(arena, wire->offices, &out->offices);
	case FUPIN__V1__REPLY__BODY_DECIDED:
		out->kind = REPLY_DECIDED;
		out->decided =
		    (struct decided){codec_string(wire->decided->name), codec_string(wire->decided->public_key),
		                     codec_string(wire->decided->replaced_key)};
		return true;
	default:
		return false;
	}
}
