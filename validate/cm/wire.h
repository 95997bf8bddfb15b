/* SPDX-License-Identifier: MIT */
/* What goes between the sides of a connect: private data, answer's header, payload's pattern. */
#ifndef DOROCE_VALIDATE_CM_WIRE_H
#define DOROCE_VALIDATE_CM_WIRE_H

#include "base/util.h"

/* All fields are big-endian. Another layout or another meaning is another version.
 *
 *          0       4         6        8         12        16
 *   hello  magic   version   zero     payload   seed       private data of request and acceptance
 *   reject magic   version   reason                        private data of a rejection
 *   answer magic   version   verdict  offset    received   start of the answering payload
 *
 * The active side says hello, the passive side says hello back or rejects. Then the active side
 * sends `payload` bytes of the pattern of its seed, and the passive side answers with as many: the
 * header above, then the pattern of its own seed from its byte WIRE_ANSWER on.
 *
 * The rdma_cm pads private data with zeros, so a message may be longer than it was sent. */
enum {
	WIRE_MAGIC = 0x646f5243, /* "doRC" */
	WIRE_VERSION = 1,
	WIRE_HELLO = 16,
	WIRE_REJECT = 8,
	WIRE_ANSWER = 16,
	WIRE_PAYLOAD_MIN = 64,
};

/* payload: bytes each way, WIRE_PAYLOAD_MIN..CM_PAYLOAD_MAX. seed: of the sender's pattern. */
struct wire_hello {
	uint16_t version;
	uint32_t payload;
	uint32_t seed;
};

enum wire_reason {
	WIRE_BAD_MAGIC = 1,
	WIRE_BAD_VERSION,
	WIRE_BAD_PAYLOAD,
	WIRE_BUSY,         /* too many connects are open */
	WIRE_NO_RESOURCES, /* memory, file descriptors, queue pairs */
	WIRE_NOT_ALLOWED,  /* the address it came to, or from, is none of those that are answered */
	WIRE_WANTS_KEY,    /* it came without a proof */
	WIRE_WRONG_KEY,    /* its proof is of another key, or too old */
};

struct wire_reject {
	uint16_t version; /* that the rejecting side speaks */
	uint16_t reason;  /* enum wire_reason, or unknown to us */
};

/* offset: of the first byte that differed, or where a short payload ended; 0 when intact.
 * received: bytes that came. */
struct wire_answer {
	uint16_t version;
	bool intact;
	uint32_t offset;
	uint32_t received;
};

/* buf has room for WIRE_HELLO, WIRE_REJECT, WIRE_ANSWER bytes. */
void wire_hello_put(const struct wire_hello *h, void *buf);
void wire_reject_put(const struct wire_reject *r, void *buf);
void wire_answer_put(const struct wire_answer *a, void *buf);

/* Return 0; -EBADMSG too short, or not ours: the magic word is missing.
 * A message of another version has only its version and, for a reject, its reason. */
int wire_hello_get(const void *buf, size_t len, struct wire_hello *ret);
int wire_reject_get(const void *buf, size_t len, struct wire_reject *ret);
int wire_answer_get(const void *buf, size_t len, struct wire_answer *ret);

/* Bytes from..to of the pattern of a seed. Byte i depends on the seed and on i, so that a packet
 * that is missing, doubled or in a wrong place shows. */
void wire_pattern_put(uint32_t seed, size_t from, size_t to, uint8_t *buf);

/* First offset from..to at which buf[0..to-from] is not the pattern; to when it is. */
size_t wire_pattern_differs(uint32_t seed, size_t from, size_t to, const uint8_t *buf);

/* For people: "too many connects are open"; "an unknown reason" for one not known here. */
const char *wire_reason_text(unsigned int reason);

#endif
