/* SPDX-License-Identifier: MIT */
/* Files of the node: what makes the settings come again after a boot. */
#include "setting/setting.h"

#include <string.h>
#include <unistd.h>

static struct value file_wanted(const struct file_wish *w, const struct file *there)
{
	struct file f = { .path = w->path, .text = w->text, .mode = w->mode, .uid = geteuid(), .gid = getegid() };

	if (w->is == OPT_NONE)
		return (struct value){ 0 };
	f.len = strlen(w->text);
	if (there) {
		f.mode = there->mode;
		f.uid = there->uid;
		f.gid = there->gid;
	}
	return (struct value){ .kind = VALUE_FILE, .file = f };
}

void file_plan(struct planning *pl, const struct setting *s, const struct wishes *ws)
{
	for vec_each(w, &ws->files) {
		const struct file *there = node_file(pl->node, w->path);
		struct value old = { 0 }, want = file_wanted(w, there);

		if (there)
			old = (struct value){ .kind = VALUE_FILE, .file = *there };
		if (old.kind == want.kind && (!there || file_equal(&old.file, &want.file)))
			continue;
		planning_add(pl, s, NULL, &old, &want);
	}
}

/* The file that is to be written or removed. */
static struct file file_put(const struct value *from, const struct value *to)
{
	return to->kind == VALUE_FILE ? to->file : (struct file){ .path = from->file.path };
}

int file_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
	       struct err *e)
{
	const struct file f = file_put(from, to);

	(void)op;
	return k->files_put(k, &f, 1, e);
}

int file_join(struct kern *k, const struct op *op, size_t n, bool undo, struct err *e)
{
	auto_arena a = { 0 };
	struct file *f = arena_array(&a, struct file, n);

	for (size_t i = 0; i < n; i++)
		f[i] = undo ? file_put(&op[i].want, &op[i].old) : file_put(&op[i].old, &op[i].want);
	return k->files_put(k, f, n, e);
}
