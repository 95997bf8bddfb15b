/* SPDX-License-Identifier: MIT */
/* systemd-networkd: one .network file for each port, what it says in sections. */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "persist/networkd.h"
#include "persist/text.h"

static const char dir[] = "/etc/systemd/network/";

static void link_text(struct text *t, const struct wish *w)
{
	const struct opt_u32 *mtu = &w->number[SETTING_MTU];

	text_add(t, "\n[Link]\n");
	if (mtu->is == OPT_SET)
		text_add(t, "MTUBytes=%u\n", mtu->v);
	/* a port without a cable must not hold up the boot */
	text_add(t, "RequiredForOnline=no\n");
}

static void network_text(struct text *t, const struct wish *w)
{
	const struct opt_u32 *ra = &w->number[SETTING_ACCEPT_RA];

	/* the default GID is made of the link-local address */
	text_add(t, "\n[Network]\nLinkLocalAddressing=ipv6\n");
	if (ra->is == OPT_SET)
		text_add(t, "IPv6AcceptRA=%s\n", ra->v ? "yes" : "no");
}

static void addr_text(struct text *t, const struct addr *ad)
{
	char text[PREFIX_TEXT];

	text_add(t, "\n[Address]\nAddress=%s\n", prefix_text(&ad->prefix, text));
	if (ad->flags & IFA_F_NOPREFIXROUTE)
		text_add(t, "AddPrefixRoute=no\n");
	if (ad->flags & IFA_F_NODAD)
		text_add(t, "DuplicateAddressDetection=none\n");
}

/* networkd writes `proto static`, as we do, and takes over the route that is there when both are equal. */
static void route_text_add(struct text *t, const struct route *rt)
{
	char text[PREFIX_TEXT];

	text_add(t, "\n[Route]\nDestination=%s\n", prefix_text(&rt->dst, text));
	if (rt->gateway.family)
		text_add(t, "Gateway=%s\n", ip_text(&rt->gateway, text));
	if (rt->prefsrc.family)
		text_add(t, "PreferredSource=%s\n", ip_text(&rt->prefsrc, text));
	if (rt->dst.addr.family == AF_INET && rt->scope == RT_SCOPE_LINK)
		text_add(t, "Scope=link\n");
	text_add(t, "Table=%u\n", rt->table);
	if (rt->metric)
		text_add(t, "Metric=%u\n", rt->metric);
}

static void rule_text(struct text *t, const struct rule *ru)
{
	struct prefix src = { .addr = ru->src, .len = ru->src_len };
	char text[PREFIX_TEXT];

	text_add(t, "\n[RoutingPolicyRule]\nFrom=%s\nTable=%u\nPriority=%u\n", prefix_text(&src, text),
		 ru->table, ru->priority);
}

static struct text network_file(struct arena *a, const struct wish *w, const char *mac)
{
	struct text t = persist_file(a);

	if (mac)
		text_add(&t, "# %s\n\n[Match]\nPermanentMACAddress=%s\n", w->port->name, mac);
	else
		text_add(&t, "# %s\n\n[Match]\nName=%s\n", w->port->name, w->port->link.name);
	link_text(&t, w);
	network_text(&t, w);
	for vec_each(ad, &w->addrs)
		addr_text(&t, ad);
	for vec_each(rw, &w->routes)
		if (rw->is == OPT_SET)
			route_text_add(&t, &rw->route);
	for vec_each(ru, &w->rules)
		rule_text(&t, ru);
	return t;
}

/* The name of a netdev can stand in a file name as it is: there is no slash in it. By its MAC address only
 * where the name is none that lasts. */
static char *path_of(struct arena *a, const struct wish *w, const char *mac)
{
	const uint8_t *b = w->port->link.mac;

	if (!mac)
		return arena_printf(a, "%s70-doroce-%s.network", dir, w->port->link.name);
	return arena_printf(a, "%s70-doroce-%02x%02x%02x%02x%02x%02x.network", dir, b[0], b[1], b[2],
			    b[3], b[4], b[5]);
}

/* A port without addresses has them by other means, which a file of ours would take away. */
static bool is_for_us(const struct persist_in *in, const struct wish *w, struct persist_notes *notes)
{
	return w->addrs.n || persist_has_profile(in, w, notes);
}

void networkd_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes)
{
	struct port_lookup lk = port_lookup_make(in);
	const char **path = arena_array(in->arena, const char *, lk.n ? lk.n : 1);
	size_t first = ret->n;
	const char *mac;

	for vec_each(w, in->wishes) {
		if (!is_for_us(in, w, notes))
			continue;
		if (!port_identity(&lk, w, in->arena, &mac)) {
			persist_note_add(in, notes, w->port, true,
					 "%s: systemd-networkd takes no such name: rename the netdev "
					 "(systemd.link(5)), or --no-persist", w->port->link.name);
			continue;
		}
		struct text t = network_file(in->arena, w, mac);
		path[w - in->wishes->at] = path_of(in->arena, w, mac);
		persist_put(in, ret, path[w - in->wishes->at], t.at, 0644, "networkd");
	}
	persist_gone(in, ret, first, dir, "networkd");
	networkd_seen(in, &lk, path, notes);
}
