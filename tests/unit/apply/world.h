/* SPDX-License-Identifier: MIT */
/* A node, what somebody else does to it, and the model of both: what is there when nothing of ours is. */
#ifndef DOROCE_TESTS_UNIT_APPLY_WORLD_H
#define DOROCE_TESTS_UNIT_APPLY_WORLD_H

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "fake/site.h"
#include "fake/tempdir.h"
#include "test.h"

enum { PORTS = 3 };

/* start: what a boot brings, but for the files. expect: that with the foreign changes made in it, and nothing of
 * ours. next: makes foreign values unlike each other and unlike ours. pending: a death has left something.
 * trace: of this sequence, for the message. */
struct world {
	struct site *site;
	struct fake *f;
	int dir;
	struct fake_state start, expect;
	unsigned int seed, rnd, next;
	bool pending;
	char *trace;
};

static inline unsigned int pick(struct world *w, unsigned int n)
{
	w->rnd = w->rnd * 1103515245u + 12345u;
	return (w->rnd >> 16) % n;
}

static inline void note(struct world *w, const char *what, unsigned int v)
{
	w->trace = arena_printf(&w->site->arena, "%s %s(%u)", w->trace, what, v);
}

static inline void lose(struct world *w, const char *what)
{
	fail_msg("SEED=%u: %s\nafter:%s", w->seed, what, w->trace);
}

static inline bool same_addr(const struct addr *x, const struct addr *y)
{
	return x->ifindex == y->ifindex && prefix_equal(&x->prefix, &y->prefix);
}

static inline bool same_path(const struct file *x, const struct file *y)
{
	return strcmp(x->path, y->path) == 0;
}

static inline bool same_file(const struct file *x, const struct file *y)
{
	return same_path(x, y) && file_equal(x, y);
}

/* Make vector `to` follow what turned `was` into `is`: items of one key. */
#define drop(v, x, same_key)                                                          \
	for (size_t i_ = 0; i_ < (v)->n;) {                                           \
		if (same_key(&(v)->at[i_], x))                                        \
			(v)->at[i_] = (v)->at[--(v)->n];                              \
		else                                                                  \
			i_++;                                                         \
	}

#define is_among(x, v, equal)                                                         \
	({                                                                            \
		bool is_ = false;                                                     \
		for vec_each(y_, v)                                                   \
			is_ |= equal(x, y_);                                          \
		is_;                                                                  \
	})

#define follow(a, to, was, is, same_key, equal)                                       \
	do {                                                                          \
		for vec_each(x_, was) {                                               \
			if (!is_among(x_, is, equal))                                 \
				drop(to, x_, same_key)                                \
		}                                                                     \
		for vec_each(x_, is) {                                                \
			if (is_among(x_, was, equal))                                 \
				continue;                                             \
			drop(to, x_, same_key)                                        \
			*vec_add(a, to) = *x_;                                        \
		}                                                                     \
	} while (0)

static inline void follow_links(struct links *to, const struct links *was, const struct links *is)
{
	for (size_t i = 0; i < to->n; i++) {
		if (was->at[i].mtu != is->at[i].mtu)
			to->at[i].mtu = is->at[i].mtu;
		for (size_t c = 0; c < CONF_N; c++)
			if (was->at[i].conf[c] != is->at[i].conf[c])
				to->at[i].conf[c] = is->at[i].conf[c];
	}
}

/* A copy that foreign changes can be told from. */
static inline struct fake_state copy_now(struct world *w)
{
	return fake_snapshot(w->f);
}

static inline void expect_foreign(struct world *w, const struct fake_state *was)
{
	struct fake_state is = copy_now(w);
	struct arena *a = &w->site->arena;

	follow_links(&w->expect.links, &was->links, &is.links);
	follow(a, &w->expect.addrs, &was->addrs, &is.addrs, same_addr, same_addr);
	follow(a, &w->expect.routes, &was->routes, &is.routes, route_same_key, route_equal);
	follow(a, &w->expect.rules, &was->rules, &is.rules, rule_equal, rule_equal);
	follow(a, &w->expect.files, &was->files, &is.files, same_path, same_file);
}

static inline struct link *some_port(struct world *w)
{
	return fake_link(w->f, arena_printf(&w->site->arena, "p%u", pick(w, PORTS)));
}

static inline void foreign_number(struct world *w)
{
	struct link *l = some_port(w);
	enum setting_id id = pick(w, SETTING_RP_FILTER - SETTING_ARP_IGNORE + 1) + SETTING_ARP_IGNORE;

	if (pick(w, 2))
		l->mtu = 20000 + w->next++;
	else
		l->conf[settings[id].conf] = 100 + w->next++;
}

static inline void foreign_add(struct world *w)
{
	struct link *l = some_port(w);
	unsigned int n = w->next++ % 200;
	struct arena *a = &w->site->arena;

	if (pick(w, 3) == 0)
		fake_addr_add(w->f, l->name, arena_printf(a, "172.%u.0.1/16", 16 + n));
	else if (pick(w, 2) || !l->up)
		fake_rule_add(w->f, 33000 + n, arena_printf(a, "172.30.%u.0/24", n), 900 + n);
	else
		fake_route_add(w->f, l->name, arena_printf(a, "198.51.%u.0/24", n), 700);
}

/* True when a gateway is reached through the address: Linux keeps the route without it, but would not take it
 * again, and what is exchanged then can not be put back (that is told as UNDO_FAILED). */
static inline bool is_needed(struct world *w, const struct addr *ad)
{
	for vec_each(rt, &w->f->now.routes)
		if (rt->oif == (uint32_t)ad->ifindex && ip_in_prefix(&rt->gateway, &ad->prefix))
			return true;
	return false;
}

