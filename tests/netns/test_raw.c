/* SPDX-License-Identifier: MIT */
/* Whole addresses and routes of others: taken away and put back, the kernel tells the same as before. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/beside.h"
#include "fake/kern.h"
#include "fake/netns.h"
#include "test.h"

struct bench {
	struct kern *k;
	struct arena arena;
	struct err e;
};

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .k = netns_ports(2, PORTS_IPV6, &b.e) };
	ip_run("link set p0 up");
	ip_run("link set p1 up");
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

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
		n++;
	return n;
}

/* The kernel makes the local route of an IPv6 address later, in a work queue of its own. */
static void local_routes_wait(struct arena *a)
{
	for (int i = 0; i < 500; i++) {
		if (count(ip_told(a, "-6 address"), "\"family\":\"inet6\"") ==
		    count(ip_told(a, "-6 route show table local type local"), "\"dst\""))
			return;
		usleep(10000);
	}
	fail_msg("an IPv6 address has no local route");
}

/* What comes late after a change of a link is there. */
static char *all_told(struct arena *a)
{
	static const char *const devices[] = { "p0", "q0", "p1", "q1" };

	for (size_t i = 0; i < ARRAY_LEN(devices); i++)
		wait_carrier(devices[i], true);
	local_routes_wait(a);
	return arena_printf(a, "%s%s%s", ip_told(a, "address"), ip_told(a, "route show table all"),
			    ip_told(a, "-6 route show table all"));
}

static void must_be_told(struct bench *b, const char *before)
{
	const char *differs = told_difference(&b->arena, before, all_told(&b->arena));

	if (differs[0])
		fail_msg("%s", differs);
}

static struct raws objects(struct bench *b)
{
	struct raws rs = { 0 };

	assert_int_equal(b->k->objects(b->k, &b->arena, &rs, &b->e), 0);
	return rs;
}

/* Put back what of before is absent; fails unless it is told as then. */
static struct undo mend(struct bench *b, const struct raws *before, const char *told)
{
	struct undo u = { 0 };

	assert_int_equal(beside_put_back(b->k, before, &b->arena, &u, &b->e), 0);
	for vec_each(r, &u.missing)
		fail_msg("not put back: %s", raw_text(r, &b->arena));
	must_be_told(b, told);
	return u;
}

/* Objects of others, the addresses that they need first. */
static const char *const objects4[] = {
	"addr add 10.0.0.1/24 dev p0",
	"addr add 10.0.0.2/24 dev p0 label p0:two",
	"addr add 10.9.0.1 peer 10.9.0.2/32 dev p0",
	"addr add 10.1.0.1/24 broadcast 10.1.0.255 dev p1 noprefixroute",
	"addr add 10.2.0.1/24 dev p1 metric 500 scope link",
	"route add 10.5.0.0/24 via 10.0.0.254 mtu lock 1400 advmss 1300 metric 7 table 200",
	"route add 10.5.1.0/24 via 10.0.0.254 rtt 100 initcwnd 20 quickack 1 table 200",
	("route add 10.6.0.0/24 nexthop via 10.0.0.253 dev p0 weight 2 "
	 "nexthop via 192.0.2.1 dev p1 weight 3 onlink"),
	"route add 10.7.0.0/24 via 192.0.2.9 dev p0 onlink table 202",
	"route add 10.8.0.0/24 dev p1 src 10.0.0.2 tos 8 table 70000 proto bird",
	"route add default via 10.2.0.9 dev p1 table 101 proto static",
	"route add 10.10.0.0/24 via inet6 fe80::1 dev p0 table 203",
};

static const char *const objects6[] = {
	"addr add 2001:db8::1/64 dev p0 nodad",
	"addr add 2001:db8:1::1/64 dev p1 nodad noprefixroute",
	"addr add 2001:db8:2::1/64 dev p1 nodad metric 300",
	"addr add fe80::5/64 dev p1 nodad",
	"-6 route add 2001:db8:5::/64 via 2001:db8::fe mtu lock 1400 metric 50 table 200",
	("-6 route add 2001:db8:6::/64 nexthop via 2001:db8::fd dev p0 weight 2 "
	 "nexthop via 2001:db8:2::fd dev p1"),
	"-6 route add 2001:db8:7::/64 via 2001:db8:99::1 dev p0 onlink table 202",
	"-6 route add default via fe80::1 dev p1 table 101 proto static pref high",
	"-6 route add 2001:db8:8::/64 dev p0 src 2001:db8::1 metric 9",
};

static void run_all(const char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ip_run("%s", lines[i]);
}

