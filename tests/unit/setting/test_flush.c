/* SPDX-License-Identifier: MIT */
/* Addresses that are not wished: taken off where that is wished, with what leads from them, and put back. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

/* One port that shall have 10.0.0.1/24 and nothing else. */
static struct site *site_flush(size_t ports)
{
	struct site *s = site_new(ports, 0, "10.0.0.1/24");

	s->in.defaults.flush = (struct opt_u32){ OPT_SET, 1 };
	return s;
}

static size_t addresses_on(const struct site *s, int ifindex)
{
	size_t n = 0;

	for vec_each(ad, &s->fake.now.addrs)
		n += ad->ifindex == ifindex;
	return n;
}

static void addresses_stay_unless_their_removal_is_wished(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	fake_addr_add(&s->fake, "p0", "172.16.0.1/16");
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(addresses_on(s, 10), 2);
}

static void what_is_not_wished_goes_and_the_plan_is_empty_then(void **state)
{
	auto_site *s = site_flush(1);
	const struct addr left = { .ifindex = 10, .prefix = prefix_is("10.0.0.1/24") };

	(void)state;
	fake_ip6(&s->fake);
	fake_addr_add(&s->fake, "p0", "172.16.0.1/16");
	fake_addr_add(&s->fake, "p0", "fd01::1/64");
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(addresses_on(s, 10), 2); /* and the link-local one */
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
	assert_true(node_addr(&s->node, &left));
}

static void the_way_back_restores_every_address(void **state)
{
	auto_site *s = site_flush(1);

	(void)state;
	fake_addr_add(&s->fake, "p0", "172.16.0.1/16");
	fake_route_add(&s->fake, "p0", "198.51.100.0/24", 500)->gateway = ip_is("172.16.0.254");
	struct fake_state before = fake_snapshot(&s->fake);
	size_t failed = 0;
	for (fake_fail(&s->fake, 1, EIO); site_configure(s) < 0; fake_fail(&s->fake, ++failed + 1, EIO)) {
		assert_int_equal(s->err.code, -EIO);
		assert_null(fake_difference(&s->fake, &before));
	}
	assert_true(failed > 4);
}

/* As after a change of the intent: what came with the old address goes with it. */
static void rule_and_table_of_an_old_address_serve_the_new_one(void **state)
{
	auto_site *s = site_flush(1);

	(void)state;
	assert_int_equal(site_configure(s), 0);
	s->in.sequence.v = prefix_is("10.1.0.1/24");
	assert_int_equal(site_configure(s), 0);
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
	assert_int_equal(s->node.rules.n, 4);
	assert_int_equal(site_wish(s, "p0")->rules.at[0].table, 101);
}

static void addresses_move_from_port_to_port(void **state)
{
	auto_site *s = site_flush(3);

	(void)state;
	assert_int_equal(site_configure(s), 0);
	s->in.sequence.v = prefix_is("10.0.0.2/24");
	assert_int_equal(site_configure(s), 0);
	/* off all ports first: IPv6 would find a duplicate */
	bool putting = false;
	for vec_each(op, &s->plan.ops) {
		putting |= op->want.kind == VALUE_ADDR;
		assert_false(putting && op->old.kind == VALUE_ADDR);
	}
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
	assert_int_equal(s->plan.obstacles.n, 0);
}

static void an_address_of_a_port_that_keeps_it_is_still_refused(void **state)
{
	auto_site *s = site_flush(2);

	(void)state;
	fake_addr_add(&s->fake, "p1", "10.0.0.1/24");
	site_address(s, site_entry(s, "p0", 3), "10.0.0.1/24", 4);
	site_number(site_entry(s, "p1", 5), SETTING_MTU, 4200); /* no addresses are mentioned */
	s->in.sequence = (struct placed_prefix){ 0 };
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(diag_text(&s->diag), "10.0.0.1 is already on p1");
}

static void another_prefix_length_is_a_change(void **state)
{
	auto_site *s = site_flush(1);

	(void)state;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/16");
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(addresses_on(s, 10), 1);
}

/* The kernel takes it along with the first of its subnet. */
static void a_secondary_address_that_is_wished_is_put_on_again(void **state)
{
	auto_site *s = site_flush(1);

	(void)state;
	fake_addr_add(&s->fake, "p0", "10.0.0.9/24");
	fake_addr_add(&s->fake, "p0", "10.0.0.1/24");
	s->fake.now.addrs.at[s->fake.now.addrs.n - 1].flags |= IFA_F_SECONDARY;
	site_plan(s);
	const struct op *op = site_op(s, "p0", SETTING_ADDRESS);
	assert_non_null(op);
	assert_int_equal(op[0].old.addr.prefix.addr.bytes[3], 1);
	assert_int_equal(op[1].old.addr.prefix.addr.bytes[3], 9);
	assert_int_equal(op[2].old.kind, VALUE_NONE);
	assert_true(prefix_equal(&op[2].want.addr.prefix, &op[0].old.addr.prefix));
}

static void addresses_none_takes_all_of_them_off(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	assert_int_equal(site_configure(s), 0);
	site_entry(s, "p0", 3)->no_addresses = true;
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(addresses_on(s, 10), 0);
	assert_int_equal(addresses_on(s, 11), 1);
	assert_int_equal(s->fake.now.rules.n, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_stay_unless_their_removal_is_wished),
		cmocka_unit_test(what_is_not_wished_goes_and_the_plan_is_empty_then),
		cmocka_unit_test(the_way_back_restores_every_address),
		cmocka_unit_test(rule_and_table_of_an_old_address_serve_the_new_one),
		cmocka_unit_test(addresses_move_from_port_to_port),
		cmocka_unit_test(an_address_of_a_port_that_keeps_it_is_still_refused),
		cmocka_unit_test(another_prefix_length_is_a_change),
		cmocka_unit_test(a_secondary_address_that_is_wished_is_put_on_again),
		cmocka_unit_test(addresses_none_takes_all_of_them_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
