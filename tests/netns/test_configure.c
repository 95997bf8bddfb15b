/* SPDX-License-Identifier: MIT */
/* A whole configure on a real kernel: done with nothing left to do, or failed without a trace. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "apply/txn.h"
#include "fake/kern.h"
#include "fake/netns.h"
#include "test.h"

enum { PORTS = 3 };

struct bench {
	struct kern *k;
	struct arena arena;
	struct err e;
	struct node node;
	struct intent in;
	struct wishes wishes;
	struct remarks remarks;
	struct plan plan;
	struct txn txn;
};

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .k = netns_ports(PORTS, PORTS_ROCE, &b.e) };
	ip_run("link set p0 up");
	b.in.sequence.v = prefix_is("10.0.0.1/24");
	b.in.defaults.gateway = (struct opt_ip){ OPT_SET, ip_is("10.0.0.254") };
	b.in.defaults.number[SETTING_MTU] = (struct opt_u32){ OPT_SET, 4200 };
	*state = &b;
	return b.k ? 0 : -1;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	kern_linux_close(b->k);
	arena_done(&b->arena);
	return 0;
}

static void node_get(struct bench *b)
{
	if (node_read(b->k, &b->arena, &b->node, &b->e) < 0)
		fail_msg("%s", b->e.text);
	assert_int_equal(b->node.ports.n, PORTS);
}

static void plan_get(struct bench *b)
{
	struct diag d = { .arena = &b->arena };

	node_get(b);
	b->wishes = (struct wishes){ 0 };
	if (intent_resolve(&b->in, &b->node, &b->arena, &b->wishes, &b->remarks, &d) < 0)
		fail_msg("%s", diag_text(&d));
	b->plan = plan_make(&b->wishes, &b->node, &b->arena);
}

static int configure(struct bench *b)
{
	const struct txn_options o = { .dir = -1, .command = "configure" };
	unsigned int id;

	return txn_run(b->k, &b->plan, &o, &b->arena, &b->txn, &id, &b->e);
}

static void nothing_is_left_to_do_after_a_configure(void **state)
{
	struct bench *b = *state;

	plan_get(b);
	assert_int_equal(b->wishes.n, PORTS);
	assert_true(b->plan.ops.n >= 6 * PORTS);
	if (configure(b) < 0)
		fail_msg("%s", b->e.text);
	assert_int_equal(b->txn.done, b->plan.ops.n);
	plan_get(b);
	for vec_each(op, &b->plan.ops) {
		char old[VALUE_TEXT], want[VALUE_TEXT];

		fail_msg("%s %s: %s -> %s", op->port->name, op->setting->name,
			 value_text(&op->old, old), value_text(&op->want, want));
	}
	assert_int_equal(b->plan.obstacles.n, 0);
}

static void each_source_then_leaves_by_its_port(void **state)
{
	struct bench *b = *state;

	plan_get(b);
	assert_int_equal(configure(b), 0);
	for vec_each(w, &b->wishes) {
		struct route_query q = { .src = w->addrs.at[0].prefix.addr,
					 .dst = ip_is("10.0.0.99") };
		struct route rt = { 0 };

		assert_int_equal(b->k->route_get(b->k, &q, &rt, &b->e), 0);
		assert_int_equal(rt.oif, w->port->link.ifindex);
		q.dst = ip_is("198.51.100.1");
		assert_int_equal(b->k->route_get(b->k, &q, &rt, &b->e), 0);
		assert_int_equal(rt.oif, w->port->link.ifindex);
		assert_true(ip_equal(&rt.gateway, &b->in.defaults.gateway.v));
	}
}

static void a_configure_that_fails_half_way_leaves_no_trace(void **state)
{
	struct bench *b = *state;

	ip_run("addr add 172.16.0.1/16 dev p0");
	ip_run("route add default via 172.16.0.9 dev p0 table 101 proto static");
	ip_run("rule add pref 5000 from 172.16.0.1 lookup 900");
	struct fake_state before = state_read(b->k, &b->arena);
	plan_get(b);
	b->wishes.at[1].routes.at[1].route.gateway = ip_is("10.99.0.1");
	b->plan = plan_make(&b->wishes, &b->node, &b->arena);
	assert_int_equal(configure(b), -ENETUNREACH);
	must_contain(b->e.text, "p1: write route default via 10.99.0.1 src 10.0.0.2 table 102: ");
	must_contain(b->e.text, "Nexthop has invalid gateway");
	assert_int_equal(undo_count(&b->txn.undo, UNDO_FAILED), 0);
	assert_int_equal(b->txn.undo.missing.n, 0);
	assert_true(undo_count(&b->txn.undo, UNDO_DONE) > 0);
	struct fake_state after = state_read(b->k, &b->arena);
	const char *differs = state_difference(&before, &after, &b->arena);
	if (differs)
		fail_msg("%s", differs);
}

static void every_change_can_be_taken_back(void **state)
{
	struct bench *b = *state;
	struct fake_state before = state_read(b->k, &b->arena);

	plan_get(b);
	assert_int_equal(configure(b), 0);
	for (size_t i = b->plan.ops.n; i-- > 0;) {
		const struct op *op = &b->plan.ops.at[i];

		if (op->setting->apply(b->k, op, &op->want, &op->old, &b->e) < 0)
			fail_msg("%s: %s", op->setting->name, b->e.text);
	}
	struct fake_state after = state_read(b->k, &b->arena);
	const char *differs = state_difference(&before, &after, &b->arena);
	if (differs)
		fail_msg("%s", differs);
}

static void another_gateway_exchanges_the_route(void **state)
{
	struct bench *b = *state;

	plan_get(b);
	assert_int_equal(configure(b), 0);
	b->in.defaults.gateway.v = ip_is("10.0.0.253");
	plan_get(b);
	assert_int_equal(b->plan.ops.n, PORTS);
	assert_int_equal(configure(b), 0);
	b->in.defaults.gateway.is = OPT_NONE;
	plan_get(b);
	assert_int_equal(b->plan.ops.n, PORTS);
	assert_int_equal(configure(b), 0);
	plan_get(b);
	assert_int_equal(b->plan.ops.n, 0);
}

/* The routes of a table go with the link; the plan brings back what is missing, no more. */
static void a_port_that_bounced_is_mended(void **state)
{
	struct bench *b = *state;

	plan_get(b);
	assert_int_equal(configure(b), 0);
	ip_run("link set p1 down");
	plan_get(b);
	assert_int_equal(b->plan.ops.n, 3); /* up, two routes */
	assert_int_equal(configure(b), 0);
	plan_get(b);
	assert_int_equal(b->plan.ops.n, 0);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(nothing_is_left_to_do_after_a_configure),
		bench_test(each_source_then_leaves_by_its_port),
		bench_test(a_configure_that_fails_half_way_leaves_no_trace),
		bench_test(every_change_can_be_taken_back),
		bench_test(another_gateway_exchanges_the_route),
		bench_test(a_port_that_bounced_is_mended),
	};

	return cmocka_run_group_tests(tests, netns_group, NULL);
}
