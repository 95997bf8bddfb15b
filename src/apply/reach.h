/* SPDX-License-Identifier: MIT */
/* Addresses that the caller depends on: their ways before the changes, as foreseen, and after them. */
#ifndef DOROCE_APPLY_REACH_H
#define DOROCE_APPLY_REACH_H

#include "kern/resolver.h"
#include "plan/plan.h"

/* One address and the way to it. name: "10.0.0.9 (--keep)", for messages.
 * from: the source that its packets have; no family: the one that the kernel chooses.
 * error: of the look-up before the changes: 0, or -errno: unreachable then, nothing is required of it.
 * before: the answer of that look-up, prefsrc always filled. waived: may be lost, the caller forces it. */
struct way {
	struct host to;
	struct ip from;
	char *name;
	const char *keep; /* the argument of --keep; NULL: not asked for by it */
	bool waived;
	int error;
	struct route before;
};

/* kern, node (as it is before the changes) and arena are the caller's. */
struct reach {
	struct kern *kern;
	const struct node *node;
	struct arena *arena;
	struct VEC(struct way) ways;
};

/* Add an address and look its way up at once; an address that is there already is not added again, but
 * for --keep. keep: its argument as it was given. client, server: ends of the caller's SSH connection.
 * reach_defaults: the gateway of each family, and an address that only default routes lead to, now and by pl. */
void reach_keep(struct reach *re, const struct hosts *hosts, const char *keep);
void reach_ssh(struct reach *re, const struct ip *client, const struct ip *server);
void reach_servers(struct reach *re, const struct hosts *servers);
void reach_defaults(struct reach *re, const struct plan *pl);

/* True when one of the addresses of this --keep could be reached before the changes. */
bool reach_is_kept(const struct reach *re, const char *keep);

/* A way that a plan would take: what becomes of it, why. port: the one whose change does it. */
struct loss {
	struct way *way;
	const struct port *port;
	char *text; /* "10.0.0.9 (--keep) would leave by p0: the address 10.0.0.1/8 of the intent covers it" */
};

struct losses VEC(struct loss);

/* What pl would lead elsewhere or nowhere. Pure; nothing is foreseen where rules and routes alone do not
 * explain the present way. */
struct losses reach_foresee(struct reach *re, const struct plan *pl);

/* Look every way up again (reach: struct reach *, as struct txn_options wants it). 0 when each is as it was
 * before; -EHOSTUNREACH: one is lost or leads elsewhere; e names it and both ways. */
int reach_check(void *reach, struct err *e);

#endif
