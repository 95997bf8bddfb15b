/* SPDX-License-Identifier: MIT */
/* Wishes against what is there: the changes, in the order in which they are made. */
#ifndef DOROCE_PLAN_PLAN_H
#define DOROCE_PLAN_PLAN_H

#include "intent/intent.h"
#include "setting/setting.h"

/* ops: by stage, then port, then setting. obstacles: what no change of ours can bring about.
 * Nothing in both: the node is as wished. manager: the backend whose files are among them, NULL: none;
 * reload: its manager is made to read them at the end. */
struct plan {
	struct ops ops;
	struct obstacles obstacles;
	const char *manager;
	bool reload;
};

/* True when the node is as wished, advice aside. */
bool plan_is_empty(const struct plan *pl);

/* Obstacles that are no mere advice: with one of them the wish can not be reached. */
size_t plan_blocked(const struct plan *pl);

/* Pure: the same input gives the same plan. Memory from a. */
struct plan plan_make(const struct wishes *ws, const struct node *n, struct arena *a);

#endif
