/* SPDX-License-Identifier: MIT */
/* Look-ups of stage route: what is asked, what the kernel says, and why it does not say what is wanted. */
#ifndef DOROCE_VALIDATE_STAGE_ROUTE_H
#define DOROCE_VALIDATE_STAGE_ROUTE_H

#include "plan/fib.h"
#include "validate/verify.h"

/* Who asks: rdma_cm, bound to the port; a socket, bound to the address alone; rdma_cm when it is asked by a peer, which
 * looks whether its own way back leaves by the port. */
enum way_kind { WAY_BOUND, WAY_SOCKET, WAY_BACK };

/* One look-up from the target's address to dst. gateway: wanted, no family: on the link; of no matter to WAY_BACK.
 * error: the kernel's, NULL: seen is its answer. */
struct way {
	enum way_kind kind;
	const struct target *t;
	struct ip dst, gateway;
	struct route seen;
	const char *error;
};

/* Ask the kernel: fills seen and error. */
void way_ask(struct verify *v, struct way *w);

/* The packet of the look-up, and this node's rules and routes for it. */
struct fib_packet way_packet(const struct way *w);
const struct fib *way_fib(struct verify *v);

/* A rule from the target's address to a table. */
bool way_owns(const struct target *t, const struct rule *ru);

/* By the port, and, but for WAY_BACK, by the gateway; of the table nothing is said. */
bool way_is_right(const struct verify *v, const struct way *w);

/* A result of a way that is wrong: its finding, why and mend, and that it follows from stage settings where the plan
 * still has something to do about the port's routes, rules or addresses of the family. */
void way_explain(struct verify *v, const struct way *w, struct result *r);

/* "dev p0 via 10.0.0.254 table 101" */
char *way_text(const struct verify *v, const struct route *rt);

/* A host beyond every subnet stands for all that a gateway leads to. */
struct ip far_host(uint8_t family);

#endif
