/* SPDX-License-Identifier: MIT */
/* Which addresses of a node are those of its RoCE ports, and who is expected to ask there. */
#ifndef DOROCE_VALIDATE_ADMIT_SOURCES_H
#define DOROCE_VALIDATE_ADMIT_SOURCES_H

#include "port/port.h"
#include "setting/setting.h"

struct prefixes VEC(struct prefix);

/* Addresses of RoCE ports, and of what lies on them (a VLAN, a bond), with their subnets. Added to ret. */
void own_addresses(const struct node *n, struct arena *a, struct prefixes *ret);

/* Their subnets, and where the routes of the ports lead: those of w where it wishes routes for the port, else those
 * that the kernel has, in a table that a rule from an address of the port leads to (a default route there means
 * everybody behind the gateway), or in the table main, but for a default route. w NULL: no intent. Added to ret. */
void sources_find(const struct node *n, const struct wishes *w, struct arena *a, struct prefixes *ret);

#endif
