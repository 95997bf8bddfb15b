/* SPDX-License-Identifier: MIT */
/* What each setting makes of a wish: changes, and obstacles that no change can remove. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

/* One wished setting below net.ipv4.conf, on a port that has the wished value itself. */
static const struct {
	enum setting_id id;
	uint32_t all, wish;
	bool blocked;
} conf_cases[] = {
	{ SETTING_ARP_IGNORE, 0, 0, false },   { SETTING_ARP_IGNORE, 0, 1, false },
	{ SETTING_ARP_IGNORE, 1, 1, false },   { SETTING_ARP_IGNORE, 1, 0, true },
	{ SETTING_ARP_IGNORE, 2, 1, false },   { SETTING_ARP_IGNORE, 1, 2, false },
	{ SETTING_ARP_IGNORE, 3, 1, true },    { SETTING_ARP_IGNORE, 8, 1, true },
	{ SETTING_ARP_IGNORE, 8, 2, true },    { SETTING_ARP_IGNORE, 8, 8, false },
	{ SETTING_ARP_ANNOUNCE, 0, 2, false }, { SETTING_ARP_ANNOUNCE, 1, 2, false },
	{ SETTING_ARP_ANNOUNCE, 2, 1, false }, { SETTING_ARP_ANNOUNCE, 0, 0, false },
	{ SETTING_ARP_FILTER, 0, 0, false },   { SETTING_ARP_FILTER, 1, 0, true },
	{ SETTING_ARP_FILTER, 0, 1, false },   { SETTING_ARP_FILTER, 1, 1, false },
	{ SETTING_ARP_ACCEPT, 0, 0, false },   { SETTING_ARP_ACCEPT, 0, 1, false },
	{ SETTING_ARP_ACCEPT, 2, 1, false },   { SETTING_RP_FILTER, 0, 2, false },
	{ SETTING_RP_FILTER, 1, 2, false },    { SETTING_RP_FILTER, 2, 2, false },
	{ SETTING_RP_FILTER, 0, 0, false },    { SETTING_RP_FILTER, 1, 0, true },
	{ SETTING_RP_FILTER, 2, 0, false },    { SETTING_RP_FILTER, 2, 1, true },
	{ SETTING_RP_FILTER, 1, 1, false },    { SETTING_RP_FILTER, 0, 1, false },
};

static size_t obstacles_of(const struct site *s, enum setting_id id)
{
	size_t n = 0;

	for vec_each(ob, &s->plan.obstacles)
		n += setting_id(ob->setting) == id;
	return n;
}

static void a_value_of_all_that_overrules_the_wish_is_an_obstacle(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(conf_cases); i++) {
		auto_site *s = site_new(1, 0, NULL);
		const struct setting *st = &settings[conf_cases[i].id];

		fake_link(&s->fake, "p0")->conf[st->conf] = conf_cases[i].wish;
		s->fake.now.conf_all[st->conf] = conf_cases[i].all;
		site_number(&s->in.defaults, conf_cases[i].id, conf_cases[i].wish);
		site_plan(s);
		if (s->plan.obstacles.n != conf_cases[i].blocked || s->plan.ops.n)
			fail_msg("%s %u with all %u: %zu obstacles, %zu changes", st->name,
				 conf_cases[i].wish, conf_cases[i].all, s->plan.obstacles.n,
				 s->plan.ops.n);
	}
}

static void an_obstacle_names_seen_wanted_and_what_mends_it(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	s->fake.now.conf_all[IPV4_DEVCONF_RP_FILTER] = 1;
	site_number(&s->in.defaults, SETTING_RP_FILTER, 0);
	site_plan(s);
	assert_int_equal(s->plan.obstacles.n, 1);
	const struct obstacle *ob = s->plan.obstacles.at;
	assert_string_equal(ob->seen, "effective rp_filter 1: net.ipv4.conf.all.rp_filter is 1");
	assert_string_equal(ob->wanted, "effective rp_filter 0");
	must_contain(ob->mend, "sysctl -w net.ipv4.conf.all.rp_filter=0");
	assert_non_null(ob->why);
	assert_string_equal(ob->port->link.name, "p0");
}

/* Every setting that is a number, and its member of the port. */
static void a_number_is_changed_only_where_it_differs(void **state)
{
	(void)state;
	for (size_t i = 0; i < SETTING_N; i++) {
		auto_site *s = site_new(2, 0, NULL);

		if (!settings[i].get)
			continue;
		site_number(&s->in.defaults, (enum setting_id)i, settings[i].max);
		site_plan(s);
		bool is_up = i == SETTING_UP;
		assert_int_equal(s->plan.ops.n, is_up ? 0 : 2);
		assert_int_equal(site_configure(s), 0);
		site_plan(s);
		assert_int_equal(s->plan.ops.n, 0);
	}
}

