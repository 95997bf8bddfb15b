/* SPDX-License-Identifier: MIT */
/* Routes of a port's table beside those that follow from its addresses and its gateway. */
#ifndef DOROCE_INTENT_ROUTES_H
#define DOROCE_INTENT_ROUTES_H

#include "intent/addresses.h"

/* What the checks look at together: all ports of the plan. */
struct routing {
	const struct intent *in;
	const struct address_plan *ap;
	size_t n;
	const struct node *node;
	struct arena *arena;
	struct diag *d;
};

enum { IP6_METRIC = 1024 }; /* what the kernel makes of none */

/* A destination without host bits; a next hop, or none. 0, -EINVAL. */
int route_to_parse(const char *text, struct prefix *ret, struct err *e);
int route_via_parse(const char *text, struct opt_ip *ret, struct err *e);

/* True when a route with the key of rt is among the wishes. */
bool has_route_wish(const struct wish *w, const struct route *rt);

/* Add the routes that the intent has for the port to its wish; table 0: it has none of its own. Told as errors:
 * no table, no address, next hop not on the link or of this node, a route twice. */
void routes_wish(const struct routing *ro, const struct address_plan *ap, uint32_t table, struct wish *w);

#endif
