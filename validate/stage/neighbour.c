/* SPDX-License-Identifier: MIT */
/* Stage neighbour: who answers on the wire for each next hop, and whether it is who it should be. */
#include <string.h>

#include "validate/verify.h"

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
	if (!v->asks.n)
		return 0;
	return v->kern->neigh_ask(v->kern, v->asks.at, v->asks.n,
				  v->o.timeout_ms < NEIGHBOUR_WAIT_MS ? v->o.timeout_ms : NEIGHBOUR_WAIT_MS, e);
}

static char *subject_text(const struct verify *v, size_t i)
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

/* A failed connect over this neighbour follows from what was found here. */
static void pairs_mark(struct verify *v, size_t i, const struct check *c)
{
	const struct asked *as = &v->asked.at[i];

	for vec_each(pa, &v->pairs)
		if (pa->target->port == as->target->port && !pa->follows &&
		    ((as->is_gateway && !pa->on_link) || ip_equal(&pa->dst, &v->asks.at[i].ip)))
			pa->follows = c->id;
}

static void nothing_asked(struct verify *v, const struct check *c)
{
	if (!v->asks.n)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no next hop is known: give --peer, or a gateway";
}

static void silent_result(struct verify *v, size_t i, struct result *r)
{
	bool ip6 = v->asks.at[i].ip.family == AF_INET6, gateway = v->asked.at[i].is_gateway;

	result_found(r, gateway ? FINDING_GATEWAY_SILENT : FINDING_PEER_SILENT);
	r->seen = ip6 ? "silent: no answer to a neighbour solicitation on this port" :
			"silent: no answer to ARP on this port";
	if (ip6 && !gateway)
		r->mend = "cable and VLAN of this port; its link-local address, which solicitations are sent from; multicast "
			  "on the switch (MLD snooping); is the peer configured?";
}

void check_neighbour_answer(struct verify *v, const struct check *c)
{
	char mac[MAC_TEXT];

	nothing_asked(v, c);
	for vec_each(t, &v->targets)
		(void)result_blocked(v, c, t, NULL);
	for (size_t i = 0; i < v->asks.n; i++) {
		const struct neigh_ask *q = &v->asks.at[i];
		struct result *r = result_add(v, c, q->resolved ? VERDICT_PASS : VERDICT_FAIL,
					      v->asked.at[i].target->port);

		r->subject = subject_text(v, i);
		r->wanted = q->ip.family == AF_INET6 ? "an answer to a neighbour solicitation" : "an answer to ARP";
		if (q->resolved) {
			r->seen = arena_printf(v->arena, "%s%s", mac_text(q->mac, mac),
					       q->permanent ? " (written by hand, not asked)" : "");
			continue;
		}
		silent_result(v, i, r);
		pairs_mark(v, i, c);
	}
}

/* Who among the peer's ports has the MAC address: "rxe_b1/1 p1", or NULL. */
static char *owner_text(const struct verify *v, const struct peer *p, const uint8_t *mac)
{
	for (size_t i = 0; i < p->port_n; i++)
		if (memcmp(p->port[i].mac, mac, MAC_LEN) == 0)
			return arena_printf(v->arena, "%s %s of %s", p->port[i].name, p->port[i].netdev, p->host);
	return NULL;
}

/* Everybody who answered with the owner's name where it is known. strangers: who is nobody's port. */
static char *answers_text(const struct verify *v, size_t i, size_t *ret_wrong, size_t *ret_strangers)
{
	const struct neigh_ask *q = &v->asks.at[i];
	const struct asked *as = &v->asked.at[i];
	size_t n = q->seen_n ? q->seen_n : 1;
	char *text = arena_strdup(v->arena, "");
	char mac[MAC_TEXT];

	for (size_t k = 0; k < n; k++) {
		const uint8_t *m = q->seen_n ? q->seen[k] : q->mac;
		char *owner = owner_text(v, as->peer, m);

		*ret_wrong += memcmp(m, as->port->mac, MAC_LEN) != 0;
		*ret_strangers += !owner;
		text = arena_printf(v->arena, "%s%s%s (%s)", text, k ? " and " : "", mac_text(m, mac),
				    owner ? owner : "no RoCE port of the peer");
	}
	return text;
}

static void owner_result(struct verify *v, const struct check *c, size_t i)
{
	const struct asked *as = &v->asked.at[i];
	size_t wrong = 0, strangers = 0;
	char mac[MAC_TEXT];
	char *seen = answers_text(v, i, &wrong, &strangers);
	struct result *r = result_add(v, c, wrong ? VERDICT_FAIL : VERDICT_PASS, as->target->port);

	r->subject = subject_text(v, i);
	r->seen = seen;
	r->wanted = arena_printf(v->arena, "%s (%s %s of %s) alone", mac_text(as->port->mac, mac),
				 as->port->name, as->port->netdev, as->peer->host);
	if (!wrong)
		return;
	pairs_mark(v, i, c);
	enum finding_id found = strangers ? FINDING_ADDRESS_TWICE :
				v->asks.at[i].ip.family == AF_INET6 ? FINDING_OTHER_PORT_ANSWERS : FINDING_ARP_FLUX;
	static const char *const word[FINDINGS] = {
		[FINDING_ADDRESS_TWICE] = "address used twice",
		[FINDING_OTHER_PORT_ANSWERS] = "another port answers",
		[FINDING_ARP_FLUX] = "ARP flux",
	};
	result_found(r, found);
	r->seen = arena_printf(v->arena, "%s: %s", word[found], seen);
}

void check_neighbour_owner(struct verify *v, const struct check *c)
{
	for (size_t i = 0; i < v->asks.n; i++) {
		const struct asked *as = &v->asked.at[i];

		if (!v->asks.at[i].resolved || (as->is_gateway && !as->port))
			continue;
		if (as->port) {
			owner_result(v, c, i);
			continue;
		}
		struct result *r = result_add(v, c, VERDICT_NA, as->target->port);
		r->subject = subject_text(v, i);
		r->seen = "the peer does not tell which port has the address";
	}
}
