/* SPDX-License-Identifier: MIT */
/* From intent to wishes: which port gets which address, gateway, table, and what is refused. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "intent/tables.h"
#include "test.h"

static const char *address_of(const struct site *s, const char *netdev, char *buf)
{
	const struct wish *w = site_wish(s, netdev);

	return w && w->addrs.n ? prefix_text(&w->addrs.at[0].prefix, buf) : "-";
}

static uint32_t table_of(const struct site *s, const char *netdev)
{
	const struct wish *w = site_wish(s, netdev);

	return w && w->rules.n ? w->rules.at[0].table : 0;
}

static void assert_address(const struct site *s, const char *netdev, const char *want)
{
	char buf[PREFIX_TEXT];

	assert_string_equal(address_of(s, netdev, buf), want);
}

/* The only error of the intent, at line and column. */
static void assert_error(struct site *s, const char *text, unsigned int line, unsigned int column)
{
	assert_int_equal(site_resolve(s), -EINVAL);
	if (s->diag.n != 1)
		fail_msg("%zu errors, not 1: %s", s->diag.n, diag_text(&s->diag));
	must_contain(s->diag.item[0].text, text);
	assert_int_equal(s->diag.item[0].place.line, line);
	assert_int_equal(s->diag.item[0].place.column, column);
}

static void pci_rename(struct site *s, const char *device, const char *name, const char *pci)
{
	struct rdma_port *p = fake_rdma(&s->fake, device);

	strcpy(p->device, name);
	strcpy(p->pci, pci);
}

static void the_sequence_follows_the_pci_addresses_not_the_names(void **state)
{
	auto_site *s = site_new(4, 0, "10.0.0.1/24");

	(void)state;
	pci_rename(s, "rxe_0", "mlx5_10", "0000:9a:00.0");
	pci_rename(s, "rxe_1", "mlx5_2", "0000:1a:00.1");
	pci_rename(s, "rxe_2", "mlx5_1", "0000:1a:00.0");
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p2", "10.0.0.1/24");
	assert_address(s, "p1", "10.0.0.2/24");
	assert_address(s, "p0", "10.0.0.3/24");
	assert_address(s, "p3", "10.0.0.4/24"); /* virtual: behind them */
}

static void ports_of_one_device_follow_their_number(void **state)
{
	auto_site *s = site_new(2, FAKE_PCI, "10.0.0.1/24");

	(void)state;
	pci_rename(s, "rxe_0", "mlx5_0", "0000:1a:00.0");
	pci_rename(s, "rxe_1", "mlx5_0", "0000:1a:00.0");
	fake_rdma(&s->fake, "mlx5_0")->port = 2;
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p1", "10.0.0.1/24");
	assert_address(s, "p0", "10.0.0.2/24");
}

static void virtual_ports_follow_their_ifindex(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	fake_link(&s->fake, "p0")->ifindex = 40;
	fake_rdma(&s->fake, "rxe_0")->ifindex = 40;
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p1", "10.0.0.1/24");
	assert_address(s, "p2", "10.0.0.2/24");
	assert_address(s, "p0", "10.0.0.3/24");
}

static void sixty_four_ports_get_distinct_addresses_and_tables(void **state)
{
	auto_site *s = site_new(64, FAKE_PCI, "10.0.0.1/24");

	(void)state;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 64);
	for (size_t i = 0; i < 64; i++) {
		const struct wish *w = &s->wishes.at[i];

		assert_int_equal(w->addrs.n, 1);
		assert_int_equal(ip_u32(&w->addrs.at[0].prefix.addr), 0x0a000001 + i);
		assert_int_equal(w->addrs.at[0].ifindex, w->port->link.ifindex);
		assert_int_equal(w->rules.at[0].table, 101 + i);
		assert_int_equal(w->rules.at[0].priority, RULE_PRIORITY_DEFAULT);
		assert_int_equal(w->rules.at[0].protocol, RTPROT_STATIC);
	}
}

