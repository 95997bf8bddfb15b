/* SPDX-License-Identifier: MIT */
/* Text files of the system, whole: read, replaced in one step, removed. */
#ifndef DOROCE_KERN_FILE_H
#define DOROCE_KERN_FILE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

enum { FILE_TEXT_MAX = 1024 * 1024 };

/* A file as it is, or as it shall be. path: absolute, without the root. text: len bytes and a NUL.
 * mode: permission bits. text NULL: it shall not be there, and path alone counts. */
struct file {
	const char *path;
	const char *text;
	size_t len;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

struct files VEC(struct file);

struct paths VEC(const char *);

/* size bytes of an open file, fewer where it ends before; a NUL follows. 0, -errno. */
int fd_text(int fd, size_t size, struct arena *a, char **ret, size_t *ret_len);

bool file_equal(const struct file *x, const struct file *y);

/* Read the file below root ("" or a directory). 0; -ENOENT: it is not there, e is not filled.
 * Refused, since it could not be put back as it was: what is no plain file (-ELOOP: a symbolic
 * link; -EINVAL: a directory, a device), belongs to somebody else (-EPERM), is larger than
 * FILE_TEXT_MAX (-EFBIG). e: "PATH: cause". */
int file_read(const char *root, const char *path, struct arena *a, struct file *ret, struct err *e);

/* Put n files there, or take them away, each of another path: all written beside and synced, then renamed over
 * the old ones or removed, then the directories synced. The old ones' extended attributes (SELinux label, ACL) are
 * taken over. Of a crash each is left old or new. On failure of the one that e names it is the old one; before it,
 * when no file could be written, all are. One to be removed that is not there: -ENOENT. */
int files_put(const char *root, const struct file *f, size_t n, struct err *e);

/* 0 when a file could be put there: its directory is there and may be written. -errno: e names it. */
int file_check(const char *root, const char *path, struct err *e);

/* Take away what a file_write() that was killed has left beside. Nothing there is no error. */
void file_tidy(const char *root, const char *path);

#endif
