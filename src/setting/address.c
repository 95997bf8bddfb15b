/* SPDX-License-Identifier: MIT */
/* Addresses of a port. */
#include "setting/setting.h"

void address_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct value none = { 0 };

	for (size_t i = 0; i < w->addrs.n; i++) {
		struct value want = { .kind = VALUE_ADDR, .addr = w->addrs.at[i] };

		if (!node_has_addr(pl->node, &want.addr))
			planning_add(pl, s, w->port, &none, &want);
	}
}

int address_apply(struct kern *k, const struct op *op, const struct value *from,
		  const struct value *to, struct err *e)
{
	int r = 0;

	(void)op;
	if (from->kind == VALUE_ADDR)
		r = k->addr_set(k, CHANGE_DEL, &from->addr, e);
	if (r == 0 && to->kind == VALUE_ADDR)
		r = k->addr_set(k, CHANGE_ADD, &to->addr, e);
	return r;
}
