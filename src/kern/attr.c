/* SPDX-License-Identifier: MIT */
/* Settings that stand in a small file of sysfs, debugfs, procfs or configfs. */
#include "kern/attr.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "kern/sysfs.h"

#define CM_DIR "/sys/kernel/config/rdma_cm"

int attr_read_text(const char *root, const char *path, char *buf, size_t size, struct err *e)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	int r = sysfs_text(whole, buf, size);
	return r < 0 ? err_set(e, r, "%s: %s", path, strerror(-r)) : 0;
}

int attr_write_text(const char *root, const char *path, const char *text, struct err *e)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	auto_fd fd = open(whole, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return err_sys(e, path);
	return 0;
}

/* Make the directory of the device; *ret_ours: it was not there. */
static int cm_begin(const char *root, const char *device, char *dir, size_t size, bool *ret_ours, struct err *e)
{
	snprintf(dir, size, "%s" CM_DIR, root);
	if (access(dir, F_OK) < 0)
		return err_set(e, -ENOENT, CM_DIR ": not there: modprobe rdma_cm, and mount configfs at "
			       "/sys/kernel/config");
	snprintf(dir, size, "%s" CM_DIR "/%s", root, device);
	/* a copy of a node has no kernel behind it that would fill a new directory */
	*ret_ours = !*root && mkdir(dir, 0755) == 0;
	return *ret_ours || access(dir, F_OK) == 0 ? 0 : err_sys(e, dir);
}

static void cm_end(const char *dir, bool ours)
{
	if (ours)
		(void)rmdir(dir);
}

int cm_attr_read(const char *root, const char *device, uint32_t port, const char *name, char *buf, size_t size,
		 struct err *e)
{
	char dir[PATH_MAX], path[PATH_MAX];
	bool ours;
	int r = cm_begin(root, device, dir, sizeof(dir), &ours, e);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), CM_DIR "/%s/ports/%u/%s", device, port, name);
	r = attr_read_text(root, path, buf, size, e);
	cm_end(dir, ours);
	return r;
}

int cm_attr_write(const char *root, const char *device, uint32_t port, const char *name, const char *text,
		  struct err *e)
{
	char dir[PATH_MAX], path[PATH_MAX];
	bool ours;
	int r = cm_begin(root, device, dir, sizeof(dir), &ours, e);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), CM_DIR "/%s/ports/%u/%s", device, port, name);
	r = attr_write_text(root, path, text, e);
	cm_end(dir, ours);
	return r;
}
