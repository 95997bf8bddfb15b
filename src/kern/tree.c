/* SPDX-License-Identifier: MIT */
/* Files of a root as the programs see them that read them: links are followed, within the root. */
#include "kern/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "kern/file.h"

struct names VEC(const char *);

/* A walk under way. fd: of the root. */
struct walk {
	int fd;
	struct arena *arena;
	struct tree *tree;
};

static int open_in(int root, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT };

	path = path[0] ? path : "/";
	/* the system's own root needs nothing that an old kernel lacks */
	return root == AT_FDCWD ? open(path, flags | O_CLOEXEC) :
				  (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

static void text_take(struct walk *w, struct tree_file *f)
{
	auto_fd fd = open_in(w->fd, f->path, O_RDONLY | O_NONBLOCK);
	struct stat st;

	f->masked = strcmp(f->link, "/dev/null") == 0;
	f->text = "";
	if (fd < 0 || fstat(fd, &st) < 0) {
		f->unread = !f->masked && errno != ENOENT && errno != ENOTDIR;
		return;
	}
	if (!S_ISREG(st.st_mode))
		return;
	/* a file of /run may grow meanwhile, one of /proc tells no size */
	char *text = NULL;
	size_t len;

	f->unread = st.st_size > FILE_TEXT_MAX || fd_text(fd, (size_t)st.st_size, w->arena, &text, &len) < 0;
	if (text)
		f->text = text;
}

static void file_add(struct walk *w, const char *path)
{
	auto_fd fd = open_in(w->fd, path, O_PATH | O_NOFOLLOW);
	char link[PATH_MAX];

	if (fd < 0)
		return;
	ssize_t n = readlinkat(fd, "", link, sizeof(link) - 1);
	link[n > 0 ? n : 0] = '\0';
	struct tree_file *f = vec_add(w->arena, w->tree);
	*f = (struct tree_file){ .path = arena_strdup(w->arena, path), .link = arena_strdup(w->arena, link) };
	text_take(w, f);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the directory that fit, in order. */
static struct names names_in(struct walk *w, const char *dir, const char *glob)
{
	int fd = open_in(w->fd, dir, O_RDONLY | O_DIRECTORY);
	auto_dir d = fd < 0 ? NULL : fdopendir(fd);
	struct names names = { 0 };

	for (struct dirent *de = d ? readdir(d) : NULL; de; de = readdir(d))
		if (fnmatch(glob, de->d_name, FNM_PERIOD) == 0)
			*vec_add(w->arena, &names) = arena_strdup(w->arena, de->d_name);
	if (names.n)
		qsort(names.at, names.n, sizeof(*names.at), by_name);
	return names;
}

/* done: the part of the glob that is a path already; rest: begins with a slash. */
static void walk_glob(struct walk *w, const char *done, const char *rest)
{
	size_t len = strcspn(rest + 1, "/");
	const char *part = arena_printf(w->arena, "%.*s", (int)len, rest + 1), *further = rest + 1 + len;
	struct names names = { 0 };

	if (strpbrk(part, "*?["))
		names = names_in(w, done, part);
	else
		*vec_add(w->arena, &names) = part;
	for vec_each(name, &names) {
		const char *path = arena_printf(w->arena, "%s/%s", done, *name);

		if (*further)
			walk_glob(w, path, further);
		else
			file_add(w, path);
	}
}

void tree_read(const char *root, const char *const *globs, struct arena *a, struct tree *ret)
{
	auto_fd fd = root[0] ? open(root, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	struct walk w = { .fd = root[0] ? fd : AT_FDCWD, .arena = a, .tree = ret };

	for (; *globs && (fd >= 0 || !root[0]); globs++)
		walk_glob(&w, "", *globs);
}
