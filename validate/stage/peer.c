/* SPDX-License-Identifier: MIT */
/* Stage peer: rdma_cm connects from each of our addresses to each peer port that it can reach. */
#include <string.h>

#include "validate/stage/neighbour.h"

static void on_progress(void *user, size_t done, size_t of)
{
	struct verify *v = user;

	v->o.progress(v->o.progress_user, "peer", done, of);
}

int peer_gather(struct verify *v, struct err *e)
{
	struct cm_options o = {
		.service = v->o.service, .timeout_ms = v->o.timeout_ms,
		.progress = v->o.progress ? on_progress : NULL, .progress_user = v,
	};

	v->probes.n = 0;
	vec_reserve(v->arena, &v->probes, v->pairs.n);
	for vec_each(t, &v->targets)
		/* read by an earlier stage, unless that was left out; unknown then: peer.mtu is n/a */
		if (!t->attr.active_mtu && !t->attr_error)
			(void)v->kern->rdma_attr(v->kern, &t->port->rdma, v->arena, &t->attr, NULL);
	for vec_each(pa, &v->pairs) {
		if (pa->target->blocked)
			continue;
		struct cm_probe *p = vec_add(v->arena, &v->probes);

		*p = (struct cm_probe){
			.src = pa->target->addr.addr, .dst = pa->dst, .ticket = &pa->peer->ticket, .user = pa,
		};
		memcpy(p->device, pa->target->port->rdma.device, sizeof(p->device));
	}
	if (verify_wants(v, VERIFY_QOS))
		counters_before(v);
	wire_counters_before(v);
	int r = v->probes.n ? cm_probe_all(v->probes.at, v->probes.n, &o, e) : 0;
	if (r == 0)
		evidence_gather(v);
	if (r == 0)
		r = datagrams_gather(v, e);
	if (r == 0)
		inhost_gather(v);
	return r;
}

void check_peer_responder(struct verify *v, const struct check *c)
{
	char text[IP_TEXT];

	if (!v->o.peers_n)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no peer was given: --peer, or verify.peers of the intent";
	for (size_t i = 0; i < v->o.peers_n; i++) {
		const struct peer *p = &v->peers[i];
		bool told = p->port != NULL, own = node_has_address(v->node, &p->asked);
		struct result *r = result_add(v, c, own ? VERDICT_NA : told ? VERDICT_PASS : VERDICT_FAIL, NULL);

		r->subject = arena_strdup(v->arena, ip_text(&p->asked, text));
		r->seen = own ? "this node itself" : told ? arena_printf(v->arena, "%s: %zu RoCE ports", p->host, p->port_n) : p->error;
		r->wanted = "an answer of the responder";
		r->mend = "on the peer: doroce serve; a firewall on its TCP port?";
		if (!own && !told && p->finding)
			result_found(r, p->finding);
		if (r->verdict == VERDICT_FAIL)
			r->follows = neighbour_explains(v, &p->asked);
	}
}

char *pair_text(const struct verify *v, const struct pair *pa)
{
	char src[IP_TEXT], dst[IP_TEXT];

	return arena_printf(v->arena, "%s to %s (%s %s)", ip_text(&pa->target->addr.addr, src),
			    ip_text(&pa->dst, dst), pa->peer->host, pa->port->name);
}

void check_peer_mtu(struct verify *v, const struct check *c)
{
	for vec_each(pa, &v->pairs) {
		uint32_t own = pa->target->attr.active_mtu, theirs = pa->port->active_mtu;

		if (pa->target->blocked)
			continue;
		bool known = own && theirs;
		struct result *r = result_add(v, c, !known ? VERDICT_NA : own == theirs ? VERDICT_PASS :
										      VERDICT_FAIL,
					      pa->target->port);
		r->subject = pair_text(v, pa);
		r->seen = known ? arena_printf(v->arena, "active MTU %u B here (netdev %u B), %u B there (netdev %u B)",
					       own, pa->target->port->link.mtu, theirs, pa->port->mtu) :
				  "the active MTU of one side is not known";
		r->wanted = "the same active MTU on both";
		r->mend = "the same mtu in the intent of both nodes: doroce configure";
		if (r->verdict == VERDICT_FAIL && !pa->follows)
			pa->follows = c->id;
	}
}

static bool peers_tell(const struct verify *v)
{
	for (size_t i = 0; i < v->o.peers_n; i++)
		if (v->peers[i].port)
			return true;
	return false;
}

static bool has_pair(const struct verify *v, const struct target *t, const struct peer_port *p)
{
	for vec_each(pa, &v->pairs)
		if ((!t || pa->target == t) && (!p || pa->port == p))
			return true;
	return false;
}

/* A peer's port that none of ours reaches: it may be meant for others, so it is a warning. */
static void peer_port_result(struct verify *v, const struct check *c, const struct peer *peer,
			     const struct peer_port *p)
{
	struct result *r = result_add(v, c, VERDICT_WARN, NULL);
	const struct prefix *addr = NULL;
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < p->addr_n && !addr; i++)
		addr = ip_is_link_local(&p->addr[i].addr) ? NULL : &p->addr[i];
	r->subject = arena_printf(v->arena, "%s %s %s", peer->host, p->name, p->netdev);
	r->seen = addr ? arena_printf(v->arena, "%s: in no subnet of ours, and no gateway of ours leads there",
				      prefix_text(addr, text)) :
			 "the peer's port has no address but its link-local one";
	r->wanted = "an address that one of our ports reaches";
	r->mend = "the addresses of both nodes: doroce show";
}

void check_peer_reach(struct verify *v, const struct check *c)
{
	char text[PREFIX_TEXT];

	for vec_each(t, &v->targets) {
		if (!peers_tell(v) || result_blocked(v, c, t, NULL))
			continue;
		bool found = has_pair(v, t, NULL);
		struct result *r = result_add(v, c, found ? VERDICT_PASS : VERDICT_FAIL, t->port);

		r->subject = arena_strdup(v->arena, prefix_text(&t->addr, text));
		r->seen = found ? "has a partner" : "no port of the peers is in its subnet or behind its gateway";
		r->wanted = "a port of a peer in its subnet or behind its gateway";
		r->mend = "the addresses of both nodes: doroce show; another --peer";
	}
	for (size_t i = 0; i < v->o.peers_n; i++)
		for (size_t k = 0; k < v->peers[i].port_n; k++)
			if (!has_pair(v, NULL, &v->peers[i].port[k]))
				peer_port_result(v, c, &v->peers[i], &v->peers[i].port[k]);
}

void check_peer_connect(struct verify *v, const struct check *c)
{
	for vec_each(t, &v->targets)
		if (v->o.peers_n)
			(void)result_blocked(v, c, t, NULL);
	for vec_each(p, &v->probes) {
		const struct pair *pa = p->user;
		struct result *r = result_add(v, c, VERDICT_PASS, pa->target->port);

		r->subject = pair_text(v, pa);
		connect_result(v, r, p);
		evidence_add(v, r, p);
		if (r->verdict == VERDICT_FAIL)
			r->follows = pa->follows;
	}
}
