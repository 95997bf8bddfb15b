/* SPDX-License-Identifier: MIT */
/* The directory of journals, as commands use it: lock, unfinished business, signals. */
#ifndef DOROCE_CMD_STATE_H
#define DOROCE_CMD_STATE_H

#include "apply/txn.h"
#include "cmd/cmd.h"

/* root: the directory is below it (--root), NULL: of this node. dir, lock: fds, -1 none; work: another, by which a supervisor knows the process that it waits for.
 * confirm_s: what is changed now must be confirmed within; 0: it need not.
 * confirm_end_ms: of supervise_now_ms. Zero-initialise with STATE_NONE. */
struct state {
	const char *root;
	int dir, lock, work;
	uint32_t confirm_s;
	uint64_t confirm_end_ms;
};

#define STATE_NONE { .dir = -1, .lock = -1, .work = -1 }

void state_done(struct state *s);

#define auto_state __attribute__((cleanup(state_done))) struct state

/* The directory for reading. fd, or -1 with errno. */
int state_open(const struct state *s);

/* Open the directory and take the lock for a command that changes something. EXIT_OK, or the exit status
 * with what is wrong printed: not root, locked by another one (named). */
int state_lock(struct state *s, const char *command);

/* The same, but a lock that another one holds is waited for, at most two minutes. */
int state_wait(struct state *s, const char *command);

/* Tell on stderr of a journal that was begun and not ended, whatever the command: a configure or a revert that died.
 * Nothing where the directory can not be read, or a living process holds the lock. */
void state_warn(void);

/* Put back what a verify that was killed half way has left set, and tell of it. Nothing without the right to. */
void state_settle(void);

/* From here on SIGINT, SIGTERM and SIGHUP no longer end the process: they are asked for by signal_came. */
void signals_hold(void);
int signals_fd(void); /* the same; they are read from the fd (signalfd) */
bool signal_came(void *unused);

/* The lines of what was taken back and what was not, for people. */
void undo_print(const struct undo *u, FILE *to);

#endif
