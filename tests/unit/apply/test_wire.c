/* SPDX-License-Identifier: MIT */
/* Probing before the first write: which addresses are asked for, and whose answers count. */
#include <errno.h>
#include <string.h>

#include "apply/wire.h"
#include "fake/site.h"
#include "test.h"

static const uint8_t stranger[MAC_LEN] = { 2, 0, 0, 0, 0x99, 1 };

static struct probes asked(struct site *s)
{
	site_plan(s);
	struct probes ps = wire_probes(&s->plan, &s->node, &s->arena);
	assert_int_equal(wire_ask(&s->fake.k, &ps, &s->node, &s->arena, &s->err), 0);
	return ps;
}

static void host_add(struct site *s, int ifindex, const char *ip, const uint8_t *mac)
{
	struct fake_host *h = vec_add(&s->fake.arena, &s->fake.hosts);

	*h = (struct fake_host){ .ifindex = ifindex, .ip = ip_is(ip) };
	memcpy(h->mac, mac, MAC_LEN);
}

static void every_new_address_is_asked_for_on_its_port(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	struct probes ps = asked(s);
	assert_int_equal(ps.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ps.at[i].ifindex, 10 + i);
		assert_int_equal(ip_u32(&ps.at[i].ip), 0x0a000001 + i);
		assert_memory_equal(ps.at[i].mac, node_link(&s->node, ps.at[i].ifindex)->mac, MAC_LEN);
		assert_false(ps.at[i].taken || ps.at[i].unasked);
	}
}

static void an_address_that_the_node_has_is_not_asked_for(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	site_plan(s);
	/* another prefix length is a change, and no new address */
	*vec_add(&s->arena, &s->node.addrs) = (struct addr){ .ifindex = 10, .prefix = prefix_is("10.0.0.1/16") };
	struct probes ps = wire_probes(&s->plan, &s->node, &s->arena);
	assert_int_equal(ps.n, 1);
	assert_int_equal(ps.at[0].ifindex, 11);
}

static void a_second_run_asks_nothing(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(asked(s).n, 0);
	assert_int_equal(s->fake.probed, 0);
}

static void a_port_without_carrier_is_not_asked(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	fake_link(&s->fake, "p0")->carrier = false;
	fake_link(&s->fake, "p1")->up = false;
	struct probes ps = asked(s);
	assert_true(ps.at[0].unasked && ps.at[1].unasked);
	assert_int_equal(s->fake.probed, 0);
}

static void the_holder_of_an_address_is_named(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	host_add(s, 11, "10.0.0.2", stranger);
	struct probes ps = asked(s);
	assert_false(ps.at[0].taken);
	assert_true(ps.at[1].taken);
	assert_memory_equal(ps.at[1].holder, stranger, MAC_LEN);
}

static void our_own_ports_are_nobody_else(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	host_add(s, 10, "10.0.0.1", fake_link(&s->fake, "p1")->mac);
	assert_false(asked(s).at[0].taken);
}

/* What one packet says; the probe is for 10.0.0.1 on device 10. */
static void each_packet_is_judged(void **state)
{
	static const uint8_t own[][MAC_LEN] = { { 2, 0, 0, 0, 0, 1 } };
	static const struct {
		int ifindex;
		bool is_reply, own, taken;
		const char *sender, *target;
	} rows[] = {
		{ 10, true, false, true, "10.0.0.1", "0.0.0.0" },   /* an answer */
		{ 10, false, false, true, "10.0.0.1", "10.0.0.9" }, /* he asks for another: he has it */
		{ 10, false, false, true, "10.0.0.1", "10.0.0.1" }, /* he announces it */
		{ 10, false, false, true, "0.0.0.0", "10.0.0.1" },  /* he probes for it, too */
		{ 10, true, true, false, "10.0.0.1", "0.0.0.0" },
		{ 10, false, true, false, "0.0.0.0", "10.0.0.1" },
		{ 10, false, false, false, "10.0.0.9", "10.0.0.1" }, /* he looks for it */
		{ 10, true, false, false, "0.0.0.0", "10.0.0.1" },
		{ 10, true, false, false, "10.0.0.2", "0.0.0.0" },
		{ 11, true, false, false, "10.0.0.1", "0.0.0.0" }, /* another wire */
	};
	const struct own_macs macs = { own, 1 };
	struct probe p = { .ifindex = 10, .ip = ip_is("10.0.0.1") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arp_heard h = { .ifindex = rows[i].ifindex, .is_reply = rows[i].is_reply,
				       .sender = ip_is(rows[i].sender), .target = ip_is(rows[i].target) };

		memcpy(h.mac, rows[i].own ? own[0] : stranger, MAC_LEN);
		if (probe_is_answered(&p, &h, &macs) != rows[i].taken)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_new_address_is_asked_for_on_its_port),
		cmocka_unit_test(an_address_that_the_node_has_is_not_asked_for),
		cmocka_unit_test(a_second_run_asks_nothing),
		cmocka_unit_test(a_port_without_carrier_is_not_asked),
		cmocka_unit_test(the_holder_of_an_address_is_named),
		cmocka_unit_test(our_own_ports_are_nobody_else),
		cmocka_unit_test(each_packet_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
