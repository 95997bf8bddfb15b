/* SPDX-License-Identifier: MIT */
/* The journal: what a configure is about to change and what was there, on disk before the first change.
 *
 * In the directory (root, 0700):
 *   lock       held by the command that changes something; its text names the holder
 *   ID.json    the plan, one JSON object (jq shows it):
 *     version  2
 *     manager, reload                the backend whose files are among the changes; its manager was to read them
 *     time, boot, command, confirm   when, in which boot, by which command; seconds of --confirm, 0 none
 *     ports    [{"name", "netdev", "ifindex", "mac"}, …]
 *     changes  [[PORT, SETTING, OLD, NEW], …] in the order in which they are made; PORT: index into ports,
 *              null: of the node; OLD, NEW: see encode.h
 *     before   [MESSAGE, …] addresses and routes of the ports before, as the kernel told them
 *   ID.log     a record a line, appended; a torn last line counts as not written:
 *     {"did": N} {"undid": N}     the first N changes are made; changes from the N-th on are taken back
 *     {"end": "applied", "lost": [MESSAGE, …]}   all are made; lost: foreign objects that went with them
 *     {"undoing": [MESSAGE, …]}   a revert begins, of what is there now; without an end after it, it has died
 *     {"end": "reverted"}         all is taken back
 *     {"end": "stands"}           the revert came to its end, but what it leaves is to be taken back again
 *     {"confirmed": true}
 * MESSAGE: RTM_NEWADDR or RTM_NEWROUTE whole, in hexadecimal. */
#ifndef DOROCE_APPLY_JOURNAL_H
#define DOROCE_APPLY_JOURNAL_H

#include "plan/plan.h"

enum { JOURNAL_VERSION = 2, JOURNAL_KEPT = 20 };

#define JOURNAL_DIR "/var/lib/doroce"

/* Where a journal stands. UNDOING: half taken back, the revert has died. GONE: of an earlier boot, what it
 * changed went with that. UNREADABLE: only id and why are known. */
enum entry_state {
	ENTRY_UNFINISHED,
	ENTRY_APPLIED,
	ENTRY_UNDOING,
	ENTRY_REVERTED,
	ENTRY_GONE,
	ENTRY_UNREADABLE,
};

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

/* One journal. before: of its ports, when it began; lost: of those, what the changes took along, and
 * what was there when a revert began that did not end.
 * applied: all changes were made, and are not all taken back; did: changes noted as made.
 * half_undone: a revert has begun and did not end, in whatever boot.
 * confirm_s: to be confirmed within, 0: not. why: it can not be read. */
struct entry {
	unsigned int id;
	const char *time, *command, *why;
	enum entry_state state;
	bool applied, half_undone;
	struct VEC(struct entry_port) ports;
	struct VEC(struct entry_op) ops;
	struct raws before, lost;
	size_t did;
	uint32_t confirm_s;
	bool confirmed;
	const char *manager; /* see struct plan */
	bool reload;
};

struct entries VEC(struct entry);

/* The port of a change; NULL: of the node. */
static inline const struct entry_port *entry_port(const struct entry *en, const struct entry_op *op)
{
	return op->port < 0 ? NULL : &en->ports.at[op->port];
}

/* True when en has changed files: they outlast a reboot. */
bool entry_has_files(const struct entry *en);

/* The directory, made when it is not there. fd, or -errno; e names it. */
int journal_dir(const char *path, struct err *e);

/* The lock of the directory; held until the fd is closed (also by death). -EBUSY: e says who holds it. */
int journal_lock(int dir, const char *command, struct err *e);

/* The plan to be written: each port once, in the order of the first change; without id, time and before. */
struct entry entry_of_plan(const struct plan *pl, struct arena *a);

/* Every journal, oldest first; one that can not be read is ENTRY_UNREADABLE.
 * A directory that is not there (dir < 0) has none. */
void journal_list(int dir, struct arena *a, struct entries *ret);

/* The journal with the id. 0; -ENOENT; -EBADMSG. */
int journal_load(int dir, unsigned int id, struct arena *a, struct entry *ret, struct err *e);

/* True when a journal was begun and has not come to its end: the newest is ENTRY_UNFINISHED, or may be and is
 * ENTRY_UNREADABLE; any is ENTRY_UNDOING. Cheap where all are ended: the last record of each is read. */
bool journal_pending(int dir, struct arena *a, struct entry *ret);

struct journal_ids VEC(unsigned int);

/* Those whose first and last bytes are not of this version: the rest is not looked at. */
struct journal_ids journal_foreign(int dir, struct arena *a);

/* The id that journal_begin will give next. */
unsigned int journal_next_id(int dir);

/* A journal being written. */
struct journal {
	int dir, log;
	unsigned int id;
};

/* Write ports, changes, before, command and confirm_s of en, synced to disk with its name. */
int journal_begin(int dir, const struct entry *en, struct journal *ret, struct err *e);

/* Go on with one that is there. */
int journal_open(int dir, unsigned int id, struct journal *ret, struct err *e);

/* {"did": n}: the first n changes are made; {"undid": n}: changes from the n-th on are taken back. */
int journal_did(const struct journal *j, size_t n, struct err *e);
int journal_undid(const struct journal *j, size_t n, struct err *e);
int journal_confirmed(const struct journal *j, struct err *e);

/* {"undoing": there}: a revert begins; what it takes along is found again by the next one. Synced. */
int journal_undoing(const struct journal *j, const struct raws *there, struct err *e);

/* The end, synced: "applied", "reverted", "stands". lost: see struct entry; NULL none. */
int journal_end(const struct journal *j, const char *state, const struct raws *lost, struct err *e);
void journal_close(struct journal *j);

/* Take away journals that are reverted or went with an earlier boot, but for the newest JOURNAL_KEPT of all. Of
 * the others only those are read whose first or last bytes say that they may be such. */
void journal_prune(int dir, struct arena *a);

#endif
