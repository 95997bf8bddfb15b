/* SPDX-License-Identifier: MIT */
/* The TCP side of doroce serve on a real kernel: who is answered, and that nobody holds up the others. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "fake/kern.h"
#include "fake/netns.h"
#include "test.h"
#include "validate/admit/admit.h"
#include "validate/peer/handshake.h"
#include "validate/peer/inventory.h"

#ifdef __SANITIZE_ADDRESS__ /* keeps what was freed */
enum { GROWTH_KIB = 256 * 1024 };
#else
enum { GROWTH_KIB = 4 * 1024 };
#endif

enum { SERVICE = 18471, PORTS = 8, ADDRESSES = 60, ASK_MS = 1500, FLOOD = 1000, ENDS_MS = 6000 };

static const struct admit_key key = { .n = 16, .bytes = "0123456789abcdef" };
static const struct admit_key other_key = { .n = 16, .bytes = "fedcba9876543210" };

/* The responder's namespace: RoCE ports p0 … p7, p0 with 10.9.0.1, all with many addresses besides; mgmt, no RoCE port,
 * with 10.8.0.1. At the other ends q0 with 10.9.0.11, 10.9.0.12 and 10.7.0.11, qmgmt with 10.8.0.11. */
static struct {
	struct kern *k;
	int own, peer;
	pid_t server;
} bench;

static void peer_open(void)
{
	char name[48];

	bench.peer = netns_new();
	netns_name(bench.peer, name);
	ip_run("link add p0 type veth peer name q0 netns %s", name);
	ip_run("link add mgmt type veth peer name qmgmt netns %s", name);
	ip_run("addr add 10.9.0.1/24 dev p0");
	ip_run("addr add 10.8.0.1/24 dev mgmt");
	netns_in(bench.peer);
	ip_run("addr add 10.9.0.11/24 dev q0");
	ip_run("addr add 10.9.0.12/24 dev q0");
	ip_run("addr add 10.7.0.11/32 dev q0");
	ip_run("addr add 10.8.0.11/24 dev qmgmt");
	ip_run("link set q0 up");
	ip_run("link set qmgmt up");
	netns_in(bench.own);
	ip_run("link set p0 up");
	ip_run("link set mgmt up");
	/* so that the stranger's packets have a way back: that alone makes nobody welcome */
	ip_run("route add 10.7.0.11/32 via 10.9.0.11 dev p0 table 77");
	ip_run("rule add to 10.7.0.11 lookup 77");
	wait_carrier("p0", true);
	wait_carrier("mgmt", true);
}

/* A document that does not fit into the buffers of a connection whose reader is slow. */
static void document_grow(void)
{
	auto_fd fd = open("/proc/sys/net/ipv4/tcp_wmem", O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(write(fd, "4096 4096 4096", 14) == 14);
	for (int p = 1; p < PORTS; p++) {
		ip_run("link add p%d type veth peer name o%d", p, p);
		for (int i = 0; i < ADDRESSES; i++)
			ip_run("addr add 10.%d.0.%d/32 dev p%d", 100 + p, i + 1, p);
	}
}

static int bench_open(void **state)
{
	(void)state;
	bench.own = netns_enter();
	bench.k = kern_linux_open(NULL);
	if (!bench.k)
		return -1;
	bench.k->rdma_ports = veth_ports;
	peer_open();
	document_grow();
	return 0;
}

static int bench_close(void **state)
{
	(void)state;
	kern_linux_close(bench.k);
	return 0;
}

static void subnets(void *user, const struct node *n, struct arena *a, struct prefixes *ret)
{
	(void)user;
	sources_find(n, NULL, a, ret);
}

static void server_run(const struct admit_key *k, int ready)
{
	const struct admit_rules rules = { .kern = bench.k, .key = k, .service = SERVICE, .sources = subnets };
	struct admit *a = admit_new(&rules);
	struct inventory_server *s = a ? inventory_server_open(bench.k, a, NULL) : NULL;

	if (!s)
		_exit(1);
	close(ready);
	for (;;) {
		struct pollfd fd = { .fd = inventory_server_fd(s), .events = POLLIN };

		(void)poll(&fd, 1, inventory_server_timeout_ms(s));
		inventory_server_work(s);
	}
}

/* A responder with this key (NULL: none) in a process of its own; the test goes on as its peer. */
static void server_start(const struct admit_key *k)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	bench.server = fork();
	assert_true(bench.server >= 0);
	if (bench.server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		server_run(k, ready[1]);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0);
	close(ready[0]);
	netns_in(bench.peer);
}

static int server_stop(void **state)
{
	(void)state;
	netns_in(bench.own);
	if (bench.server > 0) {
		kill(bench.server, SIGKILL);
		waitpid(bench.server, NULL, 0);
	}
	bench.server = 0;
	return 0;
}

