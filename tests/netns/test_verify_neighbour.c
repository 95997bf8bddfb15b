/* SPDX-License-Identifier: MIT */
/* Stage neighbour on a real kernel: who is silent, who answers in another's place, what can not ask at all. */
#include <linux/if_addr.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake/judge.h"
#include "fake/kern.h"
#include "fake/netns.h"
#include "test.h"

enum { RAILS = 2, WAIT_MS = 5000 };

/* Two rails, a cable each: p0 and p1 here, 10.100.0.1 and 10.101.0.1; the peer's ends q0 and q1 in another namespace. */
struct bench {
	struct judge j;
	int own, peer;
	struct peer_port port[RAILS];
	struct peer told;
};

static void in_peer(struct bench *b, bool there)
{
	netns_in(there ? b->peer : b->own);
}

/* The address of the peer, as it tells it, on its port. */
static void peer_has(struct bench *b, int port, const char *address)
{
	struct peer_port *p = &b->port[port];

	if (!p->addr)
		p->addr = arena_array(&b->j.arena, struct prefix, RAILS);
	p->addr[p->addr_n++] = prefix_is(address);
}

static void peer_tells(struct bench *b, const char *address0, const char *address1)
{
	b->told = (struct peer){ .asked = prefix_is(address0).addr, .host = "b", .port = b->port, .port_n = RAILS };
	for (int i = 0; i < RAILS; i++) {
		b->port[i] = (struct peer_port){ .mac = { 2, 0, 0, 0, 2, (uint8_t)i } };
		snprintf(b->port[i].name, sizeof(b->port[i].name), "rxe_b%d/1", i);
		snprintf(b->port[i].netdev, sizeof(b->port[i].netdev), "q%d", i);
		peer_has(b, i, i ? address1 : address0);
	}
}

/* Cable number i, from pI to the peer's qEND. */
static void cable_add(struct bench *b, int i, int end)
{
	char name[48];

	ip_run("link add p%d address 02:00:00:00:01:0%d type veth peer name q%d address 02:00:00:00:02:0%d netns %s", i, i, end,
	       end, netns_name(b->peer, name));
	ipv6_quick(i ? "p1" : "p0");
	ip_run("link set p%d up", i);
	in_peer(b, true);
	conf_write(end ? "q1" : "q0", "arp_ignore", 1);
	ip_run("link set q%d up", end);
	in_peer(b, false);
	wait_carrier(i ? "p1" : "p0", true);
}

static void addresses_add(struct bench *b)
{
	for (int i = 0; i < RAILS; i++) {
		ip_run("addr add 10.10%d.0.1/24 dev p%d", i, i);
		in_peer(b, true);
		ip_run("addr add 10.10%d.0.2/24 dev q%d", i, i);
		in_peer(b, false);
	}
}

static struct bench *bench_new(bool swapped)
{
	static struct bench b;

	netns_renew();
	b = (struct bench){ .own = netns_new() };
	b.peer = netns_new();
	for (int i = 0; i < 2; i++) {
		in_peer(&b, i);
		ipv6_on();
		conf_write("all", "rp_filter", 0);
		conf_write("default", "rp_filter", 0);
	}
	in_peer(&b, false);
	b.j.k = kern_linux_open(&b.j.e);
	b.j.k->rdma_ports = veth_ports;
	for (int i = 0; i < RAILS; i++)
		cable_add(&b, i, swapped ? !i : i);
	addresses_add(&b);
	peer_tells(&b, "10.100.0.2/24", "10.101.0.2/24");
	return &b;
}

static int bench_open(void **state)
{
	*state = bench_new(false);
	return 0;
}

static int bench_open_swapped(void **state)
{
	*state = bench_new(true);
	return 0;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	judge_done(&b->j);
	kern_linux_close(b->j.k);
	netns_in(b->own);
	close(b->peer);
	return 0;
}

static void run(struct bench *b)
{
	judge_run(&b->j, 1u << VERIFY_NEIGHBOUR, &b->told, 1);
}

static const struct result *result(struct bench *b, const char *check, const char *subject)
{
	const struct result *r = judge_result(&b->j, check, "p0", subject);

	assert_non_null(r);
	return r;
}

