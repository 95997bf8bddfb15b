/* SPDX-License-Identifier: MIT */
/* Other programs of the node, by their argument vector: never through a shell. */
#ifndef DOROCE_KERN_RUN_H
#define DOROCE_KERN_RUN_H

#include "base/err.h"

enum { RUN_LIMIT_MS = 60000 };

/* Run the program (found by PATH) and wait for it, RUN_LIMIT_MS at most; it is ended then. What it prints goes
 * into out, as much as fits, NUL-terminated; signals are free in it, and it has no input.
 * 0: it ended with status 0. -errno; -EIO: with another one; -ETIME; e: "NAME WORD…: what it said". */
int run_program(const char *const *argv, char *out, size_t size, struct err *e);

#endif
