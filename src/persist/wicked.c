/* SPDX-License-Identifier: MIT */
/* SLES's wicked: ifcfg-IF, ifroute-IF and ifrule-IF for each port. */
#include <ctype.h>
#include <string.h>

#include "persist/match.h"
#include "persist/text.h"
#include "persist/upper.h"

#define NETWORK "/etc/sysconfig/network/"

static const char why[] = "wicked";

static const char *path_of(const struct persist_in *in, const char *kind, const char *netdev)
{
	return arena_printf(in->arena, NETWORK "%s-%s", kind, netdev);
}

static void interface_wish(const struct persist_in *in, const struct wish *w,
			   struct file_wishes *ret)
{
	struct text t = persist_file(in->arena);
	char text[PREFIX_TEXT];
	unsigned int n = 0;
	struct vlan v;

	text_add(&t, "BOOTPROTO=%s\nSTARTMODE=auto\n", w->addrs.n ? "static" : "none");
	if (w->addrs.n && vlan_of(in, w, &v))
		text_add(&t, "ETHERDEVICE=%s\nVLAN_ID=%u\n", v.below->name, v.id);
	if (w->number[SETTING_MTU].is == OPT_SET)
		text_add(&t, "MTU=%u\n", w->number[SETTING_MTU].v);
	for vec_each(ad, &w->addrs) {
		prefix_text(&ad->prefix, text);
		if (n++ == 0)
			text_add(&t, "IPADDR=%s\n", text);
		else
			text_add(&t, "IPADDR_%u=%s\n", n - 1, text);
	}
	persist_put(in, ret, path_of(in, "ifcfg", w->port->link.name), t.at, 0644, why);
}

/* Destination, gateway, no netmask, interface, then words of ip-route(8). `default` would need the
 * gateway for its family. */
static void route_add(struct text *t, const struct route *rt, const char *netdev)
{
	char dst[PREFIX_TEXT], gateway[IP_TEXT], src[IP_TEXT];

	text_add(t, "%s %s - %s table %u", prefix_text(&rt->dst, dst),
		 rt->gateway.family ? ip_text(&rt->gateway, gateway) : "-", netdev, rt->table);
	if (rt->metric)
		text_add(t, " metric %u", rt->metric);
	if (rt->prefsrc.family)
		text_add(t, " src %s", ip_text(&rt->prefsrc, src));
	if (!rt->gateway.family && rt->dst.addr.family == AF_INET)
		text_add(t, " scope link");
	text_add(t, " proto static\n");
}

static void routes_wish(const struct persist_in *in, const struct wish *w, struct file_wishes *ret)
{
	struct text t = persist_file(in->arena);

	if (!wish_has_route(w, AF_INET) && !wish_has_route(w, AF_INET6))
		return;
	for vec_each(rw, &w->routes)
		if (rw->is == OPT_SET)
			route_add(&t, &rw->route, w->port->link.name);
	persist_put(in, ret, path_of(in, "ifroute", w->port->link.name), t.at, 0644, why);
}

/* wicked drops a rule with `protocol` in it */
static void rules_wish(const struct persist_in *in, const struct wish *w, struct file_wishes *ret)
{
	struct text t = persist_file(in->arena);

	if (!w->rules.n)
		return;
	for vec_each(ru, &w->rules) {
		text_add(&t, ru->family == AF_INET6 ? "ipv6 " : "ipv4 ");
		text_add_rule(&t, ru);
		text_add(&t, "\n");
	}
	persist_put(in, ret, path_of(in, "ifrule", w->port->link.name), t.at, 0644, why);
}

/* As wicked judges the names of interfaces. */
static bool name_fits(const char *name)
{
	return name_is_plain(name, "._-") && isalnum((unsigned char)name[0]) &&
	       strcmp(name, "all") != 0 && strcmp(name, "default") != 0 && !name_looks_left_over(name);
}

static void port_wish(const struct persist_in *in, const struct wish *w, struct file_wishes *ret,
		      struct persist_notes *notes)
{
	struct vlan v;

	if (!name_fits(w->port->link.name) || (vlan_of(in, w, &v) && !name_fits(v.below->name))) {
		persist_note_add(in, notes, w->port, true,
				 "%s: wicked takes no such name for an interface: rename it (udev, "
				 "systemd.link), or --persist=networkmanager", w->port->link.name);
		return;
	}
	interface_wish(in, w, ret);
	routes_wish(in, w, ret);
	rules_wish(in, w, ret);
}

static const struct file *file_of(const struct persist_in *in, const struct wish *w)
{
	for vec_each(f, in->seen)
		if (!persist_is_ours(f) && strcmp(f->path, path_of(in, "ifcfg", w->port->link.name)) == 0)
			return f;
	return NULL;
}

/* wicked brings up a VLAN's netdev below only where it has a file of it. */
static void belows_wish(const struct persist_in *in, const struct wishes *belows, struct file_wishes *ret,
			struct persist_notes *notes)
{
	for vec_each(w, belows)
		if (!file_of(in, w) && below_may_have_file(in, w, why, notes))
			interface_wish(in, w, ret);
}

/* wicked knows an interface by the name of the file alone. */
static void others_see(const struct persist_in *in, struct persist_notes *notes)
{
	struct port_lookup lk = port_lookup_make(in);

	for vec_each(f, in->seen) {
		const char *dash = strchr(file_name(f), '-');
		const struct wish *w = dash ? port_lookup_name(&lk, dash + 1) : NULL;

		if (w && w->addrs.n && wish_is_bond(w) && strncmp(file_name(f), "ifcfg-", 6) == 0)
			bond_note(in, w, why, f, 1, notes);
		else if (w && w->addrs.n && !persist_is_ours(f) && !wish_is_bond(w))
			persist_note_add(in, notes, w->port, true,
					 "%s:1: configures %s and was not written by doroce: move it away",
					 f->path, dash + 1);
	}
}

void wicked_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes)
{
	const struct wishes belows = below_vlans(in);
	size_t first = ret->n;
	struct vlan v;

	for vec_each(w, in->wishes) {
		if (wishes_find(&belows, w->port->link.ifindex) || !persist_has_profile(in, w, notes))
			continue;
		if (vlan_of(in, w, &v))
			vlan_define_check(in, w, notes);
		port_wish(in, w, ret, notes);
	}
	belows_wish(in, &belows, ret, notes);
	if (ret->n > first)
		persist_note_protocol(in, notes, "wicked");
	persist_gone(in, ret, first, NETWORK, why);
	others_see(in, notes);
	bonds_unmade(in, why, notes);
}
