/* SPDX-License-Identifier: MIT */
/* RHEL's ifcfg files: ifcfg-IF, the lines of ip(8) in route-IF and route6-IF, and the rules.
 *
 * Two programs read them. NetworkManager (its ifcfg-rh plugin) wants the rules as ROUTING_RULE_n= in
 * ifcfg-IF, drops a route line with `proto`, and ignores ROUTING_RULE_n= where rule-IF is there. The
 * network service (initscripts) gives the lines of route-IF and rule-IF to ip(8) and knows no
 * ROUTING_RULE_n=. So one form is written: NetworkManager's when it runs, as `version` tells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist/match.h"
#include "persist/text.h"
#include "persist/upper.h"

#define SCRIPTS "/etc/sysconfig/network-scripts/"

static const char why[] = "ifcfg";
static const char release_path[] = "/usr/lib/os-release"; /* what /etc/os-release is a link to */

static bool networkmanager_reads_it(const struct persist_in *in)
{
	return strpbrk(in->version, "0123456789") != NULL;
}

/* IPADDR and IPADDR1, IPADDR2, …: both readers pass over a missing IPADDR0 */
static void ip4_add(struct text *t, const struct wish *w)
{
	char text[IP_TEXT], number[12] = "";
	unsigned int n = 0;

	for vec_each(ad, &w->addrs) {
		if (ad->prefix.addr.family != AF_INET)
			continue;
		text_add(t, "IPADDR%s=%s\nPREFIX%s=%u\n", number, ip_text(&ad->prefix.addr, text), number,
			 ad->prefix.len);
		snprintf(number, sizeof(number), "%u", ++n);
	}
	if (n)
		text_add(t, "DEFROUTE=no\nIPV4_FAILURE_FATAL=no\n");
}

/* Without an IPv6 address the port keeps the link-local one, which rdma_cm needs. */
static void ip6_add(struct text *t, const struct wish *w)
{
	char text[PREFIX_TEXT];
	unsigned int n = 0;

	text_add(t, "IPV6INIT=yes\nIPV6_AUTOCONF=no\nIPV6_DEFROUTE=no\nIPV6_FAILURE_FATAL=no\n"
		    "IPV6_ADDR_GEN_MODE=eui64\n");
	for vec_each(ad, &w->addrs) {
		if (ad->prefix.addr.family != AF_INET6)
			continue;
		text_add(t, n == 0 ? "IPV6ADDR=%s\n" : n == 1 ? "IPV6ADDR_SECONDARIES=\"%s" : " %s",
			 prefix_text(&ad->prefix, text));
		n++;
	}
	if (n > 1)
		text_add(t, "\"\n");
}

static void numbered_rules_add(struct text *t, const struct wish *w, uint8_t family)
{
	char text[IP_TEXT];
	unsigned int n = 0;

	for vec_each(ru, &w->rules)
		if (ru->family == family)
			text_add(t, "ROUTING_RULE%s_%u=\"priority %u from %s/%u table %u\"\n",
				 family == AF_INET6 ? "6" : "", ++n, ru->priority,
				 ip_text(&ru->src, text), ru->src_len, ru->table);
}

static const char *path_of(const struct persist_in *in, const char *kind, const char *netdev)
{
	return arena_printf(in->arena, SCRIPTS "%s-%s", kind, netdev);
}

/* Each of the two has its own word for the id. */
static void vlan_add(const struct persist_in *in, struct text *t, const struct vlan *v)
{
	text_add(t, "VLAN=yes\nPHYSDEV=%s\n%s=%u\n", v->below->name,
		 networkmanager_reads_it(in) ? "VLAN_ID" : "VID", v->id);
}

static void interface_wish(const struct persist_in *in, const struct wish *w,
			   struct file_wishes *ret)
{
	const char *netdev = w->port->link.name;
	struct text t = persist_file(in->arena);
	struct vlan v;
	bool is_vlan = vlan_of(in, w, &v);

	text_add(&t, "DEVICE=%s\nNAME=%s\nTYPE=%s\nONBOOT=yes\nBOOTPROTO=none\n", netdev, netdev,
		 is_vlan ? "Vlan" : "Ethernet");
	if (is_vlan)
		vlan_add(in, &t, &v);
	if (w->number[SETTING_MTU].is == OPT_SET)
		text_add(&t, "MTU=%u\n", w->number[SETTING_MTU].v);
	ip4_add(&t, w);
	ip6_add(&t, w);
	if (networkmanager_reads_it(in)) {
		numbered_rules_add(&t, w, AF_INET);
		numbered_rules_add(&t, w, AF_INET6);
	} else {
		text_add(&t, "NM_CONTROLLED=no\n");
	}
	persist_put(in, ret, path_of(in, "ifcfg", netdev), t.at, 0644, why);
}

static void routes_wish(const struct persist_in *in, const struct wish *w, uint8_t family,
			struct file_wishes *ret)
{
	const char *netdev = w->port->link.name;
	struct text t = persist_file(in->arena);

	if (!wish_has_route(w, family))
		return;
	for vec_each(rw, &w->routes) {
		if (rw->is != OPT_SET || rw->route.dst.addr.family != family)
			continue;
		text_add_route(&t, &rw->route, netdev);
		text_add(&t, networkmanager_reads_it(in) ? "\n" : " proto static\n");
	}
	persist_put(in, ret, path_of(in, family == AF_INET6 ? "route6" : "route", netdev), t.at, 0644,
		    why);
}

