/* SPDX-License-Identifier: MIT */
/* systemd-networkd: one .network file for each port, what it says in sections. */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "persist/networkd.h"
#include "persist/text.h"
#include "persist/upper.h"

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

/* What networkd makes and has to be told of in the file of the netdev below, too. */
struct made {
	const char *netdev;
	int below;
};

struct mades VEC(struct made);

static void network_text(struct text *t, const struct wish *w, const struct mades *vlans)
{
	const struct opt_u32 *ra = &w->number[SETTING_ACCEPT_RA];

	/* the default GID is made of the link-local address */
	text_add(t, "\n[Network]\nLinkLocalAddressing=ipv6\n");
	if (ra->is == OPT_SET || !w->addrs.n)
		text_add(t, "IPv6AcceptRA=%s\n", ra->v ? "yes" : "no");
	for vec_each(v, vlans)
		if (v->below == w->port->link.ifindex)
			text_add(t, "VLAN=%s\n", v->netdev);
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

static struct text network_file(struct arena *a, const struct wish *w, const char *mac, const struct mades *vlans)
{
	struct text t = persist_file(a);

	if (mac)
		text_add(&t, "# %s\n\n[Match]\nPermanentMACAddress=%s\n", w->port->name, mac);
	else
		text_add(&t, "# %s\n\n[Match]\nName=%s\n", w->port->name, w->port->link.name);
	link_text(&t, w);
	network_text(&t, w, vlans);
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
static bool is_for_us(const struct persist_in *in, const struct wish *w, const struct wishes *belows,
		      struct persist_notes *notes)
{
	return w->addrs.n || (!wishes_find(belows, w->port->link.ifindex) && persist_has_profile(in, w, notes));
}

/* All that are wished, and those of others: where our file comes before theirs, it must name them as well. */
static struct mades vlans_made(const struct persist_in *in)
{
	struct mades ret = { 0 };
	struct vlan v;

	for vec_each(w, in->wishes)
		if (w->addrs.n && vlan_of(in, w, &v))
			*vec_add(in->arena, &ret) = (struct made){ w->port->link.name, v.below->ifindex };
	size_t wished = ret.n;
	for vec_each(l, &in->node->links) {
		bool known = !l->vlan_id || !l->lower;

		for (size_t i = 0; i < wished && !known; i++)
			known = strcmp(ret.at[i].netdev, l->name) == 0;
		if (!known && networkd_maker(in, l->name))
			*vec_add(in->arena, &ret) = (struct made){ l->name, l->lower };
	}
	return ret;
}

/* The .netdev of a VLAN that no file of somebody else makes. */
static void netdev_wish(const struct persist_in *in, const struct wish *w, struct file_wishes *ret,
			struct persist_notes *notes)
{
	const char *netdev = w->port->link.name;
	struct vlan v;

	if (!link_is_made(&w->port->link) || networkd_maker(in, netdev))
		return;
	if (!vlan_of(in, w, &v)) {
		persist_note_add(in, notes, w->port, false,
				 "%s: no .netdev file makes this %s: its addresses come once somebody has made it "
				 "after a boot", netdev, w->port->link.kind);
		return;
	}
	vlan_define_check(in, w, notes);
	struct text t = persist_file(in->arena);
	text_add(&t, "# %s\n\n[NetDev]\nName=%s\nKind=vlan\n\n[VLAN]\nId=%u\n", w->port->name, netdev, v.id);
	persist_put(in, ret, arena_printf(in->arena, "%s70-doroce-%s.netdev", dir, netdev), t.at, 0644, "networkd");
}

static void port_wish(const struct persist_in *in, const struct port_lookup *lk, const struct wish *w,
		      const struct mades *vlans, const char **ret_path, struct file_wishes *ret,
		      struct persist_notes *notes)
{
	const char *mac;

	if (!port_identity(lk, w, in->arena, &mac)) {
		persist_note_add(in, notes, w->port, true,
				 "%s: systemd-networkd takes no such name: rename the netdev "
				 "(systemd.link(5)), or --no-persist", w->port->link.name);
		return;
	}
	struct text t = network_file(in->arena, w, mac, vlans);
	*ret_path = path_of(in->arena, w, mac);
	persist_put(in, ret, *ret_path, t.at, 0644, "networkd");
}

/* The file of somebody else is let be; it has to name the VLANs, or nobody makes them. */
static bool is_run_by_another(const struct persist_in *in, const struct wish *below, const struct mades *vlans,
			      struct persist_notes *notes)
{
	const struct file *f = networkd_file_of(in, below);

	for vec_each(v, vlans)
		if (f && v->below == below->port->link.ifindex && !networkd_has_vlan(in, f, v->netdev))
			persist_note_add(in, notes, below->port, true,
					 "%s:1: is what systemd-networkd reads for %s: without VLAN=%s in its [Network] "
					 "there is no such VLAN after a boot", f->path, below->port->link.name, v->netdev);
	return f;
}

static void belows_wish(const struct persist_in *in, const struct wishes *belows, const struct mades *vlans,
			struct file_wishes *ret, struct persist_notes *notes)
{
	struct persist_in of_belows = *in;

	of_belows.wishes = belows;
	struct port_lookup lk = port_lookup_make(&of_belows);
	for vec_each(w, belows) {
		const char *path;

		if (!is_run_by_another(in, w, vlans, notes) && below_may_have_file(in, w, "systemd-networkd", notes))
			port_wish(in, &lk, w, vlans, &path, ret, notes);
	}
}

void networkd_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes)
{
	struct port_lookup lk = port_lookup_make(in);
	const char **path = arena_array(in->arena, const char *, lk.n ? lk.n : 1);
	const struct wishes belows = below_vlans(in);
	const struct mades vlans = vlans_made(in);
	size_t first = ret->n;

	for vec_each(w, in->wishes) {
		if (!is_for_us(in, w, &belows, notes))
			continue;
		netdev_wish(in, w, ret, notes);
		port_wish(in, &lk, w, &vlans, &path[w - in->wishes->at], ret, notes);
	}
	belows_wish(in, &belows, &vlans, ret, notes);
	persist_gone(in, ret, first, dir, "networkd");
	networkd_seen(in, &lk, path, notes);
}
