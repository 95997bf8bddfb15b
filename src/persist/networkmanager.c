/* SPDX-License-Identifier: MIT */
/* NetworkManager: one keyfile for each port (NetworkManager 1.18 or newer, for the routing rules).
 *
 * A profile is bound by the name of the netdev, as its file is named: a MAC address would let go of it
 * with a new NIC. Its priority is above that of profiles made without thought (0). Metrics are always
 * given, since NetworkManager puts its own (100) where there is none. */
#include <stdlib.h>
#include <string.h>

#include "persist/match.h"
#include "persist/text.h"
#include "persist/upper.h"

#define KEYFILES "/etc/NetworkManager/system-connections/"

enum { PRIORITY = 10 };

static const char why[] = "networkmanager";

/* The same name has the same id on every run. Version 8 of RFC 9562, which leaves the hash to the
 * maker: version 5 would want SHA-1 for nothing but this. The hash is FNV-1a of 128 bits. */
static const char *uuid_of(struct arena *a, const char *netdev)
{
	const unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13b;
	unsigned __int128 h = ((unsigned __int128)0x6c62272e07bb0142 << 64) | 0x62b821756295c58d;
	const char *name = arena_printf(a, "doroce:%s", netdev);

	for (const char *c = name; *c; c++)
		h = (h ^ (unsigned char)*c) * prime;
	uint64_t high = (uint64_t)(h >> 64), low = (uint64_t)h;
	return arena_printf(a, "%08x-%04x-8%03x-%04x-%012llx", (unsigned int)(high >> 32),
			    (unsigned int)(high >> 16 & 0xffff), (unsigned int)(high & 0xfff),
			    (unsigned int)(low >> 48 & 0x3fff) | 0x8000,
			    (unsigned long long)low & 0xffffffffffff);
}

/* A value as GLib reads it: a backslash begins an escape; there are no spaces in names of netdevs. */
static const char *escaped(struct arena *a, const char *name)
{
	char *out = arena_alloc(a, 2 * strlen(name) + 1), *to = out;

	for (; *name; name++) {
		if (*name == '\\')
			*to++ = '\\';
		*to++ = *name;
	}
	return out;
}

/* The value of the first of the keys that the file has; *ret_line: where. */
static const char *value_of(struct arena *a, const struct file *f, const char *keyfile,
			    const char *ifcfg, unsigned int *ret_line)
{
	const char *v = file_value(a, f, keyfile, ret_line);

	return v ? v : file_value(a, f, ifcfg, ret_line);
}

/* The ports that the profile names; *ret_line: where. */
static struct wish_list bound_by(const struct persist_in *in, const struct port_lookup *lk,
				 const struct file *f, unsigned int *ret_line)
{
	struct wish_list ret = { 0 };
	struct port_match m = {
		.mac = value_of(in->arena, f, "mac-address", "HWADDR", ret_line),
		.name = value_of(in->arena, f, "interface-name", "DEVICE", ret_line),
	};

	if (m.name || m.mac)
		port_match_find(&m, lk, in->arena, &ret);
	return ret;
}

/* The profile of somebody else that makes the VLAN, NULL: none. */
static const struct file *vlan_profile(const struct persist_in *in, const struct port_lookup *lk, const struct wish *w)
{
	for vec_each(f, in->seen) {
		const char *type = persist_is_ours(f) ? NULL : file_value(in->arena, f, "type", NULL);
		unsigned int line;

		if (!type || strcmp(type, "vlan") != 0)
			continue;
		struct wish_list bound = bound_by(in, lk, f, &line);
		for vec_each(b, &bound)
			if (*b == w)
				return f;
	}
	return NULL;
}

/* As it stands there: priorities and flags are its own. */
static void section_copy(struct text *t, const struct file *f, const char *name)
{
	struct line l = { 0 };
	bool inside = false;

	while (line_next(f, &l)) {
		if (l.len && l.at[0] == '[')
			inside = l.len >= strlen(name) && strncmp(l.at, name, strlen(name)) == 0;
		else if (inside && l.len && l.at[0] != '#' && !line_value(t->arena, &l, "interface-name"))
			text_add(t, "%.*s\n", (int)l.len, l.at);
	}
}

