/* SPDX-License-Identifier: MIT */
/* IPv6 on a real kernel: configured with nothing left to do, duplicates found, taken back without a trace. */
#include <errno.h>
#include <linux/if_addr.h>
#include <string.h>
#include <unistd.h>

#include "apply/txn.h"
#include "fake/netns.h"
#include "fake/site.h"
#include "test.h"

enum { PORTS = 2 };

/* Two ports whose other ends, q0 and q1, are in another namespace. */
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
	int own, peer;
};

static void in_peer(struct bench *b, bool there)
{
	netns_in(there ? b->peer : b->own);
}

static bool settled(struct bench *b)
{
	struct addrs now = { 0 };
	size_t link_local = 0;

	assert_int_equal(b->k->addrs(b->k, &b->arena, &now, &b->e), 0);
	for vec_each(ad, &now) {
		if (ad->flags & IFA_F_TENTATIVE && !(ad->flags & IFA_F_DADFAILED))
			return false;
		link_local += ip_is_link_local(&ad->prefix.addr);
	}
	return link_local >= PORTS;
}

/* Link-local addresses come by themselves: 5 s at most. */
static void wait_settled(struct bench *b)
{
	for (int i = 0; i < 500; i++) {
		if (settled(b))
			return;
		usleep(10000);
	}
	fail_msg("no link-local addresses");
}

static int bench_open(void **state)
{
	static struct bench b;
	char name[48];

	netns_renew();
	b = (struct bench){ .own = netns_new() };
	b.peer = netns_new();
	netns_in(b.own);
	ipv6_on();
	in_peer(&b, true);
	ipv6_on();
	in_peer(&b, false);
	b.k = kern_linux_open(&b.e);
	b.k->rdma_ports = veth_ports;
	for (int i = 0; i < PORTS; i++) {
		ip_run("link add p%d address 02:00:00:00:01:0%d type veth peer name q%d address 02:00:00:00:02:0%d netns %s", i,
		       i, i, i, netns_name(b.peer, name));
		ipv6_quick(i ? "p1" : "p0");
		ip_run("link set p%d up", i);
		in_peer(&b, true);
		ip_run("link set q%d up", i);
		in_peer(&b, false);
	}
	b.in.sequence.v = prefix_is("fd01::1/64");
	b.in.defaults.gateway6 = (struct opt_ip){ OPT_SET, ip_is("fd01::fe") };
	wait_settled(&b);
	*state = &b;
	return 0;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	kern_linux_close(b->k);
	arena_done(&b->arena);
	close(b->own);
	close(b->peer);
	return 0;
}

static void plan_get(struct bench *b)
{
	struct diag d = { .arena = &b->arena };

	if (node_read(b->k, &b->arena, &b->node, &b->e) < 0)
		fail_msg("%s", b->e.text);
	b->wishes = (struct wishes){ 0 };
	if (intent_resolve(&b->in, &b->node, &b->arena, &b->wishes, &b->remarks, &d) < 0)
		fail_msg("%s", diag_text(&d));
	b->plan = plan_make(&b->wishes, &b->node, &b->arena);
}

static int configure(struct bench *b)
{
	const struct txn_options o = { .dir = -1, .command = "configure" };
	unsigned int id;

	plan_get(b);
	b->e = (struct err){ 0 };
	return txn_run(b->k, &b->plan, &o, &b->arena, &b->txn, &id, &b->e);
}

static char *all_told(struct bench *b)
{
	struct arena *a = &b->arena;
	struct links ls = { 0 };
	char *text = arena_printf(a, "%s%s%s", ip_told(a, "address"), ip_told(a, "-6 route show table all"),
				  ip_told(a, "-6 rule"));

	assert_int_equal(b->k->links(b->k, a, &ls, &b->e), 0);
	for vec_each(l, &ls)
		text = arena_printf(a, "%s%s accept_ra %u keep %u\n", text, l->name, l->conf[CONF6_ACCEPT_RA],
				    l->conf[CONF6_KEEP_ADDR_ON_DOWN]);
	return text;
}

static void must_be_told(struct bench *b, const char *before)
{
	const char *differs = told_difference(&b->arena, before, all_told(b));

	if (differs[0])
		fail_msg("%s", differs);
}

