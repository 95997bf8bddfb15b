/* SPDX-License-Identifier: MIT */
/* Files of the system: replaced whole with all that belongs to them, or left alone. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fake/tempdir.h"
#include "kern/file.h"
#include "test.h"

/* A root with the directory /etc in it. */
static struct root {
	int dir;
	char path[PATH_MAX];
} root;

static int root_make(void **state)
{
	char fd[32];

	(void)state;
	root.dir = tempdir_new();
	snprintf(fd, sizeof(fd), "/proc/self/fd/%d", root.dir);
	ssize_t n = readlink(fd, root.path, sizeof(root.path) - 1);
	root.path[n > 0 ? n : 0] = '\0';
	return mkdirat(root.dir, "etc", 0755);
}

static int root_remove(void **state)
{
	int etc = openat(root.dir, "etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	unlinkat(etc, ".x.doroce-new", 0);
	unlinkat(etc, "x", 0);
	unlinkat(etc, "x", AT_REMOVEDIR);
	unlinkat(etc, "y", 0);
	close(etc);
	unlinkat(root.dir, "etc", AT_REMOVEDIR);
	tempdir_remove(root.dir);
	return 0;
}

static const char *full(const char *name)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/etc/%s", root.path, name);
	return path;
}

static int put(const char *text)
{
	const struct file f = { "/etc/x", text, strlen(text), 0640, geteuid(), getegid() };

	return files_put(root.path, &f, 1, NULL);
}

static int take_away(const char *path)
{
	return files_put(root.path, &(struct file){ .path = path }, 1, NULL);
}

static void what_is_written_is_read_again(void **state)
{
	auto_arena a = { 0 };
	struct file f;

	(void)state;
	umask(077);
	assert_int_equal(put("one\ntwo\n"), 0);
	assert_int_equal(file_read(root.path, "/etc/x", &a, &f, NULL), 0);
	assert_string_equal(f.path, "/etc/x");
	assert_string_equal(f.text, "one\ntwo\n");
	assert_int_equal(f.len, 8);
	assert_int_equal(f.mode, 0640);
	assert_int_equal(f.uid, geteuid());
	assert_int_equal(put("three\n"), 0);
	assert_int_equal(file_read(root.path, "/etc/x", &a, &f, NULL), 0);
	assert_string_equal(f.text, "three\n");
	assert_int_equal(access(full(".x.doroce-new"), F_OK), -1);
}

static void attributes_of_the_old_one_are_taken_over(void **state)
{
	char value[16] = "";

	(void)state;
	assert_int_equal(put("old\n"), 0);
	if (setxattr(full("x"), "user.doroce", "label", 5, 0) < 0) {
		print_message("no user attributes on this file system\n");
		skip();
	}
	assert_int_equal(put("new\n"), 0);
	assert_int_equal(getxattr(full("x"), "user.doroce", value, sizeof(value)), 5);
	assert_string_equal(value, "label");
}

static void the_owner_is_set(void **state)
{
	const struct file theirs = { "/etc/x", "t", 1, 0604, geteuid() ? geteuid() : 1234, getegid() };
	struct stat st;

	(void)state;
	assert_int_equal(files_put(root.path, &theirs, 1, NULL), 0);
	assert_int_equal(stat(full("x"), &st), 0);
	assert_int_equal(st.st_uid, theirs.uid);
	assert_int_equal(st.st_mode & 07777, 0604);
}

static void refused_by_read(int code, const char *why)
{
	auto_arena a = { 0 };
	struct err e = { 0 };
	struct file f;

	assert_int_equal(file_read(root.path, "/etc/x", &a, &f, &e), code);
	must_contain(e.text, "/etc/x: ");
	must_contain(e.text, why);
}

static void what_could_not_be_put_back_is_refused(void **state)
{
	(void)state;
	assert_int_equal(symlink("y", full("x")), 0);
	refused_by_read(-ELOOP, "symbolic link");
	assert_int_equal(unlink(full("x")), 0);
	assert_int_equal(mkdir(full("x"), 0755), 0);
	refused_by_read(-EINVAL, "no plain file");
	assert_int_equal(rmdir(full("x")), 0);
	assert_int_equal(mkfifo(full("x"), 0600), 0);
	refused_by_read(-EINVAL, "no plain file");
	assert_int_equal(unlink(full("x")), 0);
	assert_int_equal(put("x"), 0);
	assert_int_equal(truncate(full("x"), FILE_TEXT_MAX + 1), 0);
	refused_by_read(-EFBIG, "larger than");
}

static void another_users_file_is_refused(void **state)
{
	(void)state;
	assert_int_equal(put("x"), 0);
	if (chown(full("x"), 1234, (gid_t)-1) < 0)
		skip();
	refused_by_read(-EPERM, "belongs to user 1234");
}

static void the_largest_file_is_read_whole(void **state)
{
	auto_arena a = { 0 };
	struct file f;

	(void)state;
	assert_int_equal(put("x"), 0);
	assert_int_equal(truncate(full("x"), FILE_TEXT_MAX), 0);
	assert_int_equal(file_read(root.path, "/etc/x", &a, &f, NULL), 0);
	assert_int_equal(f.len, FILE_TEXT_MAX);
}

