/* SPDX-License-Identifier: MIT */
/* What the drivers counted by priority while the peer stage sent its payload: the proof behind the settings. */
#include <string.h>
#include <unistd.h>

#include "validate/stage/wire.h"

enum { REFRESH_MS = 1100 }; /* bnxt_en and others fetch their counters once a second */

static bool prio_bytes_read(struct verify *v, const struct port *p, struct prio_bytes *ret)
{
	struct counters cs = { 0 };

	return v->kern->counters(v->kern, p->below[0] ? p->below : p->link.name, v->arena, &cs, NULL) == 0 &&
	       counters_by_prio(&cs, ret);
}

void counters_before(struct verify *v)
{
	qos_find(v);
	for vec_each(q, &v->qos)
		q->counts = prio_bytes_read(v, q->port, &q->before);
	v->counted = true;
}

/* A counter that has become less was reset: nothing is known then. */
static void moved(const uint64_t *before, const uint64_t *after, uint64_t *ret)
{
	for (size_t i = 0; i < PRIORITIES; i++)
		ret[i] = after[i] > before[i] ? after[i] - before[i] : 0;
}

/* The i-th of all connects, then of all datagrams' paths; NULL: there are no more. */
static const struct cm_probe *probe_at(const struct verify *v, size_t i)
{
	if (i < v->probes.n)
		return &v->probes.at[i];
	return i - v->probes.n < v->datagrams.n ? &v->datagrams.at[i - v->probes.n] : NULL;
}

static uint64_t bytes_of(const struct cm_probe *pr)
{
	if (pr->cause != CM_OK)
		return 0;
	return pr->path ? wire_path_bytes(pr) : pr->payload_bytes;
}

/* Payload, in bytes, that went from the port and came back. */
static uint64_t payload_of(const struct verify *v, const struct port *p)
{
	const struct cm_probe *pr;
	uint64_t bytes = 0;

	for (size_t i = 0; (pr = probe_at(v, i)); i++)
		if (((const struct pair *)pr->user)->target->port == p)
			bytes += bytes_of(pr);
	return bytes;
}

static const struct qos_port *qos_of(const struct verify *v, const struct port *p)
{
	for vec_each(q, &v->qos)
		if (q->port == p)
			return q;
	return NULL;
}

/* What a port of the peer got from ours. from: NULL: several of ours. */
struct arrival {
	const struct peer *peer;
	const struct peer_port *at;
	const struct port *from;
	uint32_t prio;
	uint64_t bytes;
};

struct arrivals VEC(struct arrival);

static struct arrival *arrival_of(struct arrivals *as, const struct pair *pa, uint32_t prio, struct arena *a)
{
	for vec_each(ar, as)
		if (ar->at == pa->port && ar->prio == prio)
			return ar;
	struct arrival *ar = vec_add(a, as);

	*ar = (struct arrival){ .peer = pa->peer, .at = pa->port, .from = pa->target->port, .prio = prio };
	return ar;
}

/* By the peers' ports: counters can not tell which of ours it came from. */
static struct arrivals arrivals_find(const struct verify *v)
{
	struct arrivals as = { 0 };
	const struct cm_probe *pr;

	for (size_t i = 0; (pr = probe_at(v, i)); i++) {
		const struct pair *pa = pr->user;
		const struct qos_port *q = qos_of(v, pa->target->port);

		if (pr->cause != CM_OK || !q || !q->now.prio_known)
			continue;
		struct arrival *ar = arrival_of(&as, pa, q->now.prio, v->arena);
		ar->bytes += bytes_of(pr);
		if (ar->from != q->port)
			ar->from = NULL;
	}
	return as;
}

const struct peer_port *port_after(const struct verify *v, const struct peer *peer, const struct peer_port *p)
{
	const struct peer *after = v->peers_after ? &v->peers_after[peer - v->peers] : NULL;

	for (size_t i = 0; after && i < after->port_n; i++)
		if (strcmp(after->port[i].name, p->name) == 0 && strcmp(after->port[i].netdev, p->netdev) == 0)
			return &after->port[i];
	return NULL;
}

static bool is_enough(const uint64_t *before, const uint64_t *after, uint32_t prio, uint64_t bytes)
{
	return after[prio] >= before[prio] + bytes;
}

/* True when all that was sent has been counted where it should be. */
static bool all_shows(const struct verify *v)
{
	for vec_each(q, &v->qos)
		if (q->counts && q->now.prio_known &&
		    (!is_enough(q->before.tx, q->after.tx, q->now.prio, payload_of(v, q->port)) ||
		     !is_enough(q->before.rx, q->after.rx, q->now.prio, payload_of(v, q->port))))
			return false;
	return true;
}

void peers_ask_again(struct verify *v)
{
	const struct inventory_asking how = verify_asking(v);

	v->peers_after = arena_array(v->arena, struct peer, v->o.peers_n + 1);
	for (size_t i = 0; i < v->o.peers_n; i++) {
		v->peers_after[i].asked = v->peers[i].asked;
		v->peers_after[i].error = v->peers[i].error;
	}
	inventory_ask_all(v->peers_after, v->o.peers_n, &how, v->arena);
}

/* True when the peers' ports have counted it, too, or can not. */
static bool peers_show(const struct verify *v, const struct arrivals *as)
{
	for vec_each(ar, as) {
		const struct peer_port *after = port_after(v, ar->peer, ar->at);

		if (ar->at->counts_prio && after && after->counts_prio &&
		    !is_enough(ar->at->rx_prio_bytes, after->rx_prio_bytes, ar->prio, ar->bytes))
			return false;
	}
	return true;
}

