/* SPDX-License-Identifier: MIT */
/* Small files of /sys and /proc. */
#include "kern/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

int sysfs_text(const char *path, char *buf, size_t size)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return n < 0 ? -errno : 0;
}

int sysfs_number(const char *path, uint64_t *ret, struct err *e)
{
	char buf[32], *end;
	int r = sysfs_text(path, buf, sizeof(buf));

	if (r < 0)
		return err_set(e, r, "%s: %s", path, strerror(-r));
	uint64_t v = strtoull(buf, &end, 0);
	if (end == buf || *end)
		return err_set(e, -EBADMSG, "%s: not a number: '%s'", path, buf);
	*ret = v;
	return 0;
}

int sysfs_link_name(const char *path, char *buf, size_t size)
{
	char to[PATH_MAX];
	ssize_t n = readlink(path, to, sizeof(to) - 1);

	to[n > 0 ? n : 0] = '\0';
	const char *slash = strrchr(to, '/');
	snprintf(buf, size, "%s", slash ? slash + 1 : to);
	return n < 0 ? -errno : 0;
}
