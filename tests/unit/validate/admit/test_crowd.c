/* SPDX-License-Identifier: MIT */
/* Limits by address and in all, in memory of a fixed size. */
#include "base/cleanup.h"
#include "test.h"
#include "validate/admit/crowd.h"

static struct crowd *crowd_of(uint32_t each_open, uint32_t each_came, uint32_t open, uint32_t came)
{
	struct crowd *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->each = (struct crowd_limits){ each_open, each_came };
	c->all = (struct crowd_limits){ open, came };
	return c;
}

static struct ip host(uint32_t n)
{
	return ip_of_u32(0x0a000000 + n);
}

static void one_address_does_not_use_up_what_there_is_for_all(void **state)
{
	auto_free struct crowd *c = crowd_of(2, 100, 3, 100);
	const struct ip a = host(1), b = host(2);

	(void)state;
	assert_true(crowd_enter(c, &a, 0));
	assert_true(crowd_enter(c, &a, 0));
	assert_false(crowd_enter(c, &a, 0));
	assert_true(crowd_enter(c, &b, 0));
	assert_false(crowd_enter(c, &b, 0)); /* three in all */
	crowd_leave(c, &a);
	assert_true(crowd_enter(c, &b, 0));
	assert_false(crowd_enter(c, &a, 0));
}

static void so_many_may_come_in_a_second_and_again_in_the_next(void **state)
{
	auto_free struct crowd *c = crowd_of(100, 2, 100, 3);
	const struct ip a = host(1), b = host(2);

	(void)state;
	for (uint64_t ms = 5000; ms < 8000; ms += 1000) {
		assert_true(crowd_enter(c, &a, ms));
		assert_true(crowd_enter(c, &a, ms + 400));
		assert_false(crowd_enter(c, &a, ms + 800));
		assert_true(crowd_enter(c, &b, ms + 900));
		assert_false(crowd_enter(c, &b, ms + 999)); /* a fourth in all, those turned away by address not counted */
		for (int i = 0; i < 2; i++)
			crowd_leave(c, &a);
		crowd_leave(c, &b);
	}
}

static void who_was_not_let_in_is_not_let_out(void **state)
{
	auto_free struct crowd *c = crowd_of(1, 100, 1, 100);
	const struct ip a = host(1), b = host(2);

	(void)state;
	assert_true(crowd_enter(c, &a, 0));
	crowd_leave(c, &b);
	assert_false(crowd_enter(c, &b, 0));
	crowd_leave(c, &b);
	assert_false(crowd_enter(c, &b, 0));
	crowd_leave(c, &a);
	crowd_leave(c, &a);
	assert_true(crowd_enter(c, &b, 0));
	assert_false(crowd_enter(c, &a, 0));
}

static void the_place_of_one_who_is_gone_is_given_to_the_next(void **state)
{
	auto_free struct crowd *c = crowd_of(1, 10, 2 * CROWD_MEMBERS, 10 * CROWD_MEMBERS);
	const struct ip next = host(CROWD_MEMBERS), first = host(0);

	(void)state;
	for (uint32_t i = 0; i < CROWD_MEMBERS; i++) {
		const struct ip ip = host(i);

		assert_true(crowd_enter(c, &ip, 0));
	}
	assert_false(crowd_enter(c, &next, 2000)); /* all have something open */
	crowd_leave(c, &first);
	assert_false(crowd_enter(c, &next, CROWD_WINDOW_MS - 1)); /* its count of this second is still of interest */
	assert_true(crowd_enter(c, &next, CROWD_WINDOW_MS));
	assert_false(crowd_enter(c, &first, CROWD_WINDOW_MS));
	assert_int_equal(c->n, CROWD_MEMBERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_does_not_use_up_what_there_is_for_all),
		cmocka_unit_test(so_many_may_come_in_a_second_and_again_in_the_next),
		cmocka_unit_test(who_was_not_let_in_is_not_let_out),
		cmocka_unit_test(the_place_of_one_who_is_gone_is_given_to_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
