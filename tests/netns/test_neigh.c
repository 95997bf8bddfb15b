/* SPDX-License-Identifier: MIT */
/* Neighbours: who answers on the wire, when two do, when nobody does, and how one is told anew. */
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fake/kern.h"
#include "fake/netns.h"
#include "test.h"

enum { TIMEOUT_MS = 1500, WAIT_MS = 5000 };

/* Our end: br0 with 10.0.0.1. The other end, in a namespace of its own: q1 with 10.0.0.2 and q2
 * with 10.0.0.3, both plugged into br0. */
static struct {
	struct kern *k;
	int own, peer, br0;
	uint8_t br0_mac[MAC_LEN];
} bench;

static const uint8_t q1_mac[MAC_LEN] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t q2_mac[MAC_LEN] = { 2, 0, 0, 0, 0, 2 };

static void peer_open(void)
{
	char name[48];

	bench.peer = netns_new();
	netns_name(bench.peer, name);
	for (int i = 1; i <= 2; i++) {
		ip_run("link add a%d type veth peer name q%d netns %s", i, i, name);
		ip_run("link set a%d master br0", i);
		ip_run("link set a%d up", i);
	}
	netns_in(bench.peer);
	conf_write("all", "rp_filter", 0);
	conf_write("all", "arp_ignore", 0);
	for (int i = 1; i <= 2; i++) {
		char q[] = { 'q', (char)('0' + i), '\0' };

		ip_run("link set q%d address 02:00:00:00:00:0%d", i, i);
		ip_run("addr add 10.0.0.%d/24 dev q%d", i + 1, i);
		conf_write(q, "rp_filter", 0);
		conf_write(q, "arp_ignore", 0);
		ip_run("link set q%d up", i);
	}
	netns_in(bench.own);
}

/* A veth tells its carrier a moment after it is up. */
static bool all_carry(void)
{
	auto_arena a = { 0 };
	struct links ls = { 0 };
	size_t n = 0;

	assert_int_equal(bench.k->links(bench.k, &a, &ls, NULL), 0);
	for vec_each(l, &ls) {
		n += l->carrier && (l->name[0] == 'a' || l->name[0] == 'b');
		if (strcmp(l->name, "br0") == 0) {
			bench.br0 = l->ifindex;
			memcpy(bench.br0_mac, l->mac, MAC_LEN);
		}
	}
	return n == 3;
}

static int bench_open(void **state)
{
	(void)state;
	bench.own = netns_enter();
	bench.k = kern_linux_open(NULL);
	if (!bench.k)
		return -1;
	ip_run("link add br0 address 02:00:00:00:00:ff type bridge");
	ip_run("addr add 10.0.0.1/24 dev br0");
	ip_run("link set br0 up");
	peer_open();
	for (int ms = 0; ms < WAIT_MS && !all_carry(); ms += 10)
		usleep(10 * 1000);
	return all_carry() ? 0 : -1;
}

static int bench_close(void **state)
{
	(void)state;
	kern_linux_close(bench.k);
	return 0;
}

static void arp_ignore_set(unsigned int v)
{
	netns_in(bench.peer);
	conf_write("q1", "arp_ignore", v);
	conf_write("q2", "arp_ignore", v);
	netns_in(bench.own);
}

static struct neigh_ask ask(const char *ip, unsigned int timeout_ms)
{
	struct neigh_ask q = { .ifindex = bench.br0, .ip = ip_is(ip) };
	struct err e = { 0 };

	if (bench.k->neigh_ask(bench.k, &q, 1, timeout_ms, &e) < 0)
		fail_msg("%s", e.text);
	return q;
}

