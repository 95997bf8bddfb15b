/* SPDX-License-Identifier: MIT */
/* A plan made true: all of it, or nothing. */
#ifndef DOROCE_APPLY_TXN_H
#define DOROCE_APPLY_TXN_H

#include "plan/plan.h"

/* One change that could not be taken back. */
struct stuck {
	const struct op *op;
	struct err err;
};

/* What became of a transaction. done: changes that stand; undone: that were taken back after a
 * failure; failed: the change that failed, or NULL. */
struct txn {
	size_t done, undone;
	const struct op *failed;
	struct VEC(struct stuck) stuck;
};

/* Make the changes of pl in order. On the first failure take back what was done, newest first.
 * 0, or the first -errno; e: "PORT: what: cause". Memory from a. */
int txn_run(struct kern *k, const struct plan *pl, struct arena *a, struct txn *ret, struct err *e);

/* Tell the wire (gratuitous ARP) where the addresses of the changed ports are, so that peers forget
 * what they had learnt while ARP settings were wrong. 0, or -errno when it could not be told. */
int txn_announce(struct kern *k, const struct plan *pl, const struct wishes *ws, struct arena *a);

#endif
