/* SPDX-License-Identifier: MIT */
/* Random sequences of configure, failure, death, resume, confirmation or none, reboot, foreign change and revert
 * against a model: in the end all is as in the beginning, but for what somebody else has changed. SEED=N repeats
 * a run. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/entries.h"
#include "fake/site.h"
#include "fake/tempdir.h"
#include "kern/sysfs.h"
#include "test.h"

enum { SEQUENCES = 200, STEPS = 10, PORTS = 3 };

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

static unsigned int pick(struct world *w, unsigned int n)
{
	w->rnd = w->rnd * 1103515245u + 12345u;
	return (w->rnd >> 16) % n;
}

static void note(struct world *w, const char *what, unsigned int v)
{
	w->trace = arena_printf(&w->site->arena, "%s %s(%u)", w->trace, what, v);
}

static void lose(struct world *w, const char *what)
{
	fail_msg("SEED=%u: %s\nafter:%s", w->seed, what, w->trace);
}

static bool same_addr(const struct addr *x, const struct addr *y)
{
	return x->ifindex == y->ifindex && prefix_equal(&x->prefix, &y->prefix);
}

static bool same_path(const struct file *x, const struct file *y)
{
	return strcmp(x->path, y->path) == 0;
}

static bool same_file(const struct file *x, const struct file *y)
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

static void follow_links(struct links *to, const struct links *was, const struct links *is)
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
static struct fake_state copy_now(struct world *w)
{
	return fake_snapshot(w->f);
}

static void expect_foreign(struct world *w, const struct fake_state *was)
{
	struct fake_state is = copy_now(w);
	struct arena *a = &w->site->arena;

	follow_links(&w->expect.links, &was->links, &is.links);
	follow(a, &w->expect.addrs, &was->addrs, &is.addrs, same_addr, same_addr);
	follow(a, &w->expect.routes, &was->routes, &is.routes, route_same_key, route_equal);
	follow(a, &w->expect.rules, &was->rules, &is.rules, rule_equal, rule_equal);
	follow(a, &w->expect.files, &was->files, &is.files, same_path, same_file);
}

static struct link *some_port(struct world *w)
{
	return fake_link(w->f, arena_printf(&w->site->arena, "p%u", pick(w, PORTS)));
}

static void foreign_number(struct world *w)
{
	struct link *l = some_port(w);
	enum setting_id id = pick(w, SETTING_RP_FILTER - SETTING_ARP_IGNORE + 1) + SETTING_ARP_IGNORE;

	if (pick(w, 2))
		l->mtu = 20000 + w->next++;
	else
		l->conf[settings[id].conf] = 100 + w->next++;
}

static void foreign_add(struct world *w)
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
static bool is_needed(struct world *w, const struct addr *ad)
{
	for vec_each(rt, &w->f->now.routes)
		if (rt->oif == (uint32_t)ad->ifindex && ip_in_prefix(&rt->gateway, &ad->prefix))
			return true;
	return false;
}

/* An object of ours or of somebody else, of one of our ports. While a journal is pending only rules: what
 * else is gone then counts as a trace of the death and comes back. */
static void foreign_del(struct world *w)
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

static void foreign_gateway(struct world *w)
{
	for vec_each(rt, &w->f->now.routes)
		if (rt->oif >= 10 && rt->gateway.family) {
			rt->gateway.bytes[3] = (uint8_t)(100 + w->next++ % 100);
			return;
		}
}

static const char *some_text(struct world *w, const char *whose)
{
	return arena_printf(&w->site->arena, "%s %u", whose, w->next++);
}

static const char *const paths[] = { "/etc/there", "/etc/new" };

static void foreign_file(struct world *w)
{
	site_file_add(w->site, paths[pick(w, ARRAY_LEN(paths))], some_text(w, "theirs"));
}

static void foreign(struct world *w)
{
	static void (*const kinds[])(struct world *) = { foreign_number, foreign_add, foreign_del,
							 foreign_gateway, foreign_file };
	unsigned int kind = pick(w, ARRAY_LEN(kinds));
	struct fake_state was = copy_now(w);

	note(w, "foreign", kind);
	kinds[kind](w);
	expect_foreign(w, &was);
}

