/* SPDX-License-Identifier: MIT */
/* Where requests were not answered: what rdma_cm itself counted, at this end and at the other. */
#include <string.h>

#include "validate/verify.h"

static bool was_silent(const struct cm_probe *p)
{
	return p->cause == CM_UNREACHABLE;
}

void evidence_gather(struct verify *v)
{
	size_t silent = 0, tell = 0;

	for vec_each(p, &v->probes) {
		silent += was_silent(p);
		tell += was_silent(p) && ((struct pair *)p->user)->port->counts_cm;
	}
	for vec_each(c, &v->port_counts)
		if (silent) /* a driver that tells nothing: the result has fewer words */
			(void)v->kern->port_counters(v->kern, &c->port->rdma, v->arena, &c->connects, NULL);
	if (tell)
		peers_ask_again(v);
}

static uint64_t moved(const struct port_counts *c, const char *name)
{
	const struct counter *before = counter_find(&c->before, name), *after = counter_find(&c->connects, name);

	return before && after && after->value > before->value ? after->value - before->value : 0;
}

static char *own_text(const struct verify *v, const struct port *p)
{
	for vec_each(c, &v->port_counts)
		if (strcmp(c->port->rdma.device, p->rdma.device) == 0 && c->port->rdma.port == p->rdma.port &&
		    counter_find(&c->connects, "cm_tx_msgs/req"))
			return arena_printf(v->arena, "; meanwhile this port sent %llu requests, %llu of them again, and got "
					    "%llu replies", (unsigned long long)moved(c, "cm_tx_msgs/req"),
					    (unsigned long long)moved(c, "cm_tx_retries/req"),
					    (unsigned long long)moved(c, "cm_rx_msgs/rep"));
	return arena_strdup(v->arena, "");
}

/* How many requests the peer's port must have answered: those that connected. */
static uint64_t connected_with(const struct verify *v, const struct peer_port *at)
{
	uint64_t n = 0;

	for vec_each(p, &v->probes)
		n += ((struct pair *)p->user)->port == at && p->step > CM_CONNECT;
	return n;
}

/* Others may connect with that port at the same time: only what can not be theirs is concluded. */
static enum finding_id cause_of(uint64_t received, uint64_t answered, uint64_t connected)
{
	if (received <= connected)
		return FINDING_REQUEST_LOST;
	return answered <= connected ? FINDING_REQUEST_DROPPED : FINDING_REQUEST_UNANSWERED;
}

void evidence_add(struct verify *v, struct result *r, const struct cm_probe *p)
{
	const struct pair *pa = p->user;

	if (!was_silent(p))
		return;
	r->seen = arena_printf(v->arena, "%s%s", r->seen, own_text(v, pa->target->port));
	const struct peer_port *before = pa->port, *after = port_after(v, pa->peer, pa->port);
	if (!before->counts_cm || !after || !after->counts_cm)
		return;
	uint64_t received = after->cm[PEER_CM_REQ_RECEIVED] - before->cm[PEER_CM_REQ_RECEIVED];
	uint64_t answered = after->cm[PEER_CM_REP_SENT] - before->cm[PEER_CM_REP_SENT];
	/* a driver that was loaded again counts from 0 */
	if (after->cm[PEER_CM_REQ_RECEIVED] < before->cm[PEER_CM_REQ_RECEIVED] ||
	    after->cm[PEER_CM_REP_SENT] < before->cm[PEER_CM_REP_SENT])
		return;
	r->seen = arena_printf(v->arena, "%s; the peer's port got %llu requests and sent %llu replies", r->seen,
			       (unsigned long long)received, (unsigned long long)answered);
	result_found(r, cause_of(received, answered, connected_with(v, before)));
}