/* What a verify on q0 learns. */
static struct peer ask(const char *from, const char *to, const struct admit_key *k, struct arena *a)
{
	const struct prefix src = { ip_is(from), 24 };
	const struct inventory_asking how = {
		.src = &src, .src_n = 1, .key = k, .service = SERVICE, .timeout_ms = ASK_MS,
	};
	struct peer p = { .asked = ip_is(to) };

	inventory_ask_all(&p, 1, &how, a);
	return p;
}

static void is_answered(const struct admit_key *k)
{
	auto_arena a = { 0 };
	struct peer p = ask("10.9.0.11", "10.9.0.1", k, &a);

	if (p.error)
		fail_msg("%s", p.error);
	assert_int_equal(p.port_n, PORTS);
	assert_int_equal(p.finding, FINDING_NONE);
	assert_ptr_equal(p.ticket.key, k);
}

static void is_refused(const char *from, const char *to, const struct admit_key *k, enum finding_id finding)
{
	auto_arena a = { 0 };
	struct peer p = ask(from, to, k, &a);

	assert_null(p.port);
	assert_non_null(p.error);
	if (p.finding != finding)
		fail_msg("%s: %s", p.error, findings[p.finding].id ?: "no finding");
}

static void only_peers_in_the_subnets_of_roce_ports_are_answered(void **state)
{
	(void)state;
	server_start(NULL);
	is_answered(NULL);
	is_refused("10.7.0.11", "10.9.0.1", NULL, FINDING_NOT_ANSWERED);
	is_refused("10.8.0.11", "10.8.0.1", NULL, FINDING_NOT_ANSWERED);
}

static void with_a_key_only_those_that_have_it(void **state)
{
	(void)state;
	server_start(&key);
	is_answered(&key);
	is_refused("10.9.0.11", "10.9.0.1", NULL, FINDING_PEER_WANTS_KEY);
	is_refused("10.9.0.11", "10.9.0.1", &other_key, FINDING_OTHER_KEY);
	is_refused("10.7.0.11", "10.9.0.1", &key, FINDING_NOT_ANSWERED);
}

static void a_peer_without_key_is_not_believed(void **state)
{
	(void)state;
	server_start(NULL);
	is_refused("10.9.0.11", "10.9.0.1", &key, FINDING_PEER_WITHOUT_KEY);
}

/* Somebody who lets in and says nothing; the test goes on as its peer. */
static int silent_start(void)
{
	const struct ip at = ip_is("10.9.0.1");
	struct sockaddr_storage own;
	socklen_t size = ip_sockaddr(&at, SERVICE, &own);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), 0);
	assert_int_equal(bind(fd, (void *)&own, size), 0);
	assert_int_equal(listen(fd, 16), 0);
	netns_in(bench.peer);
	return fd;
}

/* By which addresses it is asked within this time: "11 12", their last bytes. */
static const char *asked_from(int silent, const char *const *from, size_t n, unsigned int ms, struct arena *a)
{
	struct prefix src[4];
	const struct inventory_asking how = { .src = src, .src_n = n, .service = SERVICE, .timeout_ms = ms };
	struct peer p = { .asked = ip_is("10.9.0.1") };
	char *text = arena_strdup(a, "");
	struct sockaddr_in who;
	socklen_t size = sizeof(who);

	for (size_t i = 0; i < n; i++)
		src[i] = (struct prefix){ ip_is(from[i]), 24 };
	inventory_ask_all(&p, 1, &how, a);
	assert_null(p.port);
	for (int fd; (fd = accept(silent, (void *)&who, &size)) >= 0; close(fd))
		text = arena_printf(a, "%s%s%u", text, text[0] ? " " : "", ntohl(who.sin_addr.s_addr) & 0xff);
	return text;
}

static void a_peer_is_asked_from_the_next_address_when_it_keeps_silent(void **state)
{
	static const char *const both[] = { "10.9.0.11", "10.9.0.12" }, *const one_gone[] = { "10.9.0.99", "10.9.0.12" };
	auto_fd silent = silent_start();
	auto_arena a = { 0 };

	(void)state;
	assert_string_equal(asked_from(silent, both, 2, 100, &a), "11");
	assert_string_equal(asked_from(silent, both, 2, 400, &a), "11 12");
	assert_string_equal(asked_from(silent, one_gone, 2, 100, &a), "12");
}

/* A connection from q0 to p0 with a receive buffer of the smallest size. */
static int connection(void)
{
	const struct ip from = ip_is("10.9.0.11"), to = ip_is("10.9.0.1");
	struct sockaddr_storage at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), least = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)), 0);
	assert_int_equal(bind(fd, (void *)&at, ip_sockaddr(&from, 0, &at)), 0);
	assert_true(connect(fd, (void *)&at, ip_sockaddr(&to, SERVICE, &at)) == 0 || errno == EINPROGRESS);
	return fd;
}

