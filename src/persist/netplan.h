/* SPDX-License-Identifier: MIT */
/* What other files of netplan say about our ports. */
#ifndef DOROCE_PERSIST_NETPLAN_H
#define DOROCE_PERSIST_NETPLAN_H

#include "base/diag.h"
#include "persist/match.h"

/* Name of our file in /etc/netplan. */
static inline const char *netplan_file(const struct persist_in *in)
{
	return in->script_names ? "55-nvidia-autoconfig.yaml" : "90-doroce.yaml";
}

/* Under which id our file speaks of a port, so that netplan merges it with what others say.
 * id: NULL: it can not be named. section: "ethernets". mac: to match by, NULL: the id is the name, or
 * another file has the match. merged: another file defines the port under this id. renderer: "networkd",
 * "NetworkManager"; where a file says so, renderer_at. link, vlan_id: of a VLAN that nobody else defines, the key of
 * what is below it, for which is_below is set. */
struct netplan_key {
	bool merged, is_below;
	const struct netplan_key *link;
	unsigned int vlan_id;
	const char *id, *section, *mac, *renderer;
	struct place renderer_at;
};

/* The keys of all ports, by the place of the wish. Tells what the other files add to a port or take from
 * it; fatal: what keeps the plan from coming back. */
struct netplan_key *netplan_seen(const struct persist_in *in, const struct port_lookup *lk,
				 struct persist_notes *notes);

/* One definition in one file. said: what it adds, for the operator ("dhcp4: true"). mtu, accept_ra: as written,
 * NULL: not there. renderer: its own, or that of its section. */
struct mention {
	const char *id, *section, *set_name, *said, *mtu, *accept_ra, *renderer;
	struct place at;
	struct port_match match;
	bool has_match;
};

struct mentions VEC(struct mention);

/* All that the files say but ours, in the order in which netplan reads them. renderer: of the node.
 * A file that is no YAML is a fatal note. */
struct netplan_files {
	struct mentions mentions;
	const char *renderer;
	struct place renderer_at;
};

struct netplan_files netplan_read(const struct persist_in *in, struct persist_notes *notes);

#endif
