/* SPDX-License-Identifier: MIT */
/* Each kernel object there and back: wish, message, kernel, dump, equal. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include "fake/kern.h"
#include "fake/netns.h"
#include "kern/netlink.h"
#include "test.h"

/* Two veth pairs, p0-q0 and p1-q1; p0 and q0 are up. */
struct bench {
	struct kern *k;
	struct arena arena;
	struct err e;
	int p0, p1;
};

static int index_of(struct bench *b, const char *name)
{
	struct links ls = { 0 };

	assert_int_equal(b->k->links(b->k, &b->arena, &ls, &b->e), 0);
	for vec_each(l, &ls)
		if (strcmp(l->name, name) == 0)
			return l->ifindex;
	return 0;
}

static struct link link_of(struct bench *b, int ifindex)
{
	struct links ls = { 0 };

	assert_int_equal(b->k->links(b->k, &b->arena, &ls, &b->e), 0);
	for vec_each(l, &ls)
		if (l->ifindex == ifindex)
			return *l;
	fail_msg("no link %d", ifindex);
	return (struct link){ 0 };
}

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .k = netns_ports(2, 0, &b.e) };
	if (!b.k)
		return -1;
	ip_run("link set p0 up");
	b.p0 = index_of(&b, "p0");
	b.p1 = index_of(&b, "p1");
	*state = &b;
	return 0;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	kern_linux_close(b->k);
	arena_done(&b->arena);
	return 0;
}

static size_t addrs_like(struct bench *b, const struct addr *want)
{
	struct addrs all = { 0 };
	size_t n = 0;

	assert_int_equal(b->k->addrs(b->k, &b->arena, &all, &b->e), 0);
	for vec_each(ad, &all)
		n += ad->ifindex == want->ifindex && prefix_equal(&ad->prefix, &want->prefix);
	return n;
}

static size_t routes_like(struct bench *b, const struct route *want)
{
	struct routes all = { 0 };
	size_t n = 0;

	assert_int_equal(b->k->routes(b->k, &b->arena, &all, &b->e), 0);
	for vec_each(rt, &all)
		n += route_equal(rt, want);
	return n;
}

static size_t rules_like(struct bench *b, const struct rule *want)
{
	struct rules all = { 0 };
	size_t n = 0;

	assert_int_equal(b->k->rules(b->k, &b->arena, &all, &b->e), 0);
	for vec_each(ru, &all)
		n += rule_equal(ru, want) && memcmp(ru, want, sizeof(*ru)) == 0;
	return n;
}

static void an_address_goes_there_and_back(void **state)
{
	struct bench *b = *state;
	struct addr ad = { .ifindex = b->p0, .prefix = prefix_is("10.0.0.1/24") };

	assert_int_equal(b->k->addr_set(b->k, CHANGE_ADD, &ad, &b->e), 0);
	assert_int_equal(addrs_like(b, &ad), 1);
	assert_int_equal(b->k->addr_set(b->k, CHANGE_ADD, &ad, NULL), -EEXIST);
	assert_int_equal(b->k->addr_set(b->k, CHANGE_DEL, &ad, &b->e), 0);
	assert_int_equal(addrs_like(b, &ad), 0);
	assert_int_equal(b->k->addr_set(b->k, CHANGE_DEL, &ad, NULL), -EADDRNOTAVAIL);
	ad.ifindex = 999;
	assert_int_equal(b->k->addr_set(b->k, CHANGE_ADD, &ad, NULL), -ENODEV);
}

