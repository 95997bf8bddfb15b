/* SPDX-License-Identifier: MIT */
/* The journals as commands find, name and show them. */
#ifndef DOROCE_CMD_ENTRIES_H
#define DOROCE_CMD_ENTRIES_H

#include "base/json.h"
#include "cmd/state.h"

/* Open the directory for reading, without the lock; s->dir stays -1 where there is none.
 * EXIT_OK, or EXIT_FAILED (printed). */
int entries_look(struct state *s);

/* Tell on stderr of each journal that can not be read, and that it is left out. */
void entries_warn(const struct entries *es);

/* The same of those that are seen to be foreign without reading any: cheap. */
void entries_warn_foreign(const struct state *s, struct arena *a);

/* It can not be read: why, and what to do. EXIT_FAILED. */
int entry_unreadable(const struct entry *en);

/* It was begun, or half taken back, or can not be read and may be so: what to do. EXIT_FAILED. */
int entry_pending_refuse(const struct entry *en);

/* The journal that the word of the command line names. NULL: *ret is the exit status, printed. */
struct entry *entry_named(const struct entries *es, const char *word, struct arena *a, int *ret);

/* True when en was a run under the name of the script; program NULL: any. */
bool entry_is_of(const struct entry *en, const char *program);

/* True when en stands: what it changed can be taken back. Of an earlier boot these are its files. */
bool entry_stands(const struct entry *en);

/* True when en was to be confirmed and has not been, or is of an earlier boot and did not come to its end. */
bool entry_unconfirmed(const struct entry *en);

/* "applied", "applied, to be confirmed", "unfinished", "half taken back", "reverted", "gone with the reboot, its
 * files stand", … */
const char *entry_state_text(const struct entry *en);

/* The newest standing journal after en that has changed something of what en has; NULL: there is none.
 * *ret_n: how many changes of en. */
const struct entry *entry_covered(const struct entries *es, const struct entry *en, size_t *ret_n);

/* True when a standing journal after en has changed what op of en has. */
bool entry_op_covered(const struct entries *es, const struct entry *en, const struct entry_op *op);

/* What taking journals back needs; es: all of them. reload: the manager is to read the files that are back;
 * where a configure of this boot has made it read its own it is made to in any case. boot: this is the boot
 * unit; a generator has read the files before it.
 * parallel: see flap.h. reload_err: why it could not be. */
struct taking {
	struct kern *kern;
	int dir;
	struct entries es;
	struct arena *arena;
	bool reload, boot;
	uint32_t parallel;
	struct err reload_err;
};

/* Take en back, under the lock. It then counts as reverted, unless a later journal covers it: that one's
 * old values are en's, so en can be taken back again after it. 0; -errno: not all could be put back, or
 * that could not be noted. */
int entry_take_back(struct taking *t, struct entry *en, struct undo *ret, struct err *e);

/* {"id", "time", "state", "confirm_s", "confirmed", "command"}; of one that can not be read {"id", "state",
 * "why"}. New reference. */
json_t *json_of_entry(const struct entry *en);

/* {"port", "netdev"}. New reference. */
json_t *json_of_entry_port(const struct entry_port *p);

#endif
