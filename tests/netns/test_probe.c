/* SPDX-License-Identifier: MIT */
/* Probing an address on a real wire: somebody has it, somebody else probes for it, nobody knows it. */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "fake/kern.h"
#include "fake/netns.h"
#include "test.h"

enum { AGAIN_US = 50 * 1000 };

static const uint8_t peer_mac[MAC_LEN] = { 2, 0, 0, 0, 0, 2 };
static const uint8_t own_mac[][MAC_LEN] = { { 2, 0, 0, 0, 0, 1 } };
static const struct own_macs own = { own_mac, 1 };

/* p0 here, q0 with 10.0.0.2 in the peer. */
static struct {
	struct kern *k;
	int own, peer, p0;
} bench;

static int bench_open(void **state)
{
	char name[48];

	(void)state;
	bench.own = netns_enter();
	bench.k = kern_linux_open(NULL);
	bench.peer = netns_new();
	netns_name(bench.peer, name);
	ip_run("link add p0 address 02:00:00:00:00:01 type veth peer name q0 address 02:00:00:00:00:02 netns %s", name);
	ip_run("link set p0 up");
	bench.p0 = (int)if_nametoindex("p0");
	netns_in(bench.peer);
	ip_run("addr add 10.0.0.2/24 dev q0");
	ip_run("link set q0 up");
	netns_in(bench.own);
	wait_carrier("p0", true);
	return bench.k ? 0 : -1;
}

static int bench_close(void **state)
{
	(void)state;
	kern_linux_close(bench.k);
	return 0;
}

static struct probe probe_of(const char *ip, const struct own_macs *macs)
{
	struct probe p = { .ifindex = bench.p0, .ip = ip_is(ip) };
	struct err e = { 0 };

	memcpy(p.mac, own_mac[0], MAC_LEN);
	if (bench.k->probe(bench.k, &p, 1, macs, &e) < 0)
		fail_msg("%s", e.text);
	return p;
}

static void an_address_of_the_peer_is_taken(void **state)
{
	(void)state;
	for (unsigned int ignore = 0; ignore <= 2; ignore++) {
		netns_in(bench.peer);
		conf_write("q0", "arp_ignore", ignore);
		conf_write("q0", "rp_filter", 1);
		netns_in(bench.own);
		struct probe p = probe_of("10.0.0.2", &own);
		assert_true(p.taken);
		assert_memory_equal(p.holder, peer_mac, MAC_LEN);
	}
}

static void an_address_of_nobody_is_free_within_three_seconds(void **state)
{
	uint64_t start = clock_now_ms();

	(void)state;
	struct probe p = probe_of("10.0.0.77", &own);
	assert_false(p.taken || p.unasked);
	assert_in_range(clock_now_ms() - start, PROBE_EVERY_MS * (PROBE_N - 1) + PROBE_LISTEN_MS, 3000);
}

/* the answer of a port of our own on the same wire: ARP flux of ourselves */
static void an_own_mac_address_is_nobody_else(void **state)
{
	const struct own_macs with_peer = { &peer_mac, 1 };

	(void)state;
	assert_false(probe_of("10.0.0.2", &with_peer).taken);
}

/* Ports are asked together: the time is that of one. */
static void many_are_probed_in_the_time_of_one(void **state)
{
	struct probe p[200];
	uint64_t start = clock_now_ms();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		p[i] = (struct probe){ .ifindex = bench.p0, .ip = ip_of_u32(0x0a000001 + (uint32_t)i) };
		memcpy(p[i].mac, own_mac[0], MAC_LEN);
	}
	assert_int_equal(bench.k->probe(bench.k, p, ARRAY_LEN(p), &own, NULL), 0);
	assert_in_range(clock_now_ms() - start, 0, 3000);
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		assert_int_equal(p[i].taken, i == 1);
}

/* A process in the peer that probes for the address again and again. */
static pid_t peer_probes(const char *ip)
{
	static const struct ip no_sender;
	struct ip target = ip_is(ip);
	pid_t pid = fork();

	if (pid)
		return pid;
	netns_in(bench.peer);
	int fd = arp_open(false, NULL), q0 = (int)if_nametoindex("q0");
	for (;;) {
		(void)arp_request(fd, q0, peer_mac, &no_sender, &target);
		usleep(AGAIN_US);
	}
}

static void an_address_that_another_probes_for_is_taken(void **state)
{
	(void)state;
	pid_t pid = peer_probes("10.0.0.50");
	assert_true(pid > 0);
	struct probe p = probe_of("10.0.0.50", &own);
	struct probe other = probe_of("10.0.0.51", &own);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(p.taken);
	assert_memory_equal(p.holder, peer_mac, MAC_LEN);
	assert_false(other.taken);
}

static void a_probe_leaves_no_trace_at_the_peer(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	netns_in(bench.peer);
	ip_run("neigh flush all");
	netns_in(bench.own);
	assert_true(probe_of("10.0.0.2", &own).taken);
	netns_in(bench.peer);
	char *told = ip_told(&a, "neigh show nud all to 10.0.0.0/24");
	netns_in(bench.own);
	if (strstr(told, "02:00:00:00:00:01"))
		fail_msg("%s", told);
}

static void a_device_that_is_down_or_gone_is_not_asked(void **state)
{
	struct probe p = { .ifindex = 999, .ip = ip_is("10.0.0.2") };

	(void)state;
	assert_int_equal(bench.k->probe(bench.k, &p, 1, &own, NULL), 0);
	assert_true(p.unasked);
	ip_run("link set p0 down");
	assert_true(probe_of("10.0.0.2", &own).unasked);
	ip_run("link set p0 up");
	wait_carrier("p0", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_of_the_peer_is_taken),
		cmocka_unit_test(an_address_of_nobody_is_free_within_three_seconds),
		cmocka_unit_test(an_own_mac_address_is_nobody_else),
		cmocka_unit_test(many_are_probed_in_the_time_of_one),
		cmocka_unit_test(an_address_that_another_probes_for_is_taken),
		cmocka_unit_test(a_probe_leaves_no_trace_at_the_peer),
		cmocka_unit_test(a_device_that_is_down_or_gone_is_not_asked),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
