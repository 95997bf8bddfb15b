/* SPDX-License-Identifier: MIT */
/* Completing what a death has left: all of it, or nothing of it, or nothing begun. */
#include <errno.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

/* A site that keeps a journal, its state before; en, txn, err: of the last resume. */
struct bench {
	struct site *site;
	struct fake *f;
	int dir;
	struct fake_state before;
	struct entry en;
	struct txn txn;
	struct err err;
};

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .site = site_every_setting() };
	b.f = &b.site->fake;
	b.site->options.dir = b.dir = site_tempdir(b.site);
	b.before = fake_snapshot(b.f);
	*state = &b;
	return 0;
}

static void bench_renew(struct bench **b)
{
	void *p = *b;

	site_teardown(&p);
	bench_open(&p);
	*b = p;
}

static int run_configure(void *user)
{
	struct bench *b = user;

	return site_configure(b->site);
}

static enum entry_state load(struct bench *b)
{
	assert_int_equal(journal_load(b->dir, 1, &b->site->arena, &b->en, NULL), 0);
	return b->en.state;
}

static int run_resume(void *user)
{
	struct bench *b = user;

	(void)load(b);
	b->err = (struct err){ 0 };
	return txn_resume(&b->f->k, &b->en, &b->site->options, &b->site->arena, &b->txn, &b->err);
}

static void revert(struct bench *b)
{
	struct undo u = { 0 };
	struct journal j;

	(void)load(b);
	assert_int_equal(journal_open(b->dir, 1, &j, NULL), 0);
	assert_int_equal(undo_run(&b->f->k, &b->en, &j, &b->site->arena, &u, &b->err), 0);
	journal_close(&j);
}

static void must_be(struct bench *b, const struct fake_state *wanted, const char *when, size_t n)
{
	const char *differs = fake_difference(b->f, wanted);

	if (differs)
		fail_msg("%s %zu: %s", when, n, differs);
}

/* Configure dies at write n: false: there was no such write. */
static bool half_done(struct bench *b, size_t n)
{
	return site_dies(b->site, run_configure, b, n);
}

static int (*real_addr_set)(struct kern *k, enum change c, const struct addr *ad, struct err *e);

static int addr_set_dying(struct kern *k, enum change c, const struct addr *ad, struct err *e)
{
	struct fake *f = CONTAINER_OF(k, struct fake, k);

	fake_die(f, 1, f->death);
	return real_addr_set(k, c, ad, e);
}

/* Configure dies when every number is written, at the first address. */
static void numbers_done(struct bench *b)
{
	real_addr_set = b->f->k.addr_set;
	b->f->k.addr_set = addr_set_dying;
	assert_true(half_done(b, SIZE_MAX / 2));
	b->f->k.addr_set = real_addr_set;
	assert_int_equal(fake_link(b->f, "p1")->mtu, 4200);
}

static void what_death_has_left_is_completed(void **state)
{
	struct site *other = site_every_setting();
	struct bench *b = *state;
	size_t n = 1;

	assert_int_equal(site_configure(other), 0);
	struct fake_state whole = fake_snapshot(&other->fake);
	for (; half_done(b, n); n++, bench_renew(&b)) {
		assert_int_equal(run_resume(b), 0);
		must_be(b, &whole, "death at write", n);
		assert_int_equal(load(b), ENTRY_APPLIED);
		assert_int_equal(b->txn.done, b->en.ops.n);
		revert(b);
		must_be(b, &b->before, "death, resume, revert", n);
	}
	assert_int_equal(n, other->fake.writes + 1);
	site_free(other);
}

static void death_in_the_resume_is_taken_back(void **state)
{
	struct bench *b = *state;
	size_t n = 1;

	for (; half_done(b, 5); n++, bench_renew(&b)) {
		if (!site_dies(b->site, run_resume, b, n))
			break;
		assert_int_equal(load(b), ENTRY_UNFINISHED);
		revert(b);
		must_be(b, &b->before, "death in the resume at write", n);
	}
	assert_true(n > 10);
}

