/* SPDX-License-Identifier: MIT */
/* A configure taken back on a real kernel: iproute2 tells the same as before. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/txn.h"
#include "fake/kern.h"
#include "fake/netns.h"
#include "fake/tempdir.h"
#include "test.h"

enum { PORTS = 3 };

struct bench {
	struct kern *k;
	struct arena arena;
	struct err e;
	int dir, changes;
	struct node node;
	struct intent in;
	struct wishes wishes;
	struct plan plan;
	struct txn txn;
	struct undo undo;
	unsigned int id;
	char *before;
};

/* The kernel's own routes to its addresses come and go with these, but late where duplicates are looked for: a port
 * that went down meanwhile can keep one. The addresses are compared. */
static char *routes6_told(struct arena *a)
{
	char *told = ip_told(a, "-6 route show table all"), *text = arena_strdup(a, "");

	for (char *line = strtok_r(told, "\n", &told); line; line = strtok_r(NULL, "\n", &told))
		if (!strstr(line, "\"protocol\":\"kernel\"") || !strstr(line, "\"table\":\"local\""))
			text = arena_printf(a, "%s%s\n", text, line);
	return text;
}

static char *all_told(struct arena *a)
{
	static const char *const names[] = { "arp_ignore", "arp_announce", "arp_filter", "arp_accept",
					     "rp_filter" };
	char *text = arena_printf(a, "%s%s%s%s%s%s", ip_told(a, "address"),
				  ip_told(a, "-4 route show table all"),
				  routes6_told(a), ip_told(a, "rule"),
				  ip_told(a, "-6 rule"), ip_told(a, "link"));

	for (size_t i = 0; i < PORTS * ARRAY_LEN(names); i++) {
		const char *device = arena_printf(a, "p%zu", i / ARRAY_LEN(names));
		const char *name = names[i % ARRAY_LEN(names)];

		text = arena_printf(a, "%s%s.%s %u\n", text, device, name, conf_file(device, name));
	}
	return text;
}

/* The carrier of the other ends follows with a delay: 2 s at most. */
static void must_be_told(struct bench *b, const char *before)
{
	const char *differs = told_difference(&b->arena, before, all_told(&b->arena));

	for (int i = 0; i < 40 && differs[0]; i++) {
		usleep(50000);
		differs = told_difference(&b->arena, before, all_told(&b->arena));
	}
	if (differs[0])
		fail_msg("%s", differs);
}

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .k = netns_ports(PORTS, PORTS_IPV6 | PORTS_ROCE, &b.e), .dir = tempdir_new() };
	/* p0 is in use by others, p1 has a route and no address, p2 is down with an address of IPv6 */
	ip_run("link set p0 up");
	ip_run("link set p1 up");
	ip_run("link set p2 up"); /* the first time brings a queueing discipline, which stays */
	ip_run("link set p2 down");
	ip_run("addr add 172.16.0.1/16 dev p0 metric 50 label p0:x");
	ip_run("addr add 2001:db8::1/64 dev p0 nodad");
	ip_run("-6 route add 2001:db8:5::/64 via 2001:db8::fe metric 50 table 200");
	ip_run("route add default via 172.16.0.9 mtu lock 1400 advmss 1300 table 101 proto static");
	ip_run("route add 198.51.100.0/24 dev p1 table 500 proto bird");
	ip_run("route add 198.51.101.0/24 via 198.51.100.9 dev p1 onlink mtu lock 1300");
	ip_run("addr add 2001:db8:2::1/64 dev p2 nodad");
	ip_run("rule add pref 5000 from 172.16.0.1 lookup 900");
	conf_write("p0", "arp_ignore", 3);
	conf_write("p1", "rp_filter", 1);
	b.in.sequence.v = prefix_is("10.0.0.1/24");
	b.in.defaults.gateway = (struct opt_ip){ OPT_SET, ip_is("10.0.0.254") };
	b.in.defaults.number[SETTING_MTU] = (struct opt_u32){ OPT_SET, 4200 };
	wait_carrier("p0", true);
	wait_carrier("p1", true);
	wait_carrier("q2", false);
	b.before = all_told(&b.arena);
	*state = &b;
	return 0;
}

/* What stands when all ports are configured: the kernel tells of the carrier of p2, which came up, with a delay. */
static char *configured_told(struct bench *b)
{
	wait_carrier("p2", true);
	wait_carrier("q2", true);
	return all_told(&b->arena);
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	kern_linux_close(b->k);
	tempdir_remove(b->dir);
	arena_done(&b->arena);
	return 0;
}

