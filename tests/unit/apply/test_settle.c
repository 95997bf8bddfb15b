/* SPDX-License-Identifier: MIT */
/* The end of the detection of duplicates decides whether a transaction stands. */
#include <errno.h>
#include <string.h>

#include "apply/settle.h"
#include "fake/site.h"
#include "test.h"

static struct site *two_ports(const char *from)
{
	struct site *s = site_new(2, 0, from);

	fake_ip6(&s->fake);
	return s;
}

static void host_on(struct site *s, int ifindex, const char *ip)
{
	*vec_add(&s->fake.arena, &s->fake.hosts) = (struct fake_host){
		.ifindex = ifindex, .ip = ip_is(ip), .mac = { 2, 0, 0, 0xaa, 0xbb, 0xcc },
	};
}

static void a_duplicate_takes_all_back_and_is_named(void **state)
{
	auto_site *s = two_ports("fd01::1/64");
	struct fake_state before = fake_snapshot(&s->fake);

	(void)state;
	host_on(s, 11, "fd01::2");
	assert_int_equal(site_configure(s), -EADDRINUSE);
	assert_string_equal(s->err.text, "p1: address fd01::2: is in use on this wire by 02:00:00:aa:bb:cc");
	assert_null(fake_difference(&s->fake, &before));
	assert_int_equal(undo_count(&s->txn.undo, UNDO_FAILED), 0);
}

static void the_same_address_on_another_wire_is_no_duplicate(void **state)
{
	auto_site *s = two_ports("fd01::1/64");

	(void)state;
	host_on(s, 10, "fd01::2");
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(s->fake.waited, 2);
}

static void ipv4_waits_for_nothing(void **state)
{
	auto_site *s = two_ports("10.0.0.1/24");

	(void)state;
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(s->fake.waited, 0);
}

/* An unplugged cable is no reason to refuse: verify tells of it. One that is just set up may need a moment. */
static void ports_without_carrier_are_waited_for_only_when_set_up_now(void **state)
{
	static const struct {
		bool up;
		size_t waited;
	} cases[] = { { true, 1 }, { false, 2 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = two_ports("fd01::1/64");
		struct link *l = fake_link(&s->fake, "p1");

		l->up = cases[i].up;
		l->carrier = false;
		assert_int_equal(site_configure(s), 0);
		assert_int_equal(s->fake.waited, cases[i].waited);
	}
}

static int gone(struct kern *k, struct dad *d, size_t n, unsigned int timeout_ms, struct err *e)
{
	(void)k;
	(void)e;
	assert_int_equal(timeout_ms, 500 + 2 * 1000 + 3000);
	for (size_t i = 0; i < n; i++)
		d[i].state = i ? DAD_TENTATIVE : DAD_DONE;
	return 0;
}

static void an_address_that_stays_tentative_is_an_error(void **state)
{
	auto_site *s = two_ports("fd01::1/64");
	struct link *l = fake_link(&s->fake, "p1");

	(void)state;
	l->conf[CONF6_RTR_SOLICIT_DELAY] = 500;
	l->conf[CONF6_DAD_TRANSMITS] = 2;
	l->retrans_ms = 1000;
	s->fake.k.dad_wait = gone;
	assert_int_equal(site_configure(s), -ETIMEDOUT);
	must_contain(s->err.text, "p1: address fd01::2: is tentative still");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duplicate_takes_all_back_and_is_named),
		cmocka_unit_test(the_same_address_on_another_wire_is_no_duplicate),
		cmocka_unit_test(ipv4_waits_for_nothing),
		cmocka_unit_test(ports_without_carrier_are_waited_for_only_when_set_up_now),
		cmocka_unit_test(an_address_that_stays_tentative_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
