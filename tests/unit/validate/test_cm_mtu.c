/* SPDX-License-Identifier: MIT */
/* Search for the largest datagram that passes: every way is measured for itself, in few questions, exactly. */
#include "test.h"
#include "validate/cm/mtu.h"

/* A path that carries so many bytes of payload each way; asked: how often. */
struct path {
	uint32_t to, from;
	unsigned int asked;
};

static struct mtu_search search(uint32_t mtu, struct path *p)
{
	struct mtu_search s = { .mtu = mtu, .to.passes = 64, .from.passes = 64 };
	uint32_t request, reply;

	while (mtu_next(&s, &request, &reply)) {
		assert_true(reply <= request); /* or the responder would be asked for more than came */
		assert_true(request <= mtu && request % 4 == 0 && reply % 4 == 0);
		assert_true(++p->asked < 40);
		if (request <= p->to && reply <= p->from)
			mtu_passed(&s, request, reply);
		else
			mtu_failed(&s, request, reply);
	}
	return s;
}

static void a_healthy_path_is_asked_once(void **state)
{
	struct path p = { .to = 4096, .from = 4096 };
	struct mtu_search s = search(4096, &p);

	(void)state;
	assert_int_equal(p.asked, 1);
	assert_int_equal(s.to.passes, 4096);
	assert_int_equal(s.from.passes, 4096);
	assert_int_equal(s.to.fails + s.from.fails, 0);
}

static void a_black_hole_on_the_way_there_is_found_exactly(void **state)
{
	(void)state;
	for (uint32_t to = 64; to < 4096; to += 4) {
		struct path p = { .to = to, .from = 4096 };
		struct mtu_search s = search(4096, &p);

		assert_int_equal(s.to.passes, to);
		assert_int_equal(s.to.fails, to + 4);
		assert_int_equal(s.from.passes, to); /* no larger question arrives */
		assert_int_equal(s.from.fails, 0);
	}
}

static void a_black_hole_on_the_way_back_is_found_exactly(void **state)
{
	(void)state;
	for (uint32_t from = 64; from < 4096; from += 4) {
		struct path p = { .to = 4096, .from = from };
		struct mtu_search s = search(4096, &p);

		assert_int_equal(s.to.passes, 4096);
		assert_int_equal(s.to.fails, 0);
		assert_int_equal(s.from.passes, from);
		assert_int_equal(s.from.fails, from + 4);
	}
}

static void both_ways_have_their_own_limit(void **state)
{
	struct path p = { .to = 1992, .from = 1448 };
	struct mtu_search s = search(4096, &p);

	(void)state;
	assert_int_equal(s.to.passes, 1992);
	assert_int_equal(s.from.passes, 1448);
	assert_int_equal(s.from.fails, 1452);
	assert_true(p.asked <= 25);
}

static void a_late_answer_takes_a_failure_back(void **state)
{
	struct mtu_search s = { .mtu = 4096, .to.passes = 64, .from.passes = 64 };
	uint32_t request, reply;

	(void)state;
	mtu_failed(&s, 4096, 4096);
	mtu_failed(&s, 4096, 64);
	assert_int_equal(s.to.fails, 4096);
	mtu_passed(&s, 4096, 4096);
	assert_int_equal(s.to.fails, 0);
	assert_false(mtu_next(&s, &request, &reply));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_path_is_asked_once),
		cmocka_unit_test(a_black_hole_on_the_way_there_is_found_exactly),
		cmocka_unit_test(a_black_hole_on_the_way_back_is_found_exactly),
		cmocka_unit_test(both_ways_have_their_own_limit),
		cmocka_unit_test(a_late_answer_takes_a_failure_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
