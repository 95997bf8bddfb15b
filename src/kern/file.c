/* SPDX-License-Identifier: MIT */
/* Text files of the system, whole: read, replaced in one step, removed. */
#include "kern/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"

/* A file by its directory, so that the rename and its sync mean the same one. name: in path. */
struct location {
	int dir;
	const char *name;
	char beside[NAME_MAX + 1]; /* what is written until it is whole */
};

static void location_done(struct location *l)
{
	fd_drop(&l->dir);
}

#define auto_location __attribute__((cleanup(location_done))) struct location

bool file_equal(const struct file *x, const struct file *y)
{
	return x->len == y->len && x->mode == y->mode && x->uid == y->uid && x->gid == y->gid &&
	       memcmp(x->text, y->text, x->len) == 0;
}

static int located(const char *root, const char *path, struct location *ret, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];

	if (!slash || path[0] != '/' || !slash[1])
		return err_set(e, -EINVAL, "%s: no absolute path of a file", path);
	snprintf(dir, sizeof(dir), "%s%.*s", root, slash == path ? 1 : (int)(slash - path), path);
	ret->name = slash + 1;
	snprintf(ret->beside, sizeof(ret->beside), ".%.200s.doroce-new", ret->name);
	ret->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return ret->dir < 0 ? err_sys(e, dir) : 0;
}

static int refused(const char *path, const struct stat *st, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, -EINVAL, "%s: is no plain file, and is left alone", path);
	if (st->st_uid != geteuid())
		return err_set(e, -EPERM,
			       "%s: belongs to user %u, and is left alone: %s", path, st->st_uid,
			       geteuid() ? "run this as that user" : "chown it, or move it away");
	if (st->st_size > FILE_TEXT_MAX)
		return err_set(e, -EFBIG, "%s: is larger than %d bytes, and is left alone", path,
			       FILE_TEXT_MAX);
	return 0;
}

int fd_text(int fd, size_t size, struct arena *a, char **ret, size_t *ret_len)
{
	char *text = arena_alloc(a, size + 1);
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < size) {
		n = read(fd, text + len, size - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		return -errno;
	*ret = text;
	*ret_len = len;
	return 0;
}

int file_read(const char *root, const char *path, struct arena *a, struct file *ret, struct err *e)
{
	char full[PATH_MAX];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", root, path);
	auto_fd fd = open(full, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return -ENOENT;
	if (fd < 0 && errno == ELOOP)
		return err_set(e, -ELOOP, "%s: is a symbolic link, and is left alone: put a file in its "
			       "place, or move it away", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, path);
	char *text = NULL;
	size_t len = 0;
	int r = refused(path, &st, e);
	if (r < 0)
		return r;
	r = fd_text(fd, (size_t)st.st_size, a, &text, &len);
	if (r < 0)
		return err_set(e, r, "%s: %s", path, strerror(-r));
	*ret = (struct file){
		.path = arena_strdup(a, path),
		.text = text,
		.len = len,
		.mode = st.st_mode & 07777,
		.uid = st.st_uid,
		.gid = st.st_gid,
	};
	return 0;
}

static int text_write(int fd, const struct file *f)
{
	for (size_t done = 0; done < f->len;) {
		ssize_t n = write(fd, f->text + done, f->len - done);

		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

/* Label and ACL of the old one. What the file system does not know of them it does not need. */
static void attributes_copy(int from, int to)
{
	char names[4096], value[4096];
	ssize_t all = flistxattr(from, names, sizeof(names));

	for (ssize_t at = 0; at < all; at += (ssize_t)strlen(names + at) + 1) {
		ssize_t n = fgetxattr(from, names + at, value, sizeof(value));

		if (n >= 0)
			(void)fsetxattr(to, names + at, value, (size_t)n, 0);
	}
}

static int beside_write(const struct location *l, const struct file *f)
{
	auto_fd old = openat(l->dir, l->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	(void)unlinkat(l->dir, l->beside, 0); /* of one that was killed */
	auto_fd fd = openat(l->dir, l->beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0600);
	if (fd < 0)
		return -errno;
	int r = text_write(fd, f);
	if (r == 0 && fchown(fd, f->uid, f->gid) < 0)
		r = -errno;
	if (r == 0 && old >= 0)
		attributes_copy(old, fd);
	if (r == 0 && (fchmod(fd, f->mode) < 0 || fsync(fd) < 0))
		r = -errno;
	return r;
}

int file_write(const char *root, const struct file *f, struct err *e)
{
	auto_location l = { .dir = -1 };
	int r = located(root, f->path, &l, e);

	if (r < 0)
		return r;
	r = beside_write(&l, f);
	if (r == 0 && (renameat(l.dir, l.beside, l.dir, l.name) < 0 || fsync(l.dir) < 0))
		r = -errno;
	if (r < 0)
		(void)unlinkat(l.dir, l.beside, 0);
	return r < 0 ? err_set(e, r, "%s: %s", f->path, strerror(-r)) : 0;
}

int file_remove(const char *root, const char *path, struct err *e)
{
	auto_location l = { .dir = -1 };
	int r = located(root, path, &l, e);

	if (r < 0)
		return r;
	if (unlinkat(l.dir, l.name, 0) < 0 || fsync(l.dir) < 0)
		return err_sys(e, path);
	return 0;
}

void file_tidy(const char *root, const char *path)
{
	auto_location l = { .dir = -1 };

	if (located(root, path, &l, NULL) == 0)
		(void)unlinkat(l.dir, l.beside, 0);
}

int file_check(const char *root, const char *path, struct err *e)
{
	auto_location l = { .dir = -1 };
	int r = located(root, path, &l, e);

	if (r == 0 && faccessat(l.dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		r = err_sys(e, path);
	return r;
}