static void who_answers_as_told_is_right(void **state)
{
	struct bench *b = *state;

	run(b);
	assert_string_equal(judge_findings(&b->j), "");
	assert_int_equal(result(b, "neighbour.answer", "10.100.0.2 (b rxe_b0/1)")->verdict, VERDICT_PASS);
	assert_int_equal(result(b, "neighbour.owner", "10.100.0.2")->verdict, VERDICT_PASS);
}

static void swapped_cables_are_named(void **state)
{
	struct bench *b = *state;

	run(b);
	assert_string_equal(judge_findings(&b->j), "cables-swapped");
	assert_string_equal(result(b, "neighbour.answer", NULL)->seen, "silent on p0, answers on p1 (02:00:00:00:02:00)");
	/* the peer tells nothing: it is asked for all the same */
	b->told.port = NULL;
	b->told.port_n = 0;
	run(b);
	assert_string_equal(judge_findings(&b->j), "cables-swapped");
}

static void an_address_on_the_peers_other_port_is_named(void **state)
{
	struct bench *b = *state;

	in_peer(b, true);
	ip_run("addr del 10.100.0.2/24 dev q0");
	ip_run("addr add 10.100.0.2/24 dev q1");
	in_peer(b, false);
	b->port[0].addr_n = 0;
	peer_has(b, 1, "10.100.0.2/24");
	run(b);
	assert_string_equal(judge_findings(&b->j), "peer-address-elsewhere");
	must_contain(result(b, "neighbour.answer", "10.100.0.2")->mend, "on b: the address belongs on the port of this rail, not on rxe_b1/1");
}

static void a_silent_gateway_is_no_silent_peer(void **state)
{
	struct bench *b = *state;

	ip_run("route add default via 10.100.0.254 dev p0 table 101");
	run(b);
	assert_string_equal(judge_findings(&b->j), "gateway-silent");
	in_peer(b, true);
	ip_run("link set q1 down");
	in_peer(b, false);
	ip_run("route flush table 101");
	conf_write("p1", "rp_filter", 0);
	in_peer(b, true);
	ip_run("link set q1 up");
	conf_write("q1", "arp_ignore", 8);
	in_peer(b, false);
	wait_carrier("p1", true);
	run(b);
	assert_string_equal(judge_findings(&b->j), "peer-silent");
}

static void an_entry_written_by_hand_proves_nothing(void **state)
{
	struct bench *b = *state;

	ip_run("neigh replace 10.100.0.2 lladdr 02:00:00:00:02:00 dev p0 nud permanent");
	run(b);
	assert_string_equal(judge_findings(&b->j), "");
	assert_int_equal(result(b, "neighbour.answer", NULL)->verdict, VERDICT_NA);
	must_contain(result(b, "neighbour.answer", NULL)->seen, "not asked: somebody wrote the entry by hand");
	ip_run("neigh replace 10.100.0.2 lladdr 02:00:00:00:00:99 dev p0 nud permanent");
	run(b);
	assert_string_equal(judge_findings(&b->j), "neighbour-by-hand");
}

static void who_answers_for_everybody_is_a_proxy(void **state)
{
	struct bench *b = *state;

	peer_tells(b, "10.100.0.3/24", "10.100.0.4/24");
	in_peer(b, true);
	ip_run("link set q0 address 02:00:00:00:02:77");
	conf_write("q0", "arp_ignore", 0);
	conf_write("q0", "proxy_arp", 1);
	conf_write("q0", "forwarding", 1);
	b->j.timeout_ms = WAIT_MS; /* a proxy answers after a while */
	ip_run("route add 10.100.0.3/32 dev q1");
	ip_run("route add 10.100.0.4/32 dev q1");
	in_peer(b, false);
	run(b);
	assert_string_equal(judge_findings(&b->j), "proxy-answers");
	must_contain(result(b, "neighbour.owner", "10.100.0.3")->seen, "somebody answers for others: 02:00:00:00:02:77 (no RoCE port of the peer)");
}

