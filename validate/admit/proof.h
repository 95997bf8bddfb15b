/* SPDX-License-Identifier: MIT */
/* Proofs that somebody has the key: what they are bound to, and how they are told over TCP and rdma_cm. */
#ifndef DOROCE_VALIDATE_ADMIT_PROOF_H
#define DOROCE_VALIDATE_ADMIT_PROOF_H

#include "base/ip.h"
#include "validate/admit/key.h"

enum { NONCE_BYTES = 32, PROOF_BYTES = 32 };

/* Who proves what: a proof for one purpose is none for another. */
enum proof_purpose {
	PROOF_ASK,     /* of the node that asks for the ports of another */
	PROOF_TELL,    /* of the node that answers; it covers the answer */
	PROOF_CONNECT, /* of a connect, by its ticket; it covers the hello */
};

/* The two ends: asker, server are the addresses at both ends, service the port number that was asked.
 * asked, served: fresh nonces of the two; of a connect asked is zero and served the ticket's. */
struct proof_of {
	enum proof_purpose purpose;
	struct ip asker, server;
	uint16_t service;
	uint8_t asked[NONCE_BYTES], served[NONCE_BYTES];
};

/* HMAC-SHA256 over p and data, n bytes. 0; -EIO: the library refused. */
int proof_make(const struct admit_key *k, const struct proof_of *p, const void *data, size_t n, uint8_t ret[PROOF_BYTES]);

/* The same made here, compared in constant time. */
bool proof_is(const struct admit_key *k, const struct proof_of *p, const void *data, size_t n,
	      const uint8_t proof[PROOF_BYTES]);

/* 0, -errno of the kernel's random numbers. */
int nonce_make(uint8_t ret[NONCE_BYTES]);

/* What a responder with a key gives those that have proved to have it: for a few minutes their connects are let in.
 * key NULL: the peer wants no proof. epoch: never 0. */
struct ticket {
	const struct admit_key *key;
	uint32_t epoch;
	uint8_t nonce[NONCE_BYTES];
};

/* Behind the hello in the private data of a connect, or at the start of a datagram: epoch, big-endian, and proof.
 * All zero: none. */
enum { TICKET_PROOF = 4 + PROOF_BYTES };

/* Write the proof of ticket t behind the hello at data, which has room for it; hello: its bytes.
 * Returns the length of both; of the hello alone where t is NULL or wants none. -EIO. */
int ticket_put(const struct ticket *t, const struct ip *src, const struct ip *dst, uint16_t service, void *data,
	       size_t hello);

#endif
