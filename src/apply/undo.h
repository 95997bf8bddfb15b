/* SPDX-License-Identifier: MIT */
/* Taking a journal's changes back: what is ours is put back, what somebody else has changed since is kept. */
#ifndef DOROCE_APPLY_UNDO_H
#define DOROCE_APPLY_UNDO_H

#include "apply/journal.h"

enum undo_result {
	UNDO_DONE,     /* the old value is written */
	UNDO_NOTHING,  /* the old value was there already */
	UNDO_CONFLICT, /* somebody else has changed it since: kept */
	UNDO_GONE,     /* the port is not there any more */
	UNDO_REBOOT,   /* it went with the boot, and nothing has made it again */
	UNDO_FAILED,   /* the kernel refused: err */
};

/* port: NULL: of the node. */
struct undone {
	const struct entry_port *port;
	const struct setting *setting;
	enum undo_result result;
	struct value old, want, seen; /* seen: with UNDO_CONFLICT */
	struct err err; /* with UNDO_CONFLICT: why the file that is there now can not be read; code 0: it can */
};

/* What became of a revert. undone: newest change first. back: addresses and routes beside the changes that
 * these had taken along and that are there again; missing: those that could not be put back. */
struct undo {
	struct VEC(struct undone) undone;
	struct raws back, missing;
};

/* Take en back, newest change first, each by what the kernel holds now: the wished value is replaced by
 * the old one, anything else stays. May be repeated after any interruption. j: records; NULL none.
 * Of an entry of an earlier boot its files, and what of the kernel is again as it was wished.
 * 0, also with conflicts; -EIO when something could not be put back; -errno when the node can not be read. */
int undo_run(struct kern *k, const struct entry *en, const struct journal *j, struct arena *a,
	     struct undo *ret, struct err *e);

/* files_back: called when the files are back and nothing else is yet; NULL: nothing is. */
struct undo_options {
	const struct journal *journal;
	unsigned int parallel, link_ms; /* see struct txn_options */
	void (*files_back)(void *user);
	void *user;
};

int undo_run_with(struct kern *k, const struct entry *en, const struct undo_options *o, struct arena *a,
		  struct undo *ret, struct err *e);

/* An entry of an earlier boot by the devices of now: its ports are found by netdev name and MAC address, what
 * it has noted of other objects is left out. Any other as it is. Pure. */
struct entry entry_of_now(const struct entry *en, const struct node *n, struct arena *a);

/* What undo_run would do, by what n holds now: UNDO_DONE is what would be written. Adds to ret. */
void undo_preview(const struct node *n, const struct entry *en, struct arena *a, struct undo *ret);

/* The node, and the files of the entry. One that can not be read is somebody else's now: see node_file_refused. */
int entry_node_read(struct kern *k, const struct entry *en, struct arena *a, struct node *ret,
		    struct err *e);

/* What the kernel holds in the place of a change; *ret_port: NULL with HELD_NO_PORT. */
/* HELD_PART: of a list some places are made, by a write that did not come to its end. */
enum held { HELD_OLD, HELD_WANT, HELD_PART, HELD_OTHER, HELD_NO_PORT };

enum held entry_held(const struct node *n, const struct entry *en, const struct entry_op *op,
		     struct port *ret_port, struct value *ret_seen);

/* True when change x of ex and change y of ey are of the same number or object. */
bool entry_op_same(const struct entry *ex, const struct entry_op *x, const struct entry *ey,
		   const struct entry_op *y);

/* True when a change of one port's link can move that of another one: a VLAN, a bond of them. */
bool entry_is_stacked(const struct entry *en, const struct node *n);

/* Number of changes with the result. */
size_t undo_count(const struct undo *u, enum undo_result r);

#endif
