/* SPDX-License-Identifier: MIT */
/* Network namespaces of the test's own, where it may change what it likes. */
#include "fake/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "fake/must.h"

enum { SKIPPED = 77, WORDS = 40 };

static bool proc_write(const char *path, const char *text)
{
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Become root of a new user namespace. A process that is root already does without. */
static bool root_become(void)
{
	char uid[32], gid[32];

	snprintf(uid, sizeof(uid), "0 %u 1", geteuid());
	snprintf(gid, sizeof(gid), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER) < 0)
		return geteuid() == 0;
	(void)proc_write("/proc/self/setgroups", "deny"); /* not there before Linux 3.19 */
	return proc_write("/proc/self/uid_map", uid) && proc_write("/proc/self/gid_map", gid);
}

static int netns_fd(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	must(fd >= 0);
	return fd;
}

static void netns_prepare(void)
{
	/* its addresses come by themselves and late */
	(void)proc_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	(void)proc_write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	ip_run("link set lo up");
}

int netns_enter(void)
{
	if (!root_become() || unshare(CLONE_NEWNET) < 0) {
		fprintf(stderr, "skipped: no network namespace may be made here: %s\n",
			strerror(errno));
		exit(SKIPPED);
	}
	netns_prepare();
	return netns_fd();
}

int netns_new(void)
{
	auto_fd own = netns_fd();
	int r = unshare(CLONE_NEWNET);

	must(r == 0);
	netns_prepare();
	int fd = netns_fd();
	netns_in(own);
	return fd;
}

void netns_renew(void)
{
	int r = unshare(CLONE_NEWNET);

	must(r == 0);
	netns_prepare();
}

const char *netns_name(int ns, char buf[48])
{
	snprintf(buf, 48, "/proc/%d/fd/%d", getpid(), ns);
	return buf;
}

void netns_in(int ns)
{
	int r = setns(ns, CLONE_NEWNET);

	must(r == 0);
}

static void child_run(char *line)
{
	char *word[WORDS] = { 0 };
	size_t n = 0;

	for (char *w = strtok(line, " "); w && n < WORDS - 1; w = strtok(NULL, " "))
		word[n++] = w;
	execvp(word[0], word);
	_exit(errno == ENOENT ? SKIPPED : 1);
}

void ip_run(const char *fmt, ...)
{
	char line[512], shown[512];
	va_list ap;
	int status = 0;

	va_start(ap, fmt);
	memcpy(line, "ip ", 3);
	vsnprintf(line + 3, sizeof(line) - 3, fmt, ap);
	va_end(ap);
	memcpy(shown, line, sizeof(shown));
	pid_t pid = fork();
	must(pid >= 0);
	if (pid == 0)
		child_run(line);
	must(waitpid(pid, &status, 0) == pid);
	if (status == 0)
		return;
	bool missing = WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED;
	fprintf(stderr, missing ? "skipped: ip (iproute2) is not installed\n" : "failed: %s\n",
		shown);
	exit(missing ? SKIPPED : 1);
}

/* Lines of one answer. */
struct told VEC(char *);

static void told_add(struct told *t, json_t *object, struct arena *a)
{
	static const char *const changing[] = { "valid_life_time", "preferred_life_time", "stats64",
						"expires", "addr_info", "operstate" };

	for (size_t i = 0; i < ARRAY_LEN(changing); i++)
		(void)json_object_del(object, changing[i]); /* need not be there */
	auto_free char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
	must(text);
	*vec_add(a, t) = arena_strdup(a, text);
}

