/* SPDX-License-Identifier: MIT */
/* ifupdown: stanzas for all ports in one file of interfaces.d. */
#include <fnmatch.h>
#include <string.h>

#include "persist/match.h"
#include "persist/text.h"
#include "persist/upper.h"

/* No dot in the name: `source-directory` passes over such files. */
static const char path[] = "/etc/network/interfaces.d/doroce";
static const char main_path[] = "/etc/network/interfaces";
static const char why[] = "ifupdown";

static const char *ip_command(uint8_t family)
{
	return family == AF_INET6 ? "ip -6" : "ip";
}

static void route_add(struct text *t, const struct wish *w, const struct route *rt)
{
	text_add(t, "\tup %s route replace ", ip_command(rt->dst.addr.family));
	text_add_route(t, rt, w->port->link.name);
	text_add(t, " proto static\n");
}

/* A rule outlives its port: an old one goes first, so that a failure to add it is a real one. */
static void rule_add(struct text *t, const struct rule *ru)
{
	const char *ip = ip_command(ru->family);

	text_add(t, "\tup %s rule del ", ip);
	text_add_rule(t, ru);
	text_add(t, " protocol static 2>/dev/null || true\n\tup %s rule add ", ip);
	text_add_rule(t, ru);
	text_add(t, " protocol static\n\tdown %s rule del ", ip);
	text_add_rule(t, ru);
	text_add(t, " protocol static || true\n");
}

/* Routes go with the address and the link; they need no `down`. */
static void commands_add(struct text *t, const struct wish *w, uint8_t family)
{
	for vec_each(rw, &w->routes)
		if (rw->is == OPT_SET && rw->route.dst.addr.family == family)
			route_add(t, w, &rw->route);
	for vec_each(ru, &w->rules)
		if (ru->family == family)
			rule_add(t, ru);
}

static const struct addr *last_of(const struct wish *w, uint8_t family)
{
	const struct addr *last = NULL;

	for vec_each(ad, &w->addrs)
		if (ad->prefix.addr.family == family)
			last = ad;
	return last;
}

/* Without the package `vlan`, ifup makes a VLAN by its name alone, and only where this is PORT.ID. */
static void vlan_add(const struct persist_in *in, struct text *t, const struct wish *w)
{
	const char *netdev = w->port->link.name;
	uint32_t mtu;
	struct vlan v;

	if (!vlan_of(in, w, &v))
		return;
	mtu = wishes_mtu(in->wishes, v.below->ifindex);
	text_add(t, "\tpre-up ip link set dev %s%s up\n", v.below->name,
		 mtu ? arena_printf(in->arena, " mtu %u", mtu) : "");
	text_add(t, "\tpre-up ip link show dev %s >/dev/null 2>&1 || ip link add link %s name %s type vlan id %u\n", netdev,
		 v.below->name, netdev, v.id);
}

/* One stanza for each address; the MTU with the first, the commands with the last of the family. */
static void stanza_add(const struct persist_in *in, struct text *t, const struct wish *w, const struct addr *ad)
{
	uint8_t family = ad->prefix.addr.family;
	bool six = family == AF_INET6;
	const struct opt_u32 *ra = &w->number[SETTING_ACCEPT_RA];
	char text[PREFIX_TEXT];

	text_add(t, "iface %s %s static\n\taddress %s\n", w->port->link.name, six ? "inet6" : "inet",
		 prefix_text(&ad->prefix, text));
	if (ad == w->addrs.at)
		vlan_add(in, t, w);
	if (ad == w->addrs.at && w->number[SETTING_MTU].is == OPT_SET)
		text_add(t, "\tmtu %u\n", w->number[SETTING_MTU].v);
	if (six)
		text_add(t, "\taccept_ra %u\n\tautoconf %u\n", ra->v, ra->v ? 1 : 0);
	if (ad == last_of(w, family))
		commands_add(t, w, family);
}

static void port_add(const struct persist_in *in, struct text *t, const struct wish *w,
		     struct persist_notes *notes)
{
	const char *netdev = w->port->link.name;
	struct vlan v;
	const char *below = vlan_of(in, w, &v) ? v.below->name : "";

