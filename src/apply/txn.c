/* SPDX-License-Identifier: MIT */
/* A plan made true: all of it, or nothing. */
#include "apply/txn.h"

/* Undoing has an error of its own: the first cause must stay the one that is told. */
static void op_undo(struct kern *k, const struct op *op, struct arena *a, struct txn *t)
{
	struct err e = { 0 };

	if (op->setting->apply(k, op, &op->want, &op->old, &e) < 0)
		*vec_add(a, &t->stuck) = (struct stuck){ .op = op, .err = e };
	else
		t->undone++;
}

int txn_run(struct kern *k, const struct plan *pl, struct arena *a, struct txn *ret, struct err *e)
{
	struct txn t = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; i < pl->ops.n && r == 0; i++) {
		const struct op *op = &pl->ops.at[i];

		r = op->setting->apply(k, op, &op->old, &op->want, e);
		if (r < 0) {
			err_prefix(e, op->port->link.name);
			t.failed = op;
			break;
		}
	}
	t.done = r < 0 ? 0 : i;
	while (r < 0 && i-- > 0)
		op_undo(k, &pl->ops.at[i], a, &t);
	*ret = t;
	return r;
}

static bool is_touched(const struct plan *pl, const struct port *p)
{
	for (size_t i = 0; i < pl->ops.n; i++)
		if (pl->ops.at[i].port == p && pl->ops.at[i].setting->stage <= STAGE_ADDRESS)
			return true;
	return false;
}

size_t txn_announce(struct kern *k, const struct plan *pl, const struct wishes *ws)
{
	size_t failed = 0;

	for (size_t i = 0; i < ws->n; i++) {
		const struct wish *w = &ws->at[i];
		bool touched = is_touched(pl, w->port);

		for (size_t j = 0; j < w->addrs.n && touched; j++) {
			const struct addr *ad = &w->addrs.at[j];

			if (ad->prefix.addr.family == AF_INET &&
			    k->announce(k, ad->ifindex, &ad->prefix.addr, w->port->link.mac, NULL) < 0)
				failed++;
		}
	}
	return failed;
}