static void only_roce_ports_of_this_namespace_are_meant(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	fake_rdma_add(&s->fake, "iwarp_0", 2);
	strcpy(fake_rdma(&s->fake, "iwarp_0")->protocol, "iw");
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 1);
	assert_string_equal(s->wishes.at[0].port->link.name, "p0");
}

/* A sequence over a number of ports, and what is wrong with it; text NULL: nothing. */
static const struct {
	const char *from;
	size_t ports;
	const char *text;
} sequences[] = {
	{ "10.0.0.1/29", 6, NULL },
	{ "10.0.0.1/29", 7, "10.0.0.7/29 is the broadcast address" },
	{ "10.0.0.1/29", 8, "too small" },
	{ "10.0.0.250/24", 5, NULL },
	{ "10.0.0.250/24", 6, "10.0.0.255/24 is the broadcast address" },
	{ "10.0.0.0/24", 1, "10.0.0.0/24 is the network address" },
	{ "10.0.0.255/24", 1, "is the broadcast address" },
	{ "255.255.255.254/24", 3, "too small" },
	{ "10.0.0.1/32", 1, "no neighbours" },
	{ "127.0.0.1/8", 1, "no address that a host can have" },
	{ "224.0.0.1/24", 1, "no address that a host can have" },
};

static void a_sequence_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
		auto_site *s = site_new(sequences[i].ports, 0, sequences[i].from);
		int r = site_resolve(s);

		if (r != (sequences[i].text ? -EINVAL : 0))
			fail_msg("%s, %zu ports: %d", sequences[i].from, sequences[i].ports, r);
		if (!sequences[i].text)
			continue;
		must_contain(diag_text(&s->diag), sequences[i].text);
		assert_int_equal(s->diag.item[0].place.line, 2);
		assert_int_equal(s->diag.item[0].place.column, 9);
	}
}

static void the_message_names_the_port_without_an_address(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.6/29");

	(void)state;
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(diag_text(&s->diag), "10.0.0.0/29");
	must_contain(diag_text(&s->diag), "rxe_2/1, port 3 of the sequence");
}

static void a_port_must_not_have_the_gateways_address(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	site_gateway(&s->in.defaults, "10.0.0.2", 4);
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(s->diag.item[0].text, "rxe_1/1: 10.0.0.2 is the gateway of");
	assert_int_equal(s->diag.item[0].place.line, 2);
}

static void a_gateway_must_be_a_host_of_the_subnet(void **state)
{
	static const struct {
		const char *gateway, *text;
	} cases[] = {
		{ "10.0.1.1", "in no subnet of the port" },
		{ "10.0.0.0", "is the network address of its prefix" },
		{ "10.0.0.255", "is the broadcast address of its prefix" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = site_new(1, 0, "10.0.0.1/24");

		site_gateway(&s->in.defaults, cases[i].gateway, 4);
		assert_error(s, cases[i].text, 4, 14);
	}
}

static void an_address_given_twice_is_refused_at_its_place(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	site_address(s, site_entry(s, "p0", 3), "10.0.0.1/24", 4);
	site_address(s, site_entry(s, "p1", 5), "10.0.0.1/25", 6);
	assert_int_equal(site_resolve(s), -EINVAL);
	assert_int_equal(s->diag.n, 1);
	must_contain(s->diag.item[0].text, "10.0.0.1 is used twice: by rxe_");
	assert_int_equal(s->diag.item[0].place.column, 17);
}

/* With tables of their own many ports live in one subnet; else all but one send by the wrong one. */
static void overlapping_subnets_need_tables(void **state)
{
	auto_site *s = site_new(2, 0, NULL);
	struct port_intent *first = site_entry(s, "p0", 3);

	(void)state;
	site_address(s, first, "10.0.0.1/16", 4);
	site_address(s, site_entry(s, "p1", 5), "10.0.7.1/24", 6);
	assert_int_equal(site_resolve(s), 0);
	s->in.ports.at[0].table.is = OPT_NONE;
	assert_error(s, "rxe_1/1: 10.0.7.1/24 and 10.0.0.1/16 of rxe_0/1 overlap, and rxe_0/1 has no table", 6, 17);
}

static void an_address_of_another_interface_is_refused(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	site_address(s, site_entry(s, "p0", 3), "192.0.2.10/24", 4);
	assert_error(s, "rxe_0/1: 192.0.2.10 is already on eth0 as 192.0.2.10/24", 4, 17);
}

static void the_same_address_with_another_length_is_refused(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/16");
	assert_error(s, "is already on p0 as 10.0.0.1/16", 2, 9);
}

static void an_address_that_is_there_already_is_no_error(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	fake_addr_add(&s->fake, "p1", "10.0.0.2/24");
	assert_int_equal(site_resolve(s), 0);
}

static void all_faults_are_told_not_only_the_first(void **state)
{
	auto_site *s = site_new(2, 0, NULL);
	struct port_intent *pi = site_entry(s, "p*", 3);

	(void)state;
	site_address(s, pi, "10.0.0.0/24", 4);
	site_address(s, pi, "10.0.1.255/24", 5);
	assert_int_equal(site_resolve(s), -EINVAL);
	assert_true(s->diag.n >= 4);
	assert_int_equal(s->wishes.n, 0);
}

static void a_guarded_port_keeps_its_place_and_gets_no_wish(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	fake_route_add(&s->fake, "p1", "0.0.0.0/0", RT_TABLE_MAIN);
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 2);
	assert_null(site_wish(s, "p1"));
	assert_address(s, "p0", "10.0.0.1/24");
	assert_address(s, "p2", "10.0.0.3/24");
	assert_int_equal(s->remarks.n, 1);
	must_contain(s->remarks.at[0].text, "left alone: carries the default route");
	must_contain(s->remarks.at[0].text, "--force p1");
}

