/* SPDX-License-Identifier: MIT */
/* Taking a journal's changes back: what is ours is put back, what somebody else has changed since is kept. */
#include "apply/undo.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <string.h>

#include "apply/beside.h"
#include "apply/flap.h"

/* The netdev of the entry as it is now; one made anew has another ifindex. What is to be put back lies on
 * the netdev: it may be there although its RDMA device is not. */
static bool port_now(const struct node *n, const struct entry_port *p, struct port *ret)
{
	for vec_each(now, &n->ports)
		if (now->link.ifindex == p->ifindex && strcmp(now->name, p->name) == 0 &&
		    strcmp(now->link.name, p->netdev) == 0 && memcmp(now->link.mac, p->mac, MAC_LEN) == 0) {
			*ret = *now;
			return true;
		}
	for vec_each(l, &n->links) {
		if (l->ifindex != p->ifindex || strcmp(l->name, p->netdev) != 0 ||
		    memcmp(l->mac, p->mac, MAC_LEN) != 0)
			continue;
		*ret = (struct port){ .link = *l };
		memcpy(ret->name, p->name, sizeof(ret->name));
		return true;
	}
	return false;
}

static struct value route_now(const struct node *n, const struct route *key)
{
	for vec_each(rt, &n->routes)
		if (route_same_key(rt, key))
			return (struct value){ .kind = VALUE_ROUTE, .route = *rt };
	return (struct value){ 0 };
}

static struct value file_now(const struct node *n, const char *path)
{
	const struct file *f = node_file(n, path);

	return f ? (struct value){ .kind = VALUE_FILE, .file = *f } : (struct value){ 0 };
}

/* The one of both values that says what is meant: an object or a file has its key in it. */
static const struct value *value_some(const struct entry_op *op)
{
	return op->want.kind != VALUE_NONE ? &op->want : &op->old;
}

/* What is there now in the place of the change. */
static struct value value_now(const struct node *n, const struct port *p, const struct entry_op *op)
{
	const struct value *some = value_some(op);

	switch (some->kind) {
	case VALUE_NUMBER:
	case VALUE_LIST:
		return setting_now(op->setting, n, op->port < 0 ? NULL : p);
	case VALUE_ADDR:
		return node_addr(n, &some->addr) ? *some : (struct value){ 0 };
	case VALUE_RULE:
		return node_has_rule(n, &some->rule) ? *some : (struct value){ 0 };
	case VALUE_ROUTE:
		return route_now(n, &some->route);
	case VALUE_FILE:
		return file_now(n, some->file.path);
	case VALUE_NONE:
		break;
	}
	return (struct value){ 0 };
}

/* before: of the entry; an old route or address is put back as the kernel told it, with what our struct does
 * not hold. */
static int old_write(struct kern *k, const struct raw_index *before, const struct entry_op *eo,
		     const struct port *p, struct err *e)
{
	struct op op = { .setting = eo->setting, .port = eo->port < 0 ? NULL : p, .old = eo->old, .want = eo->want };
	const struct raw *raw = raw_of_value(before, &eo->old);

	if (raw)
		return k->put_back(k, raw, eo->want.kind != VALUE_NONE, e);
	return eo->setting->apply(k, &op, &eo->want, &eo->old, e);
}

/* What node_read() does not read. A netdev whose RDMA device is gone has no such settings any more. */
static void seen_read(struct kern *k, struct arena *a, struct node *n, const struct entry *en,
		      const struct entry_op *op)
{
	const struct entry_port *p = entry_port(en, op);

	if (!p)
		setting_read(k, a, n, op->setting, NULL);
	for vec_each(now, &n->ports)
		if (p && now->link.ifindex == p->ifindex && strcmp(now->name, p->name) == 0)
			setting_read(k, a, n, op->setting, now);
}

int entry_node_read(struct kern *k, const struct entry *en, struct arena *a, struct node *ret,
		    struct err *e)
{
	int r = node_read(k, a, ret, e);

	for vec_each(op, &en->ops)
		if (op->setting->read && r == 0)
			seen_read(k, a, ret, en, op);
	for vec_each(op, &en->ops)
		if (op->setting->stage == STAGE_FILE && r == 0)
			(void)node_read_file(k, a, ret, value_some(op)->file.path, NULL);
	return r;
}

enum held entry_held(const struct node *n, const struct entry *en, const struct entry_op *op,
		     struct port *ret_port, struct value *ret_seen)
{
	bool is_rule = op->want.kind == VALUE_RULE || op->old.kind == VALUE_RULE;
	bool is_file = op->setting->stage == STAGE_FILE;