/* Also where another profile makes it: of the two, NetworkManager uses one. */
static void vlan_add(const struct persist_in *in, const struct port_lookup *lk, const struct wish *w,
		     const struct vlan *v, struct text *t, struct persist_notes *notes)
{
	const struct file *f = vlan_profile(in, lk, w);

	text_add(t, "\n[vlan]\n");
	if (f) {
		section_copy(t, f, "[vlan]");
		return;
	}
	vlan_define_check(in, w, notes);
	text_add(t, "flags=1\nid=%u\nparent=%s\n", v->id, escaped(t->arena, v->below->name));
}

static void connection_add(struct text *t, const struct wish *w, const char *type)
{
	const char *netdev = w->port->link.name, *name = escaped(t->arena, netdev);

	text_add(t,
		 "[connection]\nid=doroce-%s\nuuid=%s\ntype=%s\ninterface-name=%s\n"
		 "autoconnect=true\nautoconnect-priority=%d\n",
		 name, uuid_of(t->arena, netdev), type, name, PRIORITY);
	text_add(t, "\n[ethernet]\n");
	if (w->number[SETTING_MTU].is == OPT_SET)
		text_add(t, "mtu=%u\n", w->number[SETTING_MTU].v);
}

static void addresses_add(struct text *t, const struct wish *w, uint8_t family)
{
	char text[PREFIX_TEXT];
	unsigned int n = 0;

	for vec_each(ad, &w->addrs)
		if (ad->prefix.addr.family == family)
			text_add(t, "address%u=%s\n", ++n, prefix_text(&ad->prefix, text));
}

static void route_add(struct text *t, unsigned int n, const struct route *rt)
{
	char dst[PREFIX_TEXT], text[IP_TEXT];

	text_add(t, "route%u=%s,%s,%u\n", n, prefix_text(&rt->dst, dst),
		 rt->gateway.family ? ip_text(&rt->gateway, text) : "", rt->metric);
	text_add(t, "route%u_options=table=%u", n, rt->table);
	if (rt->prefsrc.family)
		text_add(t, ",src=%s", ip_text(&rt->prefsrc, text));
	text_add(t, "\n");
}

static void routes_add(struct text *t, const struct wish *w, uint8_t family)
{
	unsigned int n = 0;

	for vec_each(rw, &w->routes)
		if (rw->is == OPT_SET && rw->route.dst.addr.family == family)
			route_add(t, ++n, &rw->route);
}

static void rules_add(struct text *t, const struct wish *w, uint8_t family)
{
	char text[IP_TEXT];
	unsigned int n = 0;

	for vec_each(ru, &w->rules)
		if (ru->family == family)
			text_add(t, "routing-rule%u=priority %u from %s/%u table %u\n", ++n, ru->priority,
				 ip_text(&ru->src, text), ru->src_len, ru->table);
}

/* Without an address of the family: IPv4 off; IPv6 with the link-local address that rdma_cm needs, of
 * the MAC address, as the default GID is. Neither manual nor link-local listens to routers. */
static void family_add(struct text *t, const struct wish *w, uint8_t family)
{
	bool six = family == AF_INET6, any = wish_has_addr(w, family);

	text_add(t, "\n[%s]\nmethod=%s\n", six ? "ipv6" : "ipv4",
		 any ? "manual" : six ? "link-local" : "disabled");
	if (six)
		text_add(t, "addr-gen-mode=eui64\n");
	if (!any)
		return;
	addresses_add(t, w, family);
	text_add(t, "may-fail=true\nnever-default=true\n");
	routes_add(t, w, family);
	rules_add(t, w, family);
}

/* As NetworkManager judges the names of interfaces. */
static bool name_fits(const char *name)
{
	static const char *const reserved[] = { "all", "default", "bonding_masters" };

	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (strcmp(name, reserved[i]) == 0)
			return false;
	return name_is_utf8(name);
}

static void router_tell(const struct persist_in *in, const struct wish *w,
			struct persist_notes *notes)
{
	const struct opt_u32 *ra = &w->number[SETTING_ACCEPT_RA];

	if (ra->is == OPT_SET && ra->v)
		persist_note_add(in, notes, w->port, false,
				 "%s: accept_ra %u is not kept: NetworkManager listens to no router where "
				 "the addresses are given", w->port->link.name, ra->v);
}