static void a_stranger_in_the_peers_place_is_named(void **state)
{
	struct bench *b = *state;

	in_peer(b, true);
	ip_run("link set q0 address 02:00:00:00:02:77");
	in_peer(b, false);
	run(b);
	assert_string_equal(judge_findings(&b->j), "stranger-answers");
}

static bool is_settled(struct bench *b, const char *ip)
{
	struct addrs now = { 0 };
	struct ip want = ip_is(ip);

	assert_int_equal(b->j.k->addrs(b->j.k, &b->j.arena, &now, &b->j.e), 0);
	for vec_each(ad, &now)
		if (ip_equal(&ad->prefix.addr, &want))
			return ad->flags & IFA_F_DADFAILED || !(ad->flags & IFA_F_TENTATIVE);
	return false;
}

static void wait_settled(struct bench *b, const char *ip)
{
	for (int ms = 0; ms < WAIT_MS && !is_settled(b, ip); ms += 10)
		usleep(10 * 1000);
	assert_true(is_settled(b, ip));
}

enum { LINK_LOCAL_LEN = 32 };

/* As the kernel makes it of p0's MAC address. */
static const char p0_link_local[LINK_LOCAL_LEN] = "fe80::ff:fe00:100";

static void ip6_open(struct bench *b)
{
	ip_run("addr add fd00::1/64 dev p0");
	in_peer(b, true);
	ip_run("addr add fd00::2/64 dev q0 nodad");
	in_peer(b, false);
	peer_tells(b, "fd00::2/64", "10.101.0.2/24");
	wait_settled(b, p0_link_local);
	wait_settled(b, "fd00::1");
}

static void without_a_link_local_address_nothing_is_asked(void **state)
{
	struct bench *b = *state;

	ip6_open(b);
	run(b);
	assert_string_equal(judge_findings(&b->j), "");
	assert_int_equal(result(b, "neighbour.source", "fe80::")->verdict, VERDICT_PASS);
	ip_run("addr del %s/64 dev p0", p0_link_local);
	run(b);
	assert_string_equal(judge_findings(&b->j), "no-link-local");
	assert_string_equal(result(b, "neighbour.answer", "fd00::2")->follows, "neighbour.source");
	assert_string_equal(b->j.v.pairs.at[0].follows, "neighbour.source");
	ip_run("link set p0 addrgenmode none");
	run(b);
	must_contain(result(b, "neighbour.source", "link-local")->seen, "addr_gen_mode is 1");
}

static void a_duplicate_and_a_tentative_address_are_told_apart(void **state)
{
	struct bench *b = *state;

	ip6_open(b);
	ip_run("addr del fd00::1/64 dev p0");
	in_peer(b, true);
	ip_run("addr add fd00::1/64 dev q0 nodad");
	in_peer(b, false);
	ip_run("addr add fd00::1/64 dev p0");
	wait_settled(b, "fd00::1");
	run(b);
	assert_string_equal(judge_findings(&b->j), "address-duplicate");
	assert_string_equal(b->j.v.targets.at[1].blocked, "neighbour.source");
	ip_run("addr del fd00::1/64 dev p0");
	in_peer(b, true);
	ip_run("link set q0 down");
	in_peer(b, false);
	wait_carrier("p0", false);
	ip_run("addr add fd00::1/64 dev p0");
	run(b);
	assert_string_equal(result_name(result(b, "neighbour.source", "fd00::1")), "address-tentative");
}

/* Each begins with a node and a peer of its own. */
#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_answers_as_told_is_right),
		cmocka_unit_test_setup_teardown(swapped_cables_are_named, bench_open_swapped, bench_close),
		TEST(an_address_on_the_peers_other_port_is_named),
		TEST(a_silent_gateway_is_no_silent_peer),
		TEST(an_entry_written_by_hand_proves_nothing),
		TEST(who_answers_for_everybody_is_a_proxy),
		TEST(a_stranger_in_the_peers_place_is_named),
		TEST(without_a_link_local_address_nothing_is_asked),
		TEST(a_duplicate_and_a_tentative_address_are_told_apart),
	};

	return cmocka_run_group_tests(tests, netns_group, NULL);
}
