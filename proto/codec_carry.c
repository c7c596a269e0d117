/* Letters of sealed files, and what became of them. */
#include "codec_internal.h"

#include <string.h>

struct carry
codec_carry_from_wire(const Fupin__V1__Carry *wire)
{
	return (struct carry){
	    .header = wire->header.data,
	    .header_size = wire->header.len,
	    .number = wire->number,
	    .letter = wire->letter.data,
	    .size = wire->letter.len,
	};
}

void
codec_carry_to_wire(const struct carry *carry, Fupin__V1__Carry *wire)
{
	fupin__v1__carry__init(wire);
	wire->header = codec_binary(carry->header, carry->header_size);
	wire->number = carry->number;
	wire->letter = codec_binary(carry->letter, carry->size);
}

bool
codec_carried_from_wire(const Fupin__V1__Carried *wire, struct carried *out)
{
	*out = (struct carried){.answer = wire->answer.data,
	                        .size = wire->answer.len,
	                        .seq = wire->seq,
	                        .again = wire->again,
	                        .taken = wire->taken};
	if (wire->id.len == ID_BYTES)
		memcpy(out->id.bytes, wire->id.data, ID_BYTES);
	return !wire->id.len || wire->id.len == ID_BYTES;
}

void
codec_carried_to_wire(const struct carried *carried, Fupin__V1__Carried *wire)
{
	fupin__v1__carried__init(wire);
	wire->answer = codec_binary(carried->answer, carried->size);
	wire->id = codec_binary(carried->id.bytes, submission_id_valid(&carried->id) ? ID_BYTES : 0);
	wire->seq = carried->seq;
	wire->again = carried->again;
	wire->taken = carried->taken;
}
