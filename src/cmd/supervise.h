/* SPDX-License-Identifier: MIT */
/* The supervisor of `configure --confirm`: takes a journal back unless it is confirmed in time.
 *
 * It is a process of its own: a transient unit where systemd runs, else a child in its own session. Who is at
 * work is told by locks of the file supervisor-ID in the journal's directory: of its first byte by the
 * supervisor, of the second by the process that makes the changes. When the file is taken away (confirmed, or
 * taken back already) the supervisor ends. */
#ifndef DOROCE_CMD_SUPERVISE_H
#define DOROCE_CMD_SUPERVISE_H

#include "cmd/state.h"

enum { CONFIRM_S_MAX = 86400 };

/* Start one for the journal with the id, under the lock of the directory; it has begun to count when this
 * returns. When the time is over it ends this very process, too, if that still holds the lock (it hangs).
 * EXIT_OK, or EXIT_FAILED (printed): there is none. */
int supervise_start(struct state *st, unsigned int id, uint32_t seconds);

/* This process goes on with what a living one waits for. EXIT_OK, EXIT_FAILED (printed). */
int supervise_join(struct state *st, unsigned int id);

/* True when a living one waits for the journal to be confirmed. Not to be asked by a process that has started
 * or joined it: to close the file once more would give up its lock. */
bool supervise_lives(int dir, unsigned int id);

/* It is not needed any more: it ends within a second. Nothing where there is none. */
void supervise_end(int dir, unsigned int id);

/* The supervisor itself: revert --unless-confirmed ID --after SECONDS. */
int supervise_run(unsigned int id, uint32_t seconds);

/* Milliseconds of a clock that nobody sets and that goes on while the node sleeps. */
uint64_t supervise_now_ms(void);

#endif
