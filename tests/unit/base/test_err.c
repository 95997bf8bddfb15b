/* SPDX-License-Identifier: MIT */
/* Errors: the first cause is kept. */
#include "test.h"

#include <errno.h>

#include "base/err.h"

static void the_first_failure_is_kept(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_set(&e, -EINVAL, "p1: mtu %d", 9000), -EINVAL);
	assert_int_equal(err_set(&e, -EPERM, "later"), -EPERM);
	assert_int_equal(e.code, -EINVAL);
	assert_string_equal(e.text, "p1: mtu 9000");
}

static void nobody_needs_to_listen(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, -EIO, "%s", "unheard"), -EIO);
	errno = ENOENT;
	assert_int_equal(err_sys(NULL, "file"), -ENOENT);
}

static void errno_gives_code_and_text(void **state)
{
	struct err e = { 0 };

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_sys(&e, "/etc/doroce.yaml"), -ENOENT);
	assert_int_equal(e.code, -ENOENT);
	assert_string_equal(e.text, "/etc/doroce.yaml: No such file or directory");
}

static void a_prefix_goes_in_front(void **state)
{
	struct err e = { 0 };

	(void)state;
	err_set(&e, -EPERM, "set mtu: Operation not permitted");
	assert_int_equal(err_prefix(&e, "p1"), -EPERM);
	assert_string_equal(e.text, "p1: set mtu: Operation not permitted");
}

static void long_text_is_cut(void **state)
{
	struct err e = { 0 };
	char subject[2000];

	(void)state;
	memset(subject, 'x', sizeof(subject) - 1);
	subject[sizeof(subject) - 1] = '\0';
	err_set(&e, -EIO, "%s", subject);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_int_equal(err_prefix(&e, subject), -EIO);
	assert_true(strlen(e.text) < sizeof(e.text));
}

static void a_long_subject_leaves_the_cause(void **state)
{
	struct err e = { 0 };
	char subject[2000];

	(void)state;
	memset(subject, 'x', sizeof(subject) - 1);
	subject[sizeof(subject) - 1] = '\0';
	err_set(&e, -EIO, "the cause");
	err_prefix(&e, subject);
	must_contain(e.text, "x: the cause");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_failure_is_kept),
		cmocka_unit_test(nobody_needs_to_listen),
		cmocka_unit_test(errno_gives_code_and_text),
		cmocka_unit_test(a_prefix_goes_in_front),
		cmocka_unit_test(long_text_is_cut),
		cmocka_unit_test(a_long_subject_leaves_the_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
