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
#include "fake/must.h"

enum { SKIPPED = 77, WORDS = 40 };

static bool file_write(const char *path, const char *text)
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
	(void)file_write("/proc/self/setgroups", "deny"); /* not there before Linux 3.19 */
	return file_write("/proc/self/uid_map", uid) && file_write("/proc/self/gid_map", gid);
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
	(void)file_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	(void)file_write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
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

static void conf_path(char *buf, size_t size, const char *device, const char *name)
{
	snprintf(buf, size, "/proc/sys/net/ipv4/conf/%s/%s", device, name);
}

void conf_write(const char *device, const char *name, unsigned int value)
{
	char path[128], text[16];

	conf_path(path, sizeof(path), device, name);
	snprintf(text, sizeof(text), "%u", value);
	if (!file_write(path, text)) {
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
