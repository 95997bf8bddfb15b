/* SPDX-License-Identifier: MIT */
/* What is read of a node: its ports, their order, their names, which ports are RoCE and ours. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

static void ports_stand_in_pci_order_virtual_ones_behind(void **state)
{
	static const char *const want[] = { "rxe_2/1",	  "rxe_1/1",  "rxe_1/2",
					    "rxe_away/1", "mlx4_0/1", "rxe_0/1" };
	auto_site *s = site_new(3, 0, NULL);

	(void)state;
	strcpy(fake_rdma(&s->fake, "rxe_2")->pci, "0000:01:00.0");
	strcpy(fake_rdma(&s->fake, "rxe_1")->pci, "0000:c1:00.0");
	struct rdma_port *second = fake_rdma_add(&s->fake, "rxe_1", 2);
	strcpy(second->pci, "0000:c1:00.0");
	second->port = 2;
	site_plan(s);
	assert_int_equal(s->node.ports.n, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(s->node.ports.at[i].name, want[i]);
}

static void the_order_does_not_depend_on_the_kernels(void **state)
{
	auto_site *s = site_new(16, FAKE_PCI, NULL);
	struct rdma_ports *all = &s->fake.rdma;

	(void)state;
	for (size_t i = 0; i < all->n / 2; i++) {
		struct rdma_port p = all->at[i];

		all->at[i] = all->at[all->n - 1 - i];
		all->at[all->n - 1 - i] = p;
	}
	site_plan(s);
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(s->node.ports.at[i].link.ifindex, 10 + i);
}

static void only_ethernet_roce_with_a_netdev_of_ours_is_roce(void **state)
{
	auto_site *s = site_new(3, 0, NULL);

	(void)state;
	strcpy(fake_rdma(&s->fake, "rxe_1")->protocol, "iw");
	strcpy(fake_rdma(&s->fake, "rxe_2")->protocol, ""); /* a kernel that does not tell */
	site_plan(s);
	assert_int_equal(s->node.ports.n, 5);
	for vec_each(p, &s->node.ports)
		assert_int_equal(port_is_roce(p), strcmp(p->link.name, "p0") == 0 ||
							  strcmp(p->link.name, "p2") == 0);
}

static void a_netdev_that_vanished_is_not_ours(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	fake_rdma(&s->fake, "rxe_0")->ifindex = 77;
	site_plan(s);
	for vec_each(p, &s->node.ports)
		assert_false(port_is_roce(p));
}

static void only_the_first_device_of_a_netdev_counts(void **state)
{
	auto_site *s = site_new(2, FAKE_PCI, NULL);

	(void)state;
	fake_rdma_add(&s->fake, "soft_0", 10);
	site_plan(s);
	for vec_each(p, &s->node.ports)
		assert_int_equal(port_is_first_on_netdev(&s->node, p),
				 strcmp(p->rdma.device, "soft_0") != 0);
}

static void a_port_is_found_by_any_of_its_names(void **state)
{
	static const struct {
		const char *glob;
		bool fits;
	} cases[] = {
		{ "rxe_1", true },	    { "rxe_1/1", true },      { "p1", true },
		{ "0000:11:00.0", true },   { "rxe_*", true },	      { "p[0-3]", true },
		{ "0000:11:*", true },	    { "*", true },	      { "rxe_1*", true },
		{ "rxe", false },	    { "rxe_1/2", false },     { "p", false },
		{ "p2", false },	    { "0000:12:00.0", false }, { "P1", false },
		{ "", false },		    { "?1", true },
	};
	auto_site *s = site_new(3, FAKE_PCI, NULL);

	(void)state;
	site_plan(s);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (port_has_name(site_port(s, "p1"), cases[i].glob) != cases[i].fits)
			fail_msg("'%s' %s", cases[i].glob, cases[i].fits ? "does not fit" : "fits");
}

static void the_base_of_a_vlan_is_the_port_below_it(void **state)
{
	auto_site *s = site_new(2, 0, NULL);
	struct link *l = fake_link_add(&s->fake, 50, "p1.7");

	(void)state;
	l->vlan_id = 7;
	l->lower = 11; /* p1 */
	site_plan(s);
	assert_ptr_equal(port_base(&s->node, site_port(s, "p1.7")), site_port(s, "p1"));
	assert_ptr_equal(port_base(&s->node, site_port(s, "p0")), site_port(s, "p0"));
}

static void pci_addresses_fit_in_any_case(void **state)
{
	auto_site *s = site_new(1, FAKE_PCI, NULL);

	(void)state;
	strcpy(fake_rdma(&s->fake, "rxe_0")->pci, "0000:9a:00.0");
	site_plan(s);
	assert_true(port_has_name(site_port(s, "p0"), "0000:9A:00.0"));
}

static void a_port_without_netdev_or_pci_has_no_empty_name(void **state)
{
	struct port p = { .rdma.device = "rxe_9", .name = "rxe_9/1" };

	(void)state;
	assert_false(port_has_name(&p, ""));
	assert_true(port_has_name(&p, "rxe_9"));
}

static int refuse(struct kern *k, struct arena *a, struct rules *ret, struct err *e)
{
	(void)k;
	(void)a;
	(void)ret;
	return err_set(e, -EBUSY, "rules: busy");
}

static void a_node_that_can_not_be_read_is_not_touched(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct node n = { .conf_all = { 7 } };
	struct err e = { 0 };

	(void)state;
	s->fake.k.rules = refuse;
	assert_int_equal(node_read(&s->fake.k, &s->arena, &n, &e), -EBUSY);
	assert_string_equal(e.text, "rules: busy");
	assert_int_equal(n.conf_all[0], 7);
	assert_int_equal(n.ports.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_stand_in_pci_order_virtual_ones_behind),
		cmocka_unit_test(the_order_does_not_depend_on_the_kernels),
		cmocka_unit_test(only_ethernet_roce_with_a_netdev_of_ours_is_roce),
		cmocka_unit_test(a_netdev_that_vanished_is_not_ours),
		cmocka_unit_test(only_the_first_device_of_a_netdev_counts),
		cmocka_unit_test(a_port_is_found_by_any_of_its_names),
		cmocka_unit_test(the_base_of_a_vlan_is_the_port_below_it),
		cmocka_unit_test(pci_addresses_fit_in_any_case),
		cmocka_unit_test(a_port_without_netdev_or_pci_has_no_empty_name),
		cmocka_unit_test(a_node_that_can_not_be_read_is_not_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
