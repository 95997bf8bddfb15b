/* SPDX-License-Identifier: MIT */
/* Which place a port has, what follows from it for its addresses, and what a missing port changes. */
#include <errno.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

static void assert_address(const struct site *s, const char *netdev, const char *want)
{
	const struct wish *w = site_wish(s, netdev);
	char buf[PREFIX_TEXT];

	assert_non_null(w);
	assert_string_equal(w->addrs.n ? prefix_text(&w->addrs.at[0].prefix, buf) : "-", want);
}

/* Four ports in one entry each, matched by PCI address, in the order of their names. */
static struct site *site_by_pci(const char *from)
{
	static const char *const pci[] = { "0000:10:00.0", "0000:11:00.0", "0000:12:00.0", "0000:13:00.0" };
	struct site *s = site_new(4, FAKE_PCI, from);

	for (size_t i = 0; i < ARRAY_LEN(pci); i++)
		site_entry(s, NULL, (unsigned int)i + 3)->match.pci = pci[i];
	return s;
}

/* As if the NIC were not there. */
static void take_out(struct site *s, const char *device)
{
	strcpy(fake_rdma(&s->fake, device)->protocol, "iw");
}

static void a_template(struct port_intent *pi, struct site *s, const char *text, unsigned int line)
{
	*vec_add(&s->arena, &pi->addresses) = (struct placed_prefix){ .at = { "doroce.yaml", line, 17 }, .text = text };
}

static void a_port_of_a_list_that_is_absent_keeps_its_place(void **state)
{
	auto_site *s = site_by_pci("10.0.0.1/24");

	(void)state;
	s->in.ports.at[1].optional = true;
	take_out(s, "rxe_1");
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p0", "10.0.0.1/24");
	assert_address(s, "p2", "10.0.0.3/24");
	assert_address(s, "p3", "10.0.0.4/24");
}

static void one_with_addresses_of_its_own_takes_none_of_the_sequence(void **state)
{
	auto_site *s = site_by_pci("10.0.0.1/24");

	(void)state;
	site_address(s, &s->in.ports.at[1], "10.9.0.1/24", 9);
	s->in.ports.at[2].no_addresses = true;
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p1", "10.9.0.1/24");
	assert_address(s, "p2", "-");
	assert_address(s, "p3", "10.0.0.2/24");
}

static void a_list_by_name_is_shifted_and_that_is_told(void **state)
{
	auto_site *s = site_new(3, FAKE_PCI, "10.0.0.1/24");

	(void)state;
	fake_addr_add(&s->fake, "p2", "10.0.0.3/24");
	take_out(s, "rxe_1");
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p2", "10.0.0.2/24");
	assert_int_equal(s->remarks.n, 1);
	must_contain(s->remarks.at[0].text, "has 10.0.0.3/24 now and would get 10.0.0.2/24: is a port missing");
	assert_false(s->remarks.at[0].left_alone);
}

static void whose_address_it_would_get_is_told(void **state)
{
	auto_site *s = site_new(3, FAKE_PCI, "10.0.0.1/24");

	(void)state;
	fake_addr_add(&s->fake, "p1", "10.0.0.2/24");
	fake_addr_add(&s->fake, "p2", "10.0.0.3/24");
	take_out(s, "rxe_0");
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(diag_text(&s->diag), "10.0.0.2 is already on p1 as 10.0.0.2/24: remove it there first (--flush), or match");
	s->in.defaults.flush = (struct opt_u32){ OPT_SET, 1 };
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(s->remarks.n, 2);
	must_contain(s->remarks.at[1].text, "would get 10.0.0.2/24, which p1 has now");
}

static void every_rail_has_a_subnet_of_its_own(void **state)
{
	auto_site *s = site_by_pci(NULL);

	(void)state;
	a_template(&s->in.defaults, s, "10.{rail+1}.{host}.1/24", 2);
	s->in.host.number = (struct opt_u32){ OPT_SET, 7 };
	s->in.ports.at[3].rail = (struct opt_u32){ OPT_SET, 40 };
	s->in.defaults.gateway = (struct opt_ip){ .is = OPT_SET };
	s->in.defaults.gateway_text[0] = "10.{rail+1}.{host}.254";
	assert_int_equal(site_resolve(s), 0);
	assert_address(s, "p0", "10.1.7.1/24");
	assert_address(s, "p2", "10.3.7.1/24");
	assert_address(s, "p3", "10.41.7.1/24");
	const struct ip gateway = ip_is("10.3.7.254");
	assert_true(ip_equal(&site_wish(s, "p2")->routes.at[1].route.gateway, &gateway));
}

static void what_a_template_lacks_is_told_at_its_place(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	a_template(site_entry(s, "p0", 3), s, "10.{rail}.{host}.1/24", 4);
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(s->diag.item[0].text, "rxe_0/1: 10.{rail}.{host}.1/24: {host} is not known");
	assert_int_equal(s->diag.item[0].place.line, 4);
	assert_int_equal(s->diag.item[0].place.column, 17);
}

static void two_ports_of_one_rail_are_refused(void **state)
{
	auto_site *s = site_by_pci(NULL);

	(void)state;
	a_template(&s->in.defaults, s, "10.{rail}.0.1/24", 2);
	s->in.ports.at[1].rail = (struct opt_u32){ OPT_SET, 3 };
	assert_int_equal(site_resolve(s), -EINVAL);
	must_contain(s->diag.item[0].text, "10.3.0.1 is used twice: by rxe_");
}

static void peer_is_the_other_address_of_two(void **state)
{
	static const struct {
		const char *addr, *peer;
	} cases[] = { { "10.0.0.4/31", "10.0.0.5" }, { "fd01::5/127", "fd01::4" }, { "10.0.0.5/30", NULL } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = site_new(1, 0, cases[i].addr);

		s->in.defaults.gateway.is = s->in.defaults.gateway6.is = OPT_SET;
		s->in.defaults.gateway_text[0] = s->in.defaults.gateway_text[1] = "peer";
		assert_int_equal(site_resolve(s), cases[i].peer ? 0 : -EINVAL);
		if (!cases[i].peer) {
			assert_int_equal(s->diag.n, 1);
			must_contain(diag_text(&s->diag), "only a /31 has a peer");
			continue;
		}
		struct ip want = ip_is(cases[i].peer);
		assert_true(ip_equal(&site_wish(s, "p0")->routes.at[1].route.gateway, &want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_of_a_list_that_is_absent_keeps_its_place),
		cmocka_unit_test(one_with_addresses_of_its_own_takes_none_of_the_sequence),
		cmocka_unit_test(a_list_by_name_is_shifted_and_that_is_told),
		cmocka_unit_test(whose_address_it_would_get_is_told),
		cmocka_unit_test(every_rail_has_a_subnet_of_its_own),
		cmocka_unit_test(what_a_template_lacks_is_told_at_its_place),
		cmocka_unit_test(two_ports_of_one_rail_are_refused),
		cmocka_unit_test(peer_is_the_other_address_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