static void a_forced_port_is_wished_for(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	fake_route_add(&s->fake, "p1", "0.0.0.0/0", RT_TABLE_MAIN);
	*vec_add(&s->arena, &s->in.force) = "rxe_1";
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p1", "10.0.0.2/24");
	assert_int_equal(s->remarks.n, 0);
}

static void a_port_not_named_keeps_its_place(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	*vec_add(&s->arena, &s->in.only) = "p2";
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 1);
	assert_address(s, "p2", "10.0.0.3/24");
	must_contain(s->remarks.at[0].text, "not named by --port");
}

static void a_name_that_no_port_has_is_refused(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	*vec_add(&s->arena, &s->in.only) = "mlx5_9";
	assert_error(s, "no RoCE port has the name 'mlx5_9'", 0, 0);
	assert_string_equal(s->diag.item[0].place.file, "--port");
}

static void a_table_holds_the_way_into_the_subnet_and_the_way_out(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");
	const struct ip own = ip_is("10.0.0.1");

	(void)state;
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	assert_int_equal(site_resolve(s), 0);
	const struct route *in = &site_wish(s, "p0")->routes.at[0].route;
	const struct route *out = &site_wish(s, "p0")->routes.at[1].route;
	const struct route want_in = { .dst = prefix_is("10.0.0.0/24"),
				       .prefsrc = own,
				       .table = 101,
				       .oif = 10,
				       .protocol = RTPROT_STATIC,
				       .scope = RT_SCOPE_LINK,
				       .type = RTN_UNICAST };
	const struct route want_out = { .dst = prefix_is("0.0.0.0/0"), .prefsrc = own, .table = 101,
					.gateway = ip_is("10.0.0.254"), .oif = 10,
					.protocol = RTPROT_STATIC, .type = RTN_UNICAST };
	assert_true(route_equal(in, &want_in));
	assert_true(route_equal(out, &want_out));
}

