/* SPDX-License-Identifier: MIT */
/* Programs run by their argument vector: what they say, how they end. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "kern/run.h"
#include "test.h"

static void the_output_is_given_as_far_as_it_fits(void **state)
{
	const char *const words[] = { "printf", "%s", "two words; $(no shell) *", NULL };
	char out[64], small[4];

	(void)state;
	assert_int_equal(run_program(words, out, sizeof(out), NULL), 0);
	assert_string_equal(out, "two words; $(no shell) *");
	assert_int_equal(run_program(words, small, sizeof(small), NULL), 0);
	assert_string_equal(small, "two");
}

static void a_failure_is_told_with_what_the_program_said(void **state)
{
	const char *const fails[] = { "sh", "-c", "echo first >&2; echo second; exit 3", NULL };
	const char *const dies[] = { "sh", "-c", "kill -9 $$", NULL };
	const char *const absent[] = { "doroce-no-such-program", "reload", NULL };
	struct err e = { 0 }, died = { 0 }, gone = { 0 };
	char out[64];

	(void)state;
	assert_int_equal(run_program(fails, out, sizeof(out), &e), -EIO);
	must_contain(e.text, "failed: first");
	assert_int_equal(run_program(dies, out, sizeof(out), &died), -EIO);
	assert_int_equal(run_program(absent, out, sizeof(out), &gone), -ENOENT);
	assert_string_equal(gone.text, "doroce-no-such-program reload: No such file or directory");
}

/* We hold signals back while we change things; the program must be able to end. */
static void signals_are_free_in_the_program(void **state)
{
	const char *const words[] = { "grep", "^SigBlk", "/proc/self/status", NULL };
	sigset_t term, before;
	char out[64];

	(void)state;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	int r = run_program(words, out, sizeof(out), NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(r, 0);
	assert_string_equal(out, "SigBlk:\t0000000000000000\n");
}

static void a_child_that_keeps_the_output_open_is_not_waited_for(void **state)
{
	const char *const words[] = { "sh", "-c", "sleep 20 & echo done", NULL };
	char out[16];

	(void)state;
	alarm(15);
	assert_int_equal(run_program(words, out, sizeof(out), NULL), 0);
	alarm(0);
	assert_string_equal(out, "done\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_output_is_given_as_far_as_it_fits),
		cmocka_unit_test(a_failure_is_told_with_what_the_program_said),
		cmocka_unit_test(signals_are_free_in_the_program),
		cmocka_unit_test(a_child_that_keeps_the_output_open_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
