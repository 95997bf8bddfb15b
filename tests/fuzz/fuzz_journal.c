/* SPDX-License-Identifier: MIT */
/* A journal: the plan, and behind a NUL its records. It is root's alone, but a disk may have damaged it. */
#include <stdlib.h>
#include <string.h>

#include "apply/journal.h"
#include "fake/must.h"
#include "fake/tempdir.h"
#include "fuzz/fuzz.h"

static void entry_check(const struct entry *en)
{
	char text[VALUE_TEXT];

	for vec_each(op, &en->ops) {
		must(op->port == ENTRY_NODE || (size_t)op->port < en->ports.n);
		must(setting_text(op->setting, &op->old, text) && setting_text(op->setting, &op->want, text));
	}
}

static int dir = -1;

static void dir_remove(void)
{
	tempdir_remove(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_arena a = { 0 };
	char *plan = arena_printf(&a, "%.*s", (int)size, (const char *)data);
	size_t n = strlen(plan);
	struct err e = { 0 };
	struct entry en;

	if (dir < 0) {
		dir = tempdir_new();
		atexit(dir_remove);
	}
	file_put(dir, "000001.json", plan);
	file_put(dir, "000001.log", n < size ? arena_printf(&a, "%.*s", (int)(size - n - 1), (const char *)data + n + 1) : "");
	if (journal_load(dir, 1, &a, &en, &e) == 0)
		entry_check(&en);
	else
		must(e.text[0]);
	return 0;
}