static void rules_wish(const struct persist_in *in, const struct wish *w, uint8_t family,
		       struct file_wishes *ret)
{
	struct text t = persist_file(in->arena);

	if (networkmanager_reads_it(in) || !wish_has_rule(w, family))
		return;
	for vec_each(ru, &w->rules) {
		if (ru->family != family)
			continue;
		text_add_rule(&t, ru);
		text_add(&t, " protocol static\n");
	}
	persist_put(in, ret, path_of(in, family == AF_INET6 ? "rule6" : "rule", w->port->link.name),
		    t.at, 0644, why);
}

static void port_wish(const struct persist_in *in, const struct wish *w, struct file_wishes *ret,
		      struct persist_notes *notes)
{
	const char *netdev = w->port->link.name;
	struct vlan v;
	const char *below = vlan_of(in, w, &v) ? v.below->name : "";

	/* shells source ifcfg-IF and split the lines of route-IF */
	if (!name_is_plain(netdev, "._-+@") || name_looks_left_over(netdev) || !name_is_plain(below, "._-+@")) {
		persist_note_add(in, notes, w->port, true,
				 "%s: no ifcfg file holds such a name: rename the interface (udev, "
				 "systemd.link), or --persist=networkmanager", netdev);
		return;
	}
	if (w->port->link.vlan_id)
		vlan_define_check(in, w, notes);
	interface_wish(in, w, ret);
	routes_wish(in, w, AF_INET, ret);
	routes_wish(in, w, AF_INET6, ret);
	rules_wish(in, w, AF_INET, ret);
	rules_wish(in, w, AF_INET6, ret);
}

/* Where NetworkManager has no plugin for these files any more: "platform:el10", "1.52.0-3.el10". */
static void reader_check(const struct persist_in *in, struct persist_notes *notes)
{
	const char *el = strstr(in->version, ".el");

	for vec_each(f, in->seen)
		if (!el && strcmp(f->path, release_path) == 0)
			el = file_value(in->arena, f, "PLATFORM_ID", NULL);
	el = el ? strstr(el, "el") : NULL;
	if (el && atoi(el + 2) >= 10)
		persist_note_add(in, notes, NULL, true,
				 "nothing reads ifcfg files on RHEL %d and its kin: --persist=networkmanager "
				 "writes keyfiles", atoi(el + 2));
	else if (version_is_before(in->version, 1, 18))
		persist_note_add(in, notes, NULL, true,
				 "NetworkManager %s knows no ROUTING_RULE_n= (1.18 and newer do): update it, "
				 "or have the network service run these ports", in->version);
	else if (version_is_before(in->version, 1, 42))
		persist_note_protocol(in, notes,
				      arena_printf(in->arena, "NetworkManager %s, unlike 1.42 and newer,",
						   in->version));
}

/* The ports that the file is about: by DEVICE= or HWADDR=, else by its name; *ret_line: where. */
static struct wish_list bound_by(const struct persist_in *in, const struct port_lookup *lk,
				 const struct file *f, unsigned int *ret_line)
{
	struct wish_list ret = { 0 };
	struct port_match m = {
		.mac = file_value(in->arena, f, "HWADDR", ret_line),
		.name = file_value(in->arena, f, "DEVICE", ret_line),
	};

	if (!m.name && !m.mac)
		m.name = strchr(file_name(f), '-') + 1; /* all but os-release have one */
	port_match_find(&m, lk, in->arena, &ret);
	return ret;
}

/* A file under one of our names, or one that starts by itself, leaves no room for ours. */
static void other_tell(const struct persist_in *in, const struct wish *w, const struct file *f,
		       unsigned int line, struct persist_notes *notes)
{
	const char *netdev = w->port->link.name;
	const char *onboot = file_value(in->arena, f, "ONBOOT", NULL);

	if (strcmp(strchr(file_name(f), '-') + 1, netdev) == 0)
		persist_note_add(in, notes, w->port, true,
				 "%s:%u: configures %s and was not written by doroce: move it away",
				 f->path, line, netdev);
	else
		persist_note_add(in, notes, w->port, !onboot || strcmp(onboot, "no") != 0,
				 "%s:%u: also configures %s: remove it, or ONBOOT=no in it", f->path,
				 line, netdev);
}

static bool is_foreign(const struct persist_in *in, const struct file *f)
{
	return !persist_is_ours(f) && !script_wrote(in->arena, f) &&
	       strncmp(f->path, SCRIPTS, strlen(SCRIPTS)) == 0 && !name_looks_left_over(f->path);
}

static void others_see(const struct persist_in *in, struct persist_notes *notes)
{
	struct port_lookup lk = port_lookup_make(in);

	for vec_each(f, in->seen) {
		unsigned int line = 1;
		struct wish_list bound = { 0 };

		if (is_foreign(in, f))
			bound = bound_by(in, &lk, f, &line);
		for vec_each(w, &bound)
			if ((*w)->addrs.n && wish_is_bond(*w))
				bond_note(in, *w, "its reader", f, line, notes);
			else if ((*w)->addrs.n)
				other_tell(in, *w, f, line, notes);
	}
}

void ifcfg_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes)
{
	size_t first = ret->n;

	for vec_each(w, in->wishes)
		if (persist_has_profile(in, w, notes))
			port_wish(in, w, ret, notes);
	if (ret->n > first)
		reader_check(in, notes);
	persist_gone(in, ret, first, SCRIPTS, why);
	others_see(in, notes);
	bonds_unmade(in, why, notes);
}
