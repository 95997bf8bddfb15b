/* SPDX-License-Identifier: MIT */
/* Encoding of the datagrams, decoding of the header in front of them. */
#include "validate/cm/ud.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "validate/cm/wire.h"

/* What both messages begin with. id: the token, or the nonce. bytes: wanted, or received. */
struct head {
	uint32_t magic;
	uint16_t version;
	uint8_t tos, hop_limit;
	uint32_t id, seq, bytes;
} __attribute__((packed));

struct reply {
	struct head head;
	uint8_t tos, hop_limit, zero[2];
	uint32_t seen;
} __attribute__((packed));

_Static_assert(sizeof(struct head) == 20 && sizeof(struct reply) == 28, "as ud.h says");
_Static_assert(sizeof(struct reply) <= UD_BYTES_MIN, "every reply has room for it");

static struct head head_of(uint32_t magic, uint8_t tos, uint8_t hop_limit)
{
	return (struct head){
		.magic = htobe32(magic),
		.version = htobe16(WIRE_VERSION),
		.tos = tos,
		.hop_limit = hop_limit,
	};
}

static int head_get(const void *buf, size_t len, uint32_t magic, struct head *ret)
{
	if (len < UD_BYTES_MIN)
		return -EBADMSG;
	memcpy(ret, buf, sizeof(*ret));
	return be32toh(ret->magic) == magic && be16toh(ret->version) == WIRE_VERSION ? 0 : -EBADMSG;
}

void ud_request_put(const struct ud_request *m, void *buf)
{
	struct head h = head_of(UD_REQUEST_MAGIC, m->tos, m->hop_limit);

	h.id = htobe32(m->token);
	h.seq = htobe32(m->seq);
	h.bytes = htobe32(m->wanted);
	memset(buf, 0, UD_BYTES_MIN);
	memcpy(buf, &h, sizeof(h));
}

void ud_reply_put(const struct ud_reply *m, void *buf)
{
	struct reply r = {
		.head = head_of(UD_REPLY_MAGIC, m->tos, m->hop_limit),
		.tos = m->arrived_tos,
		.hop_limit = m->arrived_hop_limit,
		.seen = htobe32(m->seen),
	};

	r.head.id = htobe32(m->nonce);
	r.head.seq = htobe32(m->seq);
	r.head.bytes = htobe32(m->received);
	memset(buf, 0, UD_BYTES_MIN);
	memcpy(buf, &r, sizeof(r));
}

int ud_request_get(const void *buf, size_t len, struct ud_request *ret)
{
	struct head h;

	if (head_get(buf, len, UD_REQUEST_MAGIC, &h) < 0)
		return -EBADMSG;
	*ret = (struct ud_request){
		.tos = h.tos,
		.hop_limit = h.hop_limit,
		.token = be32toh(h.id),
		.seq = be32toh(h.seq),
		.wanted = be32toh(h.bytes),
	};
	return 0;
}

int ud_reply_get(const void *buf, size_t len, struct ud_reply *ret)
{
	struct reply r;

	if (head_get(buf, len, UD_REPLY_MAGIC, &r.head) < 0)
		return -EBADMSG;
	memcpy(&r, buf, sizeof(r));
	*ret = (struct ud_reply){
		.tos = r.head.tos,
		.hop_limit = r.head.hop_limit,
		.nonce = be32toh(r.head.id),
		.seq = be32toh(r.head.seq),
		.received = be32toh(r.head.bytes),
		.arrived_tos = r.tos,
		.arrived_hop_limit = r.hop_limit,
		.seen = be32toh(r.seen),
	};
	return 0;
}

uint32_t ud_reply_bytes(uint32_t received, uint32_t wanted)
{
	uint32_t bytes = wanted < received ? wanted : received;

	return wanted && bytes < UD_BYTES_MIN ? UD_BYTES_MIN : bytes;
}

static int arrival4(const uint8_t *h, struct ud_arrival *ret)
{
	if (h[0] >> 4 != 4)
		return -EBADMSG;
	*ret = (struct ud_arrival){
		.tos = h[1],
		.hop_limit = h[8],
		.src = ip_of(AF_INET, h + 12),
		.dst = ip_of(AF_INET, h + 16),
	};
	return 0;
}

/* Version, traffic class and flow label share the first four bytes. */
static int arrival6(const uint8_t *h, struct ud_arrival *ret)
{
	if (h[0] >> 4 != 6)
		return -EBADMSG;
	*ret = (struct ud_arrival){
		.tos = (uint8_t)(h[0] << 4 | h[1] >> 4),
		.hop_limit = h[7],
		.src = ip_of(AF_INET6, h + 8),
		.dst = ip_of(AF_INET6, h + 24),
	};
	return 0;
}

int ud_arrival_get(const void *grh, uint8_t family, struct ud_arrival *ret)
{
	const uint8_t *h = grh;

	return family == AF_INET ? arrival4(h + 20, ret) : arrival6(h, ret);
}