/* An object of ours or of somebody else, of one of our ports. While a journal is pending only rules: what
 * else is gone then counts as a trace of the death and comes back. */
static inline void foreign_del(struct world *w)
{
	struct fake_state *s = &w->f->now;
	unsigned int what = w->pending ? 2 : pick(w, 3);
	struct kern *k = &w->f->k;

	if (what == 0) {
		struct addr ad = s->addrs.at[pick(w, (unsigned int)s->addrs.n)];

		(void)(ad.ifindex >= 10 && !is_needed(w, &ad) && k->addr_set(k, CHANGE_DEL, &ad, NULL));
	} else if (what == 1) {
		struct route rt = s->routes.at[pick(w, (unsigned int)s->routes.n)];

		(void)(rt.oif >= 10 && rt.protocol != RTPROT_KERNEL &&
		       k->route_set(k, CHANGE_DEL, &rt, NULL));
	} else {
		struct rule ru = s->rules.at[pick(w, (unsigned int)s->rules.n)];

		(void)(ru.protocol != RTPROT_KERNEL && k->rule_set(k, CHANGE_DEL, &ru, NULL));
	}
}

static inline void foreign_gateway(struct world *w)
{
	for vec_each(rt, &w->f->now.routes)
		if (rt->oif >= 10 && rt->gateway.family) {
			rt->gateway.bytes[3] = (uint8_t)(100 + w->next++ % 100);
			return;
		}
}

static inline const char *some_text(struct world *w, const char *whose)
{
	return arena_printf(&w->site->arena, "%s %u", whose, w->next++);
}

static const char *const paths[] = { "/etc/there", "/etc/new" };

static inline void foreign_file(struct world *w)
{
	site_file_add(w->site, paths[pick(w, ARRAY_LEN(paths))], some_text(w, "theirs"));
}

static inline void foreign(struct world *w)
{
	static void (*const kinds[])(struct world *) = { foreign_number, foreign_add, foreign_del,
							 foreign_gateway, foreign_file };
	unsigned int kind = pick(w, ARRAY_LEN(kinds));
	struct fake_state was = copy_now(w);

	note(w, "foreign", kind);
	kinds[kind](w);
	expect_foreign(w, &was);
}

/* True when the route can be there at all: its port up, its source and its gateway reachable. The kernel's
 * own follow from the addresses. */
static inline bool is_possible(const struct fake_state *s, const struct route *rt)
{
	bool up = false, source = !rt->prefsrc.family, gateway = !rt->gateway.family;

	for vec_each(l, &s->links)
		up |= l->ifindex == (int)rt->oif && l->up;
	for vec_each(ad, &s->addrs) {
		source |= ip_equal(&ad->prefix.addr, &rt->prefsrc);
		gateway |= ad->ifindex == (int)rt->oif && ip_in_prefix(&rt->gateway, &ad->prefix);
	}
	return up && source && gateway && rt->protocol != RTPROT_KERNEL;
}

/* s without the routes that could not be written now: the kernel keeps them, but takes them no more. */
static inline struct fake_state possible(const struct fake_state *s, const struct fake_state *in,
				  struct arena *a)
{
	struct fake_state some = *s;

	some.routes = (struct routes){ 0 };
	for vec_each(rt, &s->routes)
		if (is_possible(in, rt))
			*vec_add(a, &some.routes) = *rt;
	return some;
}

static inline void must_be_like(struct world *w, const struct fake_state *expect)
{
	struct arena *a = &w->site->arena;
	struct fake_state want = possible(expect, &w->f->now, a);
	struct fake_state is = possible(&w->f->now, &w->f->now, a);
	const char *differs = state_difference(&want, &is, a);

	if (differs)
		lose(w, differs);
}

static inline struct fake_state state_copy(const struct fake_state *s, const struct files *files, struct arena *a)
{
	struct fake_state copy = { 0 };

	for vec_each(l, &s->links)
		*vec_add(a, &copy.links) = *l;
	for vec_each(ad, &s->addrs)
		*vec_add(a, &copy.addrs) = *ad;
	for vec_each(rt, &s->routes)
		*vec_add(a, &copy.routes) = *rt;
	for vec_each(ru, &s->rules)
		*vec_add(a, &copy.rules) = *ru;
	for vec_each(fi, files)
		*vec_add(a, &copy.files) = *fi;
	return copy;
}

/* What a boot brings is never what was wished: it would be taken for ours, which has come again. */
static inline void numbers_unlike_ours(struct world *w)
{
	for (size_t i = 0; i < PORTS; i++) {
		struct link *l = fake_link(w->f, arena_printf(&w->site->arena, "p%zu", i));

		l->mtu = 1400;
		for (enum setting_id id = 0; id < SETTING_N; id++)
			if (settings[id].conf)
				l->conf[settings[id].conf] = 7;
	}
}

static inline void world_make(struct world *w)
{
	w->site = site_new(PORTS, 0, "10.0.0.1/24");
	w->f = &w->site->fake;
	w->site->options.dir = w->dir = site_tempdir(w->site);
	w->trace = arena_strdup(&w->site->arena, "");
	numbers_unlike_ours(w);
	fake_link(w->f, "p2")->up = pick(w, 2);
	fake_addr_add(w->f, "p0", "172.16.0.1/16");
	if (pick(w, 2))
		fake_route_add(w->f, "p0", "0.0.0.0/0", 101)->gateway = ip_is("172.16.0.254");
	fake_route_add(w->f, "p1", "198.51.0.0/24", 500)->protocol = RTPROT_BOOT;
	site_file_add(w->site, paths[0], "theirs");
	w->start = copy_now(w);
	w->expect = copy_now(w);
	w->next = 1;
	w->pending = false;
}

#endif
