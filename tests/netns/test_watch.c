/* SPDX-License-Identifier: MIT */
/* doroce watch on a real kernel: what changes is told once, what does not costs nothing. */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "apply/txn.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/watch.h"
#include "fake/must.h"
#include "fake/netns.h"
#include "fake/tempdir.h"
#include "test.h"

enum { PORTS = 2, WAIT_MS = 20000, IDLE_MS = 2000 };

static const char good_intent[] = "version: 1\n"
				  "ports:\n"
				  "  - {match: {netdev: p0}, addresses: [10.0.0.1/24], gateway: 10.0.0.254}\n"
				  "  - {match: {netdev: p1}, addresses: [10.1.0.1/24], gateway: 10.1.0.254}\n";

/* A watch in a process of its own. looks: shared with it, how often it has read the node. */
struct bench {
	struct kern *k;
	struct arena arena;
	int dir;
	const char *path;
	pid_t pid;
	FILE *lines;
};

static atomic_int *looks;
static int (*conf_read)(struct kern *k, uint32_t *ret, struct err *e);

/* Freed memory that a sanitizer keeps would look like a leak. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=0:thread_local_quarantine_size_kb=0";
}

/* The last that is read: lists that changed meanwhile are read again. */
static int conf_counted(struct kern *k, uint32_t *ret, struct err *e)
{
	atomic_fetch_add(looks, 1);
	return conf_read(k, ret, e);
}

/* A veth has no RDMA device whose state would follow its carrier. */
static int ports_active(struct kern *k, struct arena *a, struct rdma_ports *ret, struct err *e)
{
	enum { ACTIVE = 4 };
	int r = veth_ports(k, a, ret, e);

	for vec_each(p, ret)
		p->state = ACTIVE;
	return r;
}

static void intent_write(struct bench *b, const char *text)
{
	file_put(b->dir, "intent.yaml", text);
}

static void configure(struct bench *b)
{
	const struct txn_options o = { .dir = -1, .command = "configure" };
	struct diag d = { .arena = &b->arena };
	struct intent in = { 0 };
	struct wishes ws = { 0 };
	struct remarks remarks = { 0 };
	struct node n;
	struct txn txn = { 0 };
	struct err e = { 0 };
	unsigned int id;

	must(intent_read_file(b->path, &b->arena, &in, &d, &e) == 0);
	must(node_read(b->k, &b->arena, &n, &e) == 0);
	must(intent_resolve(&in, &n, &b->arena, &ws, &remarks, &d) == 0);
	struct plan pl = plan_make(&ws, &n, &b->arena);
	must(txn_run(b->k, &pl, &o, &b->arena, &txn, &id, &e) == 0);
}

static void child(struct bench *b, int out)
{
	const char *const stages[] = { "settings", "link", "route" };
	struct options o = { .config = b->path };

	for (size_t i = 0; i < ARRAY_LEN(stages); i++)
		*vec_add(&b->arena, &o.stages) = stages[i];
	dup2(out, STDOUT_FILENO);
	int status = watch(&o, b->k);
	arena_done(&b->arena);
	kern_linux_close(b->k);
	exit(status);
}

static void watch_start(struct bench *b)
{
	int fd[2];

	must(pipe(fd) == 0);
	b->pid = fork();
	if (b->pid == 0)
		child(b, fd[1]);
	close(fd[1]);
	b->lines = fdopen(fd[0], "r");
	must(b->pid > 0 && b->lines);
	setvbuf(b->lines, NULL, _IONBF, 0);
}

static int bench_open(void **state)
{
	static struct bench b;
	struct err e = { 0 };

	b = (struct bench){ .k = netns_ports(PORTS, PORTS_ROCE, &e) };
	conf_read = b.k->conf_all;
	b.k->conf_all = conf_counted;
	b.k->rdma_ports = ports_active;
	b.dir = tempdir_new();
	b.path = arena_printf(&b.arena, "/proc/%d/fd/%d/intent.yaml", getpid(), b.dir);
	intent_write(&b, good_intent);
	configure(&b);
	watch_start(&b);
	*state = &b;
	return 0;
}

static int watch_end(struct bench *b)
{
	int status = 0;

	kill(b->pid, SIGTERM);
	must(waitpid(b->pid, &status, 0) == b->pid);
	b->pid = 0;
	return status;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	if (b->pid)
		(void)watch_end(b);
	fclose(b->lines);
	tempdir_remove(b->dir);
	kern_linux_close(b->k);
	arena_done(&b->arena);
	return 0;
}

/* The next line, without the time, has the fragment. */
static void expect_line(struct bench *b, const char *fragment)
{
	struct pollfd fd = { .fd = fileno(b->lines), .events = POLLIN };
	char line[512] = "";

	if (poll(&fd, 1, WAIT_MS) != 1 || !fgets(line, sizeof(line), b->lines))
		fail_msg("no line, expected '%s'", fragment);
	must_contain(line, fragment);
}

static void expect_end(struct bench *b)
{
	char line[512] = "";

	assert_int_equal(watch_end(b), 0);
	assert_null(fgets(line, sizeof(line), b->lines));
}

static void a_rule_that_goes_is_told_once_and_again_when_it_is_back(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching 2 ports, 0 findings");
	ip_run("rule del from 10.0.0.1");
	expect_line(b, " rxe_p0/1 settings rule FAIL: not there, wanted 32761: from 10.0.0.1 lookup 101");
	ip_run("rule add pref 32761 from 10.0.0.1 lookup 101 proto static");
	expect_line(b, " rxe_p0/1 settings rule pass again: 32761: from 10.0.0.1 lookup 101");
	expect_end(b);
}