static void of_two_addresses_the_gateway_is_the_other_one(void **state)
{
	static const struct {
		const char *own, *other;
	} cases[] = { { "10.0.0.0/31", "10.0.0.1" }, { "10.0.0.7/31", "10.0.0.6" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = site_new(1, 0, cases[i].own);
		struct ip other = ip_is(cases[i].other);

		assert_int_equal(site_resolve(s), 0);
		const struct wish *w = site_wish(s, "p0");
		assert_int_equal(w->routes.n, 2);
		assert_int_equal(w->routes.at[1].route.dst.len, 0);
		assert_true(ip_equal(&w->routes.at[1].route.gateway, &other));
	}
}

static void gateway_none_holds_for_two_addresses_too(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.0/31");

	(void)state;
	s->in.defaults.gateway.is = OPT_NONE;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(site_wish(s, "p0")->routes.at[1].is, OPT_NONE);
}

static void both_ends_of_a_link_in_one_node_are_refused(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.0/31");

	(void)state;
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(diag_text(&s->diag), "10.0.0.1 is the gateway of rxe_0/1");
}

static void an_entry_without_a_port_is_an_error_unless_optional(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	site_entry(s, "p*", 3);
	struct port_intent *pi = site_entry(s, "ens7", 8);
	assert_error(s, "no RoCE port matches this entry", 8, 1);
	pi->optional = true;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 1);
}

static void to_who_only_looks_a_missing_port_is_no_error(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	site_entry(s, "p*", 3);
	site_entry(s, "ens7", 8);
	s->in.only_look = true;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 1);
	assert_int_equal(s->remarks.n, 1);
	assert_int_equal(s->remarks.at[0].missing->line, 8);
}

static void the_first_entry_that_matches_counts(void **state)
{
	auto_site *s = site_new(3, 0, NULL);

	(void)state;
	site_number(site_entry(s, "p1", 3), SETTING_MTU, 9000);
	site_number(site_entry(s, "p*", 5), SETTING_MTU, 4200);
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(site_wish(s, "p0")->number[SETTING_MTU].v, 4200);
	assert_int_equal(site_wish(s, "p1")->number[SETTING_MTU].v, 9000);
}

/* 15 bytes, dots, UTF-8, what is special elsewhere. */
static void any_name_of_the_kernels_is_matched_as_it_is(void **state)
{
	static const char *const names[] = { "enp129s0f0np0.x", "p.1.2", "r\303\266ce0", "\377\376", "a'b\"$c", "{rail}", "-p" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		auto_site *s = site_new(2, 0, NULL);

		strcpy(fake_link(&s->fake, "p0")->name, names[i]);
		site_address(s, site_entry(s, names[i], 3), "10.0.0.1/24", 4);
		assert_int_equal(site_resolve(s), 0);
		assert_int_equal(s->wishes.n, 1);
		assert_string_equal(s->wishes.at[0].port->link.name, names[i]);
	}
}

static void every_pattern_of_an_entry_must_match(void **state)
{
	auto_site *s = site_new(4, FAKE_PCI, NULL);
	struct match m = { .rdma = "rxe_*", .netdev = "p[12]", .pci = "0000:1?:00.0",
			   .mac = "02:00:00:00:00:0B", .driver = "mlx5_core", .any = "rxe_1/1" };
	const char **const pattern[] = { &m.rdma, &m.netdev, &m.pci, &m.mac, &m.driver, &m.any };

	(void)state;
	site_entry(s, "p*", 3)->match = m;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 1);
	assert_non_null(site_wish(s, "p1"));
	for (size_t i = 0; i < ARRAY_LEN(pattern); i++) {
		const char *was = *pattern[i];

		*pattern[i] = "x";
		s->in.ports.at[0].match = m;
		assert_int_equal(site_resolve(s), -EINVAL);
		*pattern[i] = was;
	}
}

static void the_second_device_on_a_netdev_is_not_counted(void **state)
{
	auto_site *s = site_new(2, FAKE_PCI, "10.0.0.1/24");

	(void)state;
	fake_rdma_add(&s->fake, "soft_0", 10); /* soft-RoCE beside rxe_0 on p0 */
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->wishes.n, 2);
	assert_string_equal(site_wish(s, "p0")->port->rdma.device, "rxe_0");
	assert_address(s, "p1", "10.0.0.2/24");
}

static void a_table_that_is_held_is_kept(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/24");
	fake_route_add(&s->fake, "p0", "10.0.0.0/24", 102);
	fake_rule_add(&s->fake, RULE_PRIORITY_DEFAULT, "10.0.0.1/32", 102);
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(table_of(s, "p0"), 102);
	assert_int_equal(table_of(s, "p1"), 101);
	assert_int_equal(table_of(s, "p2"), 103);
	assert_int_equal(s->remarks.n, 0);
}