static void nothing_is_left_to_do_after_a_configure(void **state)
{
	struct bench *b = *state;

	if (configure(b) < 0)
		fail_msg("%s", b->e.text);
	/* accept_ra, keep_addr_on_down, address, two routes, rule */
	assert_int_equal(b->plan.ops.n, 6 * PORTS);
	plan_get(b);
	for vec_each(op, &b->plan.ops) {
		char old[VALUE_TEXT], want[VALUE_TEXT];

		fail_msg("%s %s: %s -> %s", op->port->name, op->setting->name, value_text(&op->old, old),
			 value_text(&op->want, want));
	}
	for vec_each(ob, &b->plan.obstacles)
		fail_msg("%s", ob->seen);
}

/* No tentative address is left: rdma_cm could not bind to it. */
static void addresses_serve_when_configure_is_done(void **state)
{
	struct bench *b = *state;
	struct addrs now = { 0 };
	size_t n = 0;

	assert_int_equal(configure(b), 0);
	assert_int_equal(b->k->addrs(b->k, &b->arena, &now, &b->e), 0);
	for vec_each(ad, &now) {
		assert_false(ad->flags & IFA_F_TENTATIVE);
		n += ad->prefix.addr.bytes[0] == 0xfd;
	}
	assert_int_equal(n, PORTS);
}

static void each_source_then_leaves_by_its_port(void **state)
{
	struct bench *b = *state;

	assert_int_equal(configure(b), 0);
	for vec_each(w, &b->wishes) {
		struct route_query q = { .src = w->addrs.at[0].prefix.addr, .dst = ip_is("fd01::99") };
		struct route rt = { 0 };

		assert_int_equal(b->k->route_get(b->k, &q, &rt, &b->e), 0);
		assert_int_equal(rt.oif, w->port->link.ifindex);
		assert_int_equal(rt.table, w->rules.at[0].table);
		assert_int_equal(rt.gateway.family, 0);
		q.dst = ip_is("3fff::1");
		rt = (struct route){ 0 };
		assert_int_equal(b->k->route_get(b->k, &q, &rt, &b->e), 0);
		assert_int_equal(rt.oif, w->port->link.ifindex);
		assert_true(ip_equal(&rt.gateway, &b->in.defaults.gateway6.v));
	}
}

static void every_change_can_be_taken_back(void **state)
{
	struct bench *b = *state;
	char *before = all_told(b);

	assert_int_equal(configure(b), 0);
	for (size_t i = b->plan.ops.n; i-- > 0;) {
		const struct op *op = &b->plan.ops.at[i];

		if (op->setting->apply(b->k, op, &op->want, &op->old, &b->e) < 0)
			fail_msg("%s: %s", op->setting->name, b->e.text);
	}
	must_be_told(b, before);
}

static void a_duplicate_is_named_and_all_is_taken_back(void **state)
{
	struct bench *b = *state;
	char *before = all_told(b);

	in_peer(b, true);
	ip_run("address add fd01::2/64 dev q1 nodad");
	in_peer(b, false);
	assert_int_equal(configure(b), -EADDRINUSE);
	assert_string_equal(b->e.text, "p1: address fd01::2: is in use on this wire by 02:00:00:00:02:01");
	assert_int_equal(undo_count(&b->txn.undo, UNDO_FAILED), 0);
	must_be_told(b, before);
}

/* Its answer came before anybody listened. */
static void who_has_the_address_is_asked_for_again(void **state)
{
	struct bench *b = *state;
	struct dad d = { .ip = ip_is("fd01::2"), .waits = true };
	const uint8_t mac[] = { 2, 0, 0, 0, 2, 1 };

	in_peer(b, true);
	ip_run("address add fd01::2/64 dev q1 nodad");
	in_peer(b, false);
	ip_run("address add fd01::2/64 dev p1");
	wait_settled(b);
	plan_get(b);
	d.ifindex = node_link(&b->node, b->node.ports.at[1].link.ifindex)->ifindex;
	assert_int_equal(b->k->dad_wait(b->k, &d, 1, 5000, &b->e), 0);
	assert_int_equal(d.state, DAD_FAILED);
	assert_true(d.heard);
	assert_memory_equal(d.mac, mac, MAC_LEN);
	assert_int_equal(plan_blocked(&b->plan), 1);
	must_contain(b->plan.obstacles.at[0].seen, "fd01::2/64 is a duplicate");
}

static void a_port_without_carrier_is_not_waited_for(void **state)
{
	struct bench *b = *state;

	in_peer(b, true);
	ip_run("link set q1 down");
	in_peer(b, false);
	wait_carrier("p1", false);
	/* IPv6 hears of a lost carrier a second later, but when the port comes up it looks */
	ip_run("link set p1 down");
	ip_run("link set p1 up");
	if (configure(b) < 0)
		fail_msg("%s", b->e.text);
	plan_get(b);
	assert_int_equal(plan_blocked(&b->plan), 0);
	assert_int_equal(b->plan.obstacles.n, 1);
	must_contain(b->plan.obstacles.at[0].seen, "fd01::2/64 is still tentative");
}