/* Routes that set every member that the kernel lets one set, none twice with the same value. */
static void routes_go_there_and_back(void **state)
{
	struct bench *b = *state;
	const struct addr own = { .ifindex = b->p0, .prefix = prefix_is("10.0.0.1/24") };
	const struct route rts[] = {
		{ .dst = prefix_is("10.0.0.0/24"), .prefsrc = own.prefix.addr, .table = 101,
		  .oif = (uint32_t)b->p0, .protocol = RTPROT_STATIC, .scope = RT_SCOPE_LINK,
		  .type = RTN_UNICAST },
		{ .dst = prefix_is("0.0.0.0/0"), .gateway = ip_is("10.0.0.254"), .metric = 77,
		  .prefsrc = own.prefix.addr, .table = 70000, .oif = (uint32_t)b->p0, .tos = 8,
		  .protocol = RTPROT_BIRD, .scope = RT_SCOPE_UNIVERSE, .type = RTN_UNICAST },
		{ .dst = prefix_is("198.51.100.7/32"), .table = 255 + 1, .protocol = RTPROT_BOOT,
		  .scope = RT_SCOPE_UNIVERSE, .type = RTN_UNREACHABLE },
	};

	assert_int_equal(b->k->addr_set(b->k, CHANGE_ADD, &own, &b->e), 0);
	for (size_t i = 0; i < ARRAY_LEN(rts); i++) {
		if (b->k->route_set(b->k, CHANGE_ADD, &rts[i], &b->e) < 0)
			fail_msg("%zu: %s", i, b->e.text);
		assert_int_equal(routes_like(b, &rts[i]), 1);
		assert_int_equal(b->k->route_set(b->k, CHANGE_ADD, &rts[i], NULL), -EEXIST);
		assert_int_equal(b->k->route_set(b->k, CHANGE_DEL, &rts[i], &b->e), 0);
		assert_int_equal(routes_like(b, &rts[i]), 0);
		assert_int_equal(b->k->route_set(b->k, CHANGE_DEL, &rts[i], NULL), -ESRCH);
	}
}

static void a_replaced_route_leaves_one(void **state)
{
	struct bench *b = *state;
	const struct addr own = { .ifindex = b->p0, .prefix = prefix_is("10.0.0.1/24") };
	struct route rt = { .dst = prefix_is("0.0.0.0/0"), .gateway = ip_is("10.0.0.254"),
			    .table = 101, .oif = (uint32_t)b->p0, .protocol = RTPROT_STATIC,
			    .type = RTN_UNICAST }, old = rt;

	assert_int_equal(b->k->addr_set(b->k, CHANGE_ADD, &own, &b->e), 0);
	assert_int_equal(b->k->route_set(b->k, CHANGE_ADD, &rt, &b->e), 0);
	rt.gateway = ip_is("10.0.0.253");
	assert_true(route_same_key(&rt, &old));
	assert_int_equal(b->k->route_set(b->k, CHANGE_REPLACE, &rt, &b->e), 0);
	assert_int_equal(routes_like(b, &rt), 1);
	assert_int_equal(routes_like(b, &old), 0);
}

static void the_hops_of_a_multipath_route_are_told_one_by_one(void **state)
{
	struct bench *b = *state;
	struct route hop = { .dst = prefix_is("0.0.0.0/0"), .table = 101, .oif = (uint32_t)b->p0,
			     .protocol = RTPROT_BOOT, .type = RTN_UNICAST, .multipath = true };

	ip_run("addr add 10.0.0.1/24 dev p0");
	ip_run("route add default table 101 nexthop via 10.0.0.253 nexthop via 10.0.0.254");
	hop.gateway = ip_is("10.0.0.253");
	assert_int_equal(routes_like(b, &hop), 1);
	hop.gateway = ip_is("10.0.0.254");
	assert_int_equal(routes_like(b, &hop), 1);
}

static void the_table_local_is_not_told(void **state)
{
	struct bench *b = *state;
	struct routes all = { 0 };

	ip_run("addr add 10.0.0.1/24 dev p0");
	assert_int_equal(b->k->routes(b->k, &b->arena, &all, &b->e), 0);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.at[0].protocol, RTPROT_KERNEL);
}

/* A rule that the kernel accepts, with what is given beside the priority. */
static struct rule rule_of(uint32_t priority)
{
	struct rule ru = rule_any(AF_INET);

	ru.priority = priority;
	ru.table = 101;
	ru.protocol = RTPROT_STATIC;
	return ru;
}

