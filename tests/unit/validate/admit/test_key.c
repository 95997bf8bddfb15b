/* SPDX-License-Identifier: MIT */
/* Key files: read whole, or refused with what is wrong with them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "fake/tempdir.h"
#include "test.h"
#include "validate/admit/key.h"

static const char *key_file(int dir, const void *bytes, size_t n, mode_t mode)
{
	static char path[128];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/key", dir);
	(void)unlink(path);
	auto_fd fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	return path;
}

static void key_is(int dir, const char *text, size_t bytes)
{
	struct admit_key k = { 0 };
	struct err e = { 0 };

	if (key_read(key_file(dir, text, strlen(text), 0600), &k, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(k.n, bytes);
	assert_memory_equal(k.bytes, text, bytes);
}

static void a_line_end_behind_the_key_does_not_count(void **state)
{
	auto_tempdir dir = tempdir_new();

	(void)state;
	key_is(dir, "0123456789abcdef", 16);
	key_is(dir, "0123456789abcdef\n", 16);
	key_is(dir, "0123456789abcdef\n\n", 17);
}

static void refused(const char *path, int code, const char *fragment)
{
	struct admit_key k = { .n = 99 };
	struct err e = { 0 };

	assert_int_equal(key_read(path, &k, &e), code);
	must_contain(e.text, fragment);
	must_contain(e.text, path);
	assert_int_equal(k.n, 99);
}

static void short_and_long_keys_are_refused(void **state)
{
	auto_tempdir dir = tempdir_new();
	char bytes[KEY_BYTES_MAX + 1];

	(void)state;
	memset(bytes, 'k', sizeof(bytes));
	refused(key_file(dir, "", 0, 0600), -EINVAL, "0 bytes: at least 16");
	refused(key_file(dir, "0123456789abcde\n", 16, 0600), -EINVAL, "15 bytes: at least 16");
	refused(key_file(dir, bytes, sizeof(bytes), 0600), -EINVAL, "more than 1024 bytes");
	bytes[KEY_BYTES_MAX - 1] = '\0';
	struct admit_key k;
	assert_int_equal(key_read(key_file(dir, bytes, KEY_BYTES_MAX, 0400), &k, NULL), 0);
	assert_int_equal(k.n, KEY_BYTES_MAX);
}

static void a_file_that_others_get_at_is_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0777 };
	auto_tempdir dir = tempdir_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		refused(key_file(dir, "0123456789abcdef", 16, modes[i]), -EPERM, "chmod 600");
}

static void a_file_of_another_user_is_refused(void **state)
{
	auto_tempdir dir = tempdir_new();
	const char *path = key_file(dir, "0123456789abcdef", 16, 0600);

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, 1234, 0), 0);
	refused(path, -EPERM, "belongs to user 1234");
}

static void what_is_no_regular_file_is_refused(void **state)
{
	auto_tempdir dir = tempdir_new();
	char fifo[128];

	(void)state;
	snprintf(fifo, sizeof(fifo), "/proc/self/fd/%d/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	refused(fifo, -EINVAL, "no regular file");
	refused("/tmp", -EINVAL, "no regular file");
	refused("/nowhere/key", -ENOENT, "No such file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_end_behind_the_key_does_not_count),
		cmocka_unit_test(short_and_long_keys_are_refused),
		cmocka_unit_test(a_file_that_others_get_at_is_refused),
		cmocka_unit_test(a_file_of_another_user_is_refused),
		cmocka_unit_test(what_is_no_regular_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
