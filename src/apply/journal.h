/* SPDX-License-Identifier: MIT */
/* The journal: what a configure is about to change and what was there, on disk before the first change.
 *
 * In the directory (root, 0700):
 *   lock       held by the command that changes something; its text names the holder
 *   ID.json    the plan: version, time, boot, ports, each change with old and new value, and the addresses
 *              and routes of the ports before, as the kernel's own messages
 *   ID.log     a record a line, appended: {"did": N} {"undid": N} {"end": "applied" | "reverted", …}
 *              {"undoing": [MESSAGE, …]} {"confirm": SECONDS} {"confirmed": true}; a torn last line counts
 *              as not written */
#ifndef DOROCE_APPLY_JOURNAL_H
#define DOROCE_APPLY_JOURNAL_H

#include "plan/plan.h"

enum { JOURNAL_VERSION = 1, JOURNAL_KEPT = 20 };

#define JOURNAL_DIR "/var/lib/doroce"

/* Where a journal stands. GONE: of an earlier boot, what it changed went with that. */
enum entry_state { ENTRY_UNFINISHED, ENTRY_APPLIED, ENTRY_REVERTED, ENTRY_GONE };

/* The port of a change, as it was: found again by netdev name, ifindex and MAC address together. */
struct entry_port {
	char name[PORT_NAME];
	char netdev[IFNAMSIZ];
	int ifindex;
	uint8_t mac[MAC_LEN];
};

enum { ENTRY_NODE = -1 };

struct entry_op {
	int port; /* index into ports; ENTRY_NODE: of none */
	const struct setting *setting;
	struct value old, want;
};

/* One journal, read. before: of its ports, when it began; lost: of those, what the changes took along, and
 * what was there when a revert began that did not end.
 * did: changes noted as made. confirm_s: to be confirmed within, 0: not. */
struct entry {
	unsigned int id;
	char *time, *command;
	enum entry_state state;
	struct VEC(struct entry_port) ports;
	struct VEC(struct entry_op) ops;
	struct raws before, lost;
	size_t did;
	uint32_t confirm_s;
	bool confirmed;
};

struct entries VEC(struct entry);

/* The port of a change; NULL: of the node. */
static inline const struct entry_port *entry_port(const struct entry *en, const struct entry_op *op)
{
	return op->port < 0 ? NULL : &en->ports.at[op->port];
}

/* The directory, made when it is not there. fd, or -errno; e names it. */
int journal_dir(const char *path, struct err *e);

/* The lock of the directory; held until the fd is closed (also by death). -EBUSY: e says who holds it. */
int journal_lock(int dir, const char *command, struct err *e);

/* Every journal, oldest first; one that can not be read is an error that names it.
 * A directory that is not there (dir < 0) has none. */
int journal_list(int dir, struct arena *a, struct entries *ret, struct err *e);

/* The journal with the id. 0; -ENOENT; -EBADMSG. */
int journal_load(int dir, unsigned int id, struct arena *a, struct entry *ret, struct err *e);

/* True when the newest journal is unfinished; it is read then. Only one can be: a configure refuses to
 * begin while there is one. Cheap where it is finished. */
bool journal_pending(int dir, struct arena *a, struct entry *ret);

/* The id that journal_begin will give next. */
unsigned int journal_next_id(int dir);

/* A journal being written. */
struct journal {
	int dir, log;
	unsigned int id;
};

/* Write plan and before, synced to disk with its name. confirm_s: 0 not to be confirmed. */
int journal_begin(int dir, const struct plan *pl, const struct raws *before, const char *command,
		  uint32_t confirm_s, struct journal *ret, struct err *e);

/* Go on with one that is there. */
int journal_open(int dir, unsigned int id, struct journal *ret, struct err *e);

/* {"did": n}: the first n changes are made; {"undid": n}: changes from the n-th on are taken back. */
int journal_did(const struct journal *j, size_t n, struct err *e);
int journal_undid(const struct journal *j, size_t n, struct err *e);
int journal_confirmed(const struct journal *j, struct err *e);

/* {"undoing": there}: a revert begins; what it takes along is found again by the next one. Synced. */
int journal_undoing(const struct journal *j, const struct raws *there, struct err *e);

/* The end, synced. lost: see struct entry; NULL none. */
int journal_end(const struct journal *j, const char *state, const struct raws *lost, struct err *e);
void journal_close(struct journal *j);

/* Take away all but the newest JOURNAL_KEPT journals of earlier boots and reverted ones. */
void journal_prune(int dir, const struct entries *es);

#endif