/* Rules that together set every member but uids and l3mdev, no two alike. */
static size_t rules_full(struct rule ru[2])
{
	ru[0] = rule_of(1000);
	ru[0].src = ip_is("10.0.1.0");
	ru[0].src_len = 24;
	ru[0].dst = ip_is("10.2.0.0");
	ru[0].dst_len = 16;
	ru[0].tos = 4;
	ru[0].ip_proto = 17;
	ru[0].protocol = 11;
	ru[0].flags = FIB_RULE_INVERT;
	ru[0].table = 70000;
	ru[0].fwmark = 0x21;
	ru[0].fwmask = 0x2f;
	ru[0].flow = 0x00030002;
	ru[0].suppress_group = 5;
	ru[0].suppress_prefix_len = 6;
	ru[0].source_ports = 8u << 16 | 7u;
	ru[0].dest_ports = 13u << 16 | 12u;
	ru[0].tunnel_id = 0x1900000000000000;
	strcpy(ru[0].iif, "lo");
	strcpy(ru[0].oif, "p0");
	ru[1] = rule_of(1001);
	ru[1].action = FR_ACT_GOTO;
	ru[1].goto_priority = 32766;
	ru[1].table = 0;
	return 2;
}

static void rules_go_there_and_back(void **state)
{
	struct bench *b = *state;
	struct rule ru[2];
	size_t n = rules_full(ru);

	for (size_t i = 0; i < n; i++) {
		if (b->k->rule_set(b->k, CHANGE_ADD, &ru[i], &b->e) < 0)
			fail_msg("%zu: %s", i, b->e.text);
		if (rules_like(b, &ru[i]) != 1)
			fail_msg("rule %zu is not read as it was written", i);
		assert_int_equal(b->k->rule_set(b->k, CHANGE_ADD, &ru[i], NULL), -EEXIST);
		assert_int_equal(b->k->rule_set(b->k, CHANGE_DEL, &ru[i], &b->e), 0);
		assert_int_equal(rules_like(b, &ru[i]), 0);
		assert_int_equal(b->k->rule_set(b->k, CHANGE_DEL, &ru[i], NULL), -ENOENT);
	}
}

/* What others write and we only read. */
static void rules_of_others_are_read(void **state)
{
	struct bench *b = *state;
	struct rule l3mdev = rule_of(1002), suppress = rule_of(1003), blackhole = rule_of(1004);

	ip_run("rule add pref 1002 l3mdev protocol static");
	ip_run("rule add pref 1003 suppress_prefixlength 0 lookup 101 protocol static");
	ip_run("rule add pref 1004 blackhole protocol static");
	l3mdev.l3mdev = 1;
	l3mdev.table = 0;
	suppress.suppress_prefix_len = 0;
	assert_int_equal(rules_like(b, &l3mdev), 1);
	assert_int_equal(rules_like(b, &suppress), 1);
	blackhole.action = FR_ACT_BLACKHOLE;
	blackhole.table = 0;
	assert_int_equal(rules_like(b, &blackhole), 1);
}

static void a_rule_for_users_goes_there_and_back(void **state)
{
	struct bench *b = *state;
	struct rule ru = rule_of(1000);

	ru.uids = 9ull << 32 | 5; /* struct fib_rule_uid_range: 5 to 9 */
	int r = b->k->rule_set(b->k, CHANGE_ADD, &ru, &b->e);
	if (r == -EINVAL) /* these users do not exist in our user namespace */
		skip();
	assert_int_equal(r, 0);
	assert_int_equal(rules_like(b, &ru), 1);
	assert_int_equal(b->k->rule_set(b->k, CHANGE_DEL, &ru, &b->e), 0);
	assert_int_equal(rules_like(b, &ru), 0);
}

static void the_protocol_is_part_of_a_rules_identity(void **state)
{
	struct bench *b = *state;
	struct rule ours = rule_of(1000), theirs = ours;

	theirs.protocol = RTPROT_BOOT;
	assert_int_equal(b->k->rule_set(b->k, CHANGE_ADD, &ours, &b->e), 0);
	assert_int_equal(b->k->rule_set(b->k, CHANGE_ADD, &theirs, &b->e), 0);
	assert_int_equal(rules_like(b, &ours), 1);
	assert_int_equal(b->k->rule_set(b->k, CHANGE_DEL, &ours, &b->e), 0);
	assert_int_equal(rules_like(b, &theirs), 1);
	assert_int_equal(rules_like(b, &ours), 0);
}