static void random_intent(struct world *w)
{
	static const char *const from[] = { "10.0.0.1/24", "10.0.0.11/24", "10.3.0.1/16" };
	static const char *const gateway[] = { "10.0.0.254", "10.0.0.253", "10.3.0.254" };
	static const uint32_t mtu[] = { 1500, 4200, 9000 };
	struct port_intent *d = &w->site->in.defaults;
	unsigned int net = pick(w, 3);

	*d = (struct port_intent){ 0 };
	w->site->in.sequence.v = prefix_is(from[net]);
	if (pick(w, 2))
		site_number(d, SETTING_MTU, mtu[pick(w, 3)]);
	if (pick(w, 2))
		site_gateway(d, gateway[net == 2 ? 2 : pick(w, 2)], 4);
	if (pick(w, 2))
		site_number(d, SETTING_ARP_ACCEPT, 1 + pick(w, 2));
	if (pick(w, 3) == 0)
		d->rule_priority = (struct opt_u32){ OPT_SET, 1000 + pick(w, 3) };
	w->site->options.confirm_s = pick(w, 2) ? 60 : 0;
	w->site->files.n = 0;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (pick(w, 2))
			site_file(w->site, paths[i], pick(w, 3) ? some_text(w, "ours") : NULL);
}

static int go_configure(void *user)
{
	struct world *w = user;

	return site_resolve(w->site) < 0 ? 0 : site_configure(w->site);
}

/* The newest journal that stands, 0: none. */
static unsigned int standing(struct world *w, struct entry *ret)
{
	for (unsigned int id = journal_next_id(w->dir) - 1; id; id--) {
		struct err e = { 0 };

		if (journal_load(w->dir, id, &w->site->arena, ret, &e) < 0)
			lose(w, e.text);
		if (ret->state != ENTRY_REVERTED)
			return id;
	}
	return 0;
}

/* True when the route can be there at all: its port up, its source and its gateway reachable. The kernel's
 * own follow from the addresses. */
static bool is_possible(const struct fake_state *s, const struct route *rt)
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

/* One revert; what could not be put back (a route of others through our addresses) is told once. */
static int go_revert(void *user)
{
	struct world *w = user;
	struct undo u = { 0 };
	struct err e = { 0 };
	struct entry en;
	struct journal j;
	unsigned int id = standing(w, &en);

	if (!id)
		return 0;
	assert_int_equal(journal_open(w->dir, id, &j, &e), 0);
	int r = undo_run(&w->f->k, &en, &j, &w->site->arena, &u, &e);
	for vec_each(un, &u.undone)
		if (un->result == UNDO_FAILED &&
		    (un->old.kind != VALUE_ROUTE || is_possible(&w->f->now, &un->old.route)))
			lose(w, un->err.text);
	assert_int_equal(journal_end(&j, "reverted", NULL, NULL), 0);
	journal_close(&j);
	return r;
}

static void revert(struct world *w)
{
	(void)go_revert(w);
	w->pending = false;
}

/* s without the routes that could not be written now: the kernel keeps them, but takes them no more. */
static struct fake_state possible(const struct fake_state *s, const struct fake_state *in,
				  struct arena *a)
{
	struct fake_state some = *s;

	some.routes = (struct routes){ 0 };
	for vec_each(rt, &s->routes)
		if (is_possible(in, rt))
			*vec_add(a, &some.routes) = *rt;
	return some;
}

static void must_be_like(struct world *w, const struct fake_state *expect)
{
	struct arena *a = &w->site->arena;
	struct fake_state want = possible(expect, &w->f->now, a);
	struct fake_state is = possible(&w->f->now, &w->f->now, a);
	const char *differs = state_difference(&want, &is, a);

	if (differs)
		lose(w, differs);
}

/* A write that fails leaves all as it was before this very configure. */
static void configure_failing(struct world *w)
{
	static const int errors[] = { EPERM, ENOMEM, EBUSY, ENODEV };
	struct fake_state before = copy_now(w);
	unsigned int at = 1 + pick(w, 15);

	note(w, "fail", at);
	fake_fail(w->f, at, errors[pick(w, ARRAY_LEN(errors))]);
	int r = go_configure(w);
	w->f->fail_at = 0;
	if (r < 0)
		must_be_like(w, &before);
}

/* The newest journal waits for `doroce confirm`. */
static bool is_on_trial(struct world *w)
{
	struct entry en;

	return standing(w, &en) && entry_unconfirmed(&en);
}

static void confirm(struct world *w)
{
	struct entry en;
	struct journal j;
	unsigned int id = standing(w, &en);

	if (!id || en.state != ENTRY_APPLIED)
		return;
	assert_int_equal(journal_open(w->dir, id, &j, NULL), 0);
	assert_int_equal(journal_confirmed(&j, NULL), 0);
	journal_close(&j);
	if (is_on_trial(w))
		lose(w, "confirmed, and still to be taken back");
}

/* What the supervisor does when the time is over, and the boot unit after a reboot. */
static int go_time_out(void *w)
{
	return is_on_trial(w) ? go_revert(w) : 0;
}

static void time_out(struct world *w)
{
	struct fake_state before = copy_now(w);
	bool due = is_on_trial(w);

	(void)go_time_out(w);
	if (due)
		w->pending = false;
	else
		must_be_like(w, &before);
}

