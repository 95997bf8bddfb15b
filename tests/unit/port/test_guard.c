/* SPDX-License-Identifier: MIT */
/* Ports that the way to the node leads over are guarded, and no others. */
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "port/guard.h"
#include "test.h"

/* The guard of netdev, with the caller's SSH connection at ssh (NULL: none). */
static const char *guard_of(struct site *s, const char *netdev, const char *ssh)
{
	struct guard_ssh ends = { .client = ip_is("192.0.2.77") };

	if (ssh)
		ends.server = ip_is(ssh);
	site_plan(s);
	for vec_each(p, &s->node.ports)
		p->guard = NULL;
	guard_mark(&s->node, ssh ? &ends : NULL, &s->arena);
	return site_port(s, netdev)->guard;
}

static struct link *stacked_add(struct site *s, int ifindex, const char *name, const char *kind)
{
	struct link *l = fake_link_add(&s->fake, ifindex, name);

	strcpy(l->kind, kind);
	return l;
}

static void a_management_link_of_its_own_guards_no_port(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	assert_null(guard_of(s, "p0", NULL));
	assert_null(guard_of(s, "p1", "192.0.2.10"));
}

static void a_default_route_guards_its_port_alone(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	fake_route_add(&s->fake, "p1", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_string_equal(guard_of(s, "p1", NULL), "carries the default route");
	assert_null(guard_of(s, "p0", NULL));
}

static void a_vlan_guards_what_is_below_it(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	stacked_add(s, 80, "p1.100", "vlan")->lower = 11;
	fake_route_add(&s->fake, "p1.100", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_string_equal(guard_of(s, "p1", NULL), "carries the default route");
	assert_null(guard_of(s, "p0", NULL));
}

static void a_bond_guards_both_of_its_ports(void **state)
{
	auto_site *s = site_new(3, 0, NULL);

	(void)state;
	stacked_add(s, 80, "bond0", "bond");
	fake_link(&s->fake, "p0")->master = 80;
	fake_link(&s->fake, "p1")->master = 80;
	fake_route_add(&s->fake, "bond0", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_non_null(guard_of(s, "p0", NULL));
	assert_non_null(guard_of(s, "p1", NULL));
	assert_null(guard_of(s, "p2", NULL));
}

static void a_vlan_on_a_bond_guards_the_bonds_ports(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	stacked_add(s, 80, "bond0", "bond");
	stacked_add(s, 81, "bond0.7", "vlan")->lower = 80;
	fake_link(&s->fake, "p0")->master = 80;
	fake_route_add(&s->fake, "bond0.7", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_non_null(guard_of(s, "p0", NULL));
	assert_null(guard_of(s, "p1", NULL));
}

static void what_is_above_a_port_is_not_guarded_by_it(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	stacked_add(s, 80, "p0.100", "vlan")->lower = 10;
	fake_rdma(&s->fake, "rxe_0")->ifindex = 80;
	fake_route_add(&s->fake, "p0", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_null(guard_of(s, "p0.100", NULL));
}

static void devices_stacked_in_a_circle_end(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	stacked_add(s, 80, "a", "vlan")->lower = 81;
	stacked_add(s, 81, "b", "vlan")->lower = 80;
	fake_link(&s->fake, "a")->master = 81;
	fake_route_add(&s->fake, "a", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_null(guard_of(s, "p0", NULL));
}

static void default_routes_of_other_tables_guard_nothing(void **state)
{
	static const uint32_t tables[] = { 101, RT_TABLE_DEFAULT, 1000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		auto_site *s = site_new(1, 0, NULL);

		fake_route_add(&s->fake, "p0", "0.0.0.0/0", tables[i]);
		assert_null(guard_of(s, "p0", NULL));
	}
}

static void other_routes_of_main_guard_nothing(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	fake_route_add(&s->fake, "p0", "0.0.0.0/1", RT_TABLE_MAIN);
	fake_route_add(&s->fake, "p0", "0.0.0.0/0", RT_TABLE_MAIN)->type = RTN_UNREACHABLE;
	assert_null(guard_of(s, "p0", NULL));
}

static void every_hop_of_a_multipath_route_is_guarded(void **state)
{
	auto_site *s = site_new(3, 0, NULL);

	(void)state;
	fake_route_add(&s->fake, "p0", "0.0.0.0/0", RT_TABLE_MAIN)->multipath = true;
	fake_route_add(&s->fake, "p2", "0.0.0.0/0", RT_TABLE_MAIN)->multipath = true;
	assert_non_null(guard_of(s, "p0", NULL));
	assert_null(guard_of(s, "p1", NULL));
	assert_non_null(guard_of(s, "p2", NULL));
}

static void the_callers_connection_guards_its_port(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/24");
	fake_addr_add(&s->fake, "p1", "10.0.1.1/24");
	assert_string_equal(guard_of(s, "p1", "10.0.1.1"),
			    "carries the SSH connection of the caller, from 192.0.2.77");
	assert_null(guard_of(s, "p0", "10.0.1.1"));
	assert_null(guard_of(s, "p0", "10.0.0.2"));
}

static void the_callers_connection_is_found_on_a_vlan(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	stacked_add(s, 80, "p0.100", "vlan")->lower = 10;
	fake_addr_add(&s->fake, "p0.100", "10.0.0.1/24");
	assert_string_equal(guard_of(s, "p0", "10.0.0.1"),
			    "carries the SSH connection of the caller, from 192.0.2.77");
}

static void infiniband_is_not_guarded(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	fake_route_add(&s->fake, "ib0", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_null(guard_of(s, "ib0", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_management_link_of_its_own_guards_no_port),
		cmocka_unit_test(a_default_route_guards_its_port_alone),
		cmocka_unit_test(a_vlan_guards_what_is_below_it),
		cmocka_unit_test(a_bond_guards_both_of_its_ports),
		cmocka_unit_test(a_vlan_on_a_bond_guards_the_bonds_ports),
		cmocka_unit_test(what_is_above_a_port_is_not_guarded_by_it),
		cmocka_unit_test(devices_stacked_in_a_circle_end),
		cmocka_unit_test(default_routes_of_other_tables_guard_nothing),
		cmocka_unit_test(other_routes_of_main_guard_nothing),
		cmocka_unit_test(every_hop_of_a_multipath_route_is_guarded),
		cmocka_unit_test(the_callers_connection_guards_its_port),
		cmocka_unit_test(the_callers_connection_is_found_on_a_vlan),
		cmocka_unit_test(infiniband_is_not_guarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
