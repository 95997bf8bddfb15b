/* SPDX-License-Identifier: MIT */
/* Routes of a port's own table. */
#include <linux/rtnetlink.h>

#include "setting/setting.h"

/* The route that the kernel holds under the same key, if it is one. */
static const struct route *route_there(const struct node *n, const struct route *want)
{
	for (size_t i = 0; i < n->routes.n; i++)
		if (n->routes.at[i].table == want->table && route_same_key(&n->routes.at[i], want))
			return &n->routes.at[i];
	return NULL;
}

void route_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	for (size_t i = 0; i < w->routes.n; i++) {
		const struct route_wish *rw = &w->routes.at[i];
		const struct route *there = route_there(pl->node, &rw->route);
		struct value old = { 0 }, want = { 0 };

		if (there)
			old = (struct value){ .kind = VALUE_ROUTE, .route = *there };
		if (rw->is == OPT_SET)
			want = (struct value){ .kind = VALUE_ROUTE, .route = rw->route };
		bool same = rw->is == OPT_SET ? there && route_equal(there, &rw->route) :
						!there || there->protocol != RTPROT_STATIC;
		if (!same)
			planning_add(pl, s, w->port, &old, &want);
	}
}

int route_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
		struct err *e)
{
	(void)op;
	if (to->kind != VALUE_ROUTE)
		return k->route_set(k, CHANGE_DEL, &from->route, e);
	return k->route_set(k, from->kind == VALUE_ROUTE ? CHANGE_REPLACE : CHANGE_ADD, &to->route, e);
}
