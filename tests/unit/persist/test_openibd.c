/* SPDX-License-Identifier: MIT */
/* One line of ours in the hook of OFED's openibd. */
#include "golden.h"

#define HOOK "/etc/infiniband/post-start-hook.sh"
#define LINE "/usr/sbin/doroce reapply # written by doroce\n"

static const struct file_wish *written(struct plans *pl)
{
	struct persist_notes notes = { 0 };
	struct file_wishes *ws = arena_new(pl->arena, struct file_wishes);

	persist_openibd.write(&pl->in, ws, &notes);
	assert_true(ws->n < 2);
	return ws->n ? ws->at : NULL;
}

static void it_is_written_where_openibd_is(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	assert_null(written(pl));
	plans_seen(pl, "/etc/init.d/openibd", "#!/bin/bash\n");
	const struct file_wish *w = written(pl);
	assert_string_equal(w->path, HOOK);
	assert_string_equal(w->text, "#!/bin/sh\n" LINE);
	assert_int_equal(w->mode, 0755);
	assert_true(w->edits);
}

static void lines_of_others_stay_and_ours_is_there_once(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{ "#!/bin/bash\nlogger up\n", "#!/bin/bash\nlogger up\n" LINE },
		{ "#!/bin/bash\nlogger up", "#!/bin/bash\nlogger up\n" LINE },
		{ "#!/bin/bash\nif true; then\n  exit 1\nfi\nexit 0\n\n",
		  "#!/bin/bash\nif true; then\n  exit 1\nfi\n" LINE "exit 0\n\n" },
		{ "#!/bin/bash\n" LINE "logger up\n", "#!/bin/bash\nlogger up\n" LINE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_one_subnet(&a);

		plans_seen(pl, HOOK, rows[i].before);
		assert_string_equal(written(pl)->text, rows[i].after);
	}
}

static void ours_goes_and_the_rest_stays(void **state)
{
	auto_arena a = { 0 };
	struct plans *mixed = plans_empty(&a), *ours = plans_empty(&a), *theirs = plans_empty(&a);

	(void)state;
	plans_seen(mixed, HOOK, "#!/bin/bash\nlogger up\n" LINE);
	plans_seen(ours, HOOK, "#!/bin/sh\n" LINE);
	plans_seen(theirs, HOOK, "#!/bin/bash\nlogger up\n");
	assert_string_equal(written(mixed)->text, "#!/bin/bash\nlogger up\n");
	assert_int_equal(written(ours)->is, OPT_NONE);
	assert_null(written(theirs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_written_where_openibd_is),
		cmocka_unit_test(lines_of_others_stay_and_ours_is_there_once),
		cmocka_unit_test(ours_goes_and_the_rest_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
