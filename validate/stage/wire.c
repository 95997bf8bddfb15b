/* SPDX-License-Identifier: MIT */
/* Stage wire: how our datagrams arrived at the peer, and the peer's here: DSCP, ECN, hops. */
#include "validate/stage/wire.h"

#include <stdlib.h>
#include <string.h>

enum { HOPS_LOW = 2 };

int wire_gather(struct verify *v, struct err *e)
{
	wire_counters_before(v);
	int r = datagrams_gather(v, e);
	if (r == 0)
		wire_counters_after(v);
	return r;
}

void wire_each(struct verify *v, const struct check *c, wire_judge *judge)
{
	for vec_each(t, &v->targets)
		if (v->o.peers_n)
			(void)result_blocked(v, c, t, NULL);
	datagrams_not_sent(v, c);
	for vec_each(p, &v->datagrams) {
		const struct pair *pa = p->user;
		struct result *r = result_add(v, c, p->cause == CM_OK ? VERDICT_PASS : VERDICT_NA, pa->target->port);

		r->subject = pair_text(v, pa);
		r->mend = c->mend;
		if (p->cause == CM_OK) {
			judge(v, r, p);
			continue;
		}
		r->seen = "no datagram was answered";
		r->follows = "peer.datagram";
	}
}

char *wire_both(const struct verify *v, const char *to, const char *from)
{
	if (strcmp(to, from) == 0)
		return arena_printf(v->arena, "both ways %s", to);
	return arena_printf(v->arena, "to the peer %s; from the peer %s", to, from);
}

/* What works still, but is near its end or odd. */
static bool is_warning(enum finding_id id)
{
	return id == FINDING_HOP_LIMIT_LOW || id == FINDING_HOP_LIMIT_CHANGED || id == FINDING_HOPS_DIFFER;
}

void wire_found(struct result *r, enum finding_id to, enum finding_id from)
{
	enum finding_id id = to && (!from || !is_warning(to)) ? to : from;

	if (!id)
		return;
	r->verdict = is_warning(id) ? VERDICT_WARN : VERDICT_FAIL;
	result_found(r, id);
}

static uint8_t dscp_of(uint8_t tos)
{
	return tos >> 2;
}

static uint8_t ecn_of(uint8_t tos)
{
	return tos & 3;
}

enum finding_id wire_dscp(const struct cm_way *w)
{
	return dscp_of(w->tos) == dscp_of(w->sent_tos) ? FINDING_NONE : FINDING_DSCP_CHANGED;
}

static char *dscp_text(const struct verify *v, const struct cm_way *w)
{
	if (wire_dscp(w))
		return arena_printf(v->arena, "DSCP %u arrives as %u", dscp_of(w->sent_tos), dscp_of(w->tos));
	return arena_printf(v->arena, "DSCP %u", dscp_of(w->sent_tos));
}

/* The port does not send as is wished: the rdma_cm's ToS is another, which stage settings says, too. */
static bool is_as_wished(struct verify *v, struct result *r, const struct cm_probe *p)
{
	const struct target *t = ((const struct pair *)p->user)->target;
	const struct opt_u32 *tos = t->wish ? &t->wish->number[SETTING_CM_TOS] : NULL;

	if (!tos || tos->is != OPT_SET || dscp_of((uint8_t)tos->v) == dscp_of(p->path->to_peer.sent_tos))
		return true;
	r->wanted = arena_printf(v->arena, "DSCP %u (tos %u of the intent)", dscp_of((uint8_t)tos->v), tos->v);
	wire_found(r, FINDING_DSCP_NOT_WISHED, FINDING_NONE);
	for vec_each(s, &v->results)
		if (s->verdict == VERDICT_FAIL && s->check->stage == VERIFY_SETTINGS && s->port == r->port)
			r->follows = "settings";
	return false;
}

