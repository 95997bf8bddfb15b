/* SPDX-License-Identifier: MIT */
/* Addresses of a port. */
#include <linux/if_addr.h>
#include <linux/if_link.h>

#include "setting/setting.h"

enum { IP6_MTU_MIN = 1280 };

static struct obstacle *obstacle_add(struct planning *pl, const struct setting *s, const struct wish *w)
{
	struct obstacle *ob = vec_add(pl->arena, &pl->obstacles);

	*ob = (struct obstacle){ .port = w->port, .setting = s, .why = (char *)s->why };
	return ob;
}

bool ip6_is_missing(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct link *l = &w->port->link;
	bool off = l->conf[CONF6_DISABLE];

	if (l->has_ip6 && !off)
		return false;
	struct obstacle *ob = obstacle_add(pl, s, w);
	ob->wanted = (char *)"IPv6 on the port";
	if (off) {
		ob->seen = arena_printf(pl->arena, "net.ipv6.conf.%s.disable_ipv6 is 1", l->name);
		ob->mend = arena_printf(pl->arena, "sysctl -w net.ipv6.conf.%s.disable_ipv6=0, and in the file of sysctl.d "
					"that sets it", l->name);
	} else if (l->mtu < IP6_MTU_MIN) {
		ob->seen = arena_printf(pl->arena, "no IPv6 on the port: its MTU is %u B, less than IPv6 needs", l->mtu);
		ob->mend = arena_printf(pl->arena, "ip link set %s mtu 1500", l->name);
	} else {
		ob->seen = (char *)"no IPv6 on the port";
		ob->mend = (char *)"a kernel that is started without ipv6.disable=1";
	}
	return true;
}

static bool has_link_local(const struct node *n, const struct port *p)
{
	for vec_each(ad, &n->addrs)
		if (ad->ifindex == p->link.ifindex && ip_is_link_local(&ad->prefix.addr))
			return true;
	return false;
}

/* The kernel makes it when the port has come up and it has seen the carrier, unless it is told not to; what is taken away
 * comes no more. */
static void link_local_check(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct link *l = &w->port->link;
	bool none = l->addr_gen_mode == IN6_ADDR_GEN_MODE_NONE;

	if (has_link_local(pl->node, w->port) || (!none && !l->running))
		return;
	struct obstacle *ob = obstacle_add(pl, s, w);
	ob->seen = arena_printf(pl->arena, "no link-local address%s", none ? " (addr_gen_mode is 1)" : "");
	ob->wanted = (char *)"a link-local address (fe80::)";
	ob->why = (char *)"rdma_cm asks for its IPv6 neighbours from the link-local address: without one nothing is sent";
	ob->mend = none ? arena_printf(pl->arena, "sysctl -w net.ipv6.conf.%s.addr_gen_mode=0 (networkd: LinkLocalAddressing=ipv6; "
				       "NetworkManager: ipv6.method other than disabled)", l->name) :
			  arena_printf(pl->arena, "ip link set %s down, then up: the kernel makes a new one", l->name);
}

/* An address that is there and serves nobody: its detection of duplicates has failed, or has not ended. */
static void tentative_check(struct planning *pl, const struct setting *s, const struct wish *w,
			    const struct addr *there)
{
	const char *netdev = w->port->link.name;
	bool failed = there->flags & IFA_F_DADFAILED;
	char text[PREFIX_TEXT];

	if (!(there->flags & IFA_F_TENTATIVE))
		return;
	struct obstacle *ob = obstacle_add(pl, s, w);
	prefix_text(&there->prefix, text);
	ob->advisory = !failed;
	ob->seen = arena_printf(pl->arena, failed ? "%s is a duplicate: another host on the wire has it" :
						    "%s is still tentative", text);
	ob->wanted = arena_printf(pl->arena, "%s, in use by nobody else", text);
	ob->why = (char *)"the kernel sends nothing from such an address, and rdma_cm can not bind to it";
	ob->mend = failed ? arena_printf(pl->arena, "take it away there, or wish another one; then ip -6 address del %s dev %s, and "
					 "doroce configure", text, netdev) :
			    (char *)"cable and switch port: without carrier nobody can be asked";
}

static bool is_wished(const struct wish *w, const struct addr *ad)
{
	for vec_each(want, &w->addrs)
		if (want->ifindex == ad->ifindex && prefix_equal(&want->prefix, &ad->prefix))
			return true;
	return false;
}

static bool is_flushed(const struct wish *w, const struct addr *ad)
{
	return w->flush && w->port->link.ifindex == ad->ifindex && !ip_is_link_local(&ad->prefix.addr) &&
	       !is_wished(w, ad);
}

bool address_goes(const struct planning *pl, const struct addr *ad)
{
	for vec_each(w, pl->wishes)
		if (is_flushed(w, ad))
			return true;
	return false;
}

/* A secondary address goes with the first of its subnet (and a temporary one of IPv6 with its parent, by the
 * same flag): one that is wished is put on again. */
static bool goes_along(const struct planning *pl, const struct wish *w, const struct addr *ad)
{
	if (!(ad->flags & IFA_F_SECONDARY) || ad->prefix.addr.family != AF_INET || !w->flush)
		return false;
	for vec_each(first, &pl->node->addrs)
		if (is_flushed(w, first) && !(first->flags & IFA_F_SECONDARY) &&
		    first->prefix.len == ad->prefix.len && ip_in_prefix(&first->prefix.addr, &ad->prefix))
			return true;
	return false;
}

/* Those that depend on others first: they would go with them, and not be there to be taken off. */
static void flush_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct value none = { 0 };

	for (int first = 0; first < 2; first++)
		for vec_each(ad, &pl->node->addrs) {
			struct value old = { .kind = VALUE_ADDR, .addr = *ad };
			bool depends = ad->flags & IFA_F_SECONDARY;

			if (depends == !first && ad->ifindex == w->port->link.ifindex &&
			    (is_flushed(w, ad) || goes_along(pl, w, ad)))
				planning_add(pl, s, w->port, &old, &none);
		}
}

void address_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct value none = { 0 };
	bool ip6 = false;

	if (w->flush)
		flush_plan(pl, s, w);

	for (size_t i = 0; i < w->addrs.n; i++) {
		struct value want = { .kind = VALUE_ADDR, .addr = w->addrs.at[i] };
		const struct addr *there = node_addr(pl->node, &want.addr);

		ip6 |= want.addr.prefix.addr.family == AF_INET6;
		if (there)
			tentative_check(pl, s, w, there);
		if (!there || goes_along(pl, w, there))
			planning_add(pl, s, w->port, &none, &want);
	}
	if (ip6 && !ip6_is_missing(pl, s, w))
		link_local_check(pl, s, w);
}

int address_apply(struct kern *k, const struct op *op, const struct value *from,
		  const struct value *to, struct err *e)
{
	int r = 0;

	(void)op;
	if (from->kind == VALUE_ADDR)
		r = k->addr_set(k, CHANGE_DEL, &from->addr, e);
	if (r == 0 && to->kind == VALUE_ADDR)
		r = k->addr_set(k, CHANGE_ADD, &to->addr, e);
	return r;
}