static void addresses_outlive_a_port_that_bounces(void **state)
{
	struct bench *b = *state;

	assert_int_equal(configure(b), 0);
	ip_run("link set p1 down");
	plan_get(b);
	assert_int_equal(b->plan.ops.n, 3); /* up, two routes */
	if (configure(b) < 0)
		fail_msg("%s", b->e.text);
	wait_settled(b);
	plan_get(b);
	assert_int_equal(b->plan.ops.n, 0);
}

static void neighbours_are_asked_and_named(void **state)
{
	struct bench *b = *state;
	const uint8_t mac[] = { 2, 0, 0, 0, 2, 0 };

	in_peer(b, true);
	ip_run("address add fd01::77/64 dev q0 nodad");
	in_peer(b, false);
	assert_int_equal(configure(b), 0);
	struct neigh_ask ask[] = {
		{ .ifindex = b->wishes.at[0].port->link.ifindex, .ip = ip_is("fd01::77") },
		{ .ifindex = b->wishes.at[1].port->link.ifindex, .ip = ip_is("fd01::77") },
	};
	assert_int_equal(b->k->neigh_ask(b->k, ask, ARRAY_LEN(ask), 1000, &b->e), 0);
	assert_true(ask[0].resolved);
	assert_int_equal(ask[0].seen_n, 1);
	assert_memory_equal(ask[0].seen[0], mac, MAC_LEN);
	assert_false(ask[1].resolved);
	assert_int_equal(ask[1].seen_n, 0);
}

/* A name with dots is one device, not a path. */
static void settings_are_written_whatever_the_name(void **state)
{
	struct bench *b = *state;
	struct links ls = { 0 };

	ip_run("link set p1 name p1.x.100");
	plan_get(b);
	struct conf_value v[] = { { CONF6_ACCEPT_RA, 2 }, { CONF6_KEEP_ADDR_ON_DOWN, UINT32_MAX } };
	int ifindex = b->node.ports.at[1].link.ifindex;

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		assert_int_equal(b->k->conf_set(b->k, ifindex, &v[i], 1, &b->e), 0);
	assert_int_equal(b->k->links(b->k, &b->arena, &ls, &b->e), 0);
	for vec_each(l, &ls) {
		bool ours = l->ifindex == ifindex;

		assert_int_equal(l->conf[CONF6_ACCEPT_RA] == 2, ours);
		assert_int_equal(l->conf[CONF6_KEEP_ADDR_ON_DOWN] == UINT32_MAX, ours);
	}
	assert_int_equal(b->k->conf_set(b->k, 9999, v, 1, &b->e), -ENODEV);
}

static void what_the_kernel_tells_of_ipv6_is_read(void **state)
{
	struct bench *b = *state;

	ip_run("link set p1 addrgenmode none");
	ip_run("link set p0 mtu 1000");
	plan_get(b);
	assert_false(b->node.ports.at[0].link.has_ip6);
	assert_true(b->node.ports.at[1].link.has_ip6);
	assert_int_equal(b->node.ports.at[1].link.addr_gen_mode, 1);
	assert_int_equal(b->node.ports.at[1].link.retrans_ms, 100);
	assert_int_equal(b->node.ports.at[1].link.conf[CONF6_DAD_TRANSMITS], 1);
	assert_int_equal(b->node.ports.at[1].link.conf[CONF6_RTR_SOLICIT_DELAY], 0);
	assert_int_equal(b->node.ports.at[1].link.conf[CONF6_DISABLE], 0);
}

static int group_open(void **state)
{
	(void)state;
	(void)netns_enter();
	return 0;
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(nothing_is_left_to_do_after_a_configure),
		bench_test(addresses_serve_when_configure_is_done),
		bench_test(each_source_then_leaves_by_its_port),
		bench_test(every_change_can_be_taken_back),
		bench_test(a_duplicate_is_named_and_all_is_taken_back),
		bench_test(who_has_the_address_is_asked_for_again),
		bench_test(a_port_without_carrier_is_not_waited_for),
		bench_test(addresses_outlive_a_port_that_bounces),
		bench_test(neighbours_are_asked_and_named),
		bench_test(settings_are_written_whatever_the_name),
		bench_test(what_the_kernel_tells_of_ipv6_is_read),
	};

	return cmocka_run_group_tests(tests, group_open, NULL);
}
