/* SPDX-License-Identifier: MIT */
/* Stage peer: rdma_cm connects from each of our addresses to each peer port that it can reach. */
#include <string.h>

#include "validate/verify.h"

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
	for vec_each(pa, &v->pairs) {
		if (pa->target->blocked)
			continue;
		struct cm_probe *p = vec_add(v->arena, &v->probes);

		*p = (struct cm_probe){ .src = pa->target->addr.addr, .dst = pa->dst, .user = pa };
		memcpy(p->device, pa->target->port->rdma.device, sizeof(p->device));
	}
	return v->probes.n ? cm_probe_all(v->probes.at, v->probes.n, &o, e) : 0;
}

void check_peer_responder(struct verify *v, const struct check *c)
{
	char text[IP_TEXT];

	if (!v->o.peers_n)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no peer was given: --peer, or verify.peers of the intent";
	for (size_t i = 0; i < v->o.peers_n; i++) {
		const struct peer *p = &v->peers[i];
		bool told = p->port != NULL;
		struct result *r = result_add(v, c, told ? VERDICT_PASS : VERDICT_FAIL, NULL);

		r->subject = arena_strdup(v->arena, ip_text(&p->asked, text));
		r->seen = told ? arena_printf(v->arena, "%s: %zu RoCE ports", p->host, p->port_n) : p->error;
		r->wanted = "an answer of the responder";
		r->mend = "on the peer: doroce serve; a firewall on its TCP port?";
	}
}

static char *subject_text(const struct verify *v, const struct pair *pa)
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
		r->subject = subject_text(v, pa);
		r->seen = known ? arena_printf(v->arena, "active MTU %u B here (netdev %u B), %u B there (netdev %u B)",
					       own, pa->target->port->link.mtu, theirs, pa->port->mtu) :
				  "the active MTU of one side is not known";
		r->wanted = "the same active MTU on both";
		r->mend = "the same mtu in the intent of both nodes: doroce configure";
		if (r->verdict == VERDICT_FAIL && !pa->follows)
			pa->follows = c->id;
	}
}

static void no_pairs(struct verify *v, const struct check *c)
{
	bool told = false;

	for (size_t i = 0; i < v->o.peers_n; i++)
		told |= v->peers[i].port_n > 0;
	if (told && !v->pairs.n)
		result_add(v, c, VERDICT_NA, NULL)->seen =
			"no port of the peers is in a subnet of ours, and no gateway leads to them";
}

void check_peer_connect(struct verify *v, const struct check *c)
{
	no_pairs(v, c);
	for vec_each(t, &v->targets)
		if (v->o.peers_n)
			(void)result_blocked(v, c, t, NULL);
	for vec_each(p, &v->probes) {
		const struct pair *pa = p->user;
		struct result *r = result_add(v, c, VERDICT_PASS, pa->target->port);

		r->subject = subject_text(v, pa);
		connect_result(v, r, p);
		if (r->verdict == VERDICT_FAIL)
			r->follows = pa->follows;
	}
}
