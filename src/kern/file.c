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

enum { FILES_OPEN = 64 }; /* at a time, of those that are not synced yet */

/* A directory, opened once for all of its files: the renames and their sync mean the same one. */
struct dir {
	const char *path;
	int fd;
};

struct dirs VEC(struct dir);

static void dirs_close(struct dirs *ds)
{
	for vec_each(d, ds)
		close(d->fd);
}

#define auto_dirs __attribute__((cleanup(dirs_close))) struct dirs

/* A file by its directory. name: in path; beside: what is written until it is whole. fd: of that. */
struct location {
	int dir, fd;
	const char *name, *beside;
};

bool file_equal(const struct file *x, const struct file *y)
{
	return x->len == y->len && x->mode == y->mode && x->uid == y->uid && x->gid == y->gid &&
	       memcmp(x->text, y->text, x->len) == 0;
}

/* fd of the directory, or -errno; e names it. */
static int dir_open(struct dirs *ds, const char *path, struct arena *a, struct err *e)
{
	for (size_t i = ds->n; i-- > 0;)
		if (strcmp(ds->at[i].path, path) == 0)
			return ds->at[i].fd;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, path);
	*vec_add(a, ds) = (struct dir){ .path = path, .fd = fd };
	return fd;
}

static int located(struct dirs *ds, const char *root, const char *path, struct arena *a, struct location *ret,
		   struct err *e)
{
	const char *slash = strrchr(path, '/');

	if (!slash || path[0] != '/' || !slash[1])
		return err_set(e, -EINVAL, "%s: no absolute path of a file", path);
	const char *dir = arena_printf(a, "%s%.*s", root, slash == path ? 1 : (int)(slash - path), path);
	int fd = dir_open(ds, dir, a, e);
	*ret = (struct location){ .dir = fd, .fd = -1, .name = slash + 1 };
	ret->beside = arena_printf(a, ".%.200s.doroce-new", ret->name);
	return fd < 0 ? fd : 0;
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

static int beside_open(const struct location *l)
{
	return openat(l->dir, l->beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Written, and on its way to the disk: it is there only after beside_sync(). */
static int beside_write(struct location *l, const struct file *f)
{
	auto_fd old = openat(l->dir, l->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	l->fd = beside_open(l);
	if (l->fd < 0 && errno == EEXIST && unlinkat(l->dir, l->beside, 0) == 0) /* of one that was killed */
		l->fd = beside_open(l);
	if (l->fd < 0)
		return -errno;
	int r = text_write(l->fd, f);
	if (r == 0 && fchown(l->fd, f->uid, f->gid) < 0)
		r = -errno;
	if (r == 0 && old >= 0)
		attributes_copy(old, l->fd);
	if (r == 0 && fchmod(l->fd, f->mode) < 0)
		r = -errno;
	/* so that the first sync takes along those of all */
	(void)sync_file_range(l->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return r;
}

static int beside_sync(struct location *l)
{
	auto_fd fd = TAKE_FD(l->fd);

	return fsync(fd) < 0 ? -errno : 0;
}

static int path_err(const struct file *f, int r, struct err *e)
{
	return r < 0 ? err_set(e, r, "%s: %s", f->path, strerror(-r)) : 0;
}

/* What shall be there is whole and on the disk, beside its place. */
static int besides_make(struct location *l, const struct file *f, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		if (f[i].text)
			r = path_err(&f[i], beside_write(&l[i], &f[i]), e);
	for (size_t i = 0; i < n; i++)
		if (l[i].fd >= 0 && r == 0)
			r = path_err(&f[i], beside_sync(&l[i]), e);
		else
			fd_drop(&l[i].fd);
	return r;
}

static int place_take(const struct location *l, const struct file *f)
{
	int r = f->text ? renameat(l->dir, l->beside, l->dir, l->name) : unlinkat(l->dir, l->name, 0);

	return r < 0 ? -errno : 0;
}

int files_put(const char *root, const struct file *f, size_t n, struct err *e)
{
	auto_arena a = { 0 };
	auto_dirs dirs = { 0 };
	struct location *l = arena_array(&a, struct location, n + 1);
	size_t placed = 0;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = located(&dirs, root, f[i].path, &a, &l[i], e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n && r == 0; i += FILES_OPEN)
		r = besides_make(&l[i], &f[i], n - i < FILES_OPEN ? n - i : FILES_OPEN, e);
	for (; placed < n && r == 0; placed += r == 0)
		r = path_err(&f[placed], place_take(&l[placed], &f[placed]), e);
	for vec_each(d, &dirs)
		if (placed && fsync(d->fd) < 0 && r == 0)
			r = err_sys(e, d->path);
	for (size_t i = placed; i < n; i++)
		if (f[i].text)
			(void)unlinkat(l[i].dir, l[i].beside, 0);
	return r;
}

void file_tidy(const char *root, const char *path)
{
	auto_arena a = { 0 };
	auto_dirs dirs = { 0 };
	struct location l;

	if (located(&dirs, root, path, &a, &l, NULL) == 0)
		(void)unlinkat(l.dir, l.beside, 0);
}

int file_check(const char *root, const char *path, struct err *e)
{
	auto_arena a = { 0 };
	auto_dirs dirs = { 0 };
	struct location l;
	int r = located(&dirs, root, path, &a, &l, e);

	if (r == 0 && faccessat(l.dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		r = err_sys(e, path);
	return r;
}
