/* SPDX-License-Identifier: MIT */
/* Routes of a port's table that the intent asks for beside those that follow from its addresses. */
#include <errno.h>
#include <linux/rtnetlink.h>

#include "fake/site.h"
#include "test.h"

static const struct place at = { "doroce.yaml", 5, 14 };

/* One port with 10.0.0.1/24 and fd01::1/64, and a route of all ports. */
static struct site *site_routed(const char *to, const char *via)
{
	struct site *s = site_new(1, 0, NULL);
	struct port_intent *pi = site_entry(s, "p0", 3);

	fake_ip6(&s->fake);
	site_address(s, pi, "10.0.0.1/24", 4);
	site_address(s, pi, "fd01::1/64", 4);
	s->in.defaults.routes_at = at;
	*vec_add(&s->arena, &s->in.defaults.routes) = (struct route_intent){ .at = at, .to = to, .via = via };
	return s;
}

static const struct route_wish *last_route(const struct site *s)
{
	const struct wish *w = site_wish(s, "p0");

	return &w->routes.at[w->routes.n - 1];
}

static void a_route_is_in_the_table_of_the_port(void **state)
{
	auto_site *s = site_routed("10.0.0.0/8", "10.0.0.254");
	const struct route want = { .dst = prefix_is("10.0.0.0/8"), .gateway = ip_is("10.0.0.254"),
				    .prefsrc = ip_is("10.0.0.1"), .table = 101, .oif = 10, .metric = 50,
				    .protocol = RTPROT_STATIC, .type = RTN_UNICAST };

	(void)state;
	s->in.defaults.routes.at[0].metric = (struct opt_u32){ OPT_SET, 50 };
	assert_int_equal(site_configure(s), 0);
	assert_true(route_equal(&last_route(s)->route, &want));
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
}

static void a_route_of_ipv6_may_lead_by_a_link_local_address(void **state)
{
	auto_site *s = site_routed("fd00::/16", "fe80::1");

	(void)state;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(last_route(s)->route.metric, 1024);
	assert_int_equal(last_route(s)->route.prefsrc.family, 0);
}

static void none_takes_a_route_away(void **state)
{
	auto_site *s = site_routed("172.16.0.0/12", "none");

	(void)state;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/24");
	fake_route_add(&s->fake, "p0", "172.16.0.0/12", 101)->protocol = RTPROT_STATIC;
	assert_int_equal(site_configure(s), 0);
	for vec_each(rt, &s->fake.now.routes)
		assert_int_not_equal(rt->dst.len, 12);
}

static void an_entrys_own_routes_stand_for_those_of_defaults(void **state)
{
	auto_site *s = site_routed("10.0.0.0/8", "10.0.0.254");
	struct port_intent *pi = s->in.ports.at;

	(void)state;
	pi->routes_at = at;
	*vec_add(&s->arena, &pi->routes) = (struct route_intent){ .at = at, .to = "172.16.0.0/12", .via = "10.0.0.253" };
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(last_route(s)->route.dst.len, 12);
	assert_int_equal(site_wish(s, "p0")->routes.n, 3);
	pi->routes_not_ours = true;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(site_wish(s, "p0")->routes.n, 2);
}

static const struct {
	const char *to, *via, *text;
} faults[] = {
	{ "10.0.0.1/8", "10.0.0.254", "10.0.0.1/8 has host bits: is 10.0.0.0/8 meant?" },
	{ "10.0.0.0/8", "10.0.1.254", "the next hop 10.0.1.254 is in no subnet of the port" },
	{ "10.0.0.0/8", "10.0.0.1", "the next hop 10.0.0.1 is an address of this node" },
	{ "10.0.0.0/8", "fd01::fe", "two families" },
	{ "10.0.0.0/24", "10.0.0.254", "10.0.0.0/24 is there twice, or follows" },
	{ "10.{host}.0.0/16", "10.0.0.254", "{host} is not known" },
	{ "10.{rail}.0.1/24", "10.0.0.254", "has host bits" },
};

static void a_route_that_can_not_work_is_refused_at_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		auto_site *s = site_routed(faults[i].to, faults[i].via);

		assert_int_equal(site_resolve(s), -EINVAL);
		assert_int_equal(s->diag.n, 1);
		must_contain(s->diag.item[0].text, faults[i].text);
		assert_int_equal(s->diag.item[0].place.line, 5);
		assert_int_equal(s->diag.item[0].place.column, 14);
	}
}

static void without_a_table_or_an_address_there_is_no_place_for_a_route(void **state)
{
	auto_site *s = site_routed("10.0.0.0/8", "10.0.0.254");

	(void)state;
	s->in.defaults.table.is = OPT_NONE;
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(s->diag.item[0].text, "a table of the port's own");
	s->in.ports.at[0].addresses.n = 0;
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(s->diag.item[0].text, "an address of the port");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_route_is_in_the_table_of_the_port),
		cmocka_unit_test(a_route_of_ipv6_may_lead_by_a_link_local_address),
		cmocka_unit_test(none_takes_a_route_away),
		cmocka_unit_test(an_entrys_own_routes_stand_for_those_of_defaults),
		cmocka_unit_test(a_route_that_can_not_work_is_refused_at_its_place),
		cmocka_unit_test(without_a_table_or_an_address_there_is_no_place_for_a_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
