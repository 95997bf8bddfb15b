/* SPDX-License-Identifier: MIT */
/* Wishes against what is there: the changes, in the order in which they are made. */
#include "plan/plan.h"

#include <stdlib.h>

#include "plan/chain.h"

/* What has a place of its own is taken away from all ports before any of it is put on one: an address may
 * move from one port to another. */
static bool makes_room(const struct op *op)
{
	return op->want.kind == VALUE_NONE && (op->old.kind == VALUE_ADDR || op->old.kind == VALUE_RULE);
}

/* Ports stand in one array in their order, settings likewise: addresses compare. The two ops of one
 * port and setting (routes of a table) keep the order in which they were found. */
static int by_order(const void *a, const void *b)
{
	const struct op *const *x = a, *const *y = b;

	if ((*x)->setting->stage != (*y)->setting->stage)
		return (*x)->setting->stage < (*y)->setting->stage ? -1 : 1;
	if (makes_room(*x) != makes_room(*y))
		return makes_room(*x) ? -1 : 1;
	if ((*x)->port != (*y)->port)
		return (*x)->port < (*y)->port ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

static struct ops ops_sorted(const struct ops *ops, struct arena *a)
{
	const struct op **by = arena_array(a, const struct op *, ops->n ? ops->n : 1);
	struct ops sorted = { .at = arena_array(a, struct op, ops->n ? ops->n : 1) };

	for (size_t i = 0; i < ops->n; i++)
		by[i] = &ops->at[i];
	qsort(by, ops->n, sizeof(*by), by_order);
	for (size_t i = 0; i < ops->n; i++)
		sorted.at[sorted.n++] = *by[i];
	sorted.room = sorted.n;
	return sorted;
}

bool plan_is_empty(const struct plan *pl)
{
	return pl->ops.n == 0 && plan_blocked(pl) == 0;
}

size_t plan_blocked(const struct plan *pl)
{
	size_t n = 0;

	for vec_each(ob, &pl->obstacles)
		n += !ob->advisory;
	return n;
}

static setting_plan_fn *plan_hook(const struct setting *s)
{
	return s->plan ? s->plan : s->read ? plan_seen : plan_if_unequal;
}

struct plan plan_make(const struct wishes *ws, const struct node *n, struct arena *a)
{
	struct planning pl = { .arena = a, .node = n, .wishes = ws };

	for (size_t i = 0; i < ws->n; i++) {
		for (const struct setting *s = settings; s < settings + SETTING_N; s++)
			if (!s->plan_node && !s->of_node)
				plan_hook(s)(&pl, s, &ws->at[i]);
		chain_caps(&pl, &ws->at[i]);
	}
	for (const struct setting *s = settings; s < settings + SETTING_N; s++)
		if (s->plan_node)
			s->plan_node(&pl, s, ws);
		else if (s->of_node)
			plan_hook(s)(&pl, s, &ws->node);
	return (struct plan){ .ops = ops_sorted(&pl.ops, a), .obstacles = pl.obstacles };
}
