/* SPDX-License-Identifier: MIT */
/* Wishes are found by their netdev, and tell its MTU. */
#include "fake/site.h"
#include "test.h"

/* p0 shall have 10.0.0.1/24 and an MTU, p1 an address alone; RoCE is on both. */
static struct site *site_two(void)
{
	struct site *s = site_new(2, 0, NULL);

	site_address(s, site_entry(s, "p0", 1), "10.0.0.1/24", 1);
	site_number(&s->in.ports.at[0], SETTING_MTU, 4200);
	site_address(s, site_entry(s, "p1", 2), "10.0.0.2/24", 2);
	site_plan(s);
	return s;
}

static void a_wish_is_found_by_its_netdev(void **state)
{
	auto_site *s = site_two();

	(void)state;
	for vec_each(w, &s->wishes)
		assert_ptr_equal(wishes_find(&s->wishes, w->port->link.ifindex), w);
	assert_int_equal(s->wishes.n, 2);
	assert_null(wishes_find(&s->wishes, 1));
}

static void an_mtu_that_is_not_wished_is_0(void **state)
{
	auto_site *s = site_two();

	(void)state;
	assert_int_equal(wishes_mtu(&s->wishes, site_port(s, "p0")->link.ifindex), 4200);
	assert_int_equal(wishes_mtu(&s->wishes, site_port(s, "p1")->link.ifindex), 0);
	assert_int_equal(wishes_mtu(&s->wishes, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wish_is_found_by_its_netdev),
		cmocka_unit_test(an_mtu_that_is_not_wished_is_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
