/* SPDX-License-Identifier: MIT */
/* A plan made true: all of it, or nothing. */
#include "apply/txn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/beside.h"
#include "apply/flap.h"
#include "apply/settle.h"

/* Ops from the i-th on that are written at once. */
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
	int r = n > 1 ? op->setting->join(k, op, n, false, e) :
			op->setting->apply(k, op, &op->old, &op->want, e);

	return r < 0 && op->port ? err_prefix(e, op->port->link.name) : r;
}

static struct flaps flaps_of(struct kern *k, const struct txn_options *o, struct arena *a)
{
	return (struct flaps){ .k = k, .arena = a, .parallel = o->parallel, .limit_ms = o->link_ms };
}

/* The write, and its link awaited. last: nothing that takes a link down comes after it. */
static int group_make(struct kern *k, struct flaps *f, const struct op *op, size_t n, bool last, struct err *e)
{
	int r = flap_begin(f, op->setting, op->port, e);

	if (r == 0)
		r = group_apply(k, op, n, e);
	return r == 0 ? flap_end(f, last, e) : r;
}

static bool ends_stage(const struct ops *ops, size_t next)
{
	return next == ops->n || ops->at[next].setting->stage != ops->at[next - 1].setting->stage;
}

/* Make the changes; *ret_done: how many stand, the failed one not counted. */
static int changes_make(struct kern *k, const struct plan *pl, const struct txn_options *o, struct arena *a,
			const struct journal *j, size_t *ret_done, struct err *e)
{
	struct flaps flaps = flaps_of(k, o, a);
	size_t n;
	int r = 0;

	for (*ret_done = 0; *ret_done < pl->ops.n && r == 0; *ret_done += r == 0 ? n : 0) {
		n = group_len(&pl->ops, *ret_done);
		if (o->stop && o->stop(o->user))
			return err_set(e, -EINTR, "interrupted by a signal");
		r = group_make(k, &flaps, &pl->ops.at[*ret_done], n, ends_stage(&pl->ops, *ret_done + n), e);
		if (r == 0 && j->log >= 0)
			r = journal_did(j, *ret_done + n, e);
	}
	return r;
}

/* Foreign objects that the changes took along: put back what can be, note the rest. */
static int side_effects(struct kern *k, const struct entry *en, struct arena *a, struct txn *t,
			struct err *e)
{
	struct raw_index replaced = { 0 };

	for vec_each(op, &en->ops)
		values_add(&replaced, &op->old, a);
	raw_index_sort(&replaced);
	struct raws wanted = raws_minus_values(&en->before, &replaced, a);
	int r = beside_put_back(k, &wanted, a, &t->undo, e);
	t->lost = t->undo.missing;
	t->undo.missing = (struct raws){ 0 };
	return r;
}

/* A port that is unplugged after its own last change takes all of them with it, and no write fails. */
static int ports_check(struct kern *k, const struct entry *en, struct arena *a, struct err *e)
{
	struct links links = { 0 };
	int r = k->links(k, a, &links, e);

	for (size_t i = 0; i < en->ports.n && r == 0; i++) {
		bool found = false;

		for (size_t j = 0; j < links.n && !found; j++)
			found = links.at[j].ifindex == en->ports.at[i].ifindex;
		if (!found)
			r = err_set(e, -ENODEV, "%s: the port has gone meanwhile", en->ports.at[i].netdev);
	}
	return r;
}

static int take_back(struct kern *k, const struct entry *en, const struct txn_options *o,
		     const struct journal *j, struct arena *a, struct txn *t)
{
	const struct undo_options uo = {
		.journal = j->log >= 0 ? j : NULL, .parallel = o->parallel, .link_ms = o->link_ms,
		.files_back = o->files_back, .user = o->user,
	};
	struct err own = { 0 }; /* the first cause must stay the one that is told */
	int r = undo_run_with(k, en, &uo, a, &t->undo, &own);

	if (r < 0)
		t->undo_err = own;

	t->done = 0;
	/* without a closing record the journal counts as unfinished, and a revert tries again */
	if (r == 0 && j->log >= 0)
		(void)journal_end(j, "reverted", NULL, &own);
	return r;
}

int txn_run(struct kern *k, const struct plan *pl, const struct txn_options *o, struct arena *a,
	    struct txn *ret, unsigned int *ret_id, struct err *e)
{
	struct journal j = { .dir = o->dir, .log = -1 };
	struct entry en = entry_of_plan(pl, a);
	struct raws all = { 0 };
	struct txn t = { 0 };
	int r = k->objects(k, a, &all, e);

	*ret_id = 0;
	*ret = t;
	if (r < 0)
		return r;
	en.before = raws_of_entry(&all, &en, a);
	en.command = o->command;
	en.confirm_s = o->confirm_s;
	if (o->dir >= 0)
		r = journal_begin(o->dir, &en, &j, e);
	if (r < 0)
		return r;
	*ret_id = j.id;
	r = changes_make(k, pl, o, a, &j, &t.done, e);
	if (r == 0)
		r = settle(k, &en, a, e);
	if (r == 0)
		r = side_effects(k, &en, a, &t, e);
	if (r == 0)
		r = ports_check(k, &en, a, e);
	if (r == 0 && o->check)
		r = o->check(o->user, e);
	if (r == 0 && j.log >= 0)
		r = journal_end(&j, "applied", &t.lost, e);
	if (r < 0) {
		t.failed = t.done < pl->ops.n ? &pl->ops.at[t.done] : NULL;
		(void)take_back(k, &en, o, &j, a, &t); /* what could not be put back stands in t.undo */
	}
	journal_close(&j);
	*ret = t;
	return r;
}