static bool has_seen(const struct neigh_ask *q, const uint8_t *mac)
{
	for (size_t i = 0; i < q->seen_n; i++)
		if (memcmp(q->seen[i], mac, MAC_LEN) == 0)
			return true;
	return false;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

static void a_neighbour_is_resolved_with_its_mac(void **state)
{
	(void)state;
	arp_ignore_set(1);
	struct neigh_ask q = ask("10.0.0.2", TIMEOUT_MS);
	assert_true(q.resolved);
	assert_false(q.permanent);
	assert_memory_equal(q.mac, q1_mac, MAC_LEN);
	assert_int_equal(q.seen_n, 1);
	assert_memory_equal(q.seen[0], q1_mac, MAC_LEN);
}

static void a_second_answer_is_seen(void **state)
{
	(void)state;
	arp_ignore_set(0);
	struct neigh_ask q = ask("10.0.0.2", TIMEOUT_MS);
	assert_true(q.resolved);
	assert_int_equal(q.seen_n, 2);
	assert_true(has_seen(&q, q1_mac) && has_seen(&q, q2_mac));
}

static void arp_ignore_silences_the_second_answer(void **state)
{
	(void)state;
	arp_ignore_set(0);
	assert_int_equal(ask("10.0.0.3", TIMEOUT_MS).seen_n, 2);
	arp_ignore_set(1);
	struct neigh_ask q = ask("10.0.0.3", TIMEOUT_MS);
	assert_int_equal(q.seen_n, 1);
	assert_memory_equal(q.mac, q2_mac, MAC_LEN);
}

static void many_are_asked_at_once(void **state)
{
	struct neigh_ask q[] = { { .ifindex = bench.br0, .ip = ip_is("10.0.0.2") },
				 { .ifindex = bench.br0, .ip = ip_is("10.0.0.3") } };

	(void)state;
	arp_ignore_set(1);
	assert_int_equal(bench.k->neigh_ask(bench.k, q, 2, TIMEOUT_MS, NULL), 0);
	assert_memory_equal(q[0].mac, q1_mac, MAC_LEN);
	assert_memory_equal(q[1].mac, q2_mac, MAC_LEN);
	assert_int_equal(q[0].seen_n + q[1].seen_n, 2);
}

static void a_silent_address_is_not_resolved_in_time(void **state)
{
	(void)state;
	long long start = now_ms();
	struct neigh_ask q = ask("10.0.0.99", 200);
	long long took = now_ms() - start;
	assert_false(q.resolved);
	assert_int_equal(q.seen_n, 0);
	assert_in_range(took, 190, 1000);
}

static void an_answer_ends_the_waiting(void **state)
{
	(void)state;
	arp_ignore_set(1);
	long long start = now_ms();
	assert_true(ask("10.0.0.2", 20 * 1000).resolved);
	assert_in_range(now_ms() - start, 0, 5000);
}

static void what_was_learnt_before_does_not_answer(void **state)
{
	(void)state;
	ip_run("neigh replace 10.0.0.98 lladdr 02:00:00:00:00:98 dev br0 nud reachable");
	ip_run("neigh replace 10.0.0.2 lladdr 02:00:00:00:00:97 dev br0 nud stale");
	arp_ignore_set(1);
	assert_false(ask("10.0.0.98", 200).resolved);
	assert_memory_equal(ask("10.0.0.2", TIMEOUT_MS).mac, q1_mac, MAC_LEN);
}

static void a_permanent_entry_is_left_and_not_asked(void **state)
{
	static const uint8_t mac[MAC_LEN] = { 2, 0, 0, 0, 0, 0x96 };

	(void)state;
	ip_run("neigh replace 10.0.0.96 lladdr 02:00:00:00:00:96 dev br0 nud permanent");
	for (int i = 0; i < 2; i++) {
		struct neigh_ask q = ask("10.0.0.96", 200);

		assert_true(q.permanent && q.resolved);
		assert_memory_equal(q.mac, mac, MAC_LEN);
		assert_int_equal(q.seen_n, 0);
	}
	ip_run("neigh del 10.0.0.96 dev br0");
}

/* MAC address in the peer's ARP table for ip on q1, "" when there is none. */
static void peer_entry(const char *ip, char mac[MAC_TEXT])
{
	char line[256], at[IP_TEXT], text[MAC_TEXT], device[16];

	mac[0] = '\0';
	netns_in(bench.peer);
	auto_file f = fopen("/proc/thread-self/net/arp", "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%45s %*s %*s %17s %*s %15s", at, text, device) == 3 &&
		    strcmp(at, ip) == 0 && strcmp(device, "q1") == 0)
			memcpy(mac, text, sizeof(text));
	netns_in(bench.own);
}

