/* SPDX-License-Identifier: MIT */
/* A plan made true: all of it, or nothing. */
#ifndef DOROCE_APPLY_TXN_H
#define DOROCE_APPLY_TXN_H

#include "apply/undo.h"

/* What became of a transaction. done: changes that stand. failed: the change that failed, NULL: none.
 * undo: what was taken back after a failure. back: foreign addresses and routes that the changes had taken
 * along and that are there again; lost: those that are not while the changes stand. */
struct txn {
	size_t done;
	const struct op *failed;
	struct undo undo;
	struct err undo_err; /* why not all of it was taken back; code 0: it was */
	struct raws lost;
};

struct txn_options {
	int dir;             /* of the journal; -1: none is kept */
	const char *command; /* for the journal */
	uint32_t confirm_s;
	unsigned int parallel;    /* ports whose link may be down at a time, see flap.h */
	unsigned int link_ms;     /* how long one may stay down, 0: the usual limit */
	bool (*stop)(void *user); /* asked before every change: true is taken as a failure (a signal) */
	/* asked when all changes are made: an error of it (-errno, e filled) takes them back; NULL: none */
	int (*check)(void *user, struct err *e);
	/* asked when they are taken back, between the files and the rest; NULL: none */
	void (*files_back)(void *user);
	void *user;
};

/* Make the changes of pl in order, journal first. On the first failure take back what was done.
 * 0, or the first -errno; e: "PORT: what: cause". Memory from a. *ret_id: of the journal, 0 none. */
int txn_run(struct kern *k, const struct plan *pl, const struct txn_options *o, struct arena *a,
	    struct txn *ret, unsigned int *ret_id, struct err *e);

/* What of an unfinished journal is not made yet, as a plan; ret_node: as it is now, with the files of en.
 * 0; -ESTALE: somebody else has changed a value since, -ENODEV: a port has gone. */
int txn_left(struct kern *k, const struct entry *en, struct arena *a, struct node *ret_node,
	     struct plan *ret, struct err *e);

/* Complete an unfinished journal: what is not made yet is made. Where somebody else has changed a value
 * since, or a port has gone, nothing is begun (-ESTALE, -ENODEV; ret->undo is empty). When a change or
 * the check fails all of en is taken back. 0, or the first -errno. */
int txn_resume(struct kern *k, const struct entry *en, const struct txn_options *o, struct arena *a,
	       struct txn *ret, struct err *e);

/* Tell the wire (gratuitous ARP) where the addresses of the changed ports are, so that peers forget
 * what they had learnt while ARP settings were wrong. 0, or -errno when it could not be told. */
int txn_announce(struct kern *k, const struct plan *pl, const struct wishes *ws, struct arena *a);

#endif
