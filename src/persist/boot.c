/* SPDX-License-Identifier: MIT */
/* The wishes as an intent for `doroce reapply`: each port by what it is known by, whichever others are there. */
#include <string.h>

#include "persist/boot.h"

static const char *const reads[] = { PERSIST_BOOT, NULL };
static const char *const script_reads[] = { PERSIST_BOOT_SCRIPT, NULL };

const struct backend persist_boot = { .name = "reapply", .reads = reads, .write = boot_write };
const struct backend persist_boot_script = { .name = "reapply", .reads = script_reads, .write = boot_script_write };

/* How many are known by the same; of a VLAN nothing but its name is its own. */
static size_t same_pci(const struct node *n, const struct port *p)
{
	size_t count = 0;

	for vec_each(other, &n->ports)
		count += !other->below[0] && strcmp(other->rdma.pci, p->rdma.pci) == 0;
	return p->rdma.pci[0] && !p->below[0] ? count : 0;
}

static size_t same_mac(const struct node *n, const struct port *p)
{
	size_t count = 0;

	for vec_each(other, &n->ports)
		count += !other->below[0] && memcmp(other->link.mac, p->link.mac, MAC_LEN) == 0;
	return p->below[0] ? 0 : count;
}

/* The slot stays when a card is replaced, and the MAC address when a netdev is renamed. */
static void match_text(struct text *t, const struct node *n, const struct port *p)
{
	char mac[MAC_TEXT];

	if (same_pci(n, p) == 1)
		text_add(t, "  - match: {pci: \"%s\"}", p->rdma.pci);
	else if (same_mac(n, p) == 1)
		text_add(t, "  - match: {mac: \"%s\"}", mac_text(p->link.mac, mac));
	else
		text_add(t, "  - match: {netdev: \"%s\"}", p->link.name);
	text_add(t, "  # %s %s\n    optional: true\n", p->name, p->link.name);
}

static void addresses_text(struct text *t, const struct wish *w)
{
	char text[PREFIX_TEXT];

	for vec_each(ad, &w->addrs)
		text_add(t, "%s\"%s\"", ad == w->addrs.at ? "    addresses: [" : ", ", prefix_text(&ad->prefix, text));
	text_add(t, "%s", w->addrs.n ? "]\n" : "");
	text_add(t, "%s", w->flush ? "    flush: true\n" : "");
}

static bool is_default(const struct route_wish *rw, enum opt is)
{
	return rw->route.dst.len == 0 && rw->is == is;
}

/* The default routes; none: of neither family. */
static void gateway_text(struct text *t, const struct wish *w, bool none)
{
	char text[IP_TEXT];
	size_t n = 0;

	for vec_each(rw, &w->routes)
		if (is_default(rw, OPT_SET))
			text_add(t, "%s\"%s\"", n++ ? ", " : "    gateway: [", ip_text(&rw->route.gateway, text));
	text_add(t, "%s", n ? "]\n" : none ? "    gateway: none\n" : "");
}

/* Connected routes follow from the addresses. */
static bool is_further(const struct route_wish *rw, bool none)
{
	if (rw->route.dst.len == 0)
		return rw->is == OPT_NONE && !none;
	return rw->is == OPT_NONE || rw->route.gateway.family;
}

static void routes_text(struct text *t, const struct wish *w, bool none)
{
	char to[PREFIX_TEXT], via[IP_TEXT];
	size_t n = 0;

	for vec_each(rw, &w->routes) {
		const struct route *rt = &rw->route;

		if (!is_further(rw, none))
			continue;
		text_add(t, "%s      - {to: \"%s\", via: \"%s\"", n++ ? "" : "    routes:\n", prefix_text(&rt->dst, to),
			 rw->is == OPT_SET ? ip_text(&rt->gateway, via) : "none");
		if (rt->metric)
			text_add(t, ", metric: %u", rt->metric);
		text_add(t, "}\n");
	}
}

static void ways_text(struct text *t, const struct wish *w)
{
	bool none = false, set = false;

	for vec_each(rw, &w->routes) {
		none |= is_default(rw, OPT_NONE);
		set |= is_default(rw, OPT_SET);
	}
	gateway_text(t, w, none && !set);
	routes_text(t, w, none && !set);
}

static void table_text(struct text *t, const struct wish *w)
{
	if (w->rules.n)
		text_add(t, "    table: %u\n    rule_priority: %u\n", w->rules.at[0].table, w->rules.at[0].priority);
	else if (w->addrs.n) /* null, not none: somebody else may have made the tables that subnets of two ports need */
		text_add(t, "    table: null\n");
}

/* Length of "arp." in "arp.ignore"; 0: the key is in no group. */
static size_t group_len(const struct setting *s)
{
	const char *dot = strchr(s->key, '.');

	return dot ? (size_t)(dot + 1 - s->key) : 0;
}

/* What is not wished is null: left out, a port with addresses would get it all the same. */
static void number_text(struct text *t, const struct setting *s, const struct opt_u32 *wish)
{
	text_add(t, "%s: ", s->key + group_len(s));
	if (wish->is == OPT_SET)
		text_add(t, "%u", wish->v);
	else
		text_add(t, "null");
}

/* Rows of one group stand together in the table of settings. */
static void numbers_text(struct text *t, const struct wish *w)
{
	const char *open = NULL; /* key of the row before, whose group is not closed yet */

	for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
		if (!s->key || s->read)
			continue;
		size_t len = group_len(s);
		bool same = open && len && strncmp(open, s->key, len) == 0;

		if (open && !same)
			text_add(t, "}\n");
		if (same)
			text_add(t, ", ");
		else if (len)
			text_add(t, "    %.*s: {", (int)len - 1, s->key);
		else
			text_add(t, "    ");
		number_text(t, s, &w->number[setting_id(s)]);
		text_add(t, "%s", len ? "" : "\n");
		open = len ? s->key : NULL;
	}
	text_add(t, "%s", open ? "}\n" : "");
}

static void file_write(const struct persist_in *in, const char *path, struct file_wishes *ret)
{
	struct text t = persist_file(in->arena);

	text_add(&t, "version: 1\n");
	boot_qos_text(&t, &in->wishes->node, 0);
	text_add(&t, "ports:\n");
	for vec_each(w, in->wishes) {
		match_text(&t, in->node, w->port);
		addresses_text(&t, w);
		ways_text(&t, w);
		table_text(&t, w);
		numbers_text(&t, w);
		boot_qos_text(&t, w, 4);
	}
	if (in->wishes->n)
		persist_put(in, ret, path, t.at, 0644, "reapply");
	else
		persist_drop(in, ret, path, "reapply");
}

void boot_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes)
{
	(void)notes;
	file_write(in, PERSIST_BOOT, ret);
}

void boot_script_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes)
{
	(void)notes;
	file_write(in, PERSIST_BOOT_SCRIPT, ret);
}
