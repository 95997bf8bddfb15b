/* SPDX-License-Identifier: MIT */
/* Who started us: the SSH connection that the operator sits on, and what we may do. */
#include "kern/caller.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/cleanup.h"

enum { ENVIRON_BYTES = 64 * 1024, ANCESTORS_MAX = 32 };

/* "client port server port", as sshd sets it */
static bool ssh_parse(const char *text, struct ip *client, struct ip *server)
{
	char a[64], b[64];

	if (sscanf(text, "%63s %*s %63s", a, b) != 2)
		return false;
	/* a link-local address carries its zone */
	a[strcspn(a, "%")] = b[strcspn(b, "%")] = '\0';
	return ip_parse(a, client) == 0 && ip_parse(b, server) == 0;
}

/* SSH_CONNECTION of the process, in buf, or NULL */
static const char *ssh_of(pid_t pid, char *buf, size_t size)
{
	static const char key[] = "SSH_CONNECTION=";
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (n <= 0)
		return NULL;
	buf[n] = '\0';
	for (const char *s = buf; s < buf + n; s += strlen(s) + 1)
		if (strncmp(s, key, sizeof(key) - 1) == 0)
			return s + sizeof(key) - 1;
	return NULL;
}

/* Parent of pid, 0 when there is none. The name in /proc/PID/stat may hold anything but ends at ')'. */
static pid_t parent_of(pid_t pid)
{
	char path[40], buf[512];
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	buf[n > 0 ? n : 0] = '\0';
	const char *end = strrchr(buf, ')');
	if (!end || sscanf(end + 1, " %*c %d", &parent) != 1)
		return 0;
	return parent;
}

bool caller_ssh(struct ip *ret_client, struct ip *ret_server)
{
	auto_free char *buf = malloc(ENVIRON_BYTES);
	const char *own = getenv("SSH_CONNECTION");
	pid_t pid = getppid();

	if (own && ssh_parse(own, ret_client, ret_server))
		return true;
	for (int i = 0; buf && pid > 1 && i < ANCESTORS_MAX; i++, pid = parent_of(pid)) {
		const char *ssh = ssh_of(pid, buf, ENVIRON_BYTES);

		if (ssh)
			return ssh_parse(ssh, ret_client, ret_server);
	}
	return false;
}

bool caller_is_net_admin(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { 0 };

	if (syscall(SYS_capget, &h, d) < 0)
		return geteuid() == 0;
	return d[CAP_NET_ADMIN / 32].effective & (1u << (CAP_NET_ADMIN % 32));
}
