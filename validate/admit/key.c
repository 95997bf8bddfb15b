/* SPDX-License-Identifier: MIT */
/* Reading a key file, and refusing one that others could have read or written. */
#include "validate/admit/key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

static int file_judge(const char *path, const struct stat *st, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, -EINVAL, "key file %s: is no regular file", path);
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return err_set(e, -EPERM, "key file %s: belongs to user %u: chown root %s", path, st->st_uid, path);
	if (st->st_mode & 077)
		return err_set(e, -EPERM, "key file %s: mode %04o lets others at it: chmod 600 %s", path,
			       st->st_mode & 07777, path);
	return 0;
}

/* At most one byte more than a key may have, which shows that it is too long. */
static int bytes_read(int fd, const char *path, uint8_t *buf, size_t *ret, struct err *e)
{
	*ret = 0;
	for (ssize_t n = 1; n > 0 && *ret <= KEY_BYTES_MAX; *ret += (size_t)n) {
		n = read(fd, buf + *ret, KEY_BYTES_MAX + 1 - *ret);
		if (n < 0)
			return err_set(e, -errno, "key file %s: %s", path, strerror(errno));
	}
	return 0;
}

/* One editor ends a file with a line end, the next one does not. */
static size_t without_line_end(const uint8_t *buf, size_t n)
{
	return n && buf[n - 1] == '\n' ? n - 1 : n;
}

static int key_fill(int fd, const char *path, uint8_t *buf, struct admit_key *ret, struct err *e)
{
	size_t n;

	if (bytes_read(fd, path, buf, &n, e) < 0)
		return e->code;
	if (n > KEY_BYTES_MAX)
		return err_set(e, -EINVAL, "key file %s: more than %d bytes", path, KEY_BYTES_MAX);
	n = without_line_end(buf, n);
	if (n < KEY_BYTES_MIN)
		return err_set(e, -EINVAL, "key file %s: %zu bytes: at least %d are wanted "
			       "(openssl rand -hex 32)", path, n, KEY_BYTES_MIN);
	ret->n = n;
	memcpy(ret->bytes, buf, n);
	return 0;
}

int key_read(const char *path, struct admit_key *ret, struct err *e)
{
	uint8_t buf[KEY_BYTES_MAX + 1];
	struct stat st;
	/* not blocking: the path may be that of a pipe */
	auto_fd fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, -errno, "key file %s: %s", path, strerror(errno));
	int r = file_judge(path, &st, e);
	if (r == 0)
		r = key_fill(fd, path, buf, ret, e);
	explicit_bzero(buf, sizeof(buf));
	return r;
}
