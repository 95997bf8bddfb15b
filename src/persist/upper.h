/* SPDX-License-Identifier: MIT */
/* Netdevs that stand on others: by what a VLAN is made again, and who makes a bond. */
#ifndef DOROCE_PERSIST_UPPER_H
#define DOROCE_PERSIST_UPPER_H

#include "persist/persist.h"

/* A VLAN as a file defines it. */
struct vlan {
	const struct link *below;
	unsigned int id;
};

/* True when the netdev of the wish is a VLAN on a netdev of our namespace. */
bool vlan_of(const struct persist_in *in, const struct wish *w, struct vlan *ret);

/* Tell, fatal, what a definition of ours would not make again: flags, a protocol. */
void vlan_define_check(const struct persist_in *in, const struct wish *w, struct persist_notes *notes);

/* The netdevs below the wished VLANs that have no addresses of the intent, each once: wishes for the MTU alone,
 * where one is wished, or for nothing. */
struct wishes below_vlans(const struct persist_in *in);

/* Tell, fatal, why no file of ours may define the netdev below a VLAN: it has addresses by other means, or is
 * itself made by somebody. False then. who: the manager. */
bool below_may_have_file(const struct persist_in *in, const struct wish *w, const char *who,
			 struct persist_notes *notes);

bool wish_is_bond(const struct wish *w);

/* True when the netdev is not there by itself: somebody has to make it, after each boot. */
bool link_is_made(const struct link *l);

/* Of a bond the manager takes addresses from the file alone that makes it: tell which one that is. who: the manager. */
void bond_note(const struct persist_in *in, const struct wish *w, const char *who, const struct file *f,
	       unsigned int line, struct persist_notes *notes);

/* The same of bonds of which nothing was told so far: no file makes them. */
void bonds_unmade(const struct persist_in *in, const char *who, struct persist_notes *notes);

#endif