static void a_table_in_foreign_use_is_skipped_with_a_remark(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	fake_route_add(&s->fake, "eth0", "198.51.100.0/24", 101);
	fake_rule_add(&s->fake, 500, "198.51.100.7/32", 103);
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(table_of(s, "p0"), 102);
	assert_int_equal(table_of(s, "p1"), 104);
	assert_string_equal(s->remarks.at[0].text, "table 101 is in foreign use (route "
						   "198.51.100.0/24 dev eth0): skipped");
	must_contain(s->remarks.at[s->remarks.n - 1].text, "table 103 is in foreign use (rule 500");
}

static void a_reserved_table_is_never_given(void **state)
{
	auto_site *s = site_new(6, 0, "10.0.0.1/24");

	(void)state;
	s->in.defaults.table = (struct opt_u32){ OPT_SET, 251 };
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(table_of(s, "p0"), 251);
	assert_int_equal(table_of(s, "p1"), 252);
	assert_int_equal(table_of(s, "p2"), 256);
	assert_int_equal(table_of(s, "p5"), 259);
	for (uint32_t t = 0; t < 300; t++)
		assert_int_equal(table_is_reserved(t), t == 0 || t == 253 || t == 254 || t == 255);
}

static void two_ports_never_share_a_table(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	for (const char **a = (const char *[]){ "10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32", NULL };
	     *a; a++)
		fake_rule_add(&s->fake, RULE_PRIORITY_DEFAULT, *a, 150);
	assert_int_equal(site_resolve(s), 0);
	uint32_t t[] = { table_of(s, "p0"), table_of(s, "p1"), table_of(s, "p2") };
	assert_true(t[0] != t[1] && t[1] != t[2] && t[0] != t[2]);
	assert_true(t[0] && t[1] && t[2]);
}

/* `mtu: null` at a port against `mtu: 4200` in defaults, and the other way round. */
static void null_is_not_ours_even_where_defaults_says_so(void **state)
{
	auto_site *s = site_new(3, 0, NULL);

	(void)state;
	site_number(&s->in.defaults, SETTING_MTU, 4200);
	site_entry(s, "p0", 3)->not_ours[SETTING_MTU] = true;
	s->in.defaults.not_ours[SETTING_RP_FILTER] = true;
	site_number(site_entry(s, "p1", 5), SETTING_RP_FILTER, 1);
	site_entry(s, "p2", 7);
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(site_wish(s, "p0")->number[SETTING_MTU].is, OPT_UNSET);
	assert_int_equal(site_wish(s, "p2")->number[SETTING_MTU].v, 4200);
	assert_int_equal(site_wish(s, "p1")->number[SETTING_RP_FILTER].v, 1);
	assert_int_equal(site_wish(s, "p2")->number[SETTING_RP_FILTER].is, OPT_UNSET);
}

static void null_takes_back_what_is_built_in(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	struct port_intent *pi = site_entry(s, "p0", 3);
	pi->not_ours[SETTING_ARP_IGNORE] = true;
	pi->table_not_ours = true;
	site_entry(s, "p1", 5);
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(site_wish(s, "p0")->number[SETTING_ARP_IGNORE].is, OPT_UNSET);
	assert_int_equal(site_wish(s, "p0")->rules.n + site_wish(s, "p0")->routes.n, 0);
	assert_int_equal(site_wish(s, "p1")->number[SETTING_ARP_IGNORE].v, 1);
	assert_int_equal(site_wish(s, "p1")->rules.n, 1);
}

static void without_addresses_nothing_is_built_in(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	site_number(&s->in.defaults, SETTING_MTU, 4200);
	assert_int_equal(site_resolve(s), 0);
	const struct wish *w = site_wish(s, "p0");
	for (size_t i = 0; i < SETTING_N; i++)
		assert_int_equal(w->number[i].is, i == SETTING_MTU ? OPT_SET : OPT_UNSET);
	assert_int_equal(w->rules.n + w->routes.n + w->addrs.n, 0);
}

