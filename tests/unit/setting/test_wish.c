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

/* PFC of p0 as it will be when priority 3 is wished on, whole: and no other. */
static struct value pfc_later(struct site *s, bool whole)
{
	uint32_t on[PRIORITIES] = { LIST_ANY, LIST_ANY, LIST_ANY, 1, LIST_ANY, LIST_ANY, LIST_ANY, LIST_ANY };
	const struct port *p = site_port(s, "p0");
	struct wish w = { .port = p };

	for (size_t i = 0; whole && i < PRIORITIES; i++)
		on[i] = i == 3;
	w.list[SETTING_PFC] = (struct opt_list){ .is = OPT_SET, .v = { PRIORITIES, on } };
	return setting_later(&settings[SETTING_PFC], &s->node, p, &w, &s->arena);
}

static void what_will_be_is_the_wish_over_what_is_there(void **state)
{
	auto_site *s = site_two();
	const struct setting *pfc = &settings[SETTING_PFC];

	(void)state;
	assert_int_equal(pfc_later(s, false).kind, VALUE_NONE); /* nothing was read */
	assert_int_equal(pfc_later(s, true).list.at[3], 1);
	fake_nic_add(&s->fake, "p0")->dcb.pfc[5] = 1;
	setting_read(&s->fake.k, &s->arena, &s->node, pfc, site_port(s, "p0"));
	assert_int_equal(pfc_later(s, false).list.at[3], 1);
	assert_int_equal(pfc_later(s, false).list.at[5], 1);
	assert_int_equal(pfc_later(s, true).list.at[5], 0);
	assert_int_equal(setting_later(pfc, &s->node, site_port(s, "p0"), NULL, &s->arena).list.at[3], 0);
}

static void where_it_is_said_is_known_of_what_is_said(void **state)
{
	const struct place said[SETTING_N] = { [SETTING_MTU] = { .file = "f", .line = 7 } };
	const struct wish w = { .said_at = said };

	(void)state;
	assert_ptr_equal(wish_said_at(&w, SETTING_MTU), &said[SETTING_MTU]);
	assert_null(wish_said_at(&w, SETTING_PFC));
	assert_null(wish_said_at(&(struct wish){ 0 }, SETTING_MTU));
	assert_null(wish_said_at(NULL, SETTING_MTU));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wish_is_found_by_its_netdev),
		cmocka_unit_test(an_mtu_that_is_not_wished_is_0),
		cmocka_unit_test(what_will_be_is_the_wish_over_what_is_there),
		cmocka_unit_test(where_it_is_said_is_known_of_what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