static void a_failing_write_takes_everything_back(void **state)
{
	struct bench *b = *state;
	size_t n = 1;

	for (; half_done(b, 5); n++, bench_renew(&b)) {
		fake_fail(b->f, n, EBUSY);
		if (run_resume(b) == 0)
			break;
		assert_int_equal(b->err.code, -EBUSY);
		assert_int_equal(b->txn.done, 0);
		must_be(b, &b->before, "resume with failing write", n);
		assert_int_equal(load(b), ENTRY_REVERTED);
	}
	assert_true(n > 10);
}

/* Nothing is begun, nothing is noted: `error`, and the text. */
static void must_be_refused(struct bench *b, int error, const char *text)
{
	size_t writes = b->f->writes;

	assert_int_equal(run_resume(b), -error);
	assert_string_equal(b->err.text, text);
	assert_int_equal(b->f->writes, writes);
	assert_int_equal(b->txn.undo.undone.n, 0);
	assert_int_equal(load(b), ENTRY_UNFINISHED);
}

static void a_value_of_somebody_else_refuses_it(void **state)
{
	struct bench *b = *state;

	numbers_done(b);
	fake_link(b->f, "p1")->mtu = 3000;
	must_be_refused(b, ESTALE, "p1: mtu is 3000: somebody else has changed it since "
				   "(it was 1500, wished was 4200)");
}

static void a_file_of_somebody_else_refuses_it(void **state)
{
	struct bench *b = *state;

	numbers_done(b);
	site_file_add(b->site, "/etc/changed", "edited");
	assert_int_equal(run_resume(b), -ESTALE);
	must_contain(b->err.text, "node: file is /etc/changed");
	assert_int_equal(b->txn.undo.undone.n, 0);
}

static void a_port_that_has_gone_refuses_it(void **state)
{
	struct bench *b = *state;

	numbers_done(b);
	fake_link(b->f, "p1")->ifindex = 99;
	must_be_refused(b, ENODEV, "p1: the port is not there any more");
}

static int way_is_lost(void *user, struct err *e)
{
	const struct bench *b = user;

	/* asked when all is made, not before */
	assert_string_equal(b->f->now.files.at[0].text, "ours");
	return err_set(e, -EHOSTUNREACH, "the way is lost");
}

static void a_lost_way_takes_everything_back(void **state)
{
	struct bench *b = *state;

	numbers_done(b);
	b->site->options.check = way_is_lost;
	b->site->options.user = b;
	assert_int_equal(run_resume(b), -EHOSTUNREACH);
	assert_string_equal(b->err.text, "the way is lost");
	assert_int_equal(b->txn.done, 0);
	must_be(b, &b->before, "lost way", 0);
	assert_int_equal(load(b), ENTRY_REVERTED);
}

static bool stop_at_once(void *unused)
{
	(void)unused;
	return true;
}

static void a_signal_takes_everything_back(void **state)
{
	struct bench *b = *state;

	numbers_done(b);
	b->site->options.stop = stop_at_once;
	assert_int_equal(run_resume(b), -EINTR);
	must_be(b, &b->before, "signal", 0);
}

static void what_is_left_is_a_plan(void **state)
{
	struct bench *b = *state;
	struct plan left = { 0 };
	struct node n;

	numbers_done(b);
	(void)load(b);
	assert_int_equal(txn_left(&b->f->k, &b->en, &b->site->arena, &n, &left, &b->err), 0);
	assert_string_equal(left.ops.at[0].setting->name, "address");
	assert_string_equal(left.ops.at[0].port->link.name, "p0");
	assert_ptr_equal(left.ops.at[left.ops.n - 1].port, NULL);
	/* changes of one port name the same port: what is foreseen of it looks at all of them */
	for vec_each(op, &left.ops)
		if (op->port && strcmp(op->port->link.name, "p0") == 0)
			assert_ptr_equal(op->port, left.ops.at[0].port);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, site_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(what_death_has_left_is_completed),
		bench_test(death_in_the_resume_is_taken_back),
		bench_test(a_failing_write_takes_everything_back),
		bench_test(a_value_of_somebody_else_refuses_it),
		bench_test(a_file_of_somebody_else_refuses_it),
		bench_test(a_port_that_has_gone_refuses_it),
		bench_test(a_lost_way_takes_everything_back),
		bench_test(a_signal_takes_everything_back),
		bench_test(what_is_left_is_a_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
