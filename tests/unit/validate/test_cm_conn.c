/* SPDX-License-Identifier: MIT */
/* Deadlines of connects, and the names of their completions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "validate/cm/conn.h"

static void the_first_that_was_queued_expires_first(void **state)
{
	struct conn_queue q = { .ttl_us = 1000000 };
	struct conn c[3] = { 0 };
	uint64_t start = clock_now_us();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		conn_enqueue(&c[i], &q);
	assert_int_equal(q.n, 3);
	assert_null(conn_expired(&q, start));
	assert_ptr_equal(conn_expired(&q, c[0].deadline_us), &c[0]);
	assert_true(c[0].deadline_us >= start + 1000000);
	assert_true(c[2].deadline_us >= c[1].deadline_us);
}

static void one_may_leave_from_anywhere(void **state)
{
	struct conn_queue q = { 0 };
	struct conn c[4] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		conn_enqueue(&c[i], &q);
	conn_enqueue(&c[1], NULL);
	conn_enqueue(&c[3], NULL);
	assert_ptr_equal(q.first, &c[0]);
	assert_ptr_equal(q.last, &c[2]);
	assert_ptr_equal(c[0].next, &c[2]);
	assert_ptr_equal(c[2].prev, &c[0]);
	conn_enqueue(&c[0], NULL);
	conn_enqueue(&c[2], NULL);
	conn_enqueue(&c[2], NULL);
	assert_null(q.first);
	assert_null(q.last);
	assert_int_equal(q.n, 0);
}

static void entering_another_queue_leaves_the_first(void **state)
{
	struct conn_queue one = { 0 }, two = { .ttl_us = 5000 };
	struct conn c = { 0 };

	(void)state;
	conn_enqueue(&c, &one);
	conn_enqueue(&c, &two);
	assert_null(one.first);
	assert_int_equal(one.n, 0);
	assert_ptr_equal(two.first, &c);
	assert_ptr_equal(c.queue, &two);
}

static void the_wait_is_rounded_up(void **state)
{
	struct conn_queue q = { .ttl_us = 10000 };
	struct conn c = { 0 };

	(void)state;
	assert_int_equal(conn_queue_timeout_ms(&q, 0), -1);
	conn_enqueue(&c, &q);
	assert_int_equal(conn_queue_timeout_ms(&q, c.deadline_us), 0);
	assert_int_equal(conn_queue_timeout_ms(&q, c.deadline_us + 1), 0);
	assert_int_equal(conn_queue_timeout_ms(&q, c.deadline_us - 1), 1);
	assert_int_equal(conn_queue_timeout_ms(&q, c.deadline_us - 2001), 3);
}

static void a_completion_name_gives_back_its_parts(void **state)
{
	uint64_t id = conn_wr_id(5, CONN_RECEIVED, UINT32_MAX);

	(void)state;
	assert_int_equal(conn_wr_slot(id), 5);
	assert_int_equal(conn_wr_way(id), CONN_RECEIVED);
	assert_int_equal(conn_wr_generation(id), UINT32_MAX);
	assert_int_equal(conn_wr_way(conn_wr_id(5, CONN_SENT, 1)), CONN_SENT);
	assert_int_equal(conn_wr_generation(conn_wr_id(7, CONN_SENT, 1)), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_that_was_queued_expires_first),
		cmocka_unit_test(one_may_leave_from_anywhere),
		cmocka_unit_test(entering_another_queue_leaves_the_first),
		cmocka_unit_test(the_wait_is_rounded_up),
		cmocka_unit_test(a_completion_name_gives_back_its_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
