/* SPDX-License-Identifier: MIT */
/* Addresses and routes found again by their keys among many. */
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include "fake/kern.h"
#include "kern/raw.h"
#include "test.h"

static void add(struct raws *rs, struct nl_msg *m, struct arena *a)
{
	assert_non_null(m);
	*vec_add(a, rs) = raw_copy(nlmsg_hdr(m), a);
	nlmsg_free(m);
}

/* On each of n devices two addresses, and two routes of one destination that differ in the metric. */
static struct raws raws_of(int n, struct arena *a)
{
	struct raws rs = { 0 };

	for (int i = n; i > 0; i--) {
		struct addr ad = { .ifindex = i, .prefix = prefix_is("10.0.0.1/24") };
		struct route rt = { .dst = prefix_is("10.0.0.0/24"), .table = 101, .oif = (uint32_t)i, .type = RTN_UNICAST };

		add(&rs, addr_msg(CHANGE_ADD, &ad), a);
		ad.prefix.addr = ip_is("10.0.0.2");
		add(&rs, addr_msg(CHANGE_ADD, &ad), a);
		add(&rs, route_msg(CHANGE_ADD, &rt), a);
		rt.metric = 7;
		add(&rs, route_msg(CHANGE_ADD, &rt), a);
	}
	return rs;
}

static void each_is_found_by_its_key_alone(void **state)
{
	auto_arena a = { 0 };
	struct raws rs = raws_of(9, &a);
	struct raw_index ix = raw_index_of(&rs, &a);

	(void)state;
	assert_int_equal(ix.n, 36);
	for vec_each(r, &rs) {
		struct raw_key key = raw_key(r);
		size_t n = 0;
		const struct raw_place *at = raw_find(&ix, &key, &n);

		assert_int_equal(n, 1);
		assert_ptr_equal(at->what, r);
	}
}

static void what_is_not_there_is_not_found(void **state)
{
	auto_arena a = { 0 };
	struct raws rs = raws_of(3, &a);
	struct raw_index ix = raw_index_of(&rs, &a), none = { 0 };
	struct addr ad = { .ifindex = 2, .prefix = prefix_is("10.0.0.1/25") };
	struct raw_key key = raw_key_of_addr(&ad), there = raw_key(&rs.at[0]);
	size_t n = 1;

	(void)state;
	(void)raw_find(&ix, &key, &n);
	assert_int_equal(n, 0);
	key.ifindex = 99;
	(void)raw_find(&ix, &key, &n);
	assert_int_equal(n, 0);
	(void)raw_find(&none, &there, &n);
	assert_int_equal(n, 0);
}

static void those_of_one_key_keep_their_order(void **state)
{
	auto_arena a = { 0 };
	struct raws rs = { 0 };
	struct route rt = { .dst = prefix_is("10.0.0.0/24"), .table = 101, .oif = 5, .type = RTN_UNICAST };
	size_t n = 0;

	(void)state;
	for (uint8_t protocol = 1; protocol <= 3; protocol++) {
		rt.protocol = protocol;
		add(&rs, route_msg(CHANGE_ADD, &rt), &a);
	}
	struct raw_index ix = raw_index_of(&rs, &a);
	struct raw_key key = raw_key_of_route(&rt);
	const struct raw_place *at = raw_find(&ix, &key, &n);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(at[i].what, &rs.at[i]);
	assert_false(raw_same(&rs.at[0], &rs.at[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_found_by_its_key_alone),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(those_of_one_key_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
