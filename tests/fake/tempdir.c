/* SPDX-License-Identifier: MIT */
/* A directory of the test's own, and the files in it as text. */
#include "fake/tempdir.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fake/must.h"

int tempdir_new(void)
{
	char path[PATH_MAX];
	const char *below = getenv("TMPDIR");

	snprintf(path, sizeof(path), "%s/doroce-test-XXXXXX", below ? below : "/tmp");
	must(mkdtemp(path));
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(fd >= 0);
	return fd;
}

/* Call f for each name in dir. Returns their number. */
static size_t names_each(int dir, void (*f)(int dir, const char *name))
{
	auto_dir d = fdopendir(dup(dir));
	size_t n = 0;

	must(d);
	rewinddir(d);
	for (struct dirent *de = readdir(d); de; de = readdir(d)) {
		if (de->d_name[0] == '.')
			continue;
		n++;
		if (f)
			f(dir, de->d_name);
	}
	return n;
}

static void name_remove(int dir, const char *name)
{
	(void)unlinkat(dir, name, 0); /* rmdir() tells what stays */
}

void tempdir_remove(int dir)
{
	char link[48], path[PATH_MAX];

	if (dir < 0)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	must(n > 0);
	path[n] = '\0';
	names_each(dir, name_remove);
	close(dir);
	must(rmdir(path) == 0);
}

size_t file_count(int dir)
{
	return names_each(dir, NULL);
}

char *file_text(int dir, const char *name, struct arena *a)
{
	auto_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return NULL;
	must(fstat(fd, &st) == 0);
	char *text = arena_alloc(a, (size_t)st.st_size + 1);
	must(read(fd, text, (size_t)st.st_size) == st.st_size);
	return text;
}

static void text_put(int dir, const char *name, const char *text, int flags)
{
	auto_fd fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

void file_put(int dir, const char *name, const char *text)
{
	text_put(dir, name, text, O_TRUNC);
}

void file_append(int dir, const char *name, const char *text)
{
	text_put(dir, name, text, O_APPEND);
}

void file_cut(int dir, const char *name, size_t n)
{
	auto_fd fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	struct stat st;

	must(fd >= 0 && fstat(fd, &st) == 0);
	must(ftruncate(fd, st.st_size > (off_t)n ? st.st_size - (off_t)n : 0) == 0);
}
