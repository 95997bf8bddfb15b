/* SPDX-License-Identifier: MIT */
/* How two nodes with the same key show it to each other over TCP, before one tells the other its ports. */
#ifndef DOROCE_VALIDATE_PEER_HANDSHAKE_H
#define DOROCE_VALIDATE_PEER_HANDSHAKE_H

#include "validate/admit/proof.h"
#include "validate/cm/wire.h"

/*              0       8        40      44              76
 *   challenge  magic   nonce                                      from the node that is asked, at once
 *   response   magic   nonce    proof (PROOF_ASK)                 from the one that asks
 *   answer     magic   proof    epoch   nonce (of the ticket)   document
 *
 * The answer's proof (PROOF_TELL) covers what follows it. epoch: big-endian. Without a key the document comes alone. */
enum { HANDSHAKE_CHALLENGE = 40, HANDSHAKE_RESPONSE = 72, HANDSHAKE_ANSWER = 76 };

/* In all of them p has the addresses of both ends and the service; the nonces are filled in as they are made or come. */

/* The side that is asked. 0, -errno of the kernel's random numbers. */
int handshake_challenge(struct proof_of *p, uint8_t ret[HANDSHAKE_CHALLENGE]);

/* 0: the response proves it; WIRE_BAD_MAGIC, WIRE_WRONG_KEY. */
enum wire_reason handshake_judge(const struct admit_key *k, struct proof_of *p, const uint8_t response[HANDSHAKE_RESPONSE]);

/* The answer with the document, n bytes of *ret_n: caller frees. NULL: no memory, or the library refused. */
char *handshake_answer(const struct proof_of *p, const struct ticket *t, const char *text, size_t n, size_t *ret_n);

/* The side that asks. True when what came begins with a challenge, whole. */
bool handshake_wanted(const void *text, size_t n);

/* 0, -errno. challenge: HANDSHAKE_CHALLENGE bytes. */
int handshake_respond(const struct admit_key *k, struct proof_of *p, const void *challenge,
		      uint8_t ret[HANDSHAKE_RESPONSE]);

/* 0: the peer has the key, ret is its ticket (k lives longer), and the document begins behind HANDSHAKE_ANSWER bytes.
 * -EBADMSG: that is no answer; -EACCES: of another key. */
int handshake_accept(const struct admit_key *k, const struct proof_of *p, const void *text, size_t n, struct ticket *ret);

#endif