static void profile_wish(const struct persist_in *in, const struct port_lookup *lk, const struct wish *w,
			 struct file_wishes *ret, struct persist_notes *notes)
{
	const char *netdev = w->port->link.name;
	struct text t = persist_file(in->arena);
	struct vlan v;
	bool is_vlan = vlan_of(in, w, &v);

	if (!name_fits(netdev)) {
		persist_note_add(in, notes, w->port, true,
				 "%s: NetworkManager takes no such name for an interface: rename it (udev, "
				 "systemd.link), or --persist=networkd", netdev);
		return;
	}
	router_tell(in, w, notes);
	connection_add(&t, w, is_vlan ? "vlan" : "ethernet");
	if (is_vlan)
		vlan_add(in, lk, w, &v, &t, notes);
	family_add(&t, w, AF_INET);
	family_add(&t, w, AF_INET6);
	persist_put(in, ret, arena_printf(in->arena, KEYFILES "doroce-%s.nmconnection", netdev), t.at,
		    0600, why);
}

static bool connects_by_itself(struct arena *a, const struct file *f)
{
	const char *v = value_of(a, f, "autoconnect", "ONBOOT", NULL);

	return !v || (strcmp(v, "false") != 0 && strcmp(v, "no") != 0 && strcmp(v, "0") != 0);
}

static bool comes_first(struct arena *a, const struct file *f)
{
	const char *priority = value_of(a, f, "autoconnect-priority", "AUTOCONNECT_PRIORITY", NULL);

	return priority && atoi(priority) >= PRIORITY && connects_by_itself(a, f);
}

/* Other profiles of ports of ours: ours has the higher priority, else nothing is written. */
static void other_tell(const struct persist_in *in, const struct port_lookup *lk,
		       const struct file *f, struct persist_notes *notes)
{
	unsigned int line = 1;
	struct wish_list bound = bound_by(in, lk, f, &line);
	bool first = comes_first(in->arena, f);

	for vec_each(w, &bound)
		if ((*w)->addrs.n && wish_is_bond(*w))
			bond_note(in, *w, "NetworkManager", f, line, notes);
		else if ((*w)->addrs.n)
			persist_note_add(in, notes, (*w)->port, first,
					 "%s:%u: is another profile of %s; %s", f->path, line,
					 (*w)->port->link.name,
					 first ? "its autoconnect-priority is not below ours, 10: lower "
						 "it, or remove the profile" :
						 "ours comes first, by its autoconnect-priority");
}

static bool is_of_wished_port(const struct file *f, const struct port_lookup *lk)
{
	const char *dash = strchr(file_name(f), '-');
	const struct wish *w = dash ? port_lookup_name(lk, dash + 1) : NULL;

	return w && w->addrs.n;
}

/* What nv-mlnxipcfg left is taken over: its files go, or the ports would have two profiles. */
static void others_see(const struct persist_in *in, const struct port_lookup *lk, struct file_wishes *ret,
		       struct persist_notes *notes)
{
	for vec_each(f, in->seen) {
		if (persist_is_ours(f))
			continue;
		if (!script_wrote(in->arena, f))
			other_tell(in, lk, f, notes);
		else if (is_of_wished_port(f, lk))
			*vec_add(in->arena, ret) = (struct file_wish){
				.is = OPT_NONE, .path = f->path, .why = why,
			};
	}
}

static void version_tell(const struct persist_in *in, struct persist_notes *notes)
{
	if (version_is_before(in->version, 1, 18))
		persist_note_add(in, notes, NULL, true,
				 "NetworkManager %s drops the routing rules of keyfiles (1.18 and newer read "
				 "them): update it, or --persist=networkd", in->version);
	else if (version_is_before(in->version, 1, 42))
		persist_note_protocol(in, notes,
				      arena_printf(in->arena, "NetworkManager %s, unlike 1.42 and newer,",
						   in->version));
}

void networkmanager_write(const struct persist_in *in, struct file_wishes *ret,
			  struct persist_notes *notes)
{
	struct port_lookup lk = port_lookup_make(in);
	size_t first = ret->n;

	for vec_each(w, in->wishes)
		if (persist_has_profile(in, w, notes))
			profile_wish(in, &lk, w, ret, notes);
	persist_gone(in, ret, first, KEYFILES, why);
	if (ret->n > first)
		version_tell(in, notes);
	others_see(in, &lk, ret, notes);
	bonds_unmade(in, "NetworkManager", notes);
}
