/* SPDX-License-Identifier: MIT */
/* Files of the node: what makes the settings come again after a boot. */
#include "setting/setting.h"

#include <string.h>
#include <unistd.h>

enum { JOINED = 256 }; /* files that are written at once */

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
	struct file f[JOINED];
	int r = 0;

	for (size_t done = 0; done < n && r == 0; done += JOINED) {
		size_t some = min_size(n - done, JOINED);

		for (size_t i = 0; i < some; i++, op++)
			f[i] = undo ? file_put(&op->want, &op->old) : file_put(&op->old, &op->want);
		r = k->files_put(k, f, some, e);
	}
	return r;
}
