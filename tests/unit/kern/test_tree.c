/* SPDX-License-Identifier: MIT */
/* Files of a root as others see them: links stay within it, masks and what can not be read are told. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fake/must.h"
#include "kern/tree.h"
#include "test.h"

/* A root with etc/a.d, etc/b.conf and what the tests put there. */
struct bench {
	char root[64];
	int dir;
	struct arena arena;
	struct tree tree;
};

static void put(struct bench *b, const char *name, const char *text)
{
	auto_fd fd = openat(b->dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .root = "/tmp/doroce-test-XXXXXX" };
	must(mkdtemp(b.root));
	b.dir = open(b.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(b.dir >= 0 && mkdirat(b.dir, "etc", 0755) == 0 && mkdirat(b.dir, "etc/a.d", 0755) == 0);
	put(&b, "etc/b.conf", "b\n");
	*state = &b;
	return 0;
}

static int bench_close(void **state)
{
	static const char *const names[] = { "etc/a.d/1", "etc/a.d/2", "etc/a.d/3", "etc/a.d/.4", "etc/b.conf",
					     "etc/c.d" };
	struct bench *b = *state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		(void)unlinkat(b->dir, names[i], 0); /* not all tests have all */
	must(unlinkat(b->dir, "etc/a.d", AT_REMOVEDIR) == 0 && unlinkat(b->dir, "etc", AT_REMOVEDIR) == 0);
	must(rmdir(b->root) == 0);
	close(b->dir);
	arena_done(&b->arena);
	return 0;
}

static void look(struct bench *b, const char *glob)
{
	const char *const globs[] = { glob, NULL };

	b->tree.n = 0;
	tree_read(b->root, globs, &b->arena, &b->tree);
}

static void names_stand_in_order_hidden_ones_out(void **state)
{
	struct bench *b = *state;

	put(b, "etc/a.d/2", "two");
	put(b, "etc/a.d/1", "one");
	put(b, "etc/a.d/.4", "four");
	look(b, "/etc/*.d/*");
	assert_int_equal(b->tree.n, 2);
	assert_string_equal(b->tree.at[0].path, "/etc/a.d/1");
	assert_string_equal(b->tree.at[1].text, "two");
}

static void links_lead_within_the_root(void **state)
{
	struct bench *b = *state;

	must(symlinkat("../b.conf", b->dir, "etc/a.d/1") == 0);
	must(symlinkat("/etc/b.conf", b->dir, "etc/a.d/2") == 0);
	must(symlinkat("../../../../etc/passwd", b->dir, "etc/a.d/3") == 0);
	look(b, "/etc/a.d/*");
	assert_int_equal(b->tree.n, 3);
	assert_string_equal(b->tree.at[0].text, "b\n");
	assert_string_equal(b->tree.at[0].link, "../b.conf");
	assert_string_equal(b->tree.at[1].text, "b\n");
	assert_string_equal(b->tree.at[2].text, ""); /* not that of this system */
	assert_false(b->tree.at[2].unread);
}

static void a_linked_directory_is_followed_within_the_root(void **state)
{
	struct bench *b = *state;

	put(b, "etc/a.d/1", "one");
	must(symlinkat("/etc/a.d", b->dir, "etc/c.d") == 0);
	look(b, "/etc/c.d/*");
	assert_int_equal(b->tree.n, 1);
	assert_string_equal(b->tree.at[0].path, "/etc/c.d/1");
	assert_string_equal(b->tree.at[0].text, "one");
}

static void a_link_to_dev_null_is_a_mask(void **state)
{
	struct bench *b = *state;

	must(symlinkat("/dev/null", b->dir, "etc/a.d/1") == 0);
	put(b, "etc/a.d/2", "");
	look(b, "/etc/a.d/*");
	assert_true(b->tree.at[0].masked);
	assert_false(b->tree.at[0].unread);
	assert_false(b->tree.at[1].masked);
}

static void what_is_not_there_is_left_out_and_a_directory_is_empty(void **state)
{
	struct bench *b = *state;

	look(b, "/etc/none.conf");
	assert_int_equal(b->tree.n, 0);
	look(b, "/none/*/x");
	assert_int_equal(b->tree.n, 0);
	look(b, "/etc/a.d");
	assert_int_equal(b->tree.n, 1);
	assert_string_equal(b->tree.at[0].text, "");
	assert_non_null(tree_file(&b->tree, "/etc/a.d"));
	assert_null(tree_file(&b->tree, "/etc/a"));
}

static void a_file_too_large_is_told_as_unread(void **state)
{
	struct bench *b = *state;

	put(b, "etc/a.d/1", "x");
	auto_fd fd = openat(b->dir, "etc/a.d/1", O_WRONLY | O_CLOEXEC);
	must(ftruncate(fd, 2 * 1024 * 1024) == 0);
	look(b, "/etc/a.d/*");
	assert_true(b->tree.at[0].unread);
	assert_string_equal(b->tree.at[0].text, "");
}

static void lines_are_counted_and_cut(void **state)
{
	const char *text = "one\n\n  three  ";
	unsigned int number = 0;
	char line[4];

	(void)state;
	assert_true(text_line(&text, &number, line, sizeof(line)));
	assert_string_equal(line, "one");
	assert_true(text_line(&text, &number, line, sizeof(line)));
	assert_string_equal(line, "");
	assert_true(text_line(&text, &number, line, sizeof(line)));
	assert_int_equal(number, 3);
	assert_string_equal(text_trim(line), "t");
	assert_false(text_line(&text, &number, line, sizeof(line)));
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(names_stand_in_order_hidden_ones_out),
		bench_test(links_lead_within_the_root),
		bench_test(a_linked_directory_is_followed_within_the_root),
		bench_test(a_link_to_dev_null_is_a_mask),
		bench_test(what_is_not_there_is_left_out_and_a_directory_is_empty),
		bench_test(a_file_too_large_is_told_as_unread),
		cmocka_unit_test(lines_are_counted_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
