/* SPDX-License-Identifier: MIT */
/* Netdevs that stand on others: by what a VLAN is made again, and who makes a bond. */
#include "persist/upper.h"

#include <string.h>

#include "persist/text.h"

bool vlan_of(const struct persist_in *in, const struct wish *w, struct vlan *ret)
{
	const struct link *l = &w->port->link;

	if (!l->vlan_id || !l->lower)
		return false;
	*ret = (struct vlan){ .below = node_link(in->node, l->lower), .id = l->vlan_id };
	return ret->below;
}

void vlan_define_check(const struct persist_in *in, const struct wish *w, struct persist_notes *notes)
{
	const struct link *l = &w->port->link;

	if (l->vlan_extra)
		persist_note_add(in, notes, w->port, true,
				 "%s: is a VLAN with %s, which no file of doroce tells: define the VLAN in a file of "
				 "your own, or --no-persist", l->name, l->vlan_extra);
}

/* Also where it is no RoCE port: an RDMA device may have the VLAN itself for its netdev. */
static const struct port *port_of(const struct persist_in *in, const struct link *l)
{
	for vec_each(p, &in->node->ports)
		if (p->link.ifindex == l->ifindex)
			return p;
	struct port *p = arena_new(in->arena, struct port);

	p->link = *l;
	memcpy(p->name, l->name, sizeof(l->name));
	return p;
}

struct wishes below_vlans(const struct persist_in *in)
{
	struct wishes ret = { 0 };
	struct vlan v;

	for vec_each(w, in->wishes) {
		if (!w->addrs.n || !vlan_of(in, w, &v) || wishes_find(&ret, v.below->ifindex))
			continue;
		const struct wish *own = wishes_find(in->wishes, v.below->ifindex);
		if (own && own->addrs.n)
			continue;
		struct wish *below = vec_add(in->arena, &ret);
		below->port = own ? own->port : port_of(in, v.below);
		if (own)
			memcpy(below->number, own->number, sizeof(below->number));
	}
	return ret;
}

bool link_is_made(const struct link *l)
{
	static const char *const kinds[] = { "bond", "bridge", "ipvlan", "macvlan", "team", "vlan" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(l->kind, kinds[i]) == 0)
			return true;
	return false;
}

static bool has_addresses(const struct node *n, const struct link *l)
{
	for vec_each(ad, &n->addrs)
		if (ad->ifindex == l->ifindex && !ip_is_link_local(&ad->prefix.addr))
			return true;
	return false;
}

bool below_may_have_file(const struct persist_in *in, const struct wish *w, const char *who,
			 struct persist_notes *notes)
{
	const struct link *l = &w->port->link;
	const char *why = NULL;

	if (link_is_made(l))
		why = arena_printf(in->arena, "is a %s", l->kind);
	else if (has_addresses(in->node, l))
		why = "has addresses of which the intent says nothing";
	if (why)
		persist_note_add(in, notes, w->port, true,
				 "%s: lies below a VLAN, %s, and no file of %s defines it: write one, or --no-persist",
				 l->name, why, who);
	return !why;
}

bool wish_is_bond(const struct wish *w)
{
	return strcmp(w->port->link.kind, "bond") == 0;
}

void bond_note(const struct persist_in *in, const struct wish *w, const char *who, const struct file *f,
	       unsigned int line, struct persist_notes *notes)
{
	persist_note_add(in, notes, w->port, false,
			 "%s:%u: makes the bond %s, and %s takes its addresses, routes and rules from there alone: "
			 "write them there; what is not there doroce reapply makes again after a boot", f->path, line,
			 w->port->link.name, who);
}

static bool is_told_of(const struct persist_notes *notes, const struct port *p)
{
	for vec_each(n, notes)
		if (n->port == p)
			return true;
	return false;
}

void bonds_unmade(const struct persist_in *in, const char *who, struct persist_notes *notes)
{
	for vec_each(w, in->wishes)
		if (w->addrs.n && wish_is_bond(w) && !is_told_of(notes, w->port))
			persist_note_add(in, notes, w->port, false,
					 "%s: no file of %s makes this bond; once it is there after a boot, doroce "
					 "reapply gives it back what is wished", w->port->link.name, who);
}
