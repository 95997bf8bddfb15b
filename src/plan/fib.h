/* SPDX-License-Identifier: MIT */
/* Where packets of this node go by its rules and routes, and where they would go after a plan. */
#ifndef DOROCE_PLAN_FIB_H
#define DOROCE_PLAN_FIB_H

#include "plan/plan.h"

/* Each was there before (by NULL), or comes or goes (gone) by a change of the plan. */
struct fib_own {
	struct addr addr;
	const struct op *by;
	bool gone;
};

struct fib_route {
	struct route route;
	const struct op *by;
	bool gone;
};

struct fib_rule {
	struct rule rule;
	const struct op *by;
	bool gone;
};

/* own: addresses of this node. rules: in the order in which they are met. */
struct fib {
	struct VEC(struct fib_own) own;
	struct VEC(struct fib_route) routes;
	struct VEC(struct fib_rule) rules;
};

/* A packet of this node. oif: ifindex of the port that it is bound to, 0 none. iif, oif_name: what rules that ask for
 * interfaces are compared with: iif is "lo" for what sockets and rdma_cm send, "" in the check of the way back that
 * rdma_cm makes on its passive side; NULL: such rules are passed over. */
struct fib_packet {
	struct ip src, dst;
	uint32_t oif;
	const char *iif, *oif_name;
};

/* What decides: own, or the rule and the route in its table. */
struct fib_path {
	const struct fib_own *own;
	const struct fib_rule *rule;
	const struct fib_route *route;
};

struct fib fib_of_node(const struct node *n, struct arena *a);

/* Make the changes of pl, and what follows from them in the kernel: routes of addresses, of ports that go
 * up or down. Pure. */
void fib_change(struct fib *f, const struct node *n, const struct plan *pl, struct arena *a);

/* The way of a packet from src to dst. False: there is none. Known only by what struct rule and struct
 * route tell: rules for marks, users, interfaces are passed over, of equal hops the first is taken. Whoever
 * uses it for a prediction compares its answer for the present with the kernel's. */
bool fib_find(const struct fib *f, const struct ip *src, const struct ip *dst, struct fib_path *ret);

/* The same of a packet that is bound to a port: IPv4 takes no route by another one, IPv6 takes one where the prefix has
 * none by this one. False: ret holds what refuses it, a rule or with it a route; nothing: no route. */
bool fib_find_bound(const struct fib *f, const struct fib_packet *p, struct fib_path *ret);

#endif
