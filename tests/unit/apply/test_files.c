/* SPDX-License-Identifier: MIT */
/* Files in the transaction: taken back first, kept where somebody else has changed them, and across a reboot. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake/site.h"
#include "fake/tempdir.h"
#include "test.h"

static const char path[] = "/etc/x.conf", boot[] = "00000000-0000-0000-0000-000000000000";

/* A site with a journal whose plan has settings of two ports, a new file and one that is changed. */
struct bench {
	struct site *s;
	struct fake *f;
	int dir;
	struct fake_state before;
	struct undo undo;
	struct err err;
	char files[256]; /* as they were when files_back was called */
	size_t backs;
};

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .s = site_new(2, 0, "10.0.0.1/24") };
	b.f = &b.s->fake;
	b.s->options.dir = b.dir = site_tempdir(b.s);
	site_number(&b.s->in.defaults, SETTING_MTU, 4200);
	site_file_add(b.s, "/etc/old.conf", "old\n");
	site_file(b.s, path, "new\n");
	site_file(b.s, "/etc/old.conf", "changed\n");
	b.before = fake_snapshot(b.f);
	*state = &b;
	return 0;
}

static void must_be_as_before(struct bench *b)
{
	const char *differs = fake_difference(b->f, &b->before);

	if (differs)
		fail_msg("%s", differs);
}

static struct file *file_there(struct bench *b, const char *name)
{
	for vec_each(f, &b->f->now.files)
		if (strcmp(f->path, name) == 0)
			return f;
	return NULL;
}

static struct entry entry(struct bench *b)
{
	struct entry en;

	assert_int_equal(journal_load(b->dir, b->s->id, &b->s->arena, &en, NULL), 0);
	return en;
}

static void files_back(void *user)
{
	struct bench *b = user;

	b->backs++;
	snprintf(b->files, sizeof(b->files), "%s, %s", file_there(b, path) ? "new one there" : "new one gone",
		 file_there(b, "/etc/old.conf")->text);
	assert_int_equal(fake_link(b->f, "p0")->mtu, 4200);
}

static int undo(struct bench *b, const struct entry *en)
{
	const struct undo_options o = { .files_back = files_back, .user = b };

	b->err = (struct err){ 0 };
	return undo_run_with(&b->f->k, en, &o, &b->s->arena, &b->undo, &b->err);
}

static const struct undone *undone_of(const struct bench *b, const char *file)
{
	for vec_each(un, &b->undo.undone) {
		const struct value *v = un->want.kind == VALUE_FILE ? &un->want : &un->old;

		if (v->kind == VALUE_FILE && strcmp(v->file.path, file) == 0)
			return un;
	}
	fail_msg("%s is not among what was taken back", file);
	return NULL;
}

/* The journal is of another boot: what only the kernel held is gone, the devices have new numbers. */
static struct entry rebooted(struct bench *b, bool manager_reads)
{
	struct entry en = entry(b);

	assert_int_not_equal(en.state, ENTRY_GONE);
	if (!manager_reads) {
		struct files files = b->f->now.files;

		b->f->now = b->before;
		b->f->now.files = files;
	}
	fake_link(b->f, "p0")->ifindex = 21;
	for vec_each(ad, &b->f->now.addrs)
		ad->ifindex = ad->ifindex == 10 ? 21 : ad->ifindex;
	for vec_each(rt, &b->f->now.routes)
		rt->oif = rt->oif == 10 ? 21 : rt->oif;
	char *text = file_text(b->dir, "000001.json", &b->s->arena);
	char *id = strstr(text, "\"boot\":");

	assert_non_null(id);
	id = strchr(id + 7, '"') + 1;
	memcpy(id, boot, strlen(boot));
	file_put(b->dir, "000001.json", text);
	en = entry(b);
	assert_int_equal(en.state, ENTRY_GONE);
	assert_true(entry_has_files(&en));
	return en;
}

static void configure(struct bench *b)
{
	if (site_configure(b->s) < 0)
		fail_msg("%s", b->s->err.text);
	assert_string_equal(file_there(b, path)->text, "new\n");
	assert_string_equal(file_there(b, "/etc/old.conf")->text, "changed\n");
}

static void files_are_back_before_anything_else(void **state)
{
	struct bench *b = *state;

	configure(b);
	const struct entry en = entry(b);
	assert_int_equal(undo(b, &en), 0);
	assert_int_equal(b->backs, 1);
	assert_string_equal(b->files, "new one gone, old\n");
	must_be_as_before(b);
}