static int held_check(const struct entry *en, const struct entry_op *op, enum held held,
		      const struct value *now, struct err *e)
{
	const char *netdev = op->port < 0 ? "node" : en->ports.at[op->port].netdev;
	char seen[VALUE_TEXT], old[VALUE_TEXT], want[VALUE_TEXT];

	if (held == HELD_NO_PORT)
		return err_set(e, -ENODEV, "%s: the port is not there any more", netdev);
	if (held == HELD_OTHER)
		return err_set(e, -ESTALE, "%s: %s is %s: somebody else has changed it since (it was %s, "
			       "wished was %s)", netdev, op->setting->name, setting_text(op->setting, now, seen),
			       setting_text(op->setting, &op->old, old), setting_text(op->setting, &op->want, want));
	return 0;
}

int txn_left(struct kern *k, const struct entry *en, struct arena *a, struct node *ret_node,
	     struct plan *ret, struct err *e)
{
	struct port *ports = arena_array(a, struct port, en->ports.n + 1); /* the last: of none */
	int r = entry_node_read(k, en, a, ret_node, e);

	for (size_t i = 0; i < en->ops.n && r == 0; i++) {
		const struct entry_op *op = &en->ops.at[i];
		struct port *p = &ports[op->port < 0 ? en->ports.n : (size_t)op->port];
		struct value now;
		enum held held = entry_held(ret_node, en, op, p, &now);

		r = held_check(en, op, held, &now, e);
		if (r == 0 && (held == HELD_OLD || held == HELD_PART))
			*vec_add(a, &ret->ops) = (struct op){
				.setting = op->setting, .port = op->port < 0 ? NULL : p, .old = op->old, .want = op->want,
			};
	}
	return r;
}

/* Make the change, unless it is made already. */
static int resume_op(struct flaps *f, const struct entry *en, const struct node *n, const struct entry_op *eo,
		     struct err *e)
{
	struct value now;
	struct port p;
	enum held held = entry_held(n, en, eo, &p, &now);

	if (held == HELD_WANT)
		return 0;
	if (held == HELD_NO_PORT)
		return err_set(e, -ENODEV, "%s: the port has gone", en->ports.at[eo->port].netdev);
	/* of a list only those places are ours in which it changes */
	struct op op = {
		.setting = eo->setting, .port = eo->port < 0 ? NULL : &p,
		.old = now.kind == VALUE_LIST ? eo->old : now, .want = eo->want,
	};

	return group_make(f->k, f, &op, 1, true, e);
}

static bool takes_address_off(const struct entry_op *op)
{
	return op->old.kind == VALUE_ADDR && op->want.kind == VALUE_NONE;
}

/* True when the change before the i-th can have moved what that one is about: one change can take others along. */
static bool is_stale(const struct node *n, const struct entry *en, size_t i)
{
	const struct entry_op *op = &en->ops.at[i], *last = op - 1;

	if (i == 0 || last->setting->stage != op->setting->stage || takes_address_off(last) != takes_address_off(op))
		return true;
	if (op->setting->stage == STAGE_LINK)
		return entry_is_stacked(en, n);
	return takes_address_off(op) && last->port == op->port;
}

static int resume_make(struct kern *k, const struct entry *en, const struct txn_options *o,
		       const struct journal *j, struct arena *a, struct err *e)
{
	struct flaps flaps = flaps_of(k, o, a);
	struct node n;
	int r = 0;

	for (size_t i = 0; i < en->ops.n && r == 0; i++) {
		if (o->stop && o->stop(o->user))
			return err_set(e, -EINTR, "interrupted by a signal");
		if (is_stale(&n, en, i))
			r = entry_node_read(k, en, a, &n, e);
		if (r == 0)
			r = resume_op(&flaps, en, &n, &en->ops.at[i], e);
		if (r == 0)
			r = journal_did(j, i + 1, e);
	}
	return r;
}

int txn_resume(struct kern *k, const struct entry *en, const struct txn_options *o, struct arena *a,
	       struct txn *ret, struct err *e)
{
	struct txn t = { 0 };
	struct plan left = { 0 };
	struct journal j;
	struct node n;
	/* every place before the first change: what would have to stop in the middle does not begin */
	int r = txn_left(k, en, a, &n, &left, e);

	*ret = t;
	if (r == 0)
		r = journal_open(o->dir, en->id, &j, e);
	if (r < 0)
		return r;
	r = resume_make(k, en, o, &j, a, e);
	if (r == 0)
		r = settle(k, en, a, e);
	if (r == 0)
		r = side_effects(k, en, a, &t, e);
	if (r == 0)
		r = ports_check(k, en, a, e);
	if (r == 0 && o->check)
		r = o->check(o->user, e);
	if (r == 0)
		r = journal_end(&j, "applied", &t.lost, e);
	t.done = en->ops.n;
	if (r < 0)
		(void)take_back(k, en, o, &j, a, &t); /* what could not be put back stands in t.undo */
	journal_close(&j);
	*ret = t;
	return r;
}

static bool is_touched(const struct plan *pl, const struct port *p)
{
	for (size_t i = 0; i < pl->ops.n; i++)
		if (pl->ops.at[i].port == p && pl->ops.at[i].setting->stage >= STAGE_LINK &&
		    pl->ops.at[i].setting->stage <= STAGE_ADDRESS)
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
