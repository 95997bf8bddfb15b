/* SPDX-License-Identifier: MIT */
/* doRoCE: what doRoCE.sh has left on the node, so that it does not set its own values again. */
#include <string.h>

#include "base/lines.h"
#include "cmd/doroce.h"

#define SCRIPT "/usr/bin/doRoCE.sh"

static const char *const hooks[] = { "/etc/infiniband/post-start-hook.sh", "/etc/rc.d/rc.local" };

/* Its mark, and the line that runs its copy; doroce's own line has neither in it. */
static bool is_script_line(const char *line, size_t len, void *state)
{
	static const char mark[] = "# Added by doRoCE";
	const char *name = memmem(line, len, "doRoCE.sh", strlen("doRoCE.sh"));

	(void)state;
	return strncmp(line, mark, strlen(mark)) == 0 || name;
}

const char *doroce_hook_without(const char *text, struct arena *a)
{
	const char *rest = lines_without(a, text, is_script_line, NULL);

	return strcmp(rest, text) == 0 ? text : rest;
}

bool doroce_is_script(const char *text)
{
	return strncmp(text, "#!", 2) == 0 && strstr(text, "DoRoCE Version");
}

/* NULL: it is not there, or can not be read, which is told where it is to be written. */
static const struct file *file_of(struct session *s, const char *path)
{
	(void)node_read_file(s->kern, s->arena, &s->node, path, NULL);
	return node_file(&s->node, path);
}

/* The wish that is there already: the same file may get a line of ours. */
static struct file_wish *wish_of(struct session *s, const char *path)
{
	for vec_each(w, &s->wishes.files)
		if (strcmp(w->path, path) == 0)
			return w;
	return NULL;
}

static void hook_take_over(struct session *s, const char *path)
{
	const struct file *f = file_of(s, path);
	struct file_wish *w = wish_of(s, path);
	const char *text = w && w->is == OPT_SET ? w->text : f ? f->text : "", *rest = doroce_hook_without(text, s->arena);

	if (rest == text)
		return;
	if (!w)
		w = vec_add(s->arena, &s->wishes.files);
	*w = (struct file_wish){ .is = OPT_SET, .edits = true, .path = path, .text = rest, .why = "doRoCE.sh", .mode = 0755 };
}

int doroce_take_over(struct session *s)
{
	const struct file *script = file_of(s, SCRIPT);

	for (size_t i = 0; i < ARRAY_LEN(hooks); i++)
		hook_take_over(s, hooks[i]);
	if (script && doroce_is_script(script->text))
		*vec_add(s->arena, &s->wishes.files) = (struct file_wish){
			.is = OPT_NONE, .edits = true, .path = SCRIPT, .why = "doRoCE.sh",
		};
	return EXIT_OK;
}

int doroce_tell_of_script(struct session *s)
{
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++) {
		const struct file *f = file_of(s, hooks[i]);

		if (f && doroce_hook_without(f->text, s->arena) != f->text)
			*vec_add(s->arena, &s->remarks) = (struct remark){
				.text = arena_printf(s->arena, "%s runs doRoCE.sh, which will set its own values again; doRoCE "
						     "without --run_once, or with --uninstall, takes that out", hooks[i]),
			};
	}
	return EXIT_OK;
}