static void an_announcement_replaces_a_stale_entry(void **state)
{
	struct announcement an = { .ifindex = bench.br0, .ip = ip_is("10.0.0.1") };
	char mac[MAC_TEXT], want[MAC_TEXT];
	struct err e = { 0 };

	(void)state;
	netns_in(bench.peer);
	ip_run("neigh replace 10.0.0.1 lladdr 02:00:00:00:00:66 dev q1 nud stale");
	netns_in(bench.own);
	peer_entry("10.0.0.1", mac);
	assert_string_equal(mac, "02:00:00:00:00:66");
	memcpy(an.mac, bench.br0_mac, MAC_LEN);
	assert_int_equal(bench.k->announce(bench.k, &an, 1, &e), 0);
	mac_text(bench.br0_mac, want);
	for (int ms = 0; ms < WAIT_MS && strcmp(mac, want) != 0; ms += 10) {
		usleep(10 * 1000);
		peer_entry("10.0.0.1", mac);
	}
	assert_string_equal(mac, want);
}

/* A socket that hears the ARP packets of the peer's q1. */
static int peer_listen(void)
{
	struct timeval limit = { .tv_sec = WAIT_MS / 1000 };
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP) };

	netns_in(bench.peer);
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	at.sll_ifindex = (int)if_nametoindex("q1");
	assert_int_equal(bind(fd, (void *)&at, sizeof(at)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	netns_in(bench.own);
	return fd;
}

/* RFC 5227 section 3: a request, sender and target the address itself */
static void an_announcement_is_a_request_for_the_own_address(void **state)
{
	struct announcement an = { .ifindex = bench.br0, .ip = ip_is("10.0.0.1"),
				   .mac = { 2, 0, 0, 0, 0, 0x55 } };
	static const uint8_t nobody[MAC_LEN];
	struct ether_arp arp;

	(void)state;
	auto_fd fd = peer_listen();
	assert_int_equal(bench.k->announce(bench.k, &an, 1, NULL), 0);
	do {
		assert_int_equal(recv(fd, &arp, sizeof(arp), 0), sizeof(arp));
	} while (memcmp(arp.arp_sha, an.mac, MAC_LEN) != 0);
	assert_int_equal(arp.ea_hdr.ar_op, htons(ARPOP_REQUEST));
	assert_memory_equal(arp.arp_spa, an.ip.bytes, 4);
	assert_memory_equal(arp.arp_tpa, an.ip.bytes, 4);
	assert_memory_equal(arp.arp_tha, nobody, MAC_LEN);
}

static void an_announcement_on_no_port_is_refused(void **state)
{
	struct announcement an = { .ifindex = 999, .ip = ip_is("10.0.0.1") };
	struct err e = { 0 };

	(void)state;
	assert_true(bench.k->announce(bench.k, &an, 1, &e) < 0);
	must_contain(e.text, "announce address: ");
}

static void a_question_on_no_port_is_refused(void **state)
{
	struct neigh_ask q = { .ifindex = 999, .ip = ip_is("10.0.0.2") };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(bench.k->neigh_ask(bench.k, &q, 1, TIMEOUT_MS, &e), -ENODEV);
	must_contain(e.text, "ask neighbour: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_neighbour_is_resolved_with_its_mac),
		cmocka_unit_test(a_second_answer_is_seen),
		cmocka_unit_test(arp_ignore_silences_the_second_answer),
		cmocka_unit_test(many_are_asked_at_once),
		cmocka_unit_test(a_silent_address_is_not_resolved_in_time),
		cmocka_unit_test(an_answer_ends_the_waiting),
		cmocka_unit_test(what_was_learnt_before_does_not_answer),
		cmocka_unit_test(a_permanent_entry_is_left_and_not_asked),
		cmocka_unit_test(an_announcement_replaces_a_stale_entry),
		cmocka_unit_test(an_announcement_is_a_request_for_the_own_address),
		cmocka_unit_test(an_announcement_on_no_port_is_refused),
		cmocka_unit_test(a_question_on_no_port_is_refused),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
