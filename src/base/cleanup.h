/* SPDX-License-Identifier: MIT */
/* Scope cleanup: a handle belongs to exactly one scope; TAKE() hands it over. */
#ifndef DOROCE_BASE_CLEANUP_H
#define DOROCE_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void free_drop(void *p)
{
	free(*(void **)p);
}

static inline void fd_drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void file_drop(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void dir_drop(DIR **d)
{
	if (*d)
		closedir(*d);
}

#define auto_free __attribute__((cleanup(free_drop)))
#define auto_fd __attribute__((cleanup(fd_drop))) int
#define auto_file __attribute__((cleanup(file_drop))) FILE *
#define auto_dir __attribute__((cleanup(dir_drop))) DIR *

/* Value of the variable v, which is left zero: its cleanup then has nothing to do. Not for fds. */
#define TAKE(v)                      \
	({                           \
		typeof(v) taken = v; \
		v = NULL;            \
		taken;               \
	})

#define TAKE_FD(v)               \
	({                       \
		int taken = v;   \
		v = -1;          \
		taken;           \
	})

#endif
