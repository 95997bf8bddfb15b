/* SPDX-License-Identifier: MIT */
/* netplan: one file for all ports, without a renderer, so that the node's own counts. */
#include "persist/netplan.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "persist/text.h"
#include "persist/upper.h"

/* Two definitions side by side. */
struct section {
	const char *name;
	struct text text;
};

struct sections VEC(struct section);

static void numbers_text(struct text *t, const struct wish *w, bool bare)
{
	const struct opt_u32 *mtu = &w->number[SETTING_MTU], *ra = &w->number[SETTING_ACCEPT_RA];

	if (mtu->is == OPT_SET)
		text_add(t, "      mtu: %u\n", mtu->v);
	if (ra->is == OPT_SET || bare)
		text_add(t, "      accept-ra: %s\n", ra->v ? "true" : "false");
	/* the default GID is made of it; a port without a cable must not hold up the boot */
	if (w->addrs.n || bare)
		text_add(t, "      link-local: [ipv6]\n      optional: true\n");
}

static void addrs_text(struct text *t, const struct wish *w)
{
	char text[PREFIX_TEXT];

	if (w->addrs.n)
		text_add(t, "      addresses:\n");
	for vec_each(ad, &w->addrs)
		text_add(t, "        - \"%s\"\n", prefix_text(&ad->prefix, text));
}

/* The metric is told: NetworkManager has its own for routes without one. */
static void one_route_text(struct text *t, const struct route *rt)
{
	char text[PREFIX_TEXT];

	text_add(t, "        - {to: \"%s\"", prefix_text(&rt->dst, text));
	if (rt->gateway.family)
		text_add(t, ", via: \"%s\"", ip_text(&rt->gateway, text));
	if (rt->prefsrc.family)
		text_add(t, ", from: \"%s\"", ip_text(&rt->prefsrc, text));
	if (!rt->gateway.family)
		text_add(t, ", scope: link");
	text_add(t, ", table: %u, metric: %u}\n", rt->table, rt->metric);
}

static void routes_text(struct text *t, const struct wish *w)
{
	if (wish_has_route(w, AF_INET) || wish_has_route(w, AF_INET6))
		text_add(t, "      routes:\n");
	for vec_each(rw, &w->routes)
		if (rw->is == OPT_SET)
			one_route_text(t, &rw->route);
}

static void rules_text(struct text *t, const struct wish *w)
{
	char text[PREFIX_TEXT];

	if (w->rules.n)
		text_add(t, "      routing-policy:\n");
	for vec_each(ru, &w->rules) {
		struct prefix src = { .addr = ru->src, .len = ru->src_len };

		text_add(t, "        - {from: \"%s\", table: %u, priority: %u}\n", prefix_text(&src, text),
			 ru->table, ru->priority);
	}
}

/* In double quotes; an id that is not ours may have some in it. */
static void quoted_text(struct text *t, const char *word)
{
	text_add(t, "\"");
	for (const char *c = word; *c; c++)
		text_add(t, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
	text_add(t, "\"");
}

static void def_text(struct text *t, const struct wish *w, const struct netplan_key *key)
{
	text_add(t, "    ");
	quoted_text(t, key->id);
	text_add(t, ":\n");
	if (key->mac)
		text_add(t, "      match: {macaddress: \"%s\"}\n", key->mac);
	if (key->link) {
		text_add(t, "      id: %u\n      link: ", key->vlan_id);
		quoted_text(t, key->link->id);
		text_add(t, "\n");
	}
	numbers_text(t, w, !key->merged && !w->addrs.n);
	addrs_text(t, w);
	routes_text(t, w);
	rules_text(t, w);
}

static struct text *section_of(struct arena *a, struct sections *ss, const char *name)
{
	for vec_each(s, ss)
		if (strcmp(s->name, name) == 0)
			return &s->text;
	struct section *s = vec_add(a, ss);

	*s = (struct section){ .name = name, .text = { .arena = a } };
	text_add(&s->text, "  %s:\n", name);
	return &s->text;
}

/* By its name systemd-networkd finds it, whoever has made it; NetworkManager does not. */
static void bond_undefined(const struct persist_in *in, const struct wish *w, struct persist_notes *notes)
{
	persist_note_add(in, notes, w->port, false,
			 "%s: no file of netplan defines this bond: whoever makes it has to make it after a boot, too",
			 w->port->link.name);
}

/* A port without addresses that no file of netplan defines has them by other means, which a definition of ours
 * would take away. NetworkManager takes ours for Ethernet cards alone. */
static bool is_for_us(const struct persist_in *in, const struct wish *w, const struct netplan_key *key,
		      struct persist_notes *notes)
{
	if (key->is_below && !w->addrs.n && !key->merged)
		return below_may_have_file(in, w, "netplan", notes);
	if (key->merged)
		return w->addrs.n || w->number[SETTING_MTU].is == OPT_SET ||
		       w->number[SETTING_ACCEPT_RA].is == OPT_SET;
	if (key->link)
		vlan_define_check(in, w, notes);
	if (w->addrs.n && wish_is_bond(w))
		bond_undefined(in, w, notes);
	if (w->addrs.n && strcmp(key->renderer, "networkd") == 0)
		return true;
	return persist_has_profile(in, w, notes);
}

/* With those below VLANs at the end, which are no wishes of the intent. */
static struct wishes wishes_and_belows(const struct persist_in *in)
{
	const struct wishes belows = below_vlans(in);
	struct wishes ret = { 0 };

	for vec_each(w, in->wishes)
		*vec_add(in->arena, &ret) = *w;
	for vec_each(w, &belows)
		if (!wishes_find(in->wishes, w->port->link.ifindex))
			*vec_add(in->arena, &ret) = *w;
	return ret;
}

static const char *file_text(struct arena *a, const struct sections *ss)
{
	struct text t = persist_file(a);

	text_add(&t, "network:\n  version: 2\n");
	for vec_each(s, ss)
		text_add(&t, "%s", s->text.at);
	return t.at;
}

void netplan_write(const struct persist_in *intent, struct file_wishes *ret, struct persist_notes *notes)
{
	const struct wishes wishes = wishes_and_belows(intent);
	struct persist_in all = *intent, *in = &all;
	struct netplan_key *key;

	all.wishes = &wishes;
	struct port_lookup lk = port_lookup_make(in);
	key = netplan_seen(in, &lk, notes);
	struct sections ss = { 0 };
	size_t first = ret->n;

	for vec_each(w, in->wishes) {
		const struct netplan_key *k = &key[w - in->wishes->at];

		if (!is_for_us(in, w, k, notes))
			continue;
		if (k->id)
			def_text(section_of(in->arena, &ss, k->section), w, k);
		else
			persist_note_add(in, notes, w->port, true,
					 "%s: netplan takes no such name: rename the netdev (systemd.link(5)), or "
					 "--no-persist", w->port->link.name);
	}
	if (ss.n)
		persist_put(in, ret, arena_printf(in->arena, "/etc/netplan/%s", netplan_file(in)), file_text(in->arena, &ss), 0600, "netplan");
	persist_gone(in, ret, first, "/etc/netplan/", "netplan");
}