	*ret_seen = (struct value){ 0 };
	*ret_port = (struct port){ 0 };
	bool here = op->port < 0 || port_now(n, &en->ports.at[op->port], ret_port);
	/* a rule does not go with the device */
	if (!here && !is_rule)
		return HELD_NO_PORT;
	if (is_file && node_file_refused(n, value_some(op)->file.path))
		return HELD_OTHER;
	*ret_seen = value_now(n, ret_port, op);
	if (setting_is_made(op->setting, &op->want, &op->old, ret_seen))
		return HELD_OLD;
	if (setting_is_made(op->setting, &op->old, &op->want, ret_seen))
		return HELD_WANT;
	return setting_is_half_made(op->setting, &op->old, &op->want, ret_seen) ? HELD_PART : HELD_OTHER;
}

/* After a reboot: what is absent, or is another value now, tells nothing of who has done that. */
static bool is_again_there(const struct entry_op *op, enum undo_result r)
{
	return r != UNDO_CONFLICT && (r != UNDO_DONE || op->want.kind != VALUE_NONE);
}

static const struct link *link_of_port(const struct node *n, const struct entry_port *p)
{
	for vec_each(l, &n->links)
		if (strcmp(l->name, p->netdev) == 0 && memcmp(l->mac, p->mac, MAC_LEN) == 0)
			return l;
	return NULL;
}

static void value_move(struct value *v, int ifindex)
{
	if (v->kind == VALUE_ADDR)
		v->addr.ifindex = ifindex;
	else if (v->kind == VALUE_ROUTE && v->route.oif)
		v->route.oif = (uint32_t)ifindex;
}

struct entry entry_of_now(const struct entry *en, const struct node *n, struct arena *a)
{
	struct entry now = *en;

	if (en->state != ENTRY_GONE)
		return now;
	now.before = now.lost = (struct raws){ 0 };
	now.ports.at = arena_grow(a, en->ports.at, en->ports.n, en->ports.n + 1, sizeof(*en->ports.at));
	now.ops.at = arena_grow(a, en->ops.at, en->ops.n, en->ops.n + 1, sizeof(*en->ops.at));
	for vec_each(p, &now.ports) {
		const struct link *l = link_of_port(n, p);

		p->ifindex = l ? l->ifindex : 0; /* 0: of none */
	}
	for vec_each(op, &now.ops) {
		if (op->port < 0)
			continue;
		value_move(&op->old, now.ports.at[op->port].ifindex);
		value_move(&op->want, now.ports.at[op->port].ifindex);
	}
	return now;
}

/* One run. k NULL: nothing is written. node: as it was read last; stale: before the next change it is read again.
 * before: of the entry. shares: by change, see subnets_shared(); stacked: see entry_is_stacked().
 * files_written: see files_undo(). */
struct undoing {
	struct kern *k;
	const struct entry *en;
	struct arena *arena;
	struct raw_index before;
	struct node node;
	bool stale, stacked, files_written;
	bool *shares;
	struct flaps flaps;
};

/* The old value, and its link awaited where that takes it down. last: nothing comes that does. */
static int old_put(struct undoing *run, const struct entry_op *op, const struct port *p, bool last, struct err *e)
{
	int r = flap_begin(&run->flaps, op->setting, op->port < 0 ? NULL : p, e);

	if (r == 0)
		r = old_write(run->k, &run->before, op, p, e);
	return r == 0 ? flap_end(&run->flaps, last, e) : r;
}

/* Somebody else has taken the object away since the node was read. */
static bool is_gone_meanwhile(const struct entry_op *op, int code)
{
	return op->old.kind == VALUE_NONE && (code == -ENOENT || code == -ESRCH || code == -EADDRNOTAVAIL);
}

static void op_undo(struct undoing *run, const struct entry_op *op, bool last, struct undone *u)
{
	static const enum undo_result result[] = {
		[HELD_OLD] = UNDO_NOTHING, [HELD_WANT] = UNDO_DONE, [HELD_PART] = UNDO_DONE,
		[HELD_OTHER] = UNDO_CONFLICT, [HELD_NO_PORT] = UNDO_GONE,
	};
	const struct node *n = &run->node;
	bool is_file = op->setting->stage == STAGE_FILE;
	struct kern *k = run->k;
	struct port p;

	if (k && is_file) /* what a killed run has left beside it */
		k->file_tidy(k, value_some(op)->file.path);
	u->result = result[entry_held(n, run->en, op, &p, &u->seen)];
	if (is_file && u->result == UNDO_CONFLICT && node_file_refused(n, value_some(op)->file.path))
		err_set(&u->err, -EINVAL, "%s", node_file_refused(n, value_some(op)->file.path));
	if (run->en->state == ENTRY_GONE && !is_file && !is_again_there(op, u->result))
		u->result = UNDO_REBOOT;
	if (is_file && run->files_written)
		return;
	int r = k && u->result == UNDO_DONE ? old_put(run, op, &p, last, &u->err) : 0;
	if (is_gone_meanwhile(op, r)) {
		u->result = UNDO_NOTHING;
		u->err = (struct err){ 0 };
	} else if (r < 0) {
		u->result = UNDO_FAILED;
	}
}

