/* SPDX-License-Identifier: MIT */
/* Random sequences of configure, failure, death, resume, confirmation or none, reboot, foreign change and revert
 * against a model: in the end all is as in the beginning, but for what somebody else has changed. SEED=N repeats
 * a run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/entries.h"
#include "kern/sysfs.h"
#include "test.h"
#include "world.h"

enum { SEQUENCES = 200, STEPS = 10 };

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
