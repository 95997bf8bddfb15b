/* SPDX-License-Identifier: MIT */
/* The .network files of others. */
#ifndef DOROCE_PERSIST_NETWORKD_H
#define DOROCE_PERSIST_NETWORKD_H

#include "persist/match.h"

/* Tell of every file that takes a port from ours, or that ours takes one from: the first file by name that
 * matches counts alone. path: of our file, by the place of the wish; NULL: it has none. */
void networkd_seen(const struct persist_in *in, const struct port_lookup *lk, const char *const *path,
		   struct persist_notes *notes);

#endif
