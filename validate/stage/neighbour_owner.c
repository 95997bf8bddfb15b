/* SPDX-License-Identifier: MIT */
/* Stage neighbour: whether the MAC address that answered is that of the port which has the address. */
#include <string.h>

#include "validate/stage/neighbour.h"

/* Who answered one question. wrong: not the port that was meant; strangers: no port of the peer. */
struct answers {
	size_t n, wrong, strangers;
	const uint8_t *stranger; /* the first */
	char *text;
};

static const uint8_t *answer_at(const struct neigh_ask *q, size_t k)
{
	return q->seen_n ? q->seen[k] : q->mac;
}

static size_t answers_n(const struct neigh_ask *q)
{
	return q->seen_n ? q->seen_n : 1;
}

static bool is_mac(const struct peer_port *p, const uint8_t *mac)
{
	return memcmp(p->mac, mac, MAC_LEN) == 0;
}

static const struct peer_port *port_with(const struct peer *p, const uint8_t *mac)
{
	for (size_t i = 0; i < p->port_n; i++)
		if (is_mac(&p->port[i], mac))
			return &p->port[i];
	return NULL;
}

static const struct link *own_with(const struct verify *v, const uint8_t *mac)
{
	for vec_each(p, &v->node->ports)
		if (p->link.ifindex && memcmp(p->link.mac, mac, MAC_LEN) == 0)
			return &p->link;
	return NULL;
}

static bool is_gateways(const struct verify *v, int ifindex, const uint8_t *mac)
{
	for (size_t i = 0; i < v->asks.n; i++)
		if (v->asked.at[i].is_gateway && !v->asked.at[i].port && v->asks.at[i].resolved &&
		    v->asks.at[i].ifindex == ifindex && memcmp(v->asks.at[i].mac, mac, MAC_LEN) == 0)
			return true;
	return false;
}

/* The name of who has the MAC address: "rxe_b1/1 p1 of b", or that nobody known has it. */
static char *owner_text(const struct verify *v, const struct asked *as, const uint8_t *mac)
{
	const struct link *own = own_with(v, mac);

	for (size_t i = 0; i < v->o.peers_n; i++) {
		const struct peer_port *p = port_with(&v->peers[i], mac);

		if (p)
			return arena_printf(v->arena, "%s %s of %s", p->name, p->netdev, v->peers[i].host);
	}
	if (own)
		return arena_printf(v->arena, "%s of this node", own->name);
	return arena_strdup(v->arena, is_gateways(v, as->target->port->link.ifindex, mac) ? "the gateway" :
											    "no RoCE port of the peer");
}

static struct answers answers_of(const struct verify *v, size_t i)
{
	const struct neigh_ask *q = &v->asks.at[i];
	const struct asked *as = &v->asked.at[i];
	struct answers a = { .n = answers_n(q), .text = arena_strdup(v->arena, "") };
	char mac[MAC_TEXT];

	for (size_t k = 0; k < a.n; k++) {
		const uint8_t *m = answer_at(q, k);
		bool stranger = !port_with(as->peer, m);

		a.wrong += !is_mac(as->port, m);
		a.strangers += stranger;
		a.stranger = stranger && !a.stranger ? m : a.stranger;
		a.text = arena_printf(v->arena, "%s%s%s (%s)", a.text, k ? " and " : "", mac_text(m, mac),
				      owner_text(v, as, m));
	}
	return a;
}

static bool has_answered(const struct neigh_ask *q, const uint8_t *mac)
{
	for (size_t k = 0; q->resolved && k < answers_n(q); k++)
		if (memcmp(answer_at(q, k), mac, MAC_LEN) == 0)
			return true;
	return false;
}

/* A router that answers for everybody: the gateway's MAC address, or one that answers for two ports which are not its own. */
static bool is_proxy(const struct verify *v, size_t i, const uint8_t *mac)
{
	if (is_gateways(v, v->asks.at[i].ifindex, mac))
		return true;
	for (size_t k = 0; k < v->asks.n; k++) {
		const struct peer_port *p = v->asked.at[k].port;

		if (p && v->asks.at[k].ifindex == v->asks.at[i].ifindex && !is_mac(p, mac) &&
		    !is_mac(p, v->asked.at[i].port->mac) && has_answered(&v->asks.at[k], mac))
			return true;
	}
	return false;
}

static enum finding_id finding_of(const struct verify *v, size_t i, const struct answers *a)
{
	if (v->asks.at[i].permanent)
		return FINDING_NEIGHBOUR_BY_HAND;
	if (!a->strangers)
		return v->asks.at[i].ip.family == AF_INET6 ? FINDING_OTHER_PORT_ANSWERS : FINDING_ARP_FLUX;
	if (is_proxy(v, i, a->stranger))
		return FINDING_PROXY_ANSWERS;
	return a->wrong < a->n ? FINDING_ADDRESS_TWICE : FINDING_STRANGER_ANSWERS;
}

static void owner_result(struct verify *v, const struct check *c, size_t i)
{
	static const char *const word[FINDINGS] = {
		[FINDING_NEIGHBOUR_BY_HAND] = "written by hand",
		[FINDING_OTHER_PORT_ANSWERS] = "another port answers",
		[FINDING_ARP_FLUX] = "ARP flux",
		[FINDING_PROXY_ANSWERS] = "somebody answers for others",
		[FINDING_ADDRESS_TWICE] = "address used twice",
		[FINDING_STRANGER_ANSWERS] = "a stranger alone answers",
	};
	const struct asked *as = &v->asked.at[i];
	struct answers a = answers_of(v, i);
	struct result *r = result_add(v, c, a.wrong ? VERDICT_FAIL : VERDICT_PASS, as->target->port);
	char mac[MAC_TEXT];

	r->subject = neighbour_subject(v, i);
	r->seen = a.text;
	r->wanted = arena_printf(v->arena, "%s (%s %s of %s) alone", mac_text(as->port->mac, mac),
				 as->port->name, as->port->netdev, as->peer->host);
	if (!a.wrong)
		return;
	enum finding_id id = finding_of(v, i, &a);

	result_found(r, id);
	r->seen = arena_printf(v->arena, "%s: %s", word[id], a.text);
	neighbour_mark(v, i, c);
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
		r->subject = neighbour_subject(v, i);
		r->seen = "the peer does not tell which port has the address";
	}
}
