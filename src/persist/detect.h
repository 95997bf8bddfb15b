/* SPDX-License-Identifier: MIT */
/* Which network manager has a port in its hands: by what runs and what it says of the port, never by the name of
 * the distribution. */
#ifndef DOROCE_PERSIST_DETECT_H
#define DOROCE_PERSIST_DETECT_H

#include "base/tree.h"
#include "setting/setting.h"

/* What detection looks at: globs for tree_read(). */
extern const char *const detect_reads[];

/* manager: "systemd-networkd"; NULL: nobody runs the port. backend: the one whose files it reads, or those of the
 * generator above it ("netplan"). why: what was found; of nobody, too. */
struct port_manager {
	const char *manager, *backend;
	const char *why;
};

/* Who runs the port of this netdev. Pure. */
struct port_manager port_manager(const struct tree *t, const struct link *l, struct arena *a);

/* Name of the backend for a run: of the manager that runs all of the wished ports; where nobody runs any of them,
 * of the only manager that runs on this node. NULL: they differ, or none, or several. *ret_why: what was found, and
 * for NULL what may be given by hand. Pure. */
const char *detect_backend(const struct tree *t, const struct wishes *ws, struct arena *a, const char **ret_why);

/* True when the unit ("lldpad.service") runs: systemd keeps a trace of it as long. */
bool unit_runs(const struct tree *t, const char *unit);

/* Value of the first `KEY=value` line of the text, in the arena; NULL: there is none. */
char *key_value(const char *text, const char *key, struct arena *a);

#endif
