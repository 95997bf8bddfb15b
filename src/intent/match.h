/* SPDX-License-Identifier: MIT */
/* Which entry of the intent a port belongs to. */
#ifndef DOROCE_INTENT_MATCH_H
#define DOROCE_INTENT_MATCH_H

#include "intent/intent.h"

/* True when every pattern given in m matches p. */
bool match_port(const struct match *m, const struct port *p);

/* The entry of `ports:` that p belongs to (the first that matches), or `defaults` when there are no
 * entries at all. NULL: p is left alone. */
const struct port_intent *match_entry(const struct intent *in, const struct port *p);

/* True when p is named by one of the n globs. */
bool match_any_name(const char *const *glob, size_t n, const struct port *p);

#endif