static void settings_are_read_back_by_netlink_and_in_proc(void **state)
{
	static const struct conf_value v[] = {
		{ IPV4_DEVCONF_RP_FILTER, 2 },	  { IPV4_DEVCONF_ARPFILTER, 1 },
		{ IPV4_DEVCONF_ARP_ANNOUNCE, 2 }, { IPV4_DEVCONF_ARP_IGNORE, 8 },
		{ IPV4_DEVCONF_ARP_ACCEPT, 1 },
	};
	struct bench *b = *state;

	assert_int_equal(b->k->conf_set(b->k, b->p1, v, ARRAY_LEN(v), &b->e), 0);
	struct link l = link_of(b, b->p1);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		assert_int_equal(l.conf[v[i].id], v[i].value);
		assert_int_equal(conf_file("p1", conf_name(v[i].id)), v[i].value);
	}
	assert_int_equal(b->k->conf_set(b->k, 999, v, 1, NULL), -ENODEV);
}

static void all_is_that_of_the_namespace(void **state)
{
	struct bench *b = *state;
	uint32_t all[CONF_N] = { 0 };

	conf_write("all", "arp_ignore", 2);
	conf_write("all", "rp_filter", 1);
	assert_int_equal(b->k->conf_all(b->k, all, &b->e), 0);
	assert_int_equal(all[IPV4_DEVCONF_ARP_IGNORE], 2);
	assert_int_equal(all[IPV4_DEVCONF_RP_FILTER], 1);
}

static void mtu_and_up_are_set(void **state)
{
	struct bench *b = *state;

	assert_int_equal(b->k->mtu_set(b->k, b->p1, 4200, &b->e), 0);
	assert_int_equal(link_of(b, b->p1).mtu, 4200);
	assert_false(link_of(b, b->p1).up);
	assert_int_equal(b->k->up_set(b->k, b->p1, true, &b->e), 0);
	assert_true(link_of(b, b->p1).up);
	assert_int_equal(link_of(b, b->p1).mtu, 4200);
	assert_int_equal(b->k->up_set(b->k, b->p1, false, &b->e), 0);
	assert_false(link_of(b, b->p1).up);
	assert_int_equal(b->k->mtu_set(b->k, 999, 4200, NULL), -ENODEV);
	assert_int_equal(b->k->up_set(b->k, 999, true, NULL), -ENODEV);
}

static void links_are_told_with_kind_mac_and_master(void **state)
{
	struct bench *b = *state;

	ip_run("link add br0 type bridge");
	ip_run("link set p1 address 02:00:00:00:12:34");
	ip_run("link set p1 master br0");
	struct link l = link_of(b, b->p1);
	assert_string_equal(l.name, "p1");
	assert_string_equal(l.kind, "veth");
	assert_memory_equal(l.mac, "\x02\0\0\0\x12\x34", MAC_LEN);
	assert_int_equal(l.master, index_of(b, "br0"));
	assert_int_equal(l.lower, 0); /* the other end of a veth is not below it */
	assert_string_equal(link_of(b, l.master).kind, "bridge");
}

static void a_failure_is_told_in_the_kernels_words(void **state)
{
	struct bench *b = *state;
	struct route rt = { .dst = prefix_is("0.0.0.0/0"), .gateway = ip_is("10.99.0.1"),
			    .table = 101, .oif = (uint32_t)b->p0, .protocol = RTPROT_STATIC,
			    .type = RTN_UNICAST };
	struct err down = { 0 }, mtu = { 0 };

	ip_run("addr add 10.0.0.1/24 dev p0");
	assert_int_equal(b->k->route_set(b->k, CHANGE_ADD, &rt, &b->e), -ENETUNREACH);
	must_contain(b->e.text, "write route default via 10.99.0.1 table 101: ");
	must_contain(b->e.text, "(Nexthop has invalid gateway)");
	rt.oif = (uint32_t)b->p1;
	rt.gateway = (struct ip){ 0 };
	assert_int_equal(b->k->route_set(b->k, CHANGE_ADD, &rt, &down), -ENETDOWN);
	must_contain(down.text, "Device for nexthop is not up");
	assert_int_equal(b->k->mtu_set(b->k, b->p0, 70000, &mtu), -EINVAL);
	must_contain(mtu.text, "set mtu to 70000 B: Invalid argument (mtu greater than");
}

