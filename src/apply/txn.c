/* SPDX-License-Identifier: MIT */
/* A plan made true: all of it, or nothing. */
#include "apply/txn.h"

#include <string.h>

/* Ops from the i-th on that one message writes. */
static size_t group_len(const struct ops *ops, size_t i)
{
	const struct op *first = &ops->at[i];
	size_t n = 1;

	while (first->setting->join && i + n < ops->n && ops->at[i + n].port == first->port &&
	       ops->at[i + n].setting->join == first->setting->join)
		n++;
	return n;
}

static int group_apply(struct kern *k, const struct op *op, size_t n, struct err *e)
{
	if (n > 1)
		return op->setting->join(k, op, n, false, e);
	return op->setting->apply(k, op, &op->old, &op->want, e);
}

/* Undoing has an error of its own: the first cause must stay the one that is told. */
static void group_undo(struct kern *k, const struct op *op, size_t n, struct arena *a, struct txn *t)
{
	struct err e = { 0 };
	int r = n > 1 ? op->setting->join(k, op, n, true, &e) :
			op->setting->apply(k, op, &op->want, &op->old, &e);

	for (size_t i = 0; i < n && r < 0; i++)
		*vec_add(a, &t->stuck) = (struct stuck){ .op = &op[i], .err = e };
	if (r >= 0)
		t->undone += n;
}

int txn_run(struct kern *k, const struct plan *pl, struct arena *a, struct txn *ret, struct err *e)
{
	size_t *start = arena_array(a, size_t, pl->ops.n + 1); /* of each group */
	size_t groups = 0, done = 0, n;
	struct txn t = { 0 };
	int r = 0;

	for (; done < pl->ops.n && r == 0; done += r < 0 ? 0 : n) {
		n = group_len(&pl->ops, done);
		start[groups] = done;
		r = group_apply(k, &pl->ops.at[done], n, e);
		if (r < 0) {
			t.failed = &pl->ops.at[done];
			err_prefix(e, t.failed->port->link.name);
		} else {
			groups++;
		}
	}
	t.done = r < 0 ? 0 : done;
	for (size_t end = done; r < 0 && groups-- > 0; end = start[groups])
		group_undo(k, &pl->ops.at[start[groups]], end - start[groups], a, &t);
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

int txn_announce(struct kern *k, const struct plan *pl, const struct wishes *ws, struct arena *a)
{
	struct VEC(struct announcement) v = { 0 };

	for vec_each(w, ws) {
		bool touched = is_touched(pl, w->port);

		for (size_t i = 0; i < w->addrs.n && touched; i++) {
			struct announcement an = { .ifindex = w->port->link.ifindex,
						   .ip = w->addrs.at[i].prefix.addr };

			memcpy(an.mac, w->port->link.mac, MAC_LEN);
			if (an.ip.family == AF_INET)
				*vec_add(a, &v) = an;
		}
	}
	return v.n ? k->announce(k, v.at, v.n, NULL) : 0;
}
