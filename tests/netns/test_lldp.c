/* SPDX-License-Identifier: MIT */
/* LLDP frames on a real wire: the first one of each port is taken, others are not, and nothing is sent. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "fake/netns.h"
#include "port/lldp/heard.h"
#include "test.h"
#include "unit/port/lldp/frames.h"

enum { PORTS = 3, AGAIN_US = 20 * 1000, LIMIT_S = 5, QUIET_MS = 100, ETHERTYPE_LLDP = 0x88cc };

#define NEAREST_BRIDGE "0180c200000e "
#define SOURCE "020000000002 "
#define LLDP "88cc "

/* p0 to p2, up; the other ends of the wires, q0 to q2. */
static struct {
	struct kern *k;
	struct arena a;
	struct node node;
} bench;

static int bench_open(void **state)
{
	struct err e = { 0 };

	(void)state;
	(void)netns_enter();
	bench.k = netns_ports(PORTS, PORTS_ROCE, &e);
	for (int i = 0; i < PORTS; i++)
		ip_run("link set p%d up", i);
	for (int i = 0; i < PORTS; i++)
		wait_carrier((char[]){ 'p', (char)('0' + i), '\0' }, true);
	return bench.k && node_read(bench.k, &bench.a, &bench.node, &e) == 0 ? 0 : -1;
}

static int bench_close(void **state)
{
	(void)state;
	kern_linux_close(bench.k);
	arena_done(&bench.a);
	return 0;
}

/* A process that sends frames (hexadecimal, NULL at the end of both lists) by the netdevs again and again. */
static pid_t sends(const char *const *netdev, const char *const *hex)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	for (;; usleep(AGAIN_US))
		for (size_t i = 0; netdev[i]; i++) {
			const struct frame f = frame_of(hex[i]);
			const struct sockaddr_ll to = {
				.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(netdev[i]), .sll_halen = ETH_ALEN,
			};

			(void)sendto(fd, f.at, f.len, 0, (const void *)&to, sizeof(to));
		}
}

static void ends(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* At the first n ports. */
static const struct lldp_heard *listen_to(size_t n, uint32_t limit_s)
{
	struct lldp_heards hs = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < n; i++)
		vec_add(&bench.a, &hs)->port = &bench.node.ports.at[i];
	if (lldp_listen(bench.k, &hs, limit_s, &bench.a, &e) < 0)
		fail_msg("%s", e.text);
	return hs.at;
}

static void each_port_hears_its_neighbour_and_then_it_ends(void **state)
{
	uint64_t start = clock_now_ms();

	(void)state;
	pid_t pid = sends((const char *const[]){ "q0", "q1", "q2", NULL },
			  (const char *const[]){ NEAREST_BRIDGE SOURCE LLDP LEAF,
						 NEAREST_BRIDGE SOURCE LLDP CHASSIS PORT_2 TTL SYSTEM END,
						 NEAREST_BRIDGE SOURCE LLDP MANDATORY "fe 05 0080c2 0b 08 " END });
	const struct lldp_heard *h = listen_to(PORTS, LIMIT_S);
	ends(pid);
	assert_true(clock_now_ms() - start < LIMIT_S * 1000);
	assert_int_equal(h[0].state, LLDP_SAID);
	assert_string_equal(lldp_name(&h[0].says, &bench.a), "leaf1 Ethernet1/1");
	assert_int_equal(h[0].says.pfc[3], 1);
	assert_string_equal(lldp_name(&h[1].says, &bench.a), "leaf1 Ethernet1/2");
	assert_int_equal(h[2].state, LLDP_MALFORMED);
	assert_string_equal(h[2].why, "byte 33: PFC: 1 B of it, of 2 to 2");
}

