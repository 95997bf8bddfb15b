/* SPDX-License-Identifier: MIT */
/* What another implementation sends, lldpd at the other end of the wire, is read as it was meant.
 * $DOROCE_MANAGERS: folder with the program (ci/unpack-managers); without it that of the machine. It leaves root for a
 * user of its own, so this needs a root who may, and a mount namespace in which that user exists. */
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fake/must.h"
#include "fake/netns.h"
#include "kern/run.h"
#include "port/lldp/heard.h"
#include "test.h"

enum { SKIPPED = 77, LIMIT_S = 20, ANSWER_TRIES = 200, ANSWER_EVERY_US = 50 * 1000, HEARD_TRIES = 20 };

static struct {
	struct arena a;
	struct kern *k;
	const char *folder; /* "": the machine's */
	pid_t lldpd;
} bench;

static void skip_all(const char *why)
{
	fprintf(stderr, "skipped: %s\n", why);
	exit(SKIPPED);
}

/* A copy of the file with a line more, in its place in this mount namespace. */
static void line_add(const char *path, const char *copy, const char *line)
{
	char *text;
	size_t len;
	auto_fd from = open(path, O_RDONLY | O_CLOEXEC), to = open(copy, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	must(from >= 0 && to >= 0 && fd_text(from, FILE_TEXT_MAX, &bench.a, &text, &len) == 0);
	must(dprintf(to, "%s%s\n", text, line) > 0 && mount(copy, path, NULL, MS_BIND, NULL) == 0);
}

static void user_make(void)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		skip_all("only root may make a mount namespace");
	must(mount("none", "/run", "tmpfs", 0, NULL) == 0 && mkdir("/run/lldpd", 0755) == 0);
	line_add("/etc/passwd", "/run/passwd", "_lldpd:x:64001:64001::/run/lldpd:/bin/false");
	line_add("/etc/group", "/run/group", "_lldpd:x:64001:");
}

static const char *program(const char *name)
{
	return arena_printf(&bench.a, "%s/usr/sbin/%s", bench.folder, name);
}

/* The words of the line to lldpcli. */
static int cli(const char *line)
{
	const char *argv[24] = { program("lldpcli"), "-u", "/run/socket" };
	size_t n = 3;
	char out[256];

	for (char *w = strtok(arena_strdup(&bench.a, line), " "); w; w = strtok(NULL, " "))
		argv[n++] = w;
	return run_program(argv, out, sizeof(out), NULL);
}

