/* SPDX-License-Identifier: MIT */
/* Stage neighbour: who answers on the wire for each next hop, and whether it is who it should be. */
#include "validate/stage/neighbour.h"

enum { NEIGHBOUR_WAIT_MS = 3000 };

/* Two addresses of a port, or a gateway that is also a peer, ask the wire the same. */
static void asked_merge(struct asked *have, const struct asked *also)
{
	if (!have->port && also->port) {
		have->peer = also->peer;
		have->port = also->port;
	}
	have->is_gateway |= also->is_gateway;
}

static void ask_add(struct verify *v, const struct asked *as, const struct ip *ip)
{
	for (size_t i = 0; i < v->asks.n; i++)
		if (v->asks.at[i].ifindex == as->target->port->link.ifindex && ip_equal(&v->asks.at[i].ip, ip)) {
			asked_merge(&v->asked.at[i], as);
			return;
		}
	*vec_add(v->arena, &v->asked) = *as;
	*vec_add(v->arena, &v->asks) = (struct neigh_ask){
		.ifindex = as->target->port->link.ifindex, .ip = *ip,
	};
}

/* A peer that does not tell its ports is still asked for the address that the operator gave. */
static void silent_peers_add(struct verify *v, struct target *t)
{
	for (size_t i = 0; i < v->o.peers_n; i++) {
		const struct peer *p = &v->peers[i];

		if (!p->port && ip_in_prefix(&p->asked, &t->addr) && !node_has_address(v->node, &p->asked))
			ask_add(v, &(struct asked){ .target = t, .peer = p }, &p->asked);
	}
}

int neighbour_gather(struct verify *v, struct err *e)
{
	for vec_each(t, &v->targets) {
		if (t->blocked)
			continue;
		if (t->gateway.family)
			ask_add(v, &(struct asked){ .target = t, .is_gateway = true }, &t->gateway);
		silent_peers_add(v, t);
	}
	for vec_each(pa, &v->pairs)
		if (!pa->target->blocked && pa->on_link)
			ask_add(v, &(struct asked){ .target = pa->target, .peer = pa->peer, .port = pa->port },
				&pa->dst);
	unsigned int timeout_ms = v->o.timeout_ms < NEIGHBOUR_WAIT_MS ? v->o.timeout_ms : NEIGHBOUR_WAIT_MS;
	int r = v->asks.n ? v->kern->neigh_ask(v->kern, v->asks.at, v->asks.n, timeout_ms, e) : 0;

	return r < 0 ? r : neighbour_seek(v, timeout_ms, e);
}

char *neighbour_subject(const struct verify *v, size_t i)
{
	const struct asked *as = &v->asked.at[i];
	char text[IP_TEXT];

	ip_text(&v->asks.at[i].ip, text);
	if (as->is_gateway && !as->port)
		return arena_printf(v->arena, "gateway %s", text);
	if (!as->port)
		return arena_strdup(v->arena, text);
	return arena_printf(v->arena, "%s (%s %s)", text, as->peer->host, as->port->name);
}

void neighbour_mark(struct verify *v, size_t i, const struct check *c)
{
	const struct asked *as = &v->asked.at[i];

	for vec_each(pa, &v->pairs)
		if (pa->target->port == as->target->port && !pa->follows &&
		    ((as->is_gateway && !pa->on_link) || ip_equal(&pa->dst, &v->asks.at[i].ip)))
			pa->follows = c->id;
}

const char *neighbour_explains(const struct verify *v, const struct ip *ip)
{
	bool asked = false;

	for (size_t i = 0; i < v->asks.n; i++) {
		if (!ip_equal(&v->asks.at[i].ip, ip))
			continue;
		if (v->asks.at[i].resolved)
			return NULL;
		asked = true;
	}
	return asked ? "neighbour.answer" : NULL;
}

static void nothing_asked(struct verify *v, const struct check *c)
{
	if (!v->asks.n)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no next hop is known: give --peer, or a gateway";
}

/* It answers where it does not belong: on the wire of another port of ours. */
static void elsewhere_result(struct verify *v, size_t i, struct result *r)
{
	const struct asked *as = &v->asked.at[i];
	const char *here = as->target->port->link.name, *there = as->elsewhere->port->link.name;
	bool at_peer = false;
	char mac[MAC_TEXT];

	/* the peer's port tells that it means to be on that wire */
	for (size_t k = 0; as->port && k < as->port->addr_n; k++)
		at_peer |= ip_in_prefix(&as->port->addr[k].addr, &as->elsewhere->addr);
	result_found(r, at_peer ? FINDING_PEER_ADDRESS_ELSEWHERE : FINDING_CABLES_SWAPPED);
	r->seen = arena_printf(v->arena, "silent on %s, answers on %s (%s)", here, there, mac_text(as->elsewhere_mac, mac));
	if (at_peer)
		r->mend = arena_printf(v->arena, "on %s: the address belongs on the port of this rail, not on %s", as->peer->host,
				       as->port->name);
}

static void silent_result(struct verify *v, size_t i, struct result *r)
{
	const struct asked *as = &v->asked.at[i];
	bool ip6 = v->asks.at[i].ip.family == AF_INET6;

	if (as->elsewhere) {
		elsewhere_result(v, i, r);
		return;
	}
	result_found(r, as->is_gateway ? FINDING_GATEWAY_SILENT : FINDING_PEER_SILENT);
	r->seen = ip6 ? "silent: no answer to a neighbour solicitation on this port" :
			"silent: no answer to ARP on this port";
	if (ip6 && !as->is_gateway)
		r->mend = "cable and VLAN of this port; multicast on the switch (MLD snooping); is the peer configured?";
	if (neighbour_is_mute(v, as->target->port, v->asks.at[i].ip.family))
		r->follows = "neighbour.source";
}

static void answer_result(struct verify *v, const struct check *c, size_t i)
{
	const struct neigh_ask *q = &v->asks.at[i];
	enum verdict verdict = q->permanent ? VERDICT_NA : q->resolved ? VERDICT_PASS : VERDICT_FAIL;
	struct result *r = result_add(v, c, verdict, v->asked.at[i].target->port);
	char mac[MAC_TEXT];

	r->subject = neighbour_subject(v, i);
	r->wanted = q->ip.family == AF_INET6 ? "an answer to a neighbour solicitation" : "an answer to ARP";
	if (q->permanent) {
		r->seen = arena_printf(v->arena, "not asked: somebody wrote the entry by hand: %s", mac_text(q->mac, mac));
	} else if (q->resolved) {
		r->seen = arena_strdup(v->arena, mac_text(q->mac, mac));
	} else {
		silent_result(v, i, r);
		neighbour_mark(v, i, c);
	}
}

void check_neighbour_answer(struct verify *v, const struct check *c)
{
	nothing_asked(v, c);
	for vec_each(t, &v->targets)
		(void)result_blocked(v, c, t, NULL);
	for (size_t i = 0; i < v->asks.n; i++)
		answer_result(v, c, i);
}