static void what_fails_at_the_start_is_told(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching");
	ip_run("route flush table 102");
	expect_line(b, " rxe_p1/1 settings route FAIL");
	expect_line(b, " rxe_p1/1 settings route FAIL");
	expect_end(b);
	fclose(b->lines);
	watch_start(b);
	expect_line(b, " rxe_p1/1 settings route FAIL");
	expect_line(b, " rxe_p1/1 settings route FAIL");
	expect_line(b, " watch: watching 2 ports, 2 findings");
}

static void a_link_that_bounces_is_told_twice(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching");
	ip_run("link set q0 down");
	expect_line(b, " rxe_p0/1 link.active FAIL: RDMA port ACTIVE, netdev up, no carrier");
	ip_run("link set q0 up");
	expect_line(b, " rxe_p0/1 link.active pass again");
	expect_end(b);
}

static void a_port_that_goes_is_told_and_the_others_are_still_watched(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching");
	ip_run("link del p0");
	expect_line(b, " rxe_p0/1 link.present FAIL: gone, and so is p0");
	ip_run("rule del from 10.1.0.1");
	expect_line(b, " rxe_p1/1 settings rule FAIL");
	expect_end(b);
}

static void a_bad_intent_is_told_and_the_one_before_is_kept(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching");
	intent_write(b, "version: 1\nports: [{match: {netdev: p0}, mtu: many}]\n");
	kill(b->pid, SIGHUP);
	expect_line(b, " watch FAIL: the intent could not be read again: the one before is kept");
	ip_run("rule del from 10.0.0.1");
	expect_line(b, " rxe_p0/1 settings rule FAIL");
	intent_write(b, "version: 1\nports: [{match: {netdev: p1}, addresses: [10.1.0.1/24], gateway: 10.1.0.254, table: 102}]\n");
	kill(b->pid, SIGHUP);
	expect_line(b, " watch: the intent was read again");
	expect_line(b, " rxe_p0/1 settings rule pass again");
	expect_end(b);
}

static long status_of(pid_t pid, const char *key)
{
	auto_arena a = { 0 };
	auto_file f = fopen(arena_printf(&a, "/proc/%d/status", pid), "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			return atol(line + strlen(key));
	must(!"a line of status");
	return 0;
}

/* n routes come and go, by one process. */
static void routes_churn(struct bench *b, const char *how, unsigned int n)
{
	const char *path = arena_printf(&b->arena, "/proc/%d/fd/%d/batch", getpid(), b->dir);
	FILE *f = fopen(path, "we");

	must(f);
	for (unsigned int i = 0; i < 2 * n; i++)
		fprintf(f, "route %s 10.200.%u.%u/32 %s\n", i % 2 ? "del" : "add", i / 512 % 256, i / 2 % 256, how);
	must(fclose(f) == 0);
	ip_run("-batch %s", path);
}

static void what_others_do_is_looked_at_by_nobody(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching");
	int before = *looks;
	routes_churn(b, "dev q0 table 900", 2000);
	ip_run("rule del from 10.0.0.1");
	expect_line(b, " rxe_p0/1 settings rule FAIL");
	assert_int_equal(*looks, before + 1);
}

/* Two looks are 0.2 s apart. */
static void a_burst_is_looked_at_once_it_is_over(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching");
	int before = *looks;
	uint64_t start = clock_now_ms();
	routes_churn(b, "dev p0 table 101", 10000);
	ip_run("rule del from 10.0.0.1");
	expect_line(b, " rxe_p0/1 settings rule FAIL");
	assert_in_range(*looks - before, 1, 1 + (clock_now_ms() - start) / 200);
}

static void memory_stays_over_100000_events(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching");
	routes_churn(b, "dev p0 table 101", 2000);
	ip_run("rule del from 10.0.0.1");
	expect_line(b, " rxe_p0/1 settings rule FAIL");
	long before_kb = status_of(b->pid, "VmRSS:");
	routes_churn(b, "dev p0 table 101", 50000);
	ip_run("rule add pref 32761 from 10.0.0.1 lookup 101 proto static");
	expect_line(b, " rxe_p0/1 settings rule pass again");
	long more_kb = status_of(b->pid, "VmRSS:") - before_kb;
	if (more_kb > 128)
		fail_msg("%ld KB more", more_kb);
}

static void nothing_happens_while_nothing_happens(void **state)
{
	struct bench *b = *state;

	expect_line(b, " watch: watching");
	/* the process sleeps when it has looked once more at what its own start has caused */
	ip_run("rule del from 10.0.0.1");
	expect_line(b, " rxe_p0/1 settings rule FAIL");
	(void)poll(NULL, 0, 500);
	long before = status_of(b->pid, "voluntary_ctxt_switches:"), seen = *looks;
	(void)poll(NULL, 0, IDLE_MS);
	assert_in_range(status_of(b->pid, "voluntary_ctxt_switches:") - before, 0, 1);
	assert_int_equal(*looks, seen);
}

static int group(void **state)
{
	looks = mmap(NULL, sizeof(*looks), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(looks != MAP_FAILED);
	return netns_group(state);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(a_rule_that_goes_is_told_once_and_again_when_it_is_back),
		bench_test(what_fails_at_the_start_is_told),
		bench_test(a_link_that_bounces_is_told_twice),
		bench_test(a_port_that_goes_is_told_and_the_others_are_still_watched),
		bench_test(a_bad_intent_is_told_and_the_one_before_is_kept),
		bench_test(what_others_do_is_looked_at_by_nobody),
		bench_test(a_burst_is_looked_at_once_it_is_over),
		bench_test(memory_stays_over_100000_events),
		bench_test(nothing_happens_while_nothing_happens),
	};

	return cmocka_run_group_tests(tests, group, NULL);
}