void counters_after(struct verify *v)
{
	const struct arrivals as = arrivals_find(v);

	for (int tries = 0; tries < 2; tries++) {
		if (tries)
			usleep(REFRESH_MS * 1000);
		for vec_each(q, &v->qos)
			q->counts = q->counts && prio_bytes_read(v, q->port, &q->after);
		if (v->probes.n)
			peers_ask_again(v);
		if (all_shows(v) && peers_show(v, &as))
			return;
	}
}

/* "8192 B of priority 0, 1024 B of priority 3". */
static char *moved_text(struct verify *v, const uint64_t *by)
{
	char *text = arena_strdup(v->arena, "");

	for (size_t i = 0; i < PRIORITIES; i++)
		if (by[i])
			text = arena_printf(v->arena, "%s%s%llu B of priority %zu", text, *text ? ", " : "",
					    (unsigned long long)by[i], i);
	return *text ? text : arena_strdup(v->arena, "nothing was counted");
}

/* Stage qos has told before why the payload of the port rides elsewhere. p NULL: of one of them. */
static bool chain_is_broken(const struct verify *v, const struct port *p)
{
	for vec_each(r, &v->results)
		if (r->verdict == VERDICT_FAIL && strcmp(r->check->id, "qos.chain") == 0 && (!p || r->port == p))
			return true;
	return false;
}

/* Stage wire has seen that the DSCP changes on the way, and that explains the result; peer: of packets to "b rxe_b0/1",
 * NULL: of those that came from peers to the port. */
static void follow_dscp(const struct verify *v, struct result *r, const char *peer)
{
	for vec_each(w, &v->results)
		if (r->verdict == VERDICT_FAIL && !r->follows && w->verdict == VERDICT_FAIL &&
		    w->finding == &findings[FINDING_DSCP_CHANGED] && (peer ? strstr(w->subject, peer) != NULL : w->port == r->port))
			r->follows = w->check->id;
}

/* One side has counted the payload of `bytes` as the priority: what it counted of others is others' traffic. */
static struct result *counted_result(struct verify *v, const struct check *c, const struct port *p,
				     const uint64_t *by, uint32_t prio, uint64_t bytes)
{
	struct result *r = result_add(v, c, by[prio] >= bytes ? VERDICT_PASS : VERDICT_FAIL, p);

	r->seen = moved_text(v, by);
	r->wanted = arena_printf(v->arena, "the payload of %llu B as priority %u", (unsigned long long)bytes, prio);
	if (r->verdict == VERDICT_FAIL && chain_is_broken(v, p))
		r->follows = "qos.chain";
	return r;
}

static void own_results(struct verify *v, const struct check *c, const struct qos_port *q)
{
	uint64_t bytes = payload_of(v, q->port), by[PRIORITIES];

	moved(q->before.tx, q->after.tx, by);
	struct result *sent = counted_result(v, c, q->port, by, q->now.prio, bytes);
	sent->subject = "sent";
	sent->mend = "the driver does not do what it tells: its release, its firmware";
	moved(q->before.rx, q->after.rx, by);
	struct result *received = counted_result(v, c, q->port, by, q->now.prio, bytes);
	received->subject = "received";
	received->mend = "on the peer: doroce verify --stage qos; switches between that change the DSCP";
	follow_dscp(v, received, NULL);
}

static void peer_result(struct verify *v, const struct check *c, const struct arrival *ar)
{
	const struct peer_port *after = port_after(v, ar->peer, ar->at);
	uint64_t by[PRIORITIES];
	struct result *r;

	if (ar->at->counts_prio && after && after->counts_prio) {
		moved(ar->at->rx_prio_bytes, after->rx_prio_bytes, by);
		r = counted_result(v, c, ar->from, by, ar->prio, ar->bytes);
		r->mend = "the same qos on the peer (there: doroce verify --stage qos); switches between that change the DSCP";
	} else {
		r = result_add(v, c, VERDICT_NA, ar->from);
		r->seen = ar->at->counts_prio ? "the peer did not answer again" :
						"the peer tells no counters by priority: its driver has none, or its doroce is older";
	}
	r->subject = arena_printf(v->arena, "received by %s %s", ar->peer->host, ar->at->name);
	follow_dscp(v, r, arena_printf(v->arena, "(%s %s)", ar->peer->host, ar->at->name));
}

/* Why nothing can be said of the port; NULL: it can. */
static const char *why_not(struct verify *v, const struct qos_port *q)
{
	if (!v->counted)
		return "the peer stage was not run: no payload";
	if (!payload_of(v, q->port))
		return "no payload went out: see stage peer";
	if (!q->counts)
		return arena_printf(v->arena, "the driver of %s has no counters by priority",
				    q->port->below[0] ? q->port->below : q->port->link.name);
	return q->now.prio_known ? NULL : chain_unknown(&q->now);
}

void check_qos_counters(struct verify *v, const struct check *c)
{
	for vec_each(q, &v->qos) {
		const char *why = why_not(v, q);

		if (why)
			result_add(v, c, VERDICT_NA, q->port)->seen = why;
		else
			own_results(v, c, q);
	}
	if (!v->counted)
		return;
	const struct arrivals as = arrivals_find(v);
	for vec_each(ar, &as)
		peer_result(v, c, ar);
}
