/* SPDX-License-Identifier: MIT */
/* The decision, in the order of what it costs: addresses, message, proof, how many. */
#include "validate/admit/admit.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "validate/admit/crowd.h"

/* What was read of the node holds so long for those that it lets in; it is read again before anybody is turned away,
 * but not more often than that. */
enum { LOOK_MS = 10000, LOOK_AGAIN_MS = 100, LOG_MS = 1000, TICKET_MS = 600000 };

/* A verify has 64 connects open at once and asks from up to four of its addresses; who has sent datagrams counts as open
 * for 10 s behind the last one, and one address of ours may lead to each of hundreds of ports. */
static const struct crowd_limits connects_each = { .open = 512, .in_window = 4096 },
				 connects_all = { .open = 4096, .in_window = 16384 },
				 tcp_each = { .open = 16, .in_window = 64 },
				 tcp_all = { .open = 128, .in_window = 1024 };

/* The nonce of tickets that were given out from since_ms on. id: never 0. */
struct epoch {
	uint32_t id;
	uint64_t since_ms;
	uint8_t nonce[NONCE_BYTES];
};

/* node: as it was read last, if that could be; own: addresses of RoCE ports; may: sources. All are in arena. looked_ms: when
 * reading it began, 0 never. told: reasons that the log has not heard of yet. */
struct admit {
	struct admit_rules rules;
	struct arena arena;
	struct node node;
	bool readable;
	struct prefixes own, may;
	uint64_t looked_ms, logged_ms;
	struct epoch now, before;
	struct crowd connects, tcp;
	struct admit_counts counts;
	uint64_t untold;
};

static int epoch_begin(struct admit *a, uint64_t now_ms)
{
	struct epoch e = { .id = a->now.id + 1 ?: 1, .since_ms = now_ms };

	if (nonce_make(e.nonce) < 0)
		return -1;
	a->before = a->now;
	a->now = e;
	return 0;
}

struct admit *admit_new(const struct admit_rules *r)
{
	auto_free struct admit *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->rules = *r;
	a->connects.each = connects_each;
	a->connects.all = connects_all;
	a->tcp.each = tcp_each;
	a->tcp.all = tcp_all;
	return epoch_begin(a, clock_now_ms()) < 0 ? NULL : TAKE(a);
}

void admit_free(struct admit *a)
{
	if (!a)
		return;
	arena_done(&a->arena);
	free(a);
}

/* A node that can not be read answers nobody. */
static void look(struct admit *a, uint64_t now_ms)
{
	arena_done(&a->arena);
	a->arena = (struct arena){ 0 };
	a->own = a->may = (struct prefixes){ 0 };
	a->looked_ms = now_ms;
	a->readable = node_read(a->rules.kern, &a->arena, &a->node, NULL) == 0;
	if (!a->readable)
		return;
	own_addresses(&a->node, &a->arena, &a->own);
	a->rules.sources(a->rules.user, &a->node, &a->arena, &a->may);
}

const struct node *admit_node(struct admit *a, uint64_t since_ms)
{
	if (a->looked_ms < since_ms)
		look(a, clock_now_ms());
	return a->readable ? &a->node : NULL;
}

static bool is_known(const struct admit *a, const struct asker *who)
{
	bool own = false, may = false;

	for vec_each(p, &a->own)
		own = own || ip_equal(&p->addr, &who->own);
	for vec_each(p, &a->may)
		may = may || ip_in_prefix(&who->peer, p);
	return own && may;
}

static bool may_ask(struct admit *a, const struct asker *who, uint64_t now_ms)
{
	if (!a->looked_ms || now_ms - a->looked_ms >= LOOK_MS)
		look(a, now_ms);
	if (is_known(a, who))
		return true;
	if (now_ms - a->looked_ms < LOOK_AGAIN_MS)
		return false;
	look(a, now_ms);
	return is_known(a, who);
}

/* As this side sees it; the peer reads wire_reason_text(). */
static const char *log_text(enum wire_reason why)
{
	static const char *const text[] = {
		[WIRE_BUSY] = "too many at once, or in a second",
		[WIRE_NOT_ALLOWED] = "not from an address that may ask, or not to one of a RoCE port",
		[WIRE_WANTS_KEY] = "it has no key",
		[WIRE_WRONG_KEY] = "its key is another one, or its ticket is too old",
	};

	return why < ARRAY_LEN(text) && text[why] ? text[why] : wire_reason_text(why);
}

