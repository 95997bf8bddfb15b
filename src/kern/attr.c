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

enum { CM_TRIES = 3 };

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
	/* a plain file, in a copy of a node, would keep the end of a longer text */
	auto_fd fd = open(whole, O_WRONLY | O_CLOEXEC | (*root ? O_TRUNC : 0));
	size_t len = strlen(text);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return err_sys(e, path);
	return 0;
}

/* A driver that is loaded again gives its device another life, and udev perhaps another name. */
static int no_device(const char *device, struct err *e)
{
	return err_set(e, -ENODEV, "rdma_cm does not know %s: it was renamed, or its driver is being loaded again; "
		       "once `rdma link` shows it, try again", device);
}

/* Make the directory of the device; *ret_ours: it was not there, nobody else counts on it. */
static int cm_begin(const char *root, const char *device, char *dir, size_t size, bool *ret_ours, struct err *e)
{
	*ret_ours = false;
	snprintf(dir, size, "%s" CM_DIR, root);
	if (access(dir, F_OK) < 0)
		return err_set(e, -ENOENT, CM_DIR ": not there: modprobe rdma_cm, and mount configfs at "
			       "/sys/kernel/config");
	snprintf(dir, size, "%s" CM_DIR "/%s", root, device);
	/* a copy of a node has no kernel behind it that would fill a new directory */
	*ret_ours = !*root && mkdir(dir, 0755) == 0;
	int refused = *ret_ours || *root ? 0 : errno;
	if (*ret_ours || access(dir, F_OK) == 0)
		return 0;
	if (refused == ENODEV)
		return no_device(device, e);
	return refused ? err_set(e, -refused, "%s: %s", dir, strerror(refused)) : err_sys(e, dir);
}

static void cm_end(const char *dir, bool ours)
{
	if (ours)
		(void)rmdir(dir);
}

/* One file of the device's directory, read into buf or, with text, written. */
static int cm_file(const char *root, const char *path, const char *text, char *buf, size_t size, struct err *e)
{
	return text ? attr_write_text(root, path, text, e) : attr_read_text(root, path, buf, size, e);
}

/* -ENOENT: whoever has made the directory has taken it away meanwhile. */
static int cm_try(const char *root, const char *device, const char *path, const char *text, char *buf, size_t size,
		  struct err *e)
{
	struct err own = { 0 };
	char dir[PATH_MAX];
	bool ours;
	int r = cm_begin(root, device, dir, sizeof(dir), &ours, e);

	if (r < 0)
		return r == -ENOENT ? -ENOTDIR : r;
	r = cm_file(root, path, text, buf, size, &own);
	cm_end(dir, ours);
	if (r == -ENODEV)
		return no_device(device, e);
	return r < 0 && r != -ENOENT ? err_set(e, r, "%s", own.text) : r;
}

static int cm_access(const char *root, const char *device, uint32_t port, const char *name, const char *text,
		     char *buf, size_t size, struct err *e)
{
	char path[PATH_MAX];
	int r = -ENOENT;

	snprintf(path, sizeof(path), CM_DIR "/%s/ports/%u/%s", device, port, name);
	for (int tries = 0; tries < CM_TRIES && r == -ENOENT; tries++)
		r = cm_try(root, device, path, text, buf, size, e);
	if (r == -ENOTDIR)
		return -ENOENT;
	return r == -ENOENT ? err_set(e, r, "%s: %s", path, strerror(ENOENT)) : r;
}

int cm_attr_read(const char *root, const char *device, uint32_t port, const char *name, char *buf, size_t size,
		 struct err *e)
{
	return cm_access(root, device, port, name, NULL, buf, size, e);
}

int cm_attr_write(const char *root, const char *device, uint32_t port, const char *name, const char *text,
		  struct err *e)
{
	return cm_access(root, device, port, name, text, NULL, 0, e);
}