/* to another group, to one port, of another type, too short; our own; at a port that was not asked for */
static void what_is_not_from_the_neighbour_is_passed_over(void **state)
{

	(void)state;
	pid_t pid = sends((const char *const[]){ "q0", "q0", "q0", "q0", "p0", "q1", NULL },
			  (const char *const[]){ "0180c2000003 " SOURCE LLDP LEAF, "020000000001 " SOURCE LLDP LEAF,
						 NEAREST_BRIDGE SOURCE "88cd " LEAF, NEAREST_BRIDGE SOURCE LLDP,
						 NEAREST_BRIDGE SOURCE LLDP LEAF, NEAREST_BRIDGE SOURCE LLDP LEAF });
	const struct lldp_heard *h = listen_to(1, 1);
	ends(pid);
	/* the one that is too short is none, but it came */
	assert_int_equal(h[0].state, LLDP_MALFORMED);
	assert_string_equal(h[0].why, "byte 0: the frame ends without chassis ID");
}

/* more of one port are none of another */
static void the_first_frame_of_a_port_counts(void **state)
{
	uint64_t start = clock_now_ms();

	(void)state;
	pid_t pid = sends((const char *const[]){ "q0", "q0", "q0", NULL },
			  (const char *const[]){ NEAREST_BRIDGE SOURCE LLDP LEAF, NEAREST_BRIDGE SOURCE LLDP LEAF,
						 NEAREST_BRIDGE SOURCE LLDP LEAF });
	const struct lldp_heard *h = listen_to(2, 1);
	ends(pid);
	assert_true(clock_now_ms() - start >= 1000);
	assert_int_equal(h[0].state, LLDP_SAID);
	assert_int_equal(h[1].state, LLDP_SILENT);
}

static void a_silent_wire_is_told_after_the_limit(void **state)
{
	uint64_t start = clock_now_ms();

	(void)state;
	const struct lldp_heard *h = listen_to(PORTS, 1);
	assert_in_range(clock_now_ms() - start, 1000, 3000);
	assert_int_equal(h[1].state, LLDP_SILENT);
	assert_string_equal(h[1].why, "no LLDP frame came within 1 s");
}

/* a neighbour that goes says nothing else, whatever stands in the frame */
static void a_neighbour_that_goes_is_silent(void **state)
{

	(void)state;
	pid_t pid = sends((const char *const[]){ "q0", NULL },
			  (const char *const[]){ NEAREST_BRIDGE SOURCE LLDP CHASSIS PORT TTL_0 SYSTEM END });
	const struct lldp_heard *h = listen_to(1, LIMIT_S);
	ends(pid);
	assert_int_equal(h[0].state, LLDP_SILENT);
	assert_string_equal(h[0].why, "leaf1 Ethernet1/1 says that it goes");
}

static void a_port_without_carrier_is_not_waited_for(void **state)
{
	struct err e = { 0 };
	uint64_t start = clock_now_ms();

	(void)state;
	ip_run("link set q0 down");
	wait_carrier("p0", false);
	assert_int_equal(node_read(bench.k, &bench.a, &bench.node, &e), 0);
	const struct lldp_heard *h = listen_to(1, LIMIT_S);
	assert_true(clock_now_ms() - start < 1000);
	assert_string_equal(h[0].why, "no carrier");
	ip_run("link set q0 up");
	wait_carrier("p0", true);
	bench.node = (struct node){ 0 };
	assert_int_equal(node_read(bench.k, &bench.a, &bench.node, &e), 0);
}

/* The multicast address is taken while somebody listens, and given back. */
static void listening_leaves_no_trace_and_sends_nothing(void **state)
{
	auto_fd other = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETHERTYPE_LLDP));
	auto_arena a = { 0 };
	uint8_t frame[FRAME_MAX];

	(void)state;
	char *before = ip_told(&a, "maddress");
	(void)listen_to(PORTS, 1);
	assert_string_equal(told_difference(&a, before, ip_told(&a, "maddress")), "");
	assert_true(recv(other, frame, sizeof(frame), 0) < 0 && errno == EAGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_port_hears_its_neighbour_and_then_it_ends),
		cmocka_unit_test(what_is_not_from_the_neighbour_is_passed_over),
		cmocka_unit_test(the_first_frame_of_a_port_counts),
		cmocka_unit_test(a_silent_wire_is_told_after_the_limit),
		cmocka_unit_test(a_neighbour_that_goes_is_silent),
		cmocka_unit_test(a_port_without_carrier_is_not_waited_for),
		cmocka_unit_test(listening_leaves_no_trace_and_sends_nothing),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