/* The first of a second, with the number of those before it. */
static void tell(struct admit *a, const struct asker *who, enum wire_reason why, uint64_t now_ms)
{
	char peer[IP_TEXT], own[IP_TEXT], text[256];

	a->untold++;
	if (!a->rules.log || (a->logged_ms && now_ms - a->logged_ms < LOG_MS))
		return;
	int n = snprintf(text, sizeof(text), "refused %s, which came to %s: %s", ip_text(&who->peer, peer),
			 ip_text(&who->own, own), log_text(why));
	if (a->untold > 1)
		snprintf(text + n, sizeof(text) - (size_t)n, " (and %llu more since the last line)",
			 (unsigned long long)a->untold - 1);
	a->rules.log(a->rules.user, text);
	a->logged_ms = now_ms;
	a->untold = 0;
}

static enum wire_reason refused(struct admit *a, const struct asker *who, enum wire_reason why, uint64_t now_ms)
{
	a->counts.refused[0]++;
	if ((size_t)why < ADMIT_REASONS)
		a->counts.refused[why]++;
	tell(a, who, why, now_ms);
	return why;
}

struct ticket admit_ticket(struct admit *a)
{
	uint64_t now_ms = clock_now_ms();
	struct ticket t = { .key = a->rules.key };

	/* without random numbers the old one has to do */
	if (now_ms - a->now.since_ms >= TICKET_MS)
		(void)epoch_begin(a, now_ms);
	t.epoch = a->now.id;
	memcpy(t.nonce, a->now.nonce, sizeof(t.nonce));
	return t;
}

/* The epoch of a ticket, if it still counts: each begins to end when the next one is given out. */
static const struct epoch *epoch_find(const struct admit *a, uint32_t id, uint64_t now_ms)
{
	const struct epoch *e = id == a->now.id ? &a->now : id == a->before.id ? &a->before : NULL;

	return e && id && now_ms - e->since_ms < 2 * TICKET_MS ? e : NULL;
}

static enum wire_reason judge_proof(const struct admit *a, const struct asker *who, const uint8_t *data, size_t len,
				    uint64_t now_ms)
{
	const uint8_t *proof = data + WIRE_HELLO;
	struct proof_of p = {
		.purpose = PROOF_CONNECT, .asker = who->peer, .server = who->own, .service = a->rules.service,
	};
	uint32_t id = 0;

	if (!a->rules.key)
		return 0;
	if (len >= WIRE_HELLO + TICKET_PROOF)
		memcpy(&id, proof, sizeof(id));
	if (!id)
		return WIRE_WANTS_KEY;
	const struct epoch *e = epoch_find(a, be32toh(id), now_ms);
	if (!e)
		return WIRE_WRONG_KEY;
	memcpy(p.served, e->nonce, sizeof(p.served));
	return proof_is(a->rules.key, &p, data, WIRE_HELLO, proof + sizeof(id)) ? 0 : WIRE_WRONG_KEY;
}

static enum wire_reason judge_message(const void *data, size_t len, struct wire_hello *ret)
{
	if (wire_hello_get(data, len, ret) < 0)
		return WIRE_BAD_MAGIC;
	return ret->version == WIRE_VERSION ? 0 : WIRE_BAD_VERSION;
}

static enum wire_reason judge(struct admit *a, const struct asker *who, const void *data, size_t len,
			      struct wire_hello *ret, uint64_t now_ms)
{
	enum wire_reason why = may_ask(a, who, now_ms) ? judge_message(data, len, ret) : WIRE_NOT_ALLOWED;

	if (!why)
		why = judge_proof(a, who, data, len, now_ms);
	if (!why && !crowd_enter(&a->connects, &who->peer, now_ms))
		why = WIRE_BUSY;
	return why;
}

enum wire_reason admit_connect(struct admit *a, const struct asker *who, const void *data, size_t len,
			       struct wire_hello *ret)
{
	uint64_t now_ms = clock_now_ms();

	if (!a)
		return judge_message(data, len, ret);
	enum wire_reason why = judge(a, who, data, len, ret, now_ms);
	return why ? refused(a, who, why, now_ms) : 0;
}

void admit_leave(struct admit *a, const struct ip *peer)
{
	if (a)
		crowd_leave(&a->connects, peer);
}

bool admit_tcp(struct admit *a, const struct asker *who)
{
	uint64_t now_ms = clock_now_ms();
	enum wire_reason why = !may_ask(a, who, now_ms) ? WIRE_NOT_ALLOWED :
			       !crowd_enter(&a->tcp, &who->peer, now_ms) ? WIRE_BUSY : 0;

	return !why || !refused(a, who, why, now_ms);
}

void admit_tcp_leave(struct admit *a, const struct ip *peer)
{
	crowd_leave(&a->tcp, peer);
}

void admit_tcp_refused(struct admit *a, const struct asker *who, enum wire_reason why)
{
	(void)refused(a, who, why, clock_now_ms());
}

const struct admit_key *admit_key(const struct admit *a)
{
	return a->rules.key;
}

uint16_t admit_service(const struct admit *a)
{
	return a->rules.service;
}

struct admit_counts admit_counts(const struct admit *a)
{
	return a->counts;
}