/* The target of a link that came since is not written through: the link itself is replaced. */
static void a_link_is_not_written_through(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(close(creat(full("y"), 0600)), 0);
	assert_int_equal(symlink("y", full("x")), 0);
	assert_int_equal(put("text"), 0);
	assert_int_equal(stat(full("y"), &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(lstat(full("x"), &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void a_failed_write_leaves_the_old_one(void **state)
{
	auto_arena a = { 0 };
	struct err e = { 0 };
	struct file f;
	const struct file nowhere = { "/var/x", "t", 1, 0644, 0, 0 };

	(void)state;
	assert_int_equal(put("old\n"), 0);
	assert_int_equal(mkdir(full(".x.doroce-new"), 0755), 0); /* in the way */
	assert_true(put("new\n") < 0);
	assert_int_equal(rmdir(full(".x.doroce-new")), 0);
	assert_int_equal(file_read(root.path, "/etc/x", &a, &f, NULL), 0);
	assert_string_equal(f.text, "old\n");
	assert_int_equal(files_put(root.path, &nowhere, 1, &e), -ENOENT);
	must_contain(e.text, "/var");
}

static void text_must_be(const char *path, const char *text)
{
	auto_arena a = { 0 };
	struct file f;

	assert_int_equal(file_read(root.path, path, &a, &f, NULL), 0);
	assert_string_equal(f.text, text);
}

enum { MANY = 150 }; /* more than are open at a time */

/* The files of /etc named n0, n1, …; one without a text is to be taken away. */
static struct file *many(struct arena *a, const char *text)
{
	struct file *f = arena_array(a, struct file, MANY);

	for (size_t i = 0; i < MANY; i++)
		f[i] = (struct file){
			.path = arena_printf(a, "/etc/n%zu", i), .text = text, .len = text ? strlen(text) : 0,
			.mode = 0644, .uid = geteuid(), .gid = getegid(),
		};
	return f;
}

static void many_are_written_and_taken_away_at_once(void **state)
{
	auto_arena a = { 0 };
	struct file *f = many(&a, "one\n");

	(void)state;
	assert_int_equal(files_put(root.path, f, MANY, NULL), 0);
	text_must_be("/etc/n0", "one\n");
	text_must_be("/etc/n149", "one\n");
	assert_int_equal(access(full(".n149.doroce-new"), F_OK), -1);
	f = many(&a, NULL);
	f[7].text = "seven\n";
	f[7].len = 6;
	assert_int_equal(files_put(root.path, f, MANY, NULL), 0);
	text_must_be("/etc/n7", "seven\n");
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(unlink(full(strrchr(f[i].path, '/') + 1)), i == 7 ? 0 : -1);
}

/* The last one can not be: none of those before it has been touched, and nothing lies beside. */
static void one_that_can_not_be_written_leaves_all_as_they_were(void **state)
{
	auto_arena a = { 0 };
	struct err e = { 0 };
	struct file *f = many(&a, "new\n");

	(void)state;
	assert_int_equal(put("old\n"), 0);
	f[0].path = "/etc/x";
	assert_int_equal(mkdir(full(".n149.doroce-new"), 0755), 0); /* in the way */
	assert_true(files_put(root.path, f, MANY, &e) < 0);
	must_contain(e.text, "/etc/n149: ");
	text_must_be("/etc/x", "old\n");
	assert_int_equal(access(full("n1"), F_OK), -1);
	assert_int_equal(rmdir(full(".n149.doroce-new")), 0);
	assert_int_equal(unlink(full("x")), 0);
	assert_int_equal(rmdir(full("")), 0);
	assert_int_equal(mkdir(full(""), 0755), 0);
}

static void what_a_killed_write_left_is_tidied(void **state)
{
	auto_arena a = { 0 };
	struct file f;

	(void)state;
	assert_int_equal(close(creat(full(".x.doroce-new"), 0600)), 0);
	file_tidy(root.path, "/etc/x");
	assert_int_equal(access(full(".x.doroce-new"), F_OK), -1);
	assert_int_equal(close(creat(full(".x.doroce-new"), 0600)), 0);
	assert_int_equal(put("x"), 0);
	assert_int_equal(access(full(".x.doroce-new"), F_OK), -1);
	assert_int_equal(take_away("/etc/x"), 0);
	assert_int_equal(take_away("/etc/x"), -ENOENT);
	assert_int_equal(file_read(root.path, "/etc/x", &a, &f, NULL), -ENOENT);
	assert_int_equal(file_read(root.path, "/nowhere/x", &a, &f, NULL), -ENOENT);
}

static void a_place_that_can_not_be_written_is_told_before(void **state)
{
	struct err e = { 0 }, gone = { 0 };

	(void)state;
	assert_int_equal(file_check(root.path, "/etc/x", &e), 0);
	assert_int_equal(file_check(root.path, "/var/x", &gone), -ENOENT);
	must_contain(gone.text, "/var");
	if (geteuid() == 0)
		return; /* may write where the mode says no */
	assert_int_equal(chmod(full(""), 0555), 0);
	assert_int_equal(file_check(root.path, "/etc/x", &e), -EACCES);
	assert_int_equal(chmod(full(""), 0755), 0);
	must_contain(e.text, "/etc/x");
}

#define test(f) cmocka_unit_test_setup_teardown(f, root_make, root_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_is_written_is_read_again),
		test(attributes_of_the_old_one_are_taken_over),
		test(the_owner_is_set),
		test(what_could_not_be_put_back_is_refused),
		test(another_users_file_is_refused),
		test(the_largest_file_is_read_whole),
		test(a_link_is_not_written_through),
		test(a_failed_write_leaves_the_old_one),
		test(many_are_written_and_taken_away_at_once),
		test(one_that_can_not_be_written_leaves_all_as_they_were),
		test(what_a_killed_write_left_is_tidied),
		test(a_place_that_can_not_be_written_is_told_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