static void objects_that_went_with_their_addresses_come_back_the_same(void **state)
{
	struct bench *b = *state;

	run_all(objects4, ARRAY_LEN(objects4));
	run_all(objects6, ARRAY_LEN(objects6));
	struct raws before = objects(b);
	char *told = all_told(&b->arena);
	ip_run("addr flush dev p0");
	ip_run("addr flush dev p1");
	assert_string_not_equal(all_told(&b->arena), told);
	struct undo u = mend(b, &before, told);
	assert_true(u.back.n >= ARRAY_LEN(objects4) + ARRAY_LEN(objects6) - 6);
	u = mend(b, &before, told);
	assert_int_equal(u.back.n, 0);
}

static void objects_that_went_with_a_bounce_come_back_the_same(void **state)
{
	struct bench *b = *state;

	run_all(objects4, ARRAY_LEN(objects4));
	run_all(objects6, ARRAY_LEN(objects6));
	struct raws before = objects(b);
	char *told = all_told(&b->arena);
	ip_run("link set p0 down");
	ip_run("link set p1 down");
	ip_run("link set p0 up");
	ip_run("link set p1 up");
	mend(b, &before, told);
}

/* One route alone: taken away by the kernel's own words, put back in both ways. */
static void each_route_can_be_put_back_alone(void **state)
{
	struct bench *b = *state;

	run_all(objects4, ARRAY_LEN(objects4));
	run_all(objects6, ARRAY_LEN(objects6));
	struct raws before = objects(b);
	char *told = all_told(&b->arena);
	for vec_each(r, &before) {
		const struct rtmsg *rtm = nlmsg_data(r->h);

		if (r->h->nlmsg_type != RTM_NEWROUTE || rtm->rtm_protocol == RTPROT_KERNEL)
			continue;
		/* IPv4 and IPv6 both tell a route that is there */
		assert_int_equal(b->k->put_back(b->k, r, false, NULL), -EEXIST);
		b->e = (struct err){ 0 };
		if (b->k->put_back(b->k, r, true, &b->e) < 0)
			fail_msg("%s", b->e.text);
	}
	must_be_told(b, told);
}

/* What a kernel reports of a hop without carrier, it does not take back. */
static void routes_told_as_down_can_be_put_back(void **state)
{
	struct bench *b = *state;

	ip_run("addr add 10.0.0.1/24 dev p0");
	ip_run("addr add 10.1.0.1/24 dev p1");
	ip_run("route add 10.5.0.0/24 via 10.0.0.254 table 200");
	ip_run("route add 10.6.0.0/24 nexthop via 10.0.0.253 dev p0 nexthop via 10.1.0.253 dev p1");
	char *told = all_told(&b->arena);
	ip_run("link set q0 down");
	wait_carrier("p0", false);
	struct raws before = objects(b);
	ip_run("link set q0 up");
	wait_carrier("p0", true);
	ip_run("addr flush dev p0");
	mend(b, &before, told);
}

static void a_route_by_a_nexthop_object_is_put_back(void **state)
{
	struct bench *b = *state;

	ip_run("addr add 10.0.0.1/24 dev p0");
	ip_run("addr add 2001:db8::1/64 dev p0 nodad");
	ip_run("nexthop add id 5 via 10.0.0.9 dev p0");
	ip_run("nexthop add id 6 via 2001:db8::9 dev p0");
	ip_run("route add 10.8.0.0/24 nhid 5 table 200");
	ip_run("-6 route add 2001:db8:8::/64 nhid 6 table 200");
	struct raws before = objects(b);
	char *told = all_told(&b->arena);
	ip_run("route del 10.8.0.0/24 table 200");
	ip_run("-6 route del 2001:db8:8::/64 table 200");
	struct undo u = mend(b, &before, told);
	assert_int_equal(u.back.n, 2);
}

static void what_has_its_key_is_exchanged_only_when_told_so(void **state)
{
	struct bench *b = *state;

	ip_run("addr add 10.0.0.1/24 dev p0");
	ip_run("route add default via 10.0.0.254 mtu lock 1400 table 101");
	struct raws before = objects(b);
	char *told = all_told(&b->arena);
	const struct raw *route = NULL;
	for vec_each(r, &before)
		if (strstr(raw_text(r, &b->arena), "default"))
			route = r;
	assert_non_null(route);
	ip_run("route replace default via 10.0.0.253 table 101");
	assert_int_equal(b->k->put_back(b->k, route, false, &b->e), -EEXIST);
	must_contain(b->e.text, "route default via 10.0.0.254 table 101: ");
	assert_int_equal(b->k->put_back(b->k, route, true, NULL), 0);
	must_be_told(b, told);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(objects_that_went_with_their_addresses_come_back_the_same),
		bench_test(objects_that_went_with_a_bounce_come_back_the_same),
		bench_test(each_route_can_be_put_back_alone),
		bench_test(routes_told_as_down_can_be_put_back),
		bench_test(a_route_by_a_nexthop_object_is_put_back),
		bench_test(what_has_its_key_is_exchanged_only_when_told_so),
	};

	return cmocka_run_group_tests(tests, netns_group, NULL);
}
