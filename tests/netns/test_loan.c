/* SPDX-License-Identifier: MIT */
/* accept_local on loan: on while it lasts, and as before however the process that took it ends. */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fake/netns.h"
#include "fake/tempdir.h"
#include "kern/loan.h"
#include "test.h"

static struct {
	int dir, ifindex[2];
	char path[40];
} bench;

static int bench_open(void **state)
{
	(void)state;
	bench.dir = tempdir_new();
	snprintf(bench.path, sizeof(bench.path), "/proc/self/fd/%d", bench.dir);
	for (int i = 0; i < 2; i++) {
		char name[] = { 'p', (char)('0' + i), '\0' };

		ip_run("link add %s type veth", name);
		bench.ifindex[i] = (int)if_nametoindex(name);
	}
	return 0;
}

static int bench_close(void **state)
{
	(void)state;
	ip_run("link del p0");
	ip_run("link del p1");
	tempdir_remove(bench.dir);
	return 0;
}

static unsigned int both(void)
{
	return 10 * conf_file("p0", "accept_local") + conf_file("p1", "accept_local");
}

static void take(struct loan *l)
{
	struct err e = { 0 };

	/* a process that was killed holds its lock a moment longer */
	if (loan_take(l, bench.path, bench.ifindex, 2, 5000, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(both(), 11);
}

static void until_both_are(unsigned int want)
{
	for (uint64_t end = clock_now_ms() + 5000; both() != want && clock_now_ms() < end;)
		usleep(2000);
	assert_int_equal(both(), want);
}

/* A process that has a loan and goes on for ever; *ret_keeper: its keeper. */
static pid_t borrower(pid_t *ret_keeper)
{
	int way[2];

	assert_int_equal(pipe(way), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct loan l = LOAN_NONE;

		take(&l);
		(void)!write(way[1], &l.keeper, sizeof(l.keeper));
		for (;;)
			pause();
	}
	assert_int_equal(read(way[0], ret_keeper, sizeof(*ret_keeper)), sizeof(*ret_keeper));
	close(way[0]);
	close(way[1]);
	assert_int_equal(both(), 11);
	return pid;
}

static void end_by(pid_t pid, int signal)
{
	assert_int_equal(kill(pid, signal), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_loan_ends_with_every_port_as_before(void **state)
{
	struct loan l = LOAN_NONE;

	(void)state;
	conf_write("p1", "accept_local", 1);
	take(&l);
	assert_int_equal(file_count(bench.dir), 1);
	assert_int_equal(loan_end(&l, NULL), 0);
	assert_int_equal(both(), 1);
	assert_int_equal(file_count(bench.dir), 0);
}

static void a_killed_borrower_leaves_nothing(void **state)
{
	static const int by[] = { SIGKILL, SIGTERM, SIGINT };
	pid_t keeper;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(by); i++) {
		end_by(borrower(&keeper), by[i]);
		until_both_are(0);
	}
}

static void a_killed_keeper_is_stood_in_for(void **state)
{
	struct loan l = LOAN_NONE;

	(void)state;
	take(&l);
	assert_int_equal(kill(l.keeper, SIGKILL), 0);
	assert_int_equal(loan_end(&l, NULL), 0);
	assert_int_equal(both(), 0);
	assert_int_equal(file_count(bench.dir), 0);
}

/* As kill -9 of both does. */
static void both_killed(void)
{
	pid_t keeper, pid = borrower(&keeper);

	assert_int_equal(kill(keeper, SIGKILL), 0);
	end_by(pid, SIGKILL);
	assert_int_equal(both(), 11);
}

static void what_both_leave_is_put_back_by_the_next_command(void **state)
{
	size_t n = 0;

	(void)state;
	both_killed();
	for (uint64_t end = clock_now_ms() + 5000; !n && clock_now_ms() < end;)
		n = loan_settle(bench.path);
	assert_int_equal(n, 2);
	assert_int_equal(both(), 0);
	assert_int_equal(file_count(bench.dir), 0);
	assert_int_equal(loan_settle(bench.path), 0);
}

static void what_both_leave_is_not_taken_for_the_ports_own(void **state)
{
	struct loan l = LOAN_NONE;

	(void)state;
	both_killed();
	take(&l);
	assert_int_equal(loan_end(&l, NULL), 0);
	assert_int_equal(both(), 0);
}

static void what_is_lent_is_left_alone(void **state)
{
	struct loan l = LOAN_NONE;
	struct err e = { 0 };
	pid_t keeper, pid = borrower(&keeper);

	(void)state;
	assert_int_equal(loan_settle(bench.path), 0);
	assert_int_equal(loan_take(&l, bench.path, bench.ifindex, 2, 50, &e), -EBUSY);
	must_contain(e.text, "another doroce");
	assert_int_equal(both(), 11);
	end_by(pid, SIGKILL);
	assert_int_equal(loan_take(&l, bench.path, bench.ifindex, 2, 5000, NULL), 0);
	assert_int_equal(loan_end(&l, NULL), 0);
	assert_int_equal(both(), 0);
}

static void a_port_that_has_gone_is_no_hindrance(void **state)
{
	struct loan l = LOAN_NONE;

	(void)state;
	take(&l);
	ip_run("link del p0");
	assert_int_equal(loan_end(&l, NULL), 0);
	assert_int_equal(conf_file("p1", "accept_local"), 0);
	ip_run("link add p0 type veth");
}

static void a_port_that_is_not_there_gets_nothing_changed(void **state)
{
	struct loan l = LOAN_NONE;
	const int with_none[] = { bench.ifindex[0], 999999 };

	(void)state;
	/* it has no value of 0 either: it is not lent, and the other one is */
	assert_int_equal(loan_take(&l, bench.path, with_none, 2, 0, NULL), 0);
	assert_int_equal(both(), 10);
	assert_int_equal(loan_end(&l, NULL), 0);
	assert_int_equal(both(), 0);
}

static void a_directory_that_can_not_be_made_is_an_error(void **state)
{
	struct loan l = LOAN_NONE;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(loan_take(&l, "/proc/none", bench.ifindex, 2, 0, &e), -ENOENT);
	assert_int_equal(both(), 0);
	assert_int_equal(loan_end(&l, NULL), 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_loan_ends_with_every_port_as_before),
		TEST(a_killed_borrower_leaves_nothing),
		TEST(a_killed_keeper_is_stood_in_for),
		TEST(what_both_leave_is_put_back_by_the_next_command),
		TEST(what_both_leave_is_not_taken_for_the_ports_own),
		TEST(what_is_lent_is_left_alone),
		TEST(a_port_that_has_gone_is_no_hindrance),
		TEST(a_port_that_is_not_there_gets_nothing_changed),
		TEST(a_directory_that_can_not_be_made_is_an_error),
	};

	return cmocka_run_group_tests(tests, netns_group, NULL);
}
