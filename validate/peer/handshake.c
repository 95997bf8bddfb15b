/* SPDX-License-Identifier: MIT */
/* Challenge, response, answer: bytes in, bytes out. */
#include "validate/peer/handshake.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC_BYTES = 8 };

static const char challenge_magic[] = "doRCkey?", response_magic[] = "doRCkey!", answer_magic[] = "doRCkey.";

struct challenge {
	char magic[MAGIC_BYTES];
	uint8_t nonce[NONCE_BYTES];
};

struct response {
	char magic[MAGIC_BYTES];
	uint8_t nonce[NONCE_BYTES], proof[PROOF_BYTES];
};

struct answer {
	char magic[MAGIC_BYTES];
	uint8_t proof[PROOF_BYTES];
	uint32_t epoch;
	uint8_t nonce[NONCE_BYTES];
} __attribute__((packed));

_Static_assert(sizeof(struct challenge) == HANDSHAKE_CHALLENGE, "challenge");
_Static_assert(sizeof(struct response) == HANDSHAKE_RESPONSE, "response");
_Static_assert(sizeof(struct answer) == HANDSHAKE_ANSWER, "answer");

enum { COVERED = offsetof(struct answer, epoch) };

int handshake_challenge(struct proof_of *p, uint8_t ret[HANDSHAKE_CHALLENGE])
{
	struct challenge m;
	int r = nonce_make(p->served);

	memcpy(m.magic, challenge_magic, MAGIC_BYTES);
	memcpy(m.nonce, p->served, NONCE_BYTES);
	memcpy(ret, &m, sizeof(m));
	return r;
}

enum wire_reason handshake_judge(const struct admit_key *k, struct proof_of *p, const uint8_t response[HANDSHAKE_RESPONSE])
{
	struct response m;

	memcpy(&m, response, sizeof(m));
	if (memcmp(m.magic, response_magic, MAGIC_BYTES) != 0)
		return WIRE_BAD_MAGIC;
	memcpy(p->asked, m.nonce, NONCE_BYTES);
	p->purpose = PROOF_ASK;
	return proof_is(k, p, NULL, 0, m.proof) ? 0 : WIRE_WRONG_KEY;
}

char *handshake_answer(const struct proof_of *p, const struct ticket *t, const char *text, size_t n, size_t *ret_n)
{
	struct proof_of tell = *p;
	struct answer m = { .epoch = htobe32(t->epoch) };
	char *buf = malloc(sizeof(m) + n);

	if (!buf)
		return NULL;
	memcpy(m.magic, answer_magic, MAGIC_BYTES);
	memcpy(m.nonce, t->nonce, NONCE_BYTES);
	memcpy(buf, &m, sizeof(m));
	memcpy(buf + sizeof(m), text, n);
	tell.purpose = PROOF_TELL;
	*ret_n = sizeof(m) + n;
	if (proof_make(t->key, &tell, buf + COVERED, *ret_n - COVERED, (uint8_t *)buf + offsetof(struct answer, proof)) == 0)
		return buf;
	free(buf);
	return NULL;
}

bool handshake_wanted(const void *text, size_t n)
{
	return n >= HANDSHAKE_CHALLENGE && memcmp(text, challenge_magic, MAGIC_BYTES) == 0;
}

int handshake_respond(const struct admit_key *k, struct proof_of *p, const void *challenge,
		      uint8_t ret[HANDSHAKE_RESPONSE])
{
	struct response m;
	int r = nonce_make(p->asked);

	memcpy(p->served, (const char *)challenge + MAGIC_BYTES, NONCE_BYTES);
	p->purpose = PROOF_ASK;
	memcpy(m.magic, response_magic, MAGIC_BYTES);
	memcpy(m.nonce, p->asked, NONCE_BYTES);
	if (r == 0)
		r = proof_make(k, p, NULL, 0, m.proof);
	memcpy(ret, &m, sizeof(m));
	return r;
}

int handshake_accept(const struct admit_key *k, const struct proof_of *p, const void *text, size_t n, struct ticket *ret)
{
	struct proof_of tell = *p;
	struct answer m;

	if (n < sizeof(m) || memcmp(text, answer_magic, MAGIC_BYTES) != 0)
		return -EBADMSG;
	memcpy(&m, text, sizeof(m));
	tell.purpose = PROOF_TELL;
	if (!proof_is(k, &tell, (const char *)text + COVERED, n - COVERED, m.proof))
		return -EACCES;
	*ret = (struct ticket){ .key = k, .epoch = be32toh(m.epoch) };
	memcpy(ret->nonce, m.nonce, NONCE_BYTES);
	return 0;
}
