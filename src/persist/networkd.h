/* SPDX-License-Identifier: MIT */
/* The .network and .netdev files of others. */
#ifndef DOROCE_PERSIST_NETWORKD_H
#define DOROCE_PERSIST_NETWORKD_H

#include "persist/match.h"

/* Tell of every file that takes a port from ours, or that ours takes one from: the first file by name that
 * matches counts alone. path: of our file, by the place of the wish; NULL: it has none. */
void networkd_seen(const struct persist_in *in, const struct port_lookup *lk, const char *const *path,
		   struct persist_notes *notes);

/* The file by which networkd runs a port for which we write none: the first by name that matches. NULL: none. */
const struct file *networkd_file_of(const struct persist_in *in, const struct wish *w);

/* True when the file, or what somebody adds to it in FILE.d, puts the VLAN on the port. */
bool networkd_has_vlan(const struct persist_in *in, const struct file *f, const char *netdev);

/* The .netdev file of somebody else that makes the netdev, NULL: none. */
const struct file *networkd_maker(const struct persist_in *in, const char *netdev);

#endif