/* The kernel's own multicast route of a device comes when IPv6 is ready there, at a time of its choice. */
static bool comes_by_itself(json_t *object)
{
	const char *type = json_string_value(json_object_get(object, "type"));

	return type && strcmp(type, "multicast") == 0;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

static void told_read(struct told *t, json_t *answer, struct arena *a)
{
	size_t i, j;
	json_t *object, *info;

	json_array_foreach(answer, i, object) {
		json_t *name = json_object_get(object, "ifname");

		json_array_foreach(json_object_get(object, "addr_info"), j, info) {
			json_object_set(info, "of", name);
			told_add(t, info, a);
		}
		if (json_object_size(object) && !comes_by_itself(object))
			told_add(t, object, a);
	}
}

char *ip_told(struct arena *a, const char *words)
{
	struct told t = { 0 };
	char *text = arena_strdup(a, "");
	FILE *f = popen(arena_printf(a, "ip -details -json %s", words), "re");

	must(f);
	auto_json *answer = json_loadf(f, 0, NULL);
	must(pclose(f) == 0);
	told_read(&t, answer, a);
	if (t.n)
		qsort(t.at, t.n, sizeof(*t.at), by_text);
	for vec_each(line, &t)
		text = arena_printf(a, "%s%s\n", text, *line);
	return text;
}

/* Lines of x that are not in y, each behind the sign. */
static char *only_in(struct arena *a, const char *x, const char *y, char sign)
{
	char *text = arena_strdup(a, "");

	for (const char *end; (end = strchr(x, '\n')); x = end + 1) {
		const char *line = arena_printf(a, "%.*s", (int)(end - x + 1), x);

		if (!strstr(y, line))
			text = arena_printf(a, "%s\n%c %s", text, sign, line);
	}
	return text;
}

char *told_difference(struct arena *a, const char *before, const char *after)
{
	return arena_printf(a, "%s%s", only_in(a, before, after, '-'), only_in(a, after, before, '+'));
}

void ipv6_on(void)
{
	must(proc_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0"));
	must(proc_write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "0"));
}

void ipv6_quick(const char *device)
{
	auto_arena a = { 0 };

	must(proc_write(arena_printf(&a, "/proc/sys/net/ipv6/conf/%s/router_solicitation_delay", device), "0"));
	must(proc_write(arena_printf(&a, "/proc/sys/net/ipv6/neigh/%s/retrans_time_ms", device), "100"));
}

void wait_carrier(const char *device, bool carrier)
{
	auto_arena a = { 0 };
	const char *words = arena_printf(&a, "link show dev %s", device);

	for (int i = 0; i < 500; i++) {
		if (!strstr(ip_told(&a, words), "NO-CARRIER") == carrier)
			return;
		usleep(10000);
	}
	must(!"carrier in time");
}

static void conf_path(char *buf, size_t size, const char *device, const char *name)
{
	snprintf(buf, size, "/proc/sys/net/ipv4/conf/%s/%s", device, name);
}

void conf_write(const char *device, const char *name, unsigned int value)
{
	char path[128], text[16];

	conf_path(path, sizeof(path), device, name);
	snprintf(text, sizeof(text), "%u", value);
	if (!proc_write(path, text)) {
		fprintf(stderr, "failed: %s = %s: %s\n", path, text, strerror(errno));
		exit(1);
	}
}

unsigned int conf_file(const char *device, const char *name)
{
	char path[128];
	unsigned int v = 0;

	conf_path(path, sizeof(path), device, name);
	auto_file f = fopen(path, "re");
	must(f && fscanf(f, "%u", &v) == 1);
	return v;
}

int veth_ports(struct kern *k, struct arena *a, struct rdma_ports *ret, struct err *e)
{
	struct links ls = { 0 };
	int r = k->links(k, a, &ls, e);

	for vec_each(l, &ls) {
		if (l->name[0] != 'p')
			continue;
		struct rdma_port *p = vec_add(a, ret);

		*p = (struct rdma_port){ .port = 1, .ifindex = l->ifindex, .layer = LAYER_ETHERNET,
					 .protocol = "roce" };
		snprintf(p->device, sizeof(p->device), "rxe_%s", l->name);
	}
	return r;
}

int netns_group(void **state)
{
	(void)state;
	(void)netns_enter();
	return 0;
}

struct kern *netns_ports(int n, unsigned int flags, struct err *e)
{
	netns_renew();
	if (flags & PORTS_IPV6)
		ipv6_on();
	struct kern *k = kern_linux_open(e);
	for (int i = 0; i < n; i++) {
		ip_run("link add p%d type veth peer name q%d", i, i);
		ip_run("link set p%d addrgenmode none", i);
		ip_run("link set q%d addrgenmode none", i);
		ip_run("link set q%d up", i);
	}
	if (k && flags & PORTS_ROCE)
		k->rdma_ports = veth_ports;
	return k;
}