/* Who takes it back must know whose files these are, and whether their manager has read them. */
static void the_manager_is_read_as_it_was_written(void **state)
{
	struct bench *b = *state;
	struct site *s = b->s;

	site_plan(s);
	s->plan.manager = "networkd";
	s->plan.reload = true;
	assert_int_equal(txn_run(&b->f->k, &s->plan, &s->options, &s->arena, &s->txn, &s->id, &s->err), 0);
	assert_string_equal(entry(b).manager, "networkd");
	assert_true(entry(b).reload);
	site_file(s, "/etc/more.conf", "more\n");
	configure(b);
	assert_null(entry(b).manager);
	assert_false(entry(b).reload);
}

static int check_fails(void *user, struct err *e)
{
	(void)user;
	return err_set(e, -EHOSTUNREACH, "lost");
}

static void a_failed_check_takes_files_back_and_tells_between(void **state)
{
	struct bench *b = *state;

	b->s->options.check = check_fails;
	b->s->options.files_back = files_back;
	b->s->options.user = b;
	assert_int_equal(site_configure(b->s), -EHOSTUNREACH);
	assert_string_equal(b->s->err.text, "lost");
	assert_int_equal(b->backs, 1);
	assert_string_equal(b->files, "new one gone, old\n");
	assert_int_equal(b->s->txn.undo_err.code, 0);
	must_be_as_before(b);
}

static int fail_from_here(void *user, struct err *e)
{
	struct bench *b = user;

	fake_fail_from(b->f, 1, EROFS);
	return err_set(e, -EHOSTUNREACH, "lost");
}

static void what_was_not_taken_back_is_told_with_its_reason(void **state)
{
	struct bench *b = *state;

	b->s->options.check = fail_from_here;
	b->s->options.user = b;
	assert_int_equal(site_configure(b->s), -EHOSTUNREACH);
	assert_int_equal(b->s->txn.undo_err.code, -EIO);
	assert_true(undo_count(&b->s->txn.undo, UNDO_FAILED) > 2);
	assert_int_equal(entry(b).state == ENTRY_REVERTED, false);
}

static void a_file_that_somebody_has_changed_is_kept(void **state)
{
	struct bench *b = *state;

	configure(b);
	file_there(b, path)->text = "other\n";
	file_there(b, path)->len = 6;
	const struct entry en = entry(b);
	assert_int_equal(undo(b, &en), 0);
	assert_int_equal(undone_of(b, path)->result, UNDO_CONFLICT);
	assert_int_equal(undone_of(b, path)->err.code, 0);
	assert_int_equal(undone_of(b, "/etc/old.conf")->result, UNDO_DONE);
	assert_string_equal(file_there(b, path)->text, "other\n");
	assert_int_equal(fake_link(b->f, "p0")->mtu, 1500);
}

static void another_mode_is_a_change_of_somebody_too(void **state)
{
	struct bench *b = *state;

	configure(b);
	file_there(b, path)->mode ^= 0022;
	const struct entry en = entry(b);
	assert_int_equal(undo(b, &en), 0);
	assert_int_equal(undone_of(b, path)->result, UNDO_CONFLICT);
}

/* Where our new file was there is a link now: that is not "not there already". */
static void a_link_in_its_place_is_kept_and_told(void **state)
{
	struct bench *b = *state;
	struct undo preview = { 0 };
	struct node n;

	configure(b);
	b->f->link_path = path;
	const struct entry en = entry(b);
	assert_int_equal(entry_node_read(&b->f->k, &en, &b->s->arena, &n, NULL), 0);
	undo_preview(&n, &en, &b->s->arena, &preview);
	assert_int_equal(undo_count(&preview, UNDO_CONFLICT), 1);
	assert_int_equal(undo(b, &en), 0);
	assert_int_equal(undone_of(b, path)->result, UNDO_CONFLICT);
	must_contain(undone_of(b, path)->err.text, "symbolic link");
	assert_non_null(file_there(b, path));
}

static void after_a_reboot_the_files_are_taken_back(void **state)
{
	struct bench *b = *state;

	configure(b);
	const struct entry en = rebooted(b, false);
	size_t writes = b->f->writes;
	assert_int_equal(undo_run(&b->f->k, &en, NULL, &b->s->arena, &b->undo, &b->err), 0);
	assert_int_equal(b->f->writes, writes + 2);
	assert_null(file_there(b, path));
	assert_string_equal(file_there(b, "/etc/old.conf")->text, "old\n");
	assert_int_equal(undo_count(&b->undo, UNDO_DONE), 2);
	assert_int_equal(undo_count(&b->undo, UNDO_CONFLICT), 0);
}

