/* SPDX-License-Identifier: MIT */
/* The places of an intent that say something of a port's settings, and what comes of them together. */
#ifndef DOROCE_INTENT_LAYERS_H
#define DOROCE_INTENT_LAYERS_H

#include "intent/profile.h"

/* From the lowest: the profile with its bases, `qos:`, `defaults:`; a port's own entry goes over them. */
struct layers {
	const struct intent *in;
	struct arena *arena;
	struct diag *diag;
	const struct port_intent *at[PROFILE_BASES_MAX + 2];
	size_t n;
};

struct layers layers_of(const struct intent *in, struct arena *a, struct diag *d);

/* Which settings something was said of, null included, and where; file NULL: nowhere in a file. */
struct said {
	bool at[SETTING_N];
	struct place *where;
};

/* Lay all of them and the entry (NULL: none) over what w has of numbers and lists. */
void layers_fold(const struct layers *la, const struct port_intent *entry, struct wish *w, struct said *ret);

/* The same, and what follows from it: see qos.c. Errors go to the diag: what can not go together on w's port. */
void layers_wish(const struct layers *la, const struct port_intent *entry, struct wish *w);

/* The wishes of the node, which no entry has. */
void layers_wish_node(const struct layers *la, struct wish *node);

#endif
