/* SPDX-License-Identifier: MIT */
/* Stage neighbour: whether a port has the IPv6 addresses that it asks neighbours from and is asked for. */
#include <linux/if_addr.h>
#include <linux/if_link.h>

#include "validate/stage/neighbour.h"

static const struct addr *link_local_of(const struct verify *v, const struct port *p)
{
	for vec_each(ad, &v->node->addrs)
		if (ad->ifindex == p->link.ifindex && ip_is_link_local(&ad->prefix.addr))
			return ad;
	return NULL;
}

/* rdma_cm binds to an optimistic address; solicitations are not sent from one (ndisc_send_ns). */
static bool is_usable(const struct addr *ad)
{
	return !(ad->flags & IFA_F_DADFAILED) &&
	       (!(ad->flags & IFA_F_TENTATIVE) || (ad->flags & IFA_F_OPTIMISTIC && !ip_is_link_local(&ad->prefix.addr)));
}

bool neighbour_is_mute(const struct verify *v, const struct port *p, uint8_t family)
{
	if (family != AF_INET6)
		return false;
	for vec_each(ad, &v->node->addrs)
		if (ad->ifindex == p->link.ifindex && ip_is_link_local(&ad->prefix.addr) && is_usable(ad))
			return false;
	return true;
}

/* Stage settings says the same where there is an intent. */
static bool settings_say_it(const struct verify *v, const struct port *p)
{
	for (size_t i = 0; v->plan && i < v->plan->obstacles.n; i++)
		if (v->plan->obstacles.at[i].port == p && setting_id(v->plan->obstacles.at[i].setting) == SETTING_ADDRESS)
			return true;
	return false;
}

static struct result *source_result(struct verify *v, const struct check *c, const struct port *p, const struct addr *ad,
				    enum finding_id id)
{
	struct result *r = result_add(v, c, id ? VERDICT_FAIL : VERDICT_PASS, p);
	char text[PREFIX_TEXT];

	r->subject = ad ? arena_strdup(v->arena, prefix_text(&ad->prefix, text)) : "link-local address";
	if (!id)
		return r;
	result_found(r, id);
	r->wanted = "a link-local address and the port's own, in use by nobody else";
	r->follows = settings_say_it(v, p) ? "settings" : NULL;
	return r;
}

static struct result *state_result(struct verify *v, const struct check *c, const struct port *p, const struct addr *ad)
{
	bool failed = ad->flags & IFA_F_DADFAILED;
	enum finding_id id = is_usable(ad) ? FINDING_NONE : failed ? FINDING_ADDRESS_DUPLICATE : FINDING_ADDRESS_TENTATIVE;
	struct result *r = source_result(v, c, p, ad, id);

	r->seen = !id ? "in use" : failed ? "a duplicate: somebody else on the wire has it (dadfailed)" : "tentative";
	return r;
}

static void link_local_result(struct verify *v, const struct check *c, const struct port *p)
{
	const struct addr *ad = link_local_of(v, p);
	bool off = p->link.addr_gen_mode == IN6_ADDR_GEN_MODE_NONE;

	if (ad) {
		(void)state_result(v, c, p, ad);
		return;
	}
	struct result *r = source_result(v, c, p, NULL, FINDING_NO_LINK_LOCAL);
	r->seen = arena_printf(v->arena, "the port has none%s", off ? " (addr_gen_mode is 1)" : "");
	if (off)
		r->mend = arena_printf(v->arena, "sysctl -w net.ipv6.conf.%s.addr_gen_mode=0 (networkd: LinkLocalAddressing=ipv6; "
				       "NetworkManager: ipv6.method other than disabled)", p->link.name);
}

static bool is_first_ip6(const struct verify *v, const struct target *t)
{
	for (const struct target *o = v->targets.at; o < t; o++)
		if (o->port == t->port && o->addr.addr.family == AF_INET6)
			return false;
	return true;
}

/* What is sent to neighbours from a port without link-local address is not sent. */
static void mute_mark(struct verify *v, const struct port *p, const struct check *c)
{
	for vec_each(pa, &v->pairs)
		if (pa->target->port == p && pa->dst.family == AF_INET6 && !pa->follows)
			pa->follows = c->id;
}

static void target_result(struct verify *v, const struct check *c, struct target *t)
{
	const struct addr want = { .ifindex = t->port->link.ifindex, .prefix = t->addr };
	const struct addr *ad = node_addr(v->node, &want);

	if (is_first_ip6(v, t))
		link_local_result(v, c, t->port);
	if (neighbour_is_mute(v, t->port, AF_INET6))
		mute_mark(v, t->port, c);
	if (ad && state_result(v, c, t->port, ad)->verdict == VERDICT_FAIL)
		t->blocked = c->id;
}

void check_neighbour_source(struct verify *v, const struct check *c)
{
	for vec_each(t, &v->targets)
		if (t->addr.addr.family == AF_INET6 && !result_blocked(v, c, t, NULL))
			target_result(v, c, t);
}
