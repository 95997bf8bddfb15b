/* SPDX-License-Identifier: MIT */
/* Encoding of the messages and the payload's pattern: bytes in, bytes out. */
#include "validate/cm/wire.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

struct head {
	uint32_t magic;
	uint16_t version;
	uint16_t word; /* zero, reason or verdict */
} __attribute__((packed));

struct hello {
	struct head head;
	uint32_t payload, seed;
} __attribute__((packed));

struct answer {
	struct head head;
	uint32_t offset, received;
} __attribute__((packed));

_Static_assert(sizeof(struct hello) == WIRE_HELLO, "hello");
_Static_assert(sizeof(struct head) == WIRE_REJECT, "reject");
_Static_assert(sizeof(struct answer) == WIRE_ANSWER, "answer");

static struct head head_of(uint16_t version, uint16_t word)
{
	return (struct head){
		.magic = htobe32(WIRE_MAGIC),
		.version = htobe16(version),
		.word = htobe16(word),
	};
}

static int head_get(const void *buf, size_t len, size_t want, struct head *ret)
{
	if (!buf || len < want)
		return -EBADMSG;
	memcpy(ret, buf, sizeof(*ret));
	if (be32toh(ret->magic) != WIRE_MAGIC)
		return -EBADMSG;
	ret->version = be16toh(ret->version);
	ret->word = be16toh(ret->word);
	return 0;
}

void wire_hello_put(const struct wire_hello *h, void *buf)
{
	struct hello m = {
		.head = head_of(h->version, 0),
		.payload = htobe32(h->payload),
		.seed = htobe32(h->seed),
	};

	memcpy(buf, &m, sizeof(m));
}

void wire_reject_put(const struct wire_reject *r, void *buf)
{
	struct head m = head_of(r->version, r->reason);

	memcpy(buf, &m, sizeof(m));
}

void wire_answer_put(const struct wire_answer *a, void *buf)
{
	struct answer m = {
		.head = head_of(a->version, a->intact),
		.offset = htobe32(a->offset),
		.received = htobe32(a->received),
	};

	memcpy(buf, &m, sizeof(m));
}

int wire_hello_get(const void *buf, size_t len, struct wire_hello *ret)
{
	struct hello m;

	if (head_get(buf, len, sizeof(m), &m.head) < 0)
		return -EBADMSG;
	*ret = (struct wire_hello){ .version = m.head.version };
	if (m.head.version != WIRE_VERSION)
		return 0;
	memcpy(&m, buf, sizeof(m));
	ret->payload = be32toh(m.payload);
	ret->seed = be32toh(m.seed);
	return 0;
}

int wire_reject_get(const void *buf, size_t len, struct wire_reject *ret)
{
	struct head m;

	if (head_get(buf, len, sizeof(m), &m) < 0)
		return -EBADMSG;
	*ret = (struct wire_reject){ .version = m.version, .reason = m.word };
	return 0;
}

int wire_answer_get(const void *buf, size_t len, struct wire_answer *ret)
{
	struct answer m;

	if (head_get(buf, len, sizeof(m), &m.head) < 0)
		return -EBADMSG;
	*ret = (struct wire_answer){ .version = m.head.version };
	if (m.head.version != WIRE_VERSION)
		return 0;
	ret->intact = m.head.word == 1;
	memcpy(&m, buf, sizeof(m));
	ret->offset = be32toh(m.offset);
	ret->received = be32toh(m.received);
	return 0;
}

/* Eight bytes of the pattern, little-endian; word: their offset / 8 (splitmix64's finalizer). */
static uint64_t pattern_word(uint32_t seed, uint64_t word)
{
	uint64_t x = ((uint64_t)seed << 32 | word) + 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return htole64(x ^ x >> 31);
}

/* End of the piece that begins at `from`: not beyond its word, not beyond `to`. */
static size_t piece_end(size_t from, size_t to)
{
	return min_size(to, (from | 7) + 1);
}

/* Whole words, nearly all, are copied and compared without a call. */
void wire_pattern_put(uint32_t seed, size_t from, size_t to, uint8_t *buf)
{
	for (size_t at = from, end; at < to; buf += end - at, at = end) {
		uint64_t w = pattern_word(seed, at / 8);

		end = piece_end(at, to);
		if (end - at == sizeof(w))
			memcpy(buf, &w, sizeof(w));
		else
			memcpy(buf, (const uint8_t *)&w + at % 8, end - at);
	}
}

/* want: n bytes of a word. */
static bool piece_is(const uint8_t *want, const uint8_t *buf, size_t n)
{
	uint64_t a, b;

	if (n < sizeof(a))
		return memcmp(buf, want, n) == 0;
	memcpy(&a, want, sizeof(a));
	memcpy(&b, buf, sizeof(b));
	return a == b;
}

size_t wire_pattern_differs(uint32_t seed, size_t from, size_t to, const uint8_t *buf)
{
	for (size_t at = from, end; at < to; buf += end - at, at = end) {
		uint64_t w = pattern_word(seed, at / 8);
		const uint8_t *want = (const uint8_t *)&w + at % 8;

		end = piece_end(at, to);
		if (piece_is(want, buf, end - at))
			continue;
		while (*buf == *want)
			at++, buf++, want++;
		return at;
	}
	return to;
}

const char *wire_reason_text(unsigned int reason)
{
	static const char *const text[] = {
		[WIRE_BAD_MAGIC] = "it is no request of doroce",
		[WIRE_BAD_VERSION] = "another version",
		[WIRE_BAD_PAYLOAD] = "a payload of that size is not accepted",
		[WIRE_BUSY] = "too many connects are open",
		[WIRE_NO_RESOURCES] = "out of memory, file descriptors or queue pairs",
		[WIRE_NOT_ALLOWED] = "our address is none of those that it answers",
		[WIRE_WANTS_KEY] = "it wants a key",
		[WIRE_WRONG_KEY] = "its key is another one",
	};

	return reason < ARRAY_LEN(text) && text[reason] ? text[reason] : "an unknown reason";
}
