/* SPDX-License-Identifier: MIT */
/* VLANs on RoCE ports and bonds of them: which are meant, and what they get. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

/* Two ports, VLANs 100 on both. */
static struct site *site_vlans(const char *from)
{
	static const char *const name[] = { "p0.100", "p1.100" };
	struct site *s = site_new(2, FAKE_PCI, from);

	for (int i = 0; i < 2; i++) {
		struct link *l = fake_link_add(&s->fake, 50 - i, name[i]);

		*l = *fake_link(&s->fake, i ? "p1" : "p0");
		l->ifindex = 50 - i;
		strcpy(l->name, name[i]);
		strcpy(l->kind, "vlan");
		l->vlan_id = 100;
		l->lower = 10 + i;
	}
	return s;
}

static void a_vlan_is_not_meant_by_what_means_its_port(void **state)
{
	static const struct match all[] = {
		{ .netdev = "p*" }, { .netdev = "*" }, { .rdma = "rxe_*" }, { .pci = "*" }, { .any = "rxe_0" }, { .any = "p*" },
	};
	auto_site *none = site_vlans("10.0.0.1/24");

	(void)state;
	assert_int_equal(site_resolve(none), 0);
	assert_int_equal(none->wishes.n, 2);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		auto_site *s = site_vlans("10.0.0.1/24");

		site_entry(s, NULL, 3)->match = all[i];
		assert_int_equal(site_resolve(s), 0);
		assert_null(site_wish(s, "p0.100"));
		assert_non_null(site_wish(s, "p0"));
	}
}

static void an_mtu_that_the_port_below_may_lose_is_remarked_upon(void **state)
{
	auto_site *s = site_vlans(NULL), *both = site_vlans(NULL);

	(void)state;
	site_number(site_entry(s, "p0.100", 3), SETTING_MTU, 4000);
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->remarks.n, 1);
	must_contain(s->remarks.at[0].text, "mtu 4000 holds only as long as p0, below it, has as much");
	site_number(site_entry(both, "p0.100", 3), SETTING_MTU, 4000);
	site_number(site_entry(both, "p0", 4), SETTING_MTU, 4200);
	assert_int_equal(site_resolve(both), 0);
	assert_int_equal(both->remarks.n, 0);
}

static void a_vlan_named_gets_what_a_port_gets(void **state)
{
	auto_site *s = site_vlans(NULL);

	(void)state;
	site_address(s, site_entry(s, "p?.100", 3), "10.0.0.1/24", 4);
	s->in.ports.at[0].addresses.at[0].text = "10.{rail+1}.0.1/24";
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 2);
	const struct wish *w = site_wish(s, "p1.100");
	assert_string_equal(w->port->name, "rxe_1/1.100");
	assert_string_equal(w->port->rdma.device, "rxe_1");
	assert_int_equal(w->addrs.at[0].ifindex, 49);
	assert_int_equal(w->addrs.at[0].prefix.addr.bytes[1], 2); /* in the order of the ports below */
	assert_int_equal(w->rules.at[0].table, 102);
	assert_int_equal(w->number[SETTING_ARP_IGNORE].v, 1);
	assert_int_equal(site_configure(s), 0);
	site_plan(s);
	assert_true(plan_is_empty(&s->plan));
}

static void its_mtu_is_at_most_that_of_the_port_below(void **state)
{
	auto_site *s = site_vlans(NULL);

	(void)state;
	site_number(site_entry(s, "p0.100", 3), SETTING_MTU, 4200);
	site_plan(s);
	assert_int_equal(plan_blocked(&s->plan), 1);
	assert_int_equal(s->plan.ops.n, 0);
	must_contain(s->plan.obstacles.at[0].seen, "mtu of p0, below the VLAN: 1500 B");
	must_contain(s->plan.obstacles.at[0].mend, "mtu: 4200 for p0");
	site_number(site_entry(s, "p0", 5), SETTING_MTU, 4200);
	site_plan(s);
	assert_int_equal(plan_blocked(&s->plan), 0);
	assert_int_equal(s->plan.ops.n, 2);
	assert_string_equal(s->plan.ops.at[0].port->link.name, "p0"); /* first, or the kernel refuses the VLAN's */
}

static void a_default_route_on_the_vlan_guards_both(void **state)
{
	auto_site *s = site_vlans(NULL);

	(void)state;
	fake_route_add(&s->fake, "p0.100", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_int_equal(site_resolve(s), 0);
	assert_non_null(site_port(s, "p0")->guard);
	assert_non_null(site_port(s, "p0.100")->guard);
	assert_null(site_port(s, "p1.100")->guard);
}

static void a_bond_with_an_rdma_device_is_a_port_and_its_members_are_none(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");
	struct link *bond = fake_link_add(&s->fake, 60, "bond0");

	(void)state;
	*bond = *fake_link(&s->fake, "p0");
	bond->ifindex = 60;
	strcpy(bond->name, "bond0");
	strcpy(bond->kind, "bond");
	fake_rdma_add(&s->fake, "mlx5_bond_0", 60);
	fake_link(&s->fake, "p0")->master = fake_link(&s->fake, "p1")->master = 60;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 1);
	assert_string_equal(s->wishes.at[0].port->link.name, "bond0");
	assert_int_equal(s->remarks.n, 2);
	must_contain(s->remarks.at[0].text, "left alone: in bond bond0, which carries the addresses");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vlan_is_not_meant_by_what_means_its_port),
		cmocka_unit_test(an_mtu_that_the_port_below_may_lose_is_remarked_upon),
		cmocka_unit_test(a_vlan_named_gets_what_a_port_gets),
		cmocka_unit_test(its_mtu_is_at_most_that_of_the_port_below),
		cmocka_unit_test(a_default_route_on_the_vlan_guards_both),
		cmocka_unit_test(a_bond_with_an_rdma_device_is_a_port_and_its_members_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