static void lldpd_start(void)
{
	const char *const argv[] = { program("lldpd"), "-d", "-I", "q0", "-C", "q0", "-u", "/run/socket", "-S", "SONiC 4",
				     "-L", program("lldpcli"), NULL };

	bench.lldpd = fork();
	if (bench.lldpd == 0) {
		auto_fd log = open("/run/log", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

		dup2(log, STDOUT_FILENO);
		dup2(log, STDERR_FILENO);
		execv(argv[0], (char *const *)argv);
		_exit(1);
	}
	for (int i = 0; cli("resume") < 0; i++, usleep(ANSWER_EVERY_US))
		must(i < ANSWER_TRIES);
}

/* Those of another machine type may be there, too; they are passed over. */
static void libraries_find(void)
{
	char *path = arena_strdup(&bench.a, "");
	glob_t g;

	if (glob(arena_printf(&bench.a, "%s/usr/lib/*-linux-*", bench.folder), 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			path = arena_printf(&bench.a, "%s%s%s", path, *path ? ":" : "", g.gl_pathv[i]);
	globfree(&g);
	setenv("LD_LIBRARY_PATH", path, 1);
}

static int bench_open(void **state)
{
	const char *folder = getenv("DOROCE_MANAGERS");
	struct err e = { 0 };

	(void)state;
	bench.folder = folder ? folder : "";
	if (access(program("lldpd"), X_OK) < 0)
		bench.folder = "";
	if (access(program("lldpd"), X_OK) < 0)
		skip_all("there is no lldpd here");
	libraries_find();
	user_make();
	bench.k = netns_ports(1, PORTS_ROCE, &e);
	ip_run("link set q0 address 02:00:00:00:00:02 mtu 9216");
	ip_run("link set p0 up");
	wait_carrier("p0", true);
	lldpd_start();
	return bench.k ? 0 : -1;
}

static int bench_close(void **state)
{
	(void)state;
	kill(bench.lldpd, SIGTERM);
	waitpid(bench.lldpd, NULL, 0);
	kern_linux_close(bench.k);
	arena_done(&bench.a);
	return 0;
}

/* What p0 hears, when it is as wished at last: lldpd works while lldpcli is done. */
static struct lldp_heard heard_until(bool (*is)(const struct lldp_heard *h))
{
	struct node n = { 0 };
	struct lldp_heards hs = { 0 };
	struct err e = { 0 };

	assert_int_equal(node_read(bench.k, &bench.a, &n, &e), 0);
	vec_add(&bench.a, &hs)->port = &n.ports.at[0];
	for (int i = 0; i < HEARD_TRIES; i++) {
		if (lldp_listen(bench.k, &hs, LIMIT_S, &bench.a, &e) < 0)
			fail_msg("%s", e.text);
		if (is(hs.at))
			return hs.at[0];
	}
	fail_msg("not heard; at last %s: %s", lldp_name(&hs.at[0].says, &bench.a), hs.at[0].why ? hs.at[0].why : "");
	return hs.at[0];
}

static bool is_leaf9(const struct lldp_heard *h)
{
	return h->state == LLDP_SAID && strcmp(h->says.system_name, "leaf9") == 0 && strcmp(h->says.port, "q0") == 0;
}

static void names_are_read(void **state)
{
	(void)state;
	assert_int_equal(cli("configure lldp tx-interval 1"), 0);
	assert_int_equal(cli("configure system hostname leaf9"), 0);
	assert_int_equal(cli("configure lldp portidsubtype ifname"), 0);
	struct lldp_heard h = heard_until(is_leaf9);
	assert_string_equal(h.says.chassis, "02:00:00:00:00:02");
	assert_int_not_equal(h.says.ttl_s, 0);
}

static bool has_frame_size(const struct lldp_heard *h)
{
	return h->state == LLDP_SAID && h->says.has & LLDP_MAX_FRAME;
}

/* lldpd has no DCBX of its own: these are TLVs that are given to it, within a frame that it makes. */
static void qos_is_read(void **state)
{
	(void)state;
	assert_int_equal(cli("configure lldp custom-tlv add oui 00,80,c2 subtype 11 oui-info 08,08"), 0);
	assert_int_equal(cli("configure lldp custom-tlv add oui 00,80,c2 subtype 12 oui-info 00,65,00,1a"), 0);
	assert_int_equal(cli("configure lldp custom-tlv add oui 00,12,0f subtype 4 oui-info 24,00"), 0);
	struct lldp_heard h = heard_until(has_frame_size);
	assert_int_equal(h.says.pfc[3], 1);
	assert_int_equal(h.says.max_frame, 9216);
	assert_int_equal(h.says.app_n, 1);
	assert_int_equal(h.says.app[0].protocol, 26);
	assert_int_equal(h.says.app[0].prio, 3);
}

static bool is_malformed(const struct lldp_heard *h)
{
	return h->state == LLDP_MALFORMED;
}

static void a_malformed_one_is_told(void **state)
{
	(void)state;
	assert_int_equal(cli("unconfigure lldp custom-tlv"), 0);
	assert_int_equal(cli("configure lldp custom-tlv add oui 00,80,c2 subtype 11 oui-info 08"), 0);
	must_contain(heard_until(is_malformed).why, "PFC: 1 B of it, of 2 to 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(qos_is_read),
		cmocka_unit_test(a_malformed_one_is_told),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