	/* the words of a command go through a shell, and patterns are words of the format */
	if (!name_is_plain(netdev, "._-") || !name_is_plain(below, "._-")) {
		persist_note_add(in, notes, w->port, true,
				 "%s: /etc/network/interfaces holds no name with such letters: rename it "
				 "(udev, systemd.link), or --persist=networkd", netdev);
		return;
	}
	if (w->port->link.vlan_id)
		vlan_define_check(in, w, notes);
	text_add(t, "\nauto %s\nallow-hotplug %s\n", netdev, netdev);
	for vec_each(ad, &w->addrs)
		stanza_add(in, t, w, ad);
}

/* The word of the line from *at on, moved behind it; NULL: no more. */
static const char *word(struct arena *a, const struct line *l, size_t *at)
{
	size_t n;

	while (*at < l->len && (l->at[*at] == ' ' || l->at[*at] == '\t'))
		(*at)++;
	for (n = 0; *at + n < l->len && l->at[*at + n] != ' ' && l->at[*at + n] != '\t'; n++)
		;
	*at += n;
	return n ? arena_printf(a, "%.*s", (int)n, l->at + *at - n) : NULL;
}

/* "interfaces.d/x" is below the directory of the file that names it. */
static bool sources(struct arena *a, const char *how, const char *what)
{
	const char *glob = what[0] == '/' ? what : arena_printf(a, "/etc/network/%s", what);
	size_t len = strlen(glob);

	if (strcmp(how, "source-directory") == 0)
		return strncmp(path, glob, len) == 0 && (glob[len - 1] == '/' || path[len] == '/');
	return strcmp(how, "source") == 0 && fnmatch(glob, path, FNM_PATHNAME) == 0;
}

static bool is_sourced(const struct persist_in *in)
{
	for vec_each(f, in->seen) {
		struct line l = { 0 };

		while (strcmp(f->path, main_path) == 0 && line_next(f, &l)) {
			size_t at = 0;
			const char *how = word(in->arena, &l, &at);
			const char *what = how ? word(in->arena, &l, &at) : NULL;

			if (what && sources(in->arena, how, what))
				return true;
		}
	}
	return false;
}

/* Stanzas of one interface add up: both would run. `manual` does nothing, and is let be. */
static void line_check(const struct persist_in *in, const struct port_lookup *lk,
		       const struct file *f, const struct line *l, struct persist_notes *notes)
{
	size_t at = 0;
	const char *first = word(in->arena, l, &at);

	if (!first || strcmp(first, "iface") != 0)
		return;
	const char *netdev = word(in->arena, l, &at);
	const struct wish *w = netdev ? port_lookup_name(lk, netdev) : NULL;
	const char *family = w && w->addrs.n ? word(in->arena, l, &at) : NULL;
	const char *method = family ? word(in->arena, l, &at) : NULL;

	if (method && wish_is_bond(w))
		bond_note(in, w, why, f, l->number, notes);
	else if (method && strcmp(method, "manual") != 0)
		persist_note_add(in, notes, w->port, true,
				 "%s:%u: also defines %s (%s %s): take the stanza out", f->path, l->number,
				 netdev, family, method);
}

static void others_see(const struct persist_in *in, struct persist_notes *notes)
{
	struct port_lookup lk = port_lookup_make(in);

	for vec_each(f, in->seen) {
		struct line l = { 0 };

		while (!persist_is_ours(f) && line_next(f, &l))
			line_check(in, &lk, f, &l, notes);
	}
}

void ifupdown_write(const struct persist_in *in, struct file_wishes *ret,
		    struct persist_notes *notes)
{
	struct text t = persist_file(in->arena);
	size_t empty = t.n;

	for vec_each(w, in->wishes)
		if (persist_has_profile(in, w, notes))
			port_add(in, &t, w, notes);
	others_see(in, notes);
	bonds_unmade(in, why, notes);
	if (t.n == empty) {
		persist_drop(in, ret, path, why);
		return;
	}
	persist_put(in, ret, path, t.at, 0644, why);
	if (!is_sourced(in))
		persist_note_add(in, notes, NULL, true,
				 "%s: does not read %s: add the line \"source /etc/network/interfaces.d/*\"",
				 main_path, path);
}
