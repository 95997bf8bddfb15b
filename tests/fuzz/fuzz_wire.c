/* SPDX-License-Identifier: MIT */
/* Messages of a connect: private data of request, acceptance and rejection; start of the answering payload; datagrams. */
#include <endian.h>
#include <string.h>

#include "fake/must.h"
#include "fuzz/fuzz.h"
#include "validate/cm/ud.h"
#include "validate/cm/wire.h"

/* What is read is what stands there: written again it is the same, but for the bytes that mean nothing. */
static void hello_check(const uint8_t *data, size_t size)
{
	struct wire_hello h;
	uint8_t again[WIRE_HELLO];

	if (wire_hello_get(data, size, &h) < 0 || h.version != WIRE_VERSION)
		return;
	wire_hello_put(&h, again);
	must(size >= WIRE_HELLO && memcmp(again, data, 6) == 0 && memcmp(again + 8, data + 8, 8) == 0);
}

static void reject_check(const uint8_t *data, size_t size)
{
	struct wire_reject r;
	uint8_t again[WIRE_REJECT];

	if (wire_reject_get(data, size, &r) < 0)
		return;
	wire_reject_put(&r, again);
	must(size >= WIRE_REJECT && memcmp(again, data, sizeof(again)) == 0);
	must(wire_reason_text(r.reason));
}

static void answer_check(const uint8_t *data, size_t size)
{
	struct wire_answer a;
	uint8_t again[WIRE_ANSWER];

	if (wire_answer_get(data, size, &a) < 0 || a.version != WIRE_VERSION)
		return;
	wire_answer_put(&a, again);
	must(size >= WIRE_ANSWER && memcmp(again + 8, data + 8, 8) == 0);
}

/* A request is answered with no more than it has; of the headers in front of it only 40 bytes are read. */
static void datagram_check(const uint8_t *data, size_t size)
{
	struct ud_request q;
	struct ud_reply r;
	struct ud_arrival in;
	uint8_t again[UD_BYTES_MIN];

	if (size >= UD_GRH)
		(void)(ud_arrival_get(data, AF_INET, &in) | ud_arrival_get(data, AF_INET6, &in));
	if (ud_request_get(data, size, &q) == 0) {
		ud_request_put(&q, again);
		must(memcmp(again, data, 20) == 0 && ud_reply_bytes((uint32_t)size, q.wanted) <= size);
	}
	if (ud_reply_get(data, size, &r) == 0) {
		ud_reply_put(&r, again);
		must(memcmp(again, data, 22) == 0 && memcmp(again + 24, data + 24, 4) == 0);
	}
}

/* From a place and a seed that the input says: where it differs, it differs. */
static void pattern_check(const uint8_t *data, size_t size)
{
	uint32_t seed, from;
	uint8_t right = 0;

	if (size < 9)
		return;
	memcpy(&seed, data, sizeof(seed));
	memcpy(&from, data + 4, sizeof(from));
	size_t n = size - 8, at = wire_pattern_differs(seed, from, from + n, data + 8);
	must(at >= from && at <= from + n);
	if (at == from + n)
		return;
	wire_pattern_put(seed, at, at + 1, &right);
	must(right != data[8 + at - from]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hello_check(data, size);
	reject_check(data, size);
	answer_check(data, size);
	datagram_check(data, size);
	pattern_check(data, size);
	return 0;
}