static struct undone *undone_add(struct undo *u, const struct entry *en, const struct entry_op *op,
				 struct arena *a)
{
	struct undone *un = vec_add(a, &u->undone);

	un->port = entry_port(en, op);
	un->setting = op->setting;
	un->old = op->old;
	un->want = op->want;
	return un;
}

void undo_preview(const struct node *n, const struct entry *en, struct arena *a, struct undo *ret)
{
	const struct entry now = entry_of_now(en, n, a);
	struct undoing run = { .en = &now, .node = *n };

	for (size_t i = en->ops.n; i-- > 0;)
		op_undo(&run, &now.ops.at[i], false, undone_add(ret, en, &now.ops.at[i], a));
}

bool entry_op_same(const struct entry *ex, const struct entry_op *x, const struct entry *ey,
		   const struct entry_op *y)
{
	const struct value *vx = value_some(x), *vy = value_some(y);

	if (x->setting != y->setting || (x->port < 0) != (y->port < 0))
		return false;
	if (vx->kind == VALUE_FILE && vy->kind == VALUE_FILE)
		return strcmp(vx->file.path, vy->file.path) == 0;
	if (x->port >= 0 && ex->ports.at[x->port].ifindex != ey->ports.at[y->port].ifindex)
		return false;
	if (vx->kind == VALUE_ROUTE && vy->kind == VALUE_ROUTE)
		return route_same_key(&vx->route, &vy->route);
	return vx->kind == VALUE_NUMBER || vx->kind == VALUE_LIST || value_equal(vx, vy);
}

size_t undo_count(const struct undo *u, enum undo_result r)
{
	size_t n = 0;

	for vec_each(un, &u->undone)
		n += un->result == r;
	return n;
}

/* By change: an older one is of an IPv4 address in the same subnet of the same device. */
static bool *subnets_shared(const struct entry *en, struct arena *a)
{
	bool *shared = arena_array(a, bool, en->ops.n + 1);
	struct raw_index subnets = { 0 };

	for vec_each(op, &en->ops) {
		const struct value *v = value_some(op);
		struct addr subnet = v->addr;

		if (v->kind != VALUE_ADDR || v->addr.prefix.addr.family != AF_INET)
			continue;
		subnet.prefix.addr = prefix_network(&v->addr.prefix).addr;
		struct raw_key key = raw_key_of_addr(&subnet);
		raw_index_add(&subnets, &key, op, a);
	}
	raw_index_sort(&subnets);
	for (size_t i = 1; i < subnets.n; i++) {
		const struct entry_op *op = subnets.at[i].what;

		shared[op - en->ops.at] = raw_key_equal(&subnets.at[i].key, &subnets.at[i - 1].key);
	}
	return shared;
}

bool entry_is_stacked(const struct entry *en, const struct node *n)
{
	for vec_each(p, &en->ports) {
		const struct link *l = node_link(n, p->ifindex);

		if (l && l->lower)
			return true;
		for (size_t i = 0; l && l->master && i < en->ports.n; i++)
			if (en->ports.at[i].ifindex == l->master)
				return true;
	}
	return false;
}

static int node_renew(struct undoing *run, struct err *e)
{
	if (!run->stale)
		return 0;
	int r = entry_node_read(run->k, run->en, run->arena, &run->node, e);
	run->stale = false;
	if (r == 0)
		run->stacked = entry_is_stacked(run->en, &run->node);
	return r;
}

/* A route whose source address was put back after it; the MTU of a VLAN that was larger than the port below it then had. */
static int late_retry(struct undoing *run, struct undo *u, struct err *e)
{
	const struct entry *en = run->en;
	struct value seen;
	struct port p;

	run->stale = true;
	for (size_t i = 0; i < u->undone.n; i++) {
		const struct entry_op *op = &en->ops.at[en->ops.n - 1 - i];
		struct undone *un = &u->undone.at[i];
		struct err own = { 0 };

		if (un->result != UNDO_FAILED || (op->old.kind != VALUE_ROUTE && op->setting->stage != STAGE_LINK))
			continue;
		int r = node_renew(run, e);
		if (r < 0)
			return r;
		if (entry_held(&run->node, en, op, &p, &seen) == HELD_NO_PORT ||
		    old_write(run->k, &run->before, op, &p, &own) < 0)
			continue;
		un->result = UNDO_DONE;
		un->err = own;
	}
	return 0;
}