static void a_foreign_rule_before_ours_is_an_obstacle(void **state)
{
	static const struct {
		const char *src;
		uint32_t priority, table;
		bool shadows;
	} cases[] = {
		{ NULL, 100, RT_TABLE_MAIN, true },        { NULL, 32760, 500, true },
		{ "10.0.0.0/24", 100, 500, true },         { "10.0.0.1/32", 100, 500, true },
		{ "10.0.0.1/32", 32761, 500, true },       { NULL, 32762, RT_TABLE_MAIN, false },
		{ "10.0.1.0/24", 100, 500, false },        { NULL, 100, RT_TABLE_LOCAL, false },
		{ "10.0.0.2/32", 100, 500, false },        { "10.0.0.1/32", 32762, 500, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = site_new(1, 0, "10.0.0.1/24");

		fake_rule_add(&s->fake, cases[i].priority, cases[i].src, cases[i].table)
			->protocol = RTPROT_BOOT;
		fake_route_add(&s->fake, "eth0", "10.0.0.0/8", 500);
		site_plan(s);
		if (obstacles_of(s, SETTING_RULE) != cases[i].shadows)
			fail_msg("rule %u from %s lookup %u: %zu obstacles", cases[i].priority,
				 cases[i].src ? cases[i].src : "all", cases[i].table,
				 obstacles_of(s, SETTING_RULE));
	}
}

static void a_rule_to_a_table_of_other_networks_does_not_shadow(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	fake_rule_add(&s->fake, 5270, NULL, 52);
	fake_route_add(&s->fake, "eth0", "100.100.100.100/32", 52);
	fake_route_add(&s->fake, "eth0", "10.0.0.0/24", 52)->type = RTN_THROW;
	site_plan(s);
	assert_int_equal(obstacles_of(s, SETTING_RULE), 0);
}

static void a_forbidding_rule_always_shadows(void **state)
{
	static const uint8_t actions[] = { FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		auto_site *s = site_new(1, 0, "10.0.0.1/24");

		fake_rule_add(&s->fake, 99, NULL, 0)->action = actions[i];
		site_plan(s);
		assert_int_equal(obstacles_of(s, SETTING_RULE), 1);
	}
}

static void a_shadowing_rule_is_told_with_its_text(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	fake_rule_add(&s->fake, 100, NULL, RT_TABLE_MAIN);
	site_plan(s);
	assert_int_equal(s->plan.obstacles.n, 1);
	assert_string_equal(s->plan.obstacles.at[0].seen,
			    "rule 100: from all lookup 254 comes first");
	assert_string_equal(s->plan.obstacles.at[0].wanted, "32761: from 10.0.0.1 lookup 101");
}

static void mark_narrow(struct rule *ru)
{
	ru->fwmark = 1;
}

static void iif_narrow(struct rule *ru)
{
	strcpy(ru->iif, "eth0");
}

static void oif_narrow(struct rule *ru)
{
	strcpy(ru->oif, "eth0");
}

static void l3mdev_narrow(struct rule *ru)
{
	ru->l3mdev = 1;
	ru->table = 0;
}

static void uids_narrow(struct rule *ru)
{
	ru->uids = 1;
}

static void dst_narrow(struct rule *ru)
{
	ru->dst = ip_is("198.51.100.0");
	ru->dst_len = 24;
}

static void tos_narrow(struct rule *ru)
{
	ru->tos = 4;
}

static void ports_narrow(struct rule *ru)
{
	ru->dest_ports = 22;
}

/* wg-quick: only routes more special than a default count */
static void suppress_narrow(struct rule *ru)
{
	ru->suppress_prefix_len = 0;
}

static void goto_narrow(struct rule *ru)
{
	ru->action = FR_ACT_GOTO;
	ru->goto_priority = 32766;
}

static void invert_narrow(struct rule *ru)
{
	ru->src = ip_is("10.0.0.1");
	ru->src_len = 32;
	ru->flags = FIB_RULE_INVERT;
}

static void narrow_rules_do_not_shadow(void **state)
{
	void (*const narrow[])(struct rule *) = { mark_narrow,	 iif_narrow,   oif_narrow,
						  l3mdev_narrow, uids_narrow,  dst_narrow,
						  tos_narrow,	 ports_narrow, suppress_narrow,
						  goto_narrow,	 invert_narrow };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(narrow); i++) {
		auto_site *s = site_new(1, 0, "10.0.0.1/24");

		narrow[i](fake_rule_add(&s->fake, 100, NULL, RT_TABLE_MAIN));
		site_plan(s);
		if (s->plan.obstacles.n)
			fail_msg("case %zu: %s", i, s->plan.obstacles.at[0].seen);
	}
}