static void own_addresses_take_no_place_in_the_sequence(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	site_address(s, site_entry(s, "p1", 3), "10.9.0.1/24", 4);
	site_entry(s, "p*", 5);
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p0", "10.0.0.1/24");
	assert_address(s, "p1", "10.9.0.1/24");
	assert_address(s, "p2", "10.0.0.2/24");
}

static void a_port_with_two_addresses_has_one_table_and_one_way_out(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct port_intent *pi = site_entry(s, "p0", 3);

	(void)state;
	site_address(s, pi, "10.0.0.1/24", 4);
	site_address(s, pi, "10.0.1.1/24", 5);
	site_gateway(pi, "10.0.1.254", 6);
	assert_int_equal(site_resolve(s), 0);
	const struct wish *w = site_wish(s, "p0");
	assert_int_equal(w->rules.n, 2);
	assert_int_equal(w->rules.at[0].table, w->rules.at[1].table);
	assert_int_equal(w->routes.n, 3);
	assert_int_equal(w->routes.at[2].route.dst.len, 0);
	assert_int_equal(site_configure(s), 0);
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sequence_follows_the_pci_addresses_not_the_names),
		cmocka_unit_test(ports_of_one_device_follow_their_number),
		cmocka_unit_test(virtual_ports_follow_their_ifindex),
		cmocka_unit_test(sixty_four_ports_get_distinct_addresses_and_tables),
		cmocka_unit_test(only_roce_ports_of_this_namespace_are_meant),
		cmocka_unit_test(a_sequence_that_does_not_fit_is_refused),
		cmocka_unit_test(the_message_names_the_port_without_an_address),
		cmocka_unit_test(a_port_must_not_have_the_gateways_address),
		cmocka_unit_test(a_gateway_must_be_a_host_of_the_subnet),
		cmocka_unit_test(an_address_given_twice_is_refused_at_its_place),
		cmocka_unit_test(overlapping_subnets_need_tables),
		cmocka_unit_test(an_address_of_another_interface_is_refused),
		cmocka_unit_test(the_same_address_with_another_length_is_refused),
		cmocka_unit_test(an_address_that_is_there_already_is_no_error),
		cmocka_unit_test(all_faults_are_told_not_only_the_first),
		cmocka_unit_test(a_guarded_port_keeps_its_place_and_gets_no_wish),
		cmocka_unit_test(a_forced_port_is_wished_for),
		cmocka_unit_test(a_port_not_named_keeps_its_place),
		cmocka_unit_test(a_name_that_no_port_has_is_refused),
		cmocka_unit_test(a_table_holds_the_way_into_the_subnet_and_the_way_out),
		cmocka_unit_test(of_two_addresses_the_gateway_is_the_other_one),
		cmocka_unit_test(gateway_none_holds_for_two_addresses_too),
		cmocka_unit_test(both_ends_of_a_link_in_one_node_are_refused),
		cmocka_unit_test(an_entry_without_a_port_is_an_error_unless_optional),
		cmocka_unit_test(to_who_only_looks_a_missing_port_is_no_error),
		cmocka_unit_test(the_first_entry_that_matches_counts),
		cmocka_unit_test(any_name_of_the_kernels_is_matched_as_it_is),
		cmocka_unit_test(every_pattern_of_an_entry_must_match),
		cmocka_unit_test(the_second_device_on_a_netdev_is_not_counted),
		cmocka_unit_test(a_table_that_is_held_is_kept),
		cmocka_unit_test(a_table_in_foreign_use_is_skipped_with_a_remark),
		cmocka_unit_test(a_reserved_table_is_never_given),
		cmocka_unit_test(two_ports_never_share_a_table),
		cmocka_unit_test(null_is_not_ours_even_where_defaults_says_so),
		cmocka_unit_test(null_takes_back_what_is_built_in),
		cmocka_unit_test(without_addresses_nothing_is_built_in),
		cmocka_unit_test(own_addresses_take_no_place_in_the_sequence),
		cmocka_unit_test(a_port_with_two_addresses_has_one_table_and_one_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
