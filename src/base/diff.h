/* SPDX-License-Identifier: MIT */
/* Two texts compared line by line, for people. */
#ifndef DOROCE_BASE_DIFF_H
#define DOROCE_BASE_DIFF_H

#include "base/arena.h"

/* The lines that went with "-" before them, those that came with "+", up to two unchanged ones around with a
 * space; "..." stands for what is left out. "": they are the same. Memory from a. */
char *diff_text(struct arena *a, const char *from, const char *to);

#endif
