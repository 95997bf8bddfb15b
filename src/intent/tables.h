/* SPDX-License-Identifier: MIT */
/* One routing table for each port: kept where the port has one, else the next that is free. */
#ifndef DOROCE_INTENT_TABLES_H
#define DOROCE_INTENT_TABLES_H

#include "intent/intent.h"

/* What a table is wanted for, and which it is to be. */
struct table_claim {
	const struct port *port;
	const struct addr *addrs; /* addresses whose rules lead to it */
	size_t n;
	uint32_t first; /* first table that may be taken, 1..2^32-1 */
	bool exact;     /* first is named by the port's own entry: it may have a name */
	uint32_t table; /* out; 0: none left */
};

bool table_is_reserved(uint32_t table); /* unspec, default, main, local */

/* Give every claim a table of its own. A table is in foreign use when a route in it leaves by another
 * device, a rule leads to it from another source, a VRF has it, or a file gives it a name; it is skipped and a
 * remark says so. Pure. */
void tables_assign(struct table_claim *claim, size_t n, const struct node *node, const struct table_names *names,
		   struct arena *a, struct remarks *remarks);

#endif
