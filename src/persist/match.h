/* SPDX-License-Identifier: MIT */
/* Which ports somebody else's file means, and by what our own file may name a port. */
#ifndef DOROCE_PERSIST_MATCH_H
#define DOROCE_PERSIST_MATCH_H

#include "persist/persist.h"

/* What a file asks of a netdev: lists of globs with spaces between, "!" before the first one inverts
 * the list; NULL: not asked. mac_now: the address in use is meant, which a VLAN shares with its port, not the
 * permanent one. other: a condition that is not known here: it may match. */
struct port_match {
	const char *name, *mac, *driver, *kind, *type, *path;
	bool mac_now, other;
};

struct wish_list VEC(const struct wish *);

/* All ports with a wish, by the name of their netdev and by their MAC address. */
struct port_lookup {
	const struct wish **by_name, **by_mac;
	size_t n;
};

struct port_lookup port_lookup_make(const struct persist_in *in);
const struct wish *port_lookup_name(const struct port_lookup *lk, const char *netdev);

/* Add the ports that match. Linear in the ports only where the match is by globs. */
void port_match_find(const struct port_match *m, const struct port_lookup *lk, struct arena *a,
		     struct wish_list *ret);

/* True when m can mean one port alone: a whole name or MAC address, no glob. */
bool port_match_is_exact(const struct port_match *m);

/* How our file names a port: by its name, or by its MAC address (text; NULL: by name). The name of a
 * PCI port follows from its slot, except where the kernel counts (eth0) or the name is one that
 * systemd-networkd and netplan do not take: then the MAC address, if it is the port's own and no
 * other's. False: neither can be used. */
bool port_identity(const struct port_lookup *lk, const struct wish *w, struct arena *a,
		   const char **ret_mac);

#endif