/* Complete, or nothing begun, or all taken back. */
static void resume(struct world *w)
{
	struct fake_state before = copy_now(w);
	struct err e = { 0 };
	struct entry en;
	struct txn t;

	if (!standing(w, &en) || en.state != ENTRY_UNFINISHED)
		return;
	if (txn_resume(&w->f->k, &en, &w->site->options, &w->site->arena, &t, &e) == 0)
		w->pending = false;
	else if (t.undo.undone.n)
		w->pending = standing(w, &en) && en.state == ENTRY_UNFINISHED;
	else
		must_be_like(w, &before);
}

static struct fake_state state_copy(const struct fake_state *s, const struct files *files, struct arena *a)
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

/* Journals of this boot become journals of another one. */
static void boot_change(struct world *w)
{
	char boot[48];

	assert_int_equal(sysfs_text("/proc/sys/kernel/random/boot_id", boot, sizeof(boot)), 0);
	for (unsigned int id = journal_next_id(w->dir) - 1; id; id--) {
		const char *name = arena_printf(&w->site->arena, "%06u.json", id);
		char *text = file_text(w->dir, name, &w->site->arena);
		char *at = text ? strstr(text, boot) : NULL;

		if (at)
			at[0] = at[0] == '0' ? '1' : '0';
		if (at)
			file_put(w->dir, name, text);
	}
}

/* What the kernel held is gone, ours and theirs; files stay. Only the files of a journal are still to be taken back. */
static void reboot(struct world *w)
{
	struct arena *a = &w->site->arena;

	w->f->now = state_copy(&w->start, &w->f->now.files, a);
	w->expect = state_copy(&w->start, &w->expect.files, a);
	boot_change(w);
	w->pending = false;
}

static void step_configure(struct world *w, unsigned int at)
{
	random_intent(w);
	switch (pick(w, 3)) {
	case 0:
		configure_failing(w);
		return;
	case 1:
		note(w, "die", at);
		w->pending = site_dies(w->site, go_configure, w, at);
		return;
	default:
		note(w, "configure", w->site->options.confirm_s);
		if (go_configure(w) < 0)
			lose(w, w->site->err.text);
	}
}

static void step_back(struct world *w, unsigned int at)
{
	static int (*const ways[])(void *) = { go_revert, go_time_out };
	unsigned int way = pick(w, ARRAY_LEN(ways));

	note(w, way ? "die in time-out" : "die in revert", at);
	w->pending |= site_dies(w->site, ways[way], w, at);
}

static void step_named(struct world *w)
{
	static const struct {
		const char *name;
		void (*run)(struct world *w);
	} steps[] = {
		{ "revert", revert }, { "time-out", time_out }, { "confirm", confirm }, { "resume", resume },
		{ "reboot", reboot },
	};
	unsigned int i = pick(w, ARRAY_LEN(steps));

	note(w, steps[i].name, 0);
	steps[i].run(w);
}

static void step(struct world *w)
{
	unsigned int what = pick(w, 10), at = 1 + pick(w, 20);

	if (what < 3)
		foreign(w);
	else if (what < 6)
		step_named(w);
	else if (what == 6)
		step_back(w, at);
	else if (!w->pending && !is_on_trial(w)) /* it would be refused */
		step_configure(w, at);
}

/* What a boot brings is never what was wished: it would be taken for ours, which has come again. */
static void numbers_unlike_ours(struct world *w)
{
	for (size_t i = 0; i < PORTS; i++) {
		struct link *l = fake_link(w->f, arena_printf(&w->site->arena, "p%zu", i));

		l->mtu = 1400;
		for (enum setting_id id = 0; id < SETTING_N; id++)
			if (settings[id].conf)
				l->conf[settings[id].conf] = 7;
	}
}

static void world_make(struct world *w)
{
	w->dir = tempdir_new();
	w->site = site_new(PORTS, 0, "10.0.0.1/24");
	w->f = &w->site->fake;
	w->site->options.dir = w->dir;
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

static void sequence(struct world *w)
{
	struct entry en;

	world_make(w);
	for (int i = 0; i < STEPS; i++)
		step(w);
	while (standing(w, &en))
		revert(w);
	must_be_like(w, &w->expect);
	site_free(w->site);
	tempdir_remove(w->dir);
}

static void any_sequence_can_be_taken_back(void **state)
{
	const char *given = getenv("SEED");
	unsigned int seed = given ? (unsigned int)strtoul(given, NULL, 0) : (unsigned int)time(NULL);

	(void)state;
	print_message("SEED=%u, %d sequences\n", seed, SEQUENCES);
	for (unsigned int i = 0; i < SEQUENCES; i++) {
		struct world w = { .seed = seed + i, .rnd = seed + i };

		sequence(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_sequence_can_be_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