static void judge_dscp(struct verify *v, struct result *r, const struct cm_probe *p)
{
	const struct cm_path *path = p->path;

	r->seen = wire_both(v, dscp_text(v, &path->to_peer), dscp_text(v, &path->from_peer));
	r->wanted = arena_printf(v->arena, "both ways DSCP %u", dscp_of(path->to_peer.sent_tos));
	if (is_as_wished(v, r, p))
		wire_found(r, wire_dscp(&path->to_peer), wire_dscp(&path->from_peer));
}

void check_wire_dscp(struct verify *v, const struct check *c)
{
	wire_each(v, c, judge_dscp);
}

enum finding_id wire_ecn(const struct cm_way *w)
{
	uint8_t sent = ecn_of(w->sent_tos), arrived = ecn_of(w->tos);

	if (sent == arrived)
		return FINDING_NONE;
	return arrived ? FINDING_ECN_CHANGED : FINDING_ECN_CLEARED;
}

/* RFC 3168, figure 1. */
static const char *const ecn_name[] = { "not ECN-capable", "ECT(1)", "ECT(0)", "CE" };

static char *ecn_text(const struct verify *v, const struct cm_way *w)
{
	if (wire_ecn(w))
		return arena_printf(v->arena, "%s arrives as %s", ecn_name[ecn_of(w->sent_tos)], ecn_name[ecn_of(w->tos)]);
	if (w->marked)
		return arena_printf(v->arena, "%s, %u marked: congestion", ecn_name[ecn_of(w->sent_tos)], w->marked);
	return arena_strdup(v->arena, ecn_name[ecn_of(w->sent_tos)]);
}

static void judge_ecn(struct verify *v, struct result *r, const struct cm_probe *p)
{
	const struct cm_path *path = p->path;

	r->seen = wire_both(v, ecn_text(v, &path->to_peer), ecn_text(v, &path->from_peer));
	r->wanted = arena_printf(v->arena, "both ways %s, or CE", ecn_name[ecn_of(path->to_peer.sent_tos)]);
	wire_found(r, wire_ecn(&path->to_peer), wire_ecn(&path->from_peer));
}

void check_wire_ecn(struct verify *v, const struct check *c)
{
	wire_each(v, c, judge_ecn);
}

/* Routers on the way; below 0: it arrived with more than it was sent with. */
static int hops_of(const struct cm_way *w)
{
	return w->sent_hop_limit - w->hop_limit;
}

enum finding_id wire_hops(const struct cm_way *w, bool on_link)
{
	int hops = hops_of(w);

	if (hops < 0)
		return FINDING_HOP_LIMIT_CHANGED;
	if (hops > 0 && w->hop_limit <= HOPS_LOW)
		return FINDING_HOP_LIMIT_LOW;
	return hops > 0 && on_link ? FINDING_ROUTED_ON_LINK : FINDING_NONE;
}

static char *hops_text(const struct verify *v, const struct cm_way *w)
{
	int hops = hops_of(w);

	if (hops < 0 || w->hop_limit <= HOPS_LOW)
		return arena_printf(v->arena, "a hop limit of %u arrives as %u", w->sent_hop_limit, w->hop_limit);
	return arena_printf(v->arena, "%d hop%s", hops, hops == 1 ? "" : "s");
}

static void judge_hops(struct verify *v, struct result *r, const struct cm_probe *p)
{
	const struct cm_way *to = &p->path->to_peer, *from = &p->path->from_peer;
	bool on_link = ((const struct pair *)p->user)->on_link;

	r->seen = wire_both(v, hops_text(v, to), hops_text(v, from));
	r->wanted = on_link ? "no router between: the subnet is the same" : "as many hops there as back";
	wire_found(r, wire_hops(to, on_link), wire_hops(from, on_link));
	if (r->verdict == VERDICT_PASS && hops_of(to) != hops_of(from))
		wire_found(r, FINDING_HOPS_DIFFER, FINDING_NONE);
}

void check_wire_hops(struct verify *v, const struct check *c)
{
	wire_each(v, c, judge_hops);
}