/* The first IPv4 address of a subnet may take the others along, and a device those that rest on it. Nothing
 * else moves what is still to be taken back: a rule, a route, an address of another subnet, a setting. */
static bool takes_along(const struct undoing *run, size_t i)
{
	const struct entry_op *op = &run->en->ops.at[i];

	if (op->setting->stage == STAGE_LINK)
		return run->stacked;
	if (!run->shares[i] || op->want.kind != VALUE_ADDR)
		return false;
	const struct addr *ad = node_addr(&run->node, &op->want.addr);
	return ad && !(ad->flags & IFA_F_SECONDARY);
}

/* All files that are as they were wished, at once. With one that can not be written each is tried alone, so that
 * it does not keep the others from being put back. */
static void files_undo(struct undoing *run)
{
	struct op *ops = arena_array(run->arena, struct op, run->en->ops.n + 1);
	struct value seen;
	struct port p;
	size_t n = 0;

	for vec_each(op, &run->en->ops)
		if (op->setting->stage == STAGE_FILE && entry_held(&run->node, run->en, op, &p, &seen) == HELD_WANT)
			ops[n++] = (struct op){ .setting = op->setting, .old = op->old, .want = op->want };
	if (!n)
		return;
	run->files_written = settings[SETTING_FILE].join(run->k, ops, n, true, NULL) == 0;
	run->stale = !run->files_written;
}

/* Newest change first; where the files end, whoever waits for that is told. */
static int ops_undo(struct undoing *run, const struct entry *was, const struct undo_options *o, struct undo *u,
		    struct err *e)
{
	bool files = o->files_back && entry_has_files(run->en);
	int r = node_renew(run, e);

	if (r == 0)
		files_undo(run);
	for (size_t i = run->en->ops.n; i-- > 0 && r == 0;) {
		const struct entry_op *op = &run->en->ops.at[i];

		if (files && op->setting->stage != STAGE_FILE) {
			o->files_back(o->user);
			files = false;
			run->stale = true;
		}
		r = node_renew(run, e);
		if (r < 0)
			break;
		run->stale = takes_along(run, i);
		op_undo(run, op, i == 0 || op[-1].setting->stage != op->setting->stage,
			undone_add(u, was, op, run->arena));
		/* a full disk must not keep anything from being put back: the record is for people */
		if (o->journal)
			(void)journal_undid(o->journal, i, NULL);
	}
	if (files && r == 0)
		o->files_back(o->user);
	if (r == 0)
		r = flap_end(&run->flaps, true, e);
	return r == 0 ? late_retry(run, u, e) : r;
}

static struct undoing undoing(struct kern *k, const struct entry *en, const struct undo_options *o, struct arena *a)
{
	return (struct undoing){
		.k = k, .en = en, .arena = a, .before = raw_index_of(&en->before, a), .stale = true,
		.shares = subnets_shared(en, a),
		.flaps = { .k = k, .arena = a, .parallel = o->parallel, .limit_ms = o->link_ms },
	};
}

int undo_run_with(struct kern *k, const struct entry *was, const struct undo_options *o, struct arena *a,
		  struct undo *ret, struct err *e)
{
	struct raws all = { 0 }, before_undo = { 0 };
	struct undo u = { 0 };
	struct node n = { 0 };
	int r = was->state == ENTRY_GONE ? node_read(k, a, &n, e) : 0;
	const struct entry en = entry_of_now(was, &n, a);

	if (r == 0)
		r = k->objects(k, a, &all, e);
	if (r == 0)
		before_undo = raws_of_entry(&all, &en, a);
	/* for the next run, if this one does not end; a full disk must not keep it from being made */
	if (r == 0 && o->journal)
		(void)journal_undoing(o->journal, &before_undo, NULL);
	struct undoing run = undoing(k, &en, o, a);
	if (r == 0)
		r = ops_undo(&run, was, o, &u, e);
	if (r == 0) {
		struct raws wanted = beside_wanted(&en, &before_undo, &u, a);

		r = beside_put_back(k, &wanted, a, &u, e);
	}
	*ret = u;
	if (r == 0 && (undo_count(&u, UNDO_FAILED) || u.missing.n))
		r = err_set(e, -EIO, "not everything could be put back");
	return r;
}

int undo_run(struct kern *k, const struct entry *en, const struct journal *j, struct arena *a,
	     struct undo *ret, struct err *e)
{
	return undo_run_with(k, en, &(struct undo_options){ .journal = j }, a, ret, e);
}
