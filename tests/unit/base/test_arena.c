/* SPDX-License-Identifier: MIT */
/* Arena and vectors. */
#include "test.h"

#include <stdalign.h>

#include "base/arena.h"

struct odd {
	char bytes[3];
};

struct numbers VEC(int);

static void memory_is_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = {
		1, 0, 3, 16, 17, 1000, 16 * 1024, 16 * 1024 + 1, 1 << 20, 1,
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char *p = arena_alloc(&a, sizes[i]);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(p[j], 0);
		memset(p, 0xff, sizes[i]);
	}
}

static void pieces_do_not_overlap(void **state)
{
	auto_arena a = { 0 };
	struct odd *item[3000];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(item); i++) {
		item[i] = arena_new(&a, struct odd);
		memset(item[i], (int)i & 0xff, sizeof(*item[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(item); i++) {
		assert_int_equal((unsigned char)item[i]->bytes[0], i & 0xff);
		assert_int_equal((unsigned char)item[i]->bytes[2], i & 0xff);
	}
}

static void a_vector_keeps_its_items_while_it_grows(void **state)
{
	auto_arena a = { 0 };
	struct numbers v = { 0 };
	int want = 0;

	(void)state;
	for (int i = 0; i < 10000; i++)
		*vec_add(&a, &v) = i;
	assert_int_equal(v.n, 10000);
	assert_true(v.room >= v.n);
	for vec_each(item, &v)
		assert_int_equal(*item, want++);
	assert_int_equal(want, 10000);
}

static void room_that_was_reserved_is_used(void **state)
{
	auto_arena a = { 0 };
	struct numbers v = { 0 };

	(void)state;
	*vec_add(&a, &v) = 7;
	vec_reserve(&a, &v, 1000);
	const int *first = v.at;
	for (int i = 1; i < 1000; i++)
		*vec_add(&a, &v) = i;
	assert_ptr_equal(v.at, first);
	assert_int_equal(v.at[0], 7);
	vec_reserve(&a, &v, 10);
	assert_ptr_equal(v.at, first);
}

static void a_new_item_of_a_vector_is_zeroed(void **state)
{
	auto_arena a = { 0 };
	struct numbers v = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		int *item = vec_add(&a, &v);

		assert_int_equal(*item, 0);
		*item = -1;
	}
}

static void an_empty_vector_has_no_items(void **state)
{
	struct numbers v = { 0 };

	(void)state;
	for vec_each(item, &v)
		fail_msg("an item: %d", *item);
}

static void text_is_copied(void **state)
{
	auto_arena a = { 0 };
	char text[] = "mlx5_0";
	char *copy = arena_strdup(&a, text);

	(void)state;
	text[0] = 'x';
	assert_string_equal(copy, "mlx5_0");
	assert_string_equal(arena_strdup(&a, ""), "");
}

static void printed_text_has_any_length(void **state)
{
	auto_arena a = { 0 };
	char *text = arena_printf(&a, "%0100000d|%s", 7, "end");

	(void)state;
	assert_int_equal(strlen(text), 100004);
	assert_string_equal(text + 99999, "7|end");
	assert_string_equal(arena_printf(&a, "%s", ""), "");
}

static void an_arena_is_empty_after_done_and_usable_again(void **state)
{
	struct arena a = { 0 };

	(void)state;
	arena_done(&a);
	arena_alloc(&a, 100000);
	arena_done(&a);
	assert_null(a.chunk);
	assert_int_equal(a.used, 0);
	assert_string_equal(arena_strdup(&a, "again"), "again");
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(a_vector_keeps_its_items_while_it_grows),
		cmocka_unit_test(room_that_was_reserved_is_used),
		cmocka_unit_test(a_new_item_of_a_vector_is_zeroed),
		cmocka_unit_test(an_empty_vector_has_no_items),
		cmocka_unit_test(text_is_copied),
		cmocka_unit_test(printed_text_has_any_length),
		cmocka_unit_test(an_arena_is_empty_after_done_and_usable_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
