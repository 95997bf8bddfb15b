/* SPDX-License-Identifier: MIT */
/* A plan for people. */
#ifndef DOROCE_CMD_PLAN_PRINT_H
#define DOROCE_CMD_PLAN_PRINT_H

#include "plan/plan.h"

/* A line for one change: "mtu  1500 -> 4200 B", "rule  + …" of what comes, "rule  - …" of what goes.
 * Of a file more of them: what it is, and the lines that differ. */
void change_print(const struct setting *s, const struct value *from, const struct value *to);

/* Changes by port, obstacles, remarks, and a line that counts. done: they have been made. */
void plan_print(const struct plan *pl, const struct node *n, const struct remarks *remarks, bool done);

#endif