static bool stop_at(void *user)
{
	struct bench *b = user;

	return b->changes-- == 0;
}

/* Configure with a signal before the message numbered; -1: none. */
static int configure(struct bench *b, int stop)
{
	struct txn_options o = { .dir = b->dir, .command = "configure", .stop = stop_at, .user = b };
	struct diag d = { .arena = &b->arena };
	struct remarks remarks = { 0 };

	b->changes = stop;
	b->wishes = (struct wishes){ 0 };
	b->e = (struct err){ 0 };
	if (node_read(b->k, &b->arena, &b->node, &b->e) < 0)
		fail_msg("%s", b->e.text);
	if (intent_resolve(&b->in, &b->node, &b->arena, &b->wishes, &remarks, &d) < 0)
		fail_msg("%s", diag_text(&d));
	b->plan = plan_make(&b->wishes, &b->node, &b->arena);
	return txn_run(b->k, &b->plan, &o, &b->arena, &b->txn, &b->id, &b->e);
}

static int revert(struct bench *b, unsigned int id)
{
	struct journal j;
	struct entry en;

	b->undo = (struct undo){ 0 };
	b->e = (struct err){ 0 };
	assert_int_equal(journal_load(b->dir, id, &b->arena, &en, &b->e), 0);
	assert_int_equal(journal_open(b->dir, id, &j, &b->e), 0);
	int r = undo_run(b->k, &en, &j, &b->arena, &b->undo, &b->e);
	if (r == 0)
		r = journal_end(&j, "reverted", NULL, &b->e);
	journal_close(&j);
	for vec_each(m, &b->undo.missing)
		fail_msg("not put back: %s", raw_text(m, &b->arena));
	return r;
}

static void a_configure_that_is_reverted_leaves_no_trace(void **state)
{
	struct bench *b = *state;

	if (configure(b, -1) < 0)
		fail_msg("%s", b->e.text);
	assert_true(b->plan.ops.n >= 6 * PORTS);
	assert_string_not_equal(all_told(&b->arena), b->before);
	if (revert(b, b->id) < 0)
		fail_msg("%s", b->e.text);
	assert_int_equal(undo_count(&b->undo, UNDO_DONE), b->plan.ops.n);
	must_be_told(b, b->before);
}

static void a_signal_before_each_message_leaves_no_trace(void **state)
{
	struct bench *b = *state;
	int n = 0;

	for (; configure(b, n) < 0; n++) {
		assert_string_equal(b->e.text, "interrupted by a signal");
		assert_int_equal(b->txn.undo.missing.n, 0);
		must_be_told(b, b->before);
	}
	assert_true(n > 4 * PORTS);
	assert_int_equal(revert(b, b->id), 0);
	must_be_told(b, b->before);
}

static void two_configures_are_reverted_one_by_one(void **state)
{
	struct bench *b = *state;

	assert_int_equal(configure(b, -1), 0);
	char *between = configured_told(b);
	b->in.defaults.gateway.v = ip_is("10.0.0.253");
	b->in.defaults.number[SETTING_MTU].v = 9000;
	assert_int_equal(configure(b, -1), 0);
	assert_true(b->plan.ops.n >= 2 * PORTS);
	assert_int_equal(revert(b, 2), 0);
	must_be_told(b, between);
	assert_int_equal(revert(b, 1), 0);
	must_be_told(b, b->before);
}

/* Routes go before addresses on the way back, and those of before name an address that comes back after them. */
static void addresses_that_were_exchanged_come_back_with_their_routes(void **state)
{
	struct bench *b = *state;

	assert_int_equal(configure(b, -1), 0);
	char *between = configured_told(b);
	b->in.sequence.v = prefix_is("10.0.0.101/24");
	b->in.defaults.flush = (struct opt_u32){ OPT_SET, 1 };
	assert_int_equal(configure(b, -1), 0);
	if (revert(b, 2) < 0)
		fail_msg("%s", b->e.text);
	must_be_told(b, between);
	assert_int_equal(undo_count(&b->undo, UNDO_DONE), b->plan.ops.n);
}

