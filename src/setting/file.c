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

int file_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
	       struct err *e)
{
	(void)op;
	if (to->kind == VALUE_FILE)
		return k->file_write(k, &to->file, e);
	return k->file_remove(k, from->file.path, e);
}
