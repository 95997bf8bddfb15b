/* SPDX-License-Identifier: MIT */
/* Who else will overwrite a setting of a port: managers' files, sysctl.d, daemons. */
#ifndef DOROCE_OWNER_OWNER_H
#define DOROCE_OWNER_OWNER_H

#include "base/tree.h"
#include "setting/setting.h"

/* One place that sets something of a port. name: of the setting, or "dcb" where no setting of that kind is known.
 * owner: "sysctl.d", "netplan". file: NULL: none, a built-in default; line: 0: the whole of it.
 * unit: what acts on it. says: the value or line that it holds. text: when and with what effect.
 * contradicts: it is not what is wished, or, without a wish, not what is there now. */
struct owner {
	const struct port *port;
	const char *name, *owner, *file;
	unsigned int line;
	const char *unit, *says, *text;
	bool contradicts;
};

struct owners VEC(struct owner);

/* wishes: may be empty: what is there now counts then. tree: of owner_reads. */
struct owner_in {
	struct arena *arena;
	const struct tree *tree;
	const struct node *node;
	const struct wishes *wishes;
};

/* What owners are found in: globs for tree_read(). */
extern const char *const owner_reads[];

/* All owners of the settings of the RoCE ports, by port, then setting. Files that doroce has written are none.
 * A setting joins by its row: below net.ipv4.conf by its name there, others by their kind. Pure. */
void owners_find(const struct owner_in *in, struct owners *ret);

#endif
