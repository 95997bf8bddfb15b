/* SPDX-License-Identifier: MIT */
/* A journal that can not be written, at any byte of it: the kernel is as before, and so is the next start. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fake/site.h"
#include "fake/tempdir.h"
#include "test.h"

/* A foreign route that goes with our address, an exchanged one, and all the rest. */
static struct site *two_ports(int dir)
{
	struct site *s = site_new(2, 0, "10.0.0.1/24");

	s->options.dir = dir;
	fake_addr_add(&s->fake, "p0", "172.16.0.1/16");
	fake_route_add(&s->fake, "p0", "0.0.0.0/0", 101)->gateway = ip_is("172.16.0.254");
	fake_route_add(&s->fake, "p1", "198.51.100.0/24", 500)->protocol = RTPROT_BOOT;
	site_number(&s->in.defaults, SETTING_MTU, 4200);
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	return s;
}

/* No file may grow beyond the size. */
static void limit(rlim_t bytes)
{
	struct rlimit rl;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &rl), 0);
	rl.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &rl), 0);
}

/* What the next command finds can be taken back, and nothing stays undone. */
static void next_start(struct site *s, int dir, const struct fake_state *before, size_t at)
{
	struct err e = { 0 };
	struct undo u = { 0 };
	struct entry en;
	struct journal j;

	if (!journal_pending(dir, &s->arena, &en))
		return;
	assert_int_equal(journal_open(dir, en.id, &j, &e), 0);
	if (undo_run(&s->fake.k, &en, &j, &s->arena, &u, &e) < 0)
		fail_msg("byte %zu: %s", at, e.text);
	assert_int_equal(undo_count(&u, UNDO_NOTHING), en.ops.n);
	assert_int_equal(journal_end(&j, "reverted", NULL, &e), 0);
	journal_close(&j);
	assert_false(journal_pending(dir, &s->arena, &en));
	assert_null(fake_difference(&s->fake, before));
}

static size_t size_of(int dir, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dir, name, &st, 0), 0);
	return (size_t)st.st_size;
}

/* Sizes of plan and records of a configure that has room. */
static void sizes(size_t *ret_plan, size_t *ret_log)
{
	auto_tempdir dir = tempdir_new();
	auto_site *s = two_ports(dir);

	assert_int_equal(site_configure(s), 0);
	*ret_plan = size_of(dir, "000001.json");
	*ret_log = size_of(dir, "000001.log");
}

static void a_plan_that_does_not_fit_is_not_begun(void **state)
{
	size_t plan, log;

	(void)state;
	sizes(&plan, &log);
	for (size_t at = 0; at < plan; at += at < 8 || at + 8 > plan ? 1 : plan / 7) {
		auto_tempdir dir = tempdir_new();
		auto_site *s = two_ports(dir);

		limit(at);
		int r = site_configure(s);
		limit(RLIM_INFINITY);
		assert_int_equal(r, -EFBIG);
		assert_int_equal(s->fake.writes, 0);
		must_contain(s->err.text, "journal: write: ");
		assert_int_equal(file_count(dir), 0);
	}
}

static bool limit_set(void *user)
{
	limit(*(size_t *)user);
	return false;
}

/* The plan is on disk when the disk becomes full: at every byte of the records. */
static void records_that_do_not_fit_take_all_back(void **state)
{
	size_t plan, log;

	(void)state;
	sizes(&plan, &log);
	for (size_t at = 0; at < log; at++) {
		auto_tempdir dir = tempdir_new();
		auto_site *s = two_ports(dir);
		struct fake_state before = fake_snapshot(&s->fake);

		s->options.stop = limit_set;
		s->options.user = &at;
		int r = site_configure(s);
		limit(RLIM_INFINITY);
		assert_int_equal(r, -EFBIG);
		const char *differs = fake_difference(&s->fake, &before);
		if (differs)
			fail_msg("byte %zu: %s", at, differs);
		next_start(s, dir, &before, at);
	}
}

/* A disk full for the way back alone does not bar it. */
static void a_revert_does_without_its_records(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_site *s = two_ports(dir);
	struct fake_state before = fake_snapshot(&s->fake);
	struct undo u = { 0 };
	struct entry en;
	struct journal j;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(journal_load(dir, 1, &s->arena, &en, NULL), 0);
	limit(0);
	int opened = journal_open(dir, 1, &j, &e);
	int r = undo_run(&s->fake.k, &en, &j, &s->arena, &u, &e);
	limit(RLIM_INFINITY);
	assert_int_equal(opened, 0);
	assert_int_equal(r, 0);
	journal_close(&j);
	assert_null(fake_difference(&s->fake, &before));
}

/* Fill the file system of dir until only `left` bytes are free. */
static void fill(int dir, size_t left)
{
	static const char block[512];
	int fd = openat(dir, "filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		;
	assert_int_equal(ftruncate(fd, (off_t)((size_t)lseek(fd, 0, SEEK_END) - left)), 0);
	close(fd);
}

/* A small file system on the path, in a mount namespace of our own. -1: not allowed here. */
static int tmpfs_new(const char *path)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", path, "tmpfs", 0, "size=64k,mode=0700") < 0)
		return -1;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void a_full_tmpfs_leaves_the_node_as_it_was(void **state)
{
	auto_tempdir home = tempdir_new();
	char link[48], path[PATH_MAX] = "";
	size_t failed = 0;

	(void)state;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", home);
	assert_true(readlink(link, path, sizeof(path) - 1) > 0);
	int dir = tmpfs_new(path);
	if (dir < 0) {
		tempdir_remove(TAKE_FD(home)); /* skip() leaves without a cleanup */
		skip();
	}
	for (size_t left = 0; left <= 48 * 1024; left += 4096) {
		auto_site *s = two_ports(dir);
		struct fake_state before = fake_snapshot(&s->fake);

		fill(dir, left);
		int r = site_configure(s);
		assert_int_equal(unlinkat(dir, "filler", 0), 0);
		failed += r < 0;
		if (r < 0)
			assert_int_equal(r, -ENOSPC);
		if (r < 0 && fake_difference(&s->fake, &before))
			fail_msg("%zu B left: %s", left, fake_difference(&s->fake, &before));
		if (r < 0)
			next_start(s, dir, &before, left);
		(void)unlinkat(dir, "000001.json", 0); /* not there when it was not begun */
		(void)unlinkat(dir, "000001.log", 0);
	}
	close(dir);
	assert_int_equal(umount2(path, MNT_DETACH), 0);
	assert_true(failed > 1 && failed < 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_that_does_not_fit_is_not_begun),
		cmocka_unit_test(records_that_do_not_fit_take_all_back),
		cmocka_unit_test(a_revert_does_without_its_records),
		cmocka_unit_test(a_full_tmpfs_leaves_the_node_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