static void a_route_by_another_gateway_is_replaced(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	assert_int_equal(site_configure(s), 0);
	site_gateway(&s->in.defaults, "10.0.0.253", 4);
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 1);
	const struct op *op = site_op(s, "p0", SETTING_ROUTE);
	assert_int_equal(op->old.kind, VALUE_ROUTE);
	assert_int_equal(op->want.kind, VALUE_ROUTE);
	assert_int_equal(site_configure(s), 0);
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
}

static void gateway_none_removes_a_static_default_only(void **state)
{
	static const uint8_t protocols[] = { RTPROT_STATIC, RTPROT_BOOT, RTPROT_DHCP, RTPROT_BIRD };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		auto_site *s = site_new(1, 0, "10.0.0.1/24");

		assert_int_equal(site_configure(s), 0);
		fake_route_add(&s->fake, "p0", "0.0.0.0/0", 101)->protocol = protocols[i];
		s->in.defaults.gateway.is = OPT_NONE;
		site_plan(s);
		assert_int_equal(s->plan.ops.n, protocols[i] == RTPROT_STATIC);
		if (s->plan.ops.n)
			assert_int_equal(s->plan.ops.at[0].want.kind, VALUE_NONE);
	}
}

static void a_gateway_not_mentioned_leaves_the_default_route_alone(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	assert_int_equal(site_configure(s), 0);
	fake_route_add(&s->fake, "p0", "0.0.0.0/0", 101);
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
}

static void an_address_of_another_length_is_another_address(void **state)
{
	struct site *s = site_new(1, 0, "10.0.0.1/24");
	struct planning pl = { .arena = &s->arena, .node = &s->node };
	struct wish w = { 0 };

	(void)state;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/25");
	assert_int_equal(site_resolve(s), -EINVAL);
	w.port = site_port(s, "p0");
	*vec_add(&s->arena, &w.addrs) = (struct addr){ 10, prefix_is("10.0.0.1/24"), 0 };
	address_plan(&pl, &settings[SETTING_ADDRESS], &w);
	assert_int_equal(pl.ops.n, 1);
	site_free(s);
}

static void settings_are_found_by_name_and_by_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < SETTING_N; i++) {
		assert_ptr_equal(setting_by_name(settings[i].name), &settings[i]);
		if (settings[i].key)
			assert_ptr_equal(setting_by_key(settings[i].key), &settings[i]);
		assert_non_null(settings[i].apply);
		assert_true(settings[i].plan || settings[i].plan_node || settings[i].get || settings[i].read);
		assert_true(settings[i].plan != conf_plan || conf_name(settings[i].conf));
	}
	assert_null(setting_by_name("nothing"));
	assert_null(setting_by_key("address"));
}

static void values_have_a_text(void **state)
{
	const struct value v[] = {
		{ .kind = VALUE_NONE },
		{ .kind = VALUE_NUMBER, .number = 4200 },
		{ .kind = VALUE_ADDR, .addr.prefix = prefix_is("10.0.0.1/24") },
		{ .kind = VALUE_ROUTE, .route = { .dst = prefix_is("0.0.0.0/0"), .table = 101,
						  .gateway = ip_is("10.0.0.254") } },
		{ .kind = VALUE_ROUTE, .route = { .dst = prefix_is("10.0.0.0/24"), .table = 101,
						  .prefsrc = ip_is("10.0.0.1") } },
		{ .kind = VALUE_RULE, .rule = { .src = ip_is("10.0.0.1"), .src_len = 32,
						.priority = 7, .table = 101 } },
	};
	static const char *const text[] = { "-", "4200", "10.0.0.1/24",
					    "default via 10.0.0.254 table 101",
					    "10.0.0.0/24 src 10.0.0.1 table 101",
					    "7: from 10.0.0.1 lookup 101" };
	char buf[VALUE_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		assert_string_equal(value_text(&v[i], buf), text[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_of_all_that_overrules_the_wish_is_an_obstacle),
		cmocka_unit_test(an_obstacle_names_seen_wanted_and_what_mends_it),
		cmocka_unit_test(a_number_is_changed_only_where_it_differs),
		cmocka_unit_test(a_foreign_rule_before_ours_is_an_obstacle),
		cmocka_unit_test(a_rule_to_a_table_of_other_networks_does_not_shadow),
		cmocka_unit_test(a_forbidding_rule_always_shadows),
		cmocka_unit_test(a_shadowing_rule_is_told_with_its_text),
		cmocka_unit_test(narrow_rules_do_not_shadow),
		cmocka_unit_test(a_route_by_another_gateway_is_replaced),
		cmocka_unit_test(gateway_none_removes_a_static_default_only),
		cmocka_unit_test(a_gateway_not_mentioned_leaves_the_default_route_alone),
		cmocka_unit_test(an_address_of_another_length_is_another_address),
		cmocka_unit_test(settings_are_found_by_name_and_by_key),
		cmocka_unit_test(values_have_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