static void after_a_reboot_what_a_manager_has_made_again_is_taken_back_too(void **state)
{
	struct bench *b = *state;

	configure(b);
	const struct entry en = rebooted(b, true);
	assert_int_equal(undo_run(&b->f->k, &en, NULL, &b->s->arena, &b->undo, &b->err), 0);
	assert_int_equal(undo_count(&b->undo, UNDO_DONE), en.ops.n);
	assert_int_equal(undo_count(&b->undo, UNDO_GONE), 0);
	assert_int_equal(b->f->now.addrs.n, b->before.addrs.n);
	assert_int_equal(b->f->now.rules.n, b->before.rules.n);
	assert_int_equal(fake_link(b->f, "p0")->mtu, 1500);
	assert_int_equal(fake_link(b->f, "p1")->mtu, 1500);
}

/* What differs is of this boot, and nobody's conflict; a port of another MAC address is another port. */
static void after_a_reboot_other_values_are_left(void **state)
{
	struct bench *b = *state;

	configure(b);
	const struct entry en = rebooted(b, true);
	fake_link(b->f, "p0")->mtu = 9000;
	fake_link(b->f, "p1")->mac[5] ^= 1;
	assert_int_equal(undo_run(&b->f->k, &en, NULL, &b->s->arena, &b->undo, &b->err), 0);
	assert_int_equal(fake_link(b->f, "p0")->mtu, 9000);
	assert_int_equal(fake_link(b->f, "p1")->mtu, 4200);
	assert_int_equal(undo_count(&b->undo, UNDO_REBOOT), 1);
	assert_int_equal(undo_count(&b->undo, UNDO_CONFLICT), 0);
	assert_true(undo_count(&b->undo, UNDO_GONE) > 0);
}

/* Taken back once more, after an interruption or by mistake: nothing is written. */
static void after_a_reboot_it_may_be_repeated(void **state)
{
	struct bench *b = *state;

	configure(b);
	const struct entry en = rebooted(b, true);
	assert_int_equal(undo_run(&b->f->k, &en, NULL, &b->s->arena, &b->undo, &b->err), 0);
	size_t writes = b->f->writes;
	assert_int_equal(undo_run(&b->f->k, &en, NULL, &b->s->arena, &b->undo, &b->err), 0);
	assert_int_equal(b->f->writes, writes);
}

/* The first write is that of all at once: it fails with the first file, or with one of them put back. */
static void files_that_can_not_be_put_back_together_are_put_back_one_by_one(void **state)
{
	struct bench *b = *state;

	for (unsigned int at = 1; at <= 2; at++) {
		configure(b);
		const struct entry en = entry(b);
		fake_fail(b->f, at, ENOSPC);
		assert_int_equal(undo(b, &en), 0);
		must_be_as_before(b);
		b->undo = (struct undo){ 0 };
	}
}

static void a_journal_whose_files_stand_is_never_pruned(void **state)
{
	struct bench *b = *state;
	char name[16];

	configure(b);
	(void)rebooted(b, false);
	const char *text = file_text(b->dir, "000001.json", &b->s->arena);
	for (unsigned int id = 2; id < JOURNAL_KEPT + 8; id++) {
		snprintf(name, sizeof(name), "%06u.json", id);
		file_put(b->dir, name, text);
	}
	size_t n = file_count(b->dir);
	journal_prune(b->dir, &b->s->arena);
	assert_int_equal(file_count(b->dir), n);
	file_put(b->dir, "000003.log", "{\"end\":\"reverted\"}\n");
	journal_prune(b->dir, &b->s->arena);
	assert_int_equal(file_count(b->dir), n - 1);
}

#define test(f) cmocka_unit_test_setup_teardown(f, bench_open, site_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(files_are_back_before_anything_else),
		test(the_manager_is_read_as_it_was_written),
		test(a_failed_check_takes_files_back_and_tells_between),
		test(what_was_not_taken_back_is_told_with_its_reason),
		test(a_file_that_somebody_has_changed_is_kept),
		test(another_mode_is_a_change_of_somebody_too),
		test(a_link_in_its_place_is_kept_and_told),
		test(after_a_reboot_the_files_are_taken_back),
		test(after_a_reboot_what_a_manager_has_made_again_is_taken_back_too),
		test(after_a_reboot_other_values_are_left),
		test(after_a_reboot_it_may_be_repeated),
		test(files_that_can_not_be_put_back_together_are_put_back_one_by_one),
		test(a_journal_whose_files_stand_is_never_pruned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