/* With the last address of a port the kernel takes its routes of every table. */
static void addresses_that_were_taken_off_come_back_with_their_routes(void **state)
{
	struct bench *b = *state;

	assert_int_equal(configure(b, -1), 0);
	ip_run("route add 10.200.0.0/16 via 10.0.0.253 dev p1 src 10.0.0.2 table 102 proto static");
	char *between = configured_told(b);
	b->in.defaults.no_addresses = true;
	assert_int_equal(configure(b, -1), 0);
	if (revert(b, 2) < 0)
		fail_msg("%s", b->e.text);
	must_be_told(b, between);
}

/* Somebody has put the first address of a subnet on again: the other one has become the first, and takes it along. */
static void an_address_that_goes_along_with_one_of_ours_is_no_failure(void **state)
{
	struct bench *b = *state;
	struct port_intent pi = { .match.netdev = "p1" };

	*vec_add(&b->arena, &pi.addresses) = (struct placed_prefix){ .v = prefix_is("10.0.0.1/24") };
	*vec_add(&b->arena, &pi.addresses) = (struct placed_prefix){ .v = prefix_is("10.0.0.2/24") };
	b->in = (struct intent){ .has_ports = true };
	*vec_add(&b->arena, &b->in.ports) = pi;
	conf_write("p1", "promote_secondaries", 1);
	assert_int_equal(configure(b, -1), 0);
	ip_run("addr del 10.0.0.1/24 dev p1");
	ip_run("addr add 10.0.0.1/24 dev p1");
	conf_write("p1", "promote_secondaries", 0);
	if (revert(b, b->id) < 0)
		fail_msg("%s", b->e.text);
	assert_int_equal(undo_count(&b->undo, UNDO_FAILED), 0);
	must_be_told(b, b->before);
}

static void a_multipath_route_that_was_exchanged_comes_back_whole(void **state)
{
	struct bench *b = *state;

	ip_run("route del default table 101");
	ip_run("route add default table 101 proto static nexthop via 172.16.0.8 dev p0 weight 2 "
	       "nexthop via 172.16.0.9 dev p0 weight 3");
	b->before = all_told(&b->arena);
	assert_int_equal(configure(b, -1), 0);
	if (revert(b, b->id) < 0)
		fail_msg("%s", b->e.text);
	must_be_told(b, b->before);
}

static void what_somebody_else_did_since_is_kept(void **state)
{
	struct bench *b = *state;

	assert_int_equal(configure(b, -1), 0);
	ip_run("link set p1 mtu 3000");
	ip_run("addr add 172.30.0.1/16 dev p1");
	ip_run("route add 203.0.113.0/24 dev p1 table 700");
	assert_int_equal(revert(b, b->id), 0);
	assert_int_equal(undo_count(&b->undo, UNDO_CONFLICT), 1);
	ip_run("link set p1 mtu 1500");
	ip_run("route del 203.0.113.0/24 dev p1 table 700");
	/* its removal takes the routes of p1 along: the kernel's way, not ours */
	ip_run("addr del 172.30.0.1/16 dev p1");
	ip_run("route add 198.51.100.0/24 dev p1 table 500 proto bird");
	ip_run("route add 198.51.101.0/24 via 198.51.100.9 dev p1 onlink mtu lock 1300");
	must_be_told(b, b->before);
}

static void a_port_that_is_gone_does_not_bar_the_others(void **state)
{
	struct bench *b = *state;

	assert_int_equal(configure(b, -1), 0);
	ip_run("link del p2");
	if (revert(b, b->id) < 0)
		fail_msg("%s", b->e.text);
	assert_true(undo_count(&b->undo, UNDO_GONE) >= 6);
	assert_int_equal(undo_count(&b->undo, UNDO_GONE) + undo_count(&b->undo, UNDO_DONE),
			 b->plan.ops.n);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(a_configure_that_is_reverted_leaves_no_trace),
		bench_test(a_signal_before_each_message_leaves_no_trace),
		bench_test(two_configures_are_reverted_one_by_one),
		bench_test(addresses_that_were_exchanged_come_back_with_their_routes),
		bench_test(addresses_that_were_taken_off_come_back_with_their_routes),
		bench_test(an_address_that_goes_along_with_one_of_ours_is_no_failure),
		bench_test(a_multipath_route_that_was_exchanged_comes_back_whole),
		bench_test(what_somebody_else_did_since_is_kept),
		bench_test(a_port_that_is_gone_does_not_bar_the_others),
	};

	return cmocka_run_group_tests(tests, netns_group, NULL);
}
