/* SPDX-License-Identifier: MIT */
/* Gives a target the inputs in folders: seeds, and what once broke it. In place of libFuzzer, in every build. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fake/must.h"
#include "fuzz/fuzz.h"

enum { INPUT_MAX = 1024 * 1024 };

/* On the heap and no longer than it is, so that a sanitizer sees a byte too many. */
static void file_give(int dir, const char *name)
{
	static uint8_t buf[INPUT_MAX];
	auto_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, buf, sizeof(buf));

	must(fd >= 0 && n >= 0 && n < INPUT_MAX);
	auto_free uint8_t *data = malloc((size_t)(n + !n));

	must(data);
	memcpy(data, buf, (size_t)n);
	LLVMFuzzerTestOneInput(data, (size_t)n);
}

static size_t folder_give(const char *path)
{
	auto_dir d = opendir(path);
	size_t n = 0;

	must(d);
	for (struct dirent *de = readdir(d); de; de = readdir(d))
		if (de->d_name[0] != '.') {
			file_give(dirfd(d), de->d_name);
			n++;
		}
	return n;
}

int main(int argc, char **argv)
{
	size_t n = 0;

	for (int i = 1; i < argc; i++)
		n += folder_give(argv[i]);
	printf("%zu inputs\n", n);
	return n ? 0 : 1;
}
