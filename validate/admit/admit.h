/* SPDX-License-Identifier: MIT */
/* Who may ask the responder: where it came to, where it came from, how often, and with what proof. */
#ifndef DOROCE_VALIDATE_ADMIT_ADMIT_H
#define DOROCE_VALIDATE_ADMIT_ADMIT_H

#include "validate/admit/proof.h"
#include "validate/admit/sources.h"
#include "validate/cm/wire.h"

/* kern, key, user live longer than the responder. key NULL: nobody needs one.
 * sources: which addresses may ask, worked out anew when the node has changed; what it returns is in a.
 * log: one line for the operator, at most once a second; NULL: none. */
struct admit_rules {
	struct kern *kern;
	const struct admit_key *key;
	uint16_t service;
	void (*sources)(void *user, const struct node *n, struct arena *a, struct prefixes *ret);
	void (*log)(void *user, const char *text);
	void *user;
};

/* One that asks. own: the address that it came to. */
struct asker {
	struct ip own, peer;
};

struct admit;

/* NULL: no memory, or no random numbers. */
struct admit *admit_new(const struct admit_rules *r);
void admit_free(struct admit *a); /* NULL allowed */

/* May this connect be answered? data: its private data, or the datagram: a hello, and behind it the proof.
 * 0: yes; *ret is the hello, and the connect counts as open until admit_leave(). Else the reason to reject it with;
 * it has been counted, and told in the log. a NULL: only the message is looked at. */
enum wire_reason admit_connect(struct admit *a, const struct asker *who, const void *data, size_t len,
			       struct wire_hello *ret);
void admit_leave(struct admit *a, const struct ip *peer);

/* The same of a connection over TCP, without proof. */
bool admit_tcp(struct admit *a, const struct asker *who);
void admit_tcp_leave(struct admit *a, const struct ip *peer);

/* This node, as it was read at since_ms (clock_now_ms()) or later; it holds until the next call. NULL: it can not be read. */
const struct node *admit_node(struct admit *a, uint64_t since_ms);

/* A connection over TCP proved nothing, or the wrong thing. */
void admit_tcp_refused(struct admit *a, const struct asker *who, enum wire_reason why);

/* NULL: nobody needs one. */
const struct admit_key *admit_key(const struct admit *a);
uint16_t admit_service(const struct admit *a);

/* The ticket that counts now; the one before it counts as well. */
struct ticket admit_ticket(struct admit *a);

/* Refused since it was made, by reason; [0]: all. */
enum { ADMIT_REASONS = 16 };
struct admit_counts {
	uint64_t refused[ADMIT_REASONS];
};
struct admit_counts admit_counts(const struct admit *a);

#endif