/* Read until it ends, within limit_ms. Bytes that came; -1: it has not ended. */
static ssize_t read_to_end(int fd, int limit_ms)
{
	uint64_t end = clock_now_ms() + (uint64_t)limit_ms;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[4096];
	ssize_t all = 0, n = -1;

	for (uint64_t now = clock_now_ms(); now < end && n != 0; now = clock_now_ms()) {
		if (poll(&p, 1, (int)(end - now)) <= 0)
			break;
		n = read(fd, buf, sizeof(buf));
		if (n < 0 && errno != EAGAIN)
			n = 0; /* reset: an end as well */
		all += n > 0 ? n : 0;
	}
	return n == 0 ? all : -1;
}

static void readers_that_do_not_read_hold_up_nobody(void **state)
{
	int slow[8];

	(void)state;
	server_start(NULL);
	for (size_t i = 0; i < ARRAY_LEN(slow); i++)
		slow[i] = connection();
	for (int i = 0; i < 3; i++)
		is_answered(NULL);
	/* what they have not read in time they do not get */
	usleep(3500 * 1000);
	for (size_t i = 0; i < ARRAY_LEN(slow); i++) {
		assert_in_range(read_to_end(slow[i], ENDS_MS), 1, 8000);
		close(slow[i]);
	}
}

static void who_owes_the_proof_is_ended(void **state)
{
	int silent, half, wrong;

	(void)state;
	server_start(&key);
	silent = connection();
	half = connection();
	wrong = connection();
	is_answered(&key);
	assert_int_equal(send(half, "doRCkey!", 8, MSG_NOSIGNAL), 8);
	char garbage[HANDSHAKE_RESPONSE + 100];
	memset(garbage, 'x', sizeof(garbage));
	assert_int_equal(send(wrong, garbage, sizeof(garbage), MSG_NOSIGNAL), sizeof(garbage));
	assert_true(read_to_end(wrong, 1000) >= 0);
	assert_int_equal(read_to_end(silent, ENDS_MS), HANDSHAKE_CHALLENGE);
	assert_int_equal(read_to_end(half, ENDS_MS), HANDSHAKE_CHALLENGE);
	is_answered(&key);
	close(silent);
	close(half);
	close(wrong);
}

static long server_peak_kib(void)
{
	char path[64], line[128];
	long kib = -1;

	snprintf(path, sizeof(path), "/proc/%d/status", bench.server);
	auto_file f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		(void)sscanf(line, "VmHWM: %ld", &kib);
	return kib;
}

/* A full queue has the kernel try a connection again after a second. */
static void is_answered_soon(const char *from, const struct admit_key *k)
{
	uint64_t end = clock_now_ms() + ENDS_MS;
	auto_arena a = { 0 };
	struct peer p;

	do
		p = ask(from, "10.9.0.1", k, &a);
	while (p.error && clock_now_ms() < end);
	if (p.error)
		fail_msg("%s: %s", from, p.error);
}

/* All at once from one address, none of them reads or says anything, for as long as the server lets them. */
static void flood(const struct admit_key *k)
{
	static int fd[FLOOD];

	server_start(k);
	is_answered(k);
	long before = server_peak_kib();
	for (size_t i = 0; i < FLOOD; i++)
		fd[i] = connection();
	is_answered_soon("10.9.0.12", k);
	for (size_t i = 0; i < FLOOD; i++)
		close(fd[i]);
	is_answered_soon("10.9.0.11", k);
	assert_in_range(before, 1, 1 << 30);
	if (server_peak_kib() > before + GROWTH_KIB)
		fail_msg("%ld KiB before, %ld KiB after", before, server_peak_kib());
}

static void a_thousand_at_once_leave_it_up_and_small_and_others_their_turn(void **state)
{
	(void)state;
	flood(NULL);
}

static void a_thousand_that_owe_the_proof_do_so_too(void **state)
{
	(void)state;
	flood(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(only_peers_in_the_subnets_of_roce_ports_are_answered, server_stop),
		cmocka_unit_test_teardown(with_a_key_only_those_that_have_it, server_stop),
		cmocka_unit_test_teardown(a_peer_without_key_is_not_believed, server_stop),
		cmocka_unit_test_teardown(a_peer_is_asked_from_the_next_address_when_it_keeps_silent, server_stop),
		cmocka_unit_test_teardown(readers_that_do_not_read_hold_up_nobody, server_stop),
		cmocka_unit_test_teardown(who_owes_the_proof_is_ended, server_stop),
		cmocka_unit_test_teardown(a_thousand_at_once_leave_it_up_and_small_and_others_their_turn, server_stop),
		cmocka_unit_test_teardown(a_thousand_that_owe_the_proof_do_so_too, server_stop),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
