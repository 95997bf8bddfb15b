/* SPDX-License-Identifier: MIT */
/* Datagrams that measure a path: the messages, and the header with which one arrived. */
#ifndef DOROCE_VALIDATE_CM_UD_H
#define DOROCE_VALIDATE_CM_UD_H

#include "base/ip.h"

/* All fields are big-endian; the version is WIRE_VERSION.
 *
 *           0      4        6    7     8      12    16        20    21          24
 *   request magic  version  tos  hops  token  seq   wanted
 *   reply   magic  version  tos  hops  nonce  seq   received  tos'  hops' zero  seen
 *
 * They follow on a request and an acceptance of the rdma_cm's UDP port space (SIDR), both with a wire_hello: its seed
 * is the asking side's nonce, and the answering side's token. tos, hops: traffic class and hop limit as the sender
 * of this message sent it. wanted: bytes of the reply, which is sent with the request's tos; 0: none, it was the last.
 * received: bytes of the request; tos', hops': as the request arrived.
 * seen: how many requests without UD_NOT_COUNTED in their sequence number have arrived so far. The rest of a datagram, up to its size, is zeros. */
enum {
	UD_REQUEST_MAGIC = 0x646f5544, /* "doUD" */
	UD_REPLY_MAGIC = 0x646f5552,   /* "doUR" */
	UD_BYTES_MIN = 64,
	UD_BYTES_MAX = 4096,
	UD_GRH = 40,      /* what the hardware puts in front of each received datagram */
	UD_NOT_COUNTED = 1u << 31,
};

struct ud_request {
	uint8_t tos, hop_limit;
	uint32_t token, seq, wanted;
};

struct ud_reply {
	uint8_t tos, hop_limit;
	uint32_t nonce, seq, received;
	uint8_t arrived_tos, arrived_hop_limit;
	uint32_t seen;
};

/* buf has room for UD_BYTES_MIN bytes, all of which are written. */
void ud_request_put(const struct ud_request *m, void *buf);
void ud_reply_put(const struct ud_reply *m, void *buf);

/* Return 0; -EBADMSG: shorter than UD_BYTES_MIN, not ours, or of another version. */
int ud_request_get(const void *buf, size_t len, struct ud_request *ret);
int ud_reply_get(const void *buf, size_t len, struct ud_reply *ret);

/* Bytes that the reply to a request of `received` bytes has: never more than came, so that nobody can be made to
 * send somebody more than was sent to him. 0: none. */
uint32_t ud_reply_bytes(uint32_t received, uint32_t wanted);

/* IP header of a received datagram. */
struct ud_arrival {
	struct ip src, dst;
	uint8_t tos, hop_limit;
};

/* From the UD_GRH bytes in front of a datagram of the family: IPv6 fills them, IPv4 has its header in the last 20
 * (IBTA annex A17; the first 20 are then undefined). 0; -EBADMSG: the header is of another family. */
int ud_arrival_get(const void *grh, uint8_t family, struct ud_arrival *ret);

#endif
