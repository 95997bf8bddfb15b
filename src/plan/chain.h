/* SPDX-License-Identifier: MIT */
/* The way of a RoCE packet through a port's QoS: from its ToS to the queue that is paused for it. */
#ifndef DOROCE_PLAN_CHAIN_H
#define DOROCE_PLAN_CHAIN_H

#include "intent/intent.h"

/* In the order in which a packet meets them. */
enum chain_part {
	CHAIN_DSCP,   /* ToS of rdma_cm -> DSCP */
	CHAIN_TRUST,  /* what the port looks at */
	CHAIN_PRIO,   /* -> priority: by DSCP; by the tag, that of a VLAN from rdma_cm's kernel priority */
	CHAIN_TC,     /* -> traffic class of ETS */
	CHAIN_BUFFER, /* -> receive buffer */
	CHAIN_PFC,    /* the priority is paused, not dropped */
	CHAIN_ETS,    /* the class has bandwidth */
	CHAIN_ECN,    /* marks on the priority slow senders down */
	CHAIN_CNP,    /* the CNPs that say so are not paused themselves */
	CHAIN_PARTS
};

/* UNKNOWN: not to be had, or nothing is wished of it: `seen` says which. REMARK: it works, not well. BROKEN: RoCE
 * does not use what is wished. */
enum chain_state { CHAIN_UNKNOWN, CHAIN_HOLDS, CHAIN_REMARK, CHAIN_BROKEN };

/* seen, wanted: short, for tables; wanted: with REMARK and BROKEN. text: of these the whole in one sentence.
 * at: where the intent says what is in the way; NULL: it does not. */
struct chain_link {
	enum chain_state state;
	const char *seen, *wanted, *text;
	const struct place *at;
};

/* prio, tc: known while the links up to them are. in_tag: the priority is that of a VLAN's tag. */
struct chain {
	const struct port *port;
	uint32_t tos, dscp, prio, tc;
	bool prio_known, tc_known, in_tag;
	struct chain_link link[CHAIN_PARTS];
};

/* What chain_of() looks at, CHAIN_NEEDS of them: to be read with setting_read() where no wish has them read. Of a VLAN
 * those of the port below it. */
extern const enum setting_id chain_needs[];
enum { CHAIN_NEEDS = 11 };

/* Name of the part ("priority"), and why it matters. */
const char *chain_name(enum chain_part c);
const char *chain_why(enum chain_part c);

/* The chain of w's port. planned: with w's wishes, those of a VLAN's port below (in ws) and, where nothing is wished,
 * what was read; else what was read alone, and what is wanted of it by the wishes. Pure. */
struct chain chain_of(const struct wishes *ws, const struct wish *w, const struct node *n, bool planned,
		      struct arena *a);

/* Why the chain's priority is not known: what is seen of the first link that is not. */
const char *chain_unknown(const struct chain *c);

/* Before any write, with what was read: a chain that the plan would leave broken is an error at its place in the
 * intent, told once; so are ETS bandwidths and buffers that do not add up. What works not well is a remark. 0, -EINVAL
 * with d filled. Pure. */
int chain_prove(const struct wishes *ws, const struct node *n, struct arena *a, struct remarks *remarks, struct diag *d);

/* Add an obstacle for each wish beyond what the driver can have at once. Pure. */
void chain_caps(struct planning *pl, const struct wish *w);

/* Priority inside the kernel of what rdma_cm sends with the ToS: rt_tos2priority(). */
uint32_t skb_prio_of_tos(uint32_t tos);

#endif
