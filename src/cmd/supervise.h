/* SPDX-License-Identifier: MIT */
/* The supervisor of `configure --confirm`: takes a journal back unless it is confirmed in time.
 *
 * It is a process of its own: a transient unit where systemd runs, else a child in its own session. It holds
 * the file supervisor-ID of the journal's directory locked, so that others see that it lives; when that file
 * is taken away (confirmed, or taken back already) it ends. */
#ifndef DOROCE_CMD_SUPERVISE_H
#define DOROCE_CMD_SUPERVISE_H

#include "cmd/state.h"

enum { CONFIRM_S_MAX = 86400 };

/* Start one for the journal with the id, under the lock of the directory; it has begun to count when this
 * returns. EXIT_OK, or EXIT_FAILED (printed): there is none. */
int supervise_start(int dir, unsigned int id, uint32_t seconds);

/* True when a living one waits for the journal to be confirmed. */
bool supervise_lives(int dir, unsigned int id);

/* It is not needed any more: it ends within a second. Nothing where there is none. */
void supervise_end(int dir, unsigned int id);

/* The supervisor itself: revert --unless-confirmed ID --after SECONDS. */
int supervise_run(unsigned int id, uint32_t seconds);

/* Milliseconds of a clock that nobody sets and that goes on while the node sleeps. */
uint64_t supervise_now_ms(void);

#endif