static void a_request_without_memory_is_refused(void **state)
{
	auto_sock *s = netlink_open(NETLINK_ROUTE, NULL);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(netlink_change(s, NULL, "do", &e), -ENOMEM);
	assert_string_equal(e.text, "do: no memory");
}

/* Losing one of two addresses leaves the routes of the own table, losing both does not: apply and
 * the fake kernel count on it. */
static void routes_of_a_table_go_with_the_last_address(void **state)
{
	struct bench *b = *state;
	struct route rt = { .dst = prefix_is("10.0.0.0/24"), .prefsrc = ip_is("10.0.0.1"),
			    .table = 101, .oif = (uint32_t)b->p0, .protocol = RTPROT_STATIC,
			    .scope = RT_SCOPE_LINK, .type = RTN_UNICAST };

	ip_run("addr add 10.0.0.1/24 dev p0");
	ip_run("addr add 10.1.0.1/24 dev p0");
	assert_int_equal(b->k->route_set(b->k, CHANGE_ADD, &rt, &b->e), 0);
	ip_run("addr del 10.0.0.1/24 dev p0");
	assert_int_equal(routes_like(b, &rt), 1);
	ip_run("addr del 10.1.0.1/24 dev p0");
	assert_int_equal(routes_like(b, &rt), 0);
}

/* veth has none: the first question opens the way, the others take it */
static void global_pause_is_asked_for_by_one_socket(void **state)
{
	struct bench *b = *state;
	const int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
	uint32_t pause;

	close(before);
	for (int i = 0; i < 3; i++) {
		struct err e = { 0 };

		assert_int_equal(b->k->pause_get(b->k, i == 1 ? "q0" : "p0", &pause, &e), -EOPNOTSUPP);
		must_contain(e.text, "global pause: Operation not supported");
		e = (struct err){ 0 };
		assert_int_equal(b->k->pause_set(b->k, "p9", PAUSE_RX, &e), -ENODEV);
		must_contain(e.text, "set global pause: No such device");
	}
	const int after = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(after);
	assert_int_equal(after, before + 1);
}

static void without_rdma_there_are_no_ports(void **state)
{
	auto_sock *s = netlink_open(NETLINK_RDMA, NULL);
	struct bench *b = *state;
	struct rdma_ports ports = { 0 };

	assert_int_equal(b->k->rdma_ports(b->k, &b->arena, &ports, &b->e), 0);
	if (s) /* this kernel has RDMA: its devices may be shared with us */
		skip();
	assert_int_equal(ports.n, 0);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(an_address_goes_there_and_back),
		bench_test(routes_go_there_and_back),
		bench_test(a_replaced_route_leaves_one),
		bench_test(the_hops_of_a_multipath_route_are_told_one_by_one),
		bench_test(the_table_local_is_not_told),
		bench_test(rules_go_there_and_back),
		bench_test(rules_of_others_are_read),
		bench_test(a_rule_for_users_goes_there_and_back),
		bench_test(the_protocol_is_part_of_a_rules_identity),
		bench_test(settings_are_read_back_by_netlink_and_in_proc),
		bench_test(all_is_that_of_the_namespace),
		bench_test(mtu_and_up_are_set),
		bench_test(links_are_told_with_kind_mac_and_master),
		bench_test(a_failure_is_told_in_the_kernels_words),
		bench_test(a_request_without_memory_is_refused),
		bench_test(routes_of_a_table_go_with_the_last_address),
		bench_test(global_pause_is_asked_for_by_one_socket),
		bench_test(without_rdma_there_are_no_ports),
	};

	return cmocka_run_group_tests(tests, netns_group, NULL);
}
