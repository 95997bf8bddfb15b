/* SPDX-License-Identifier: MIT */
/* The hook of OFED's openibd, which loads the drivers anew without a boot: one line of ours in a file of others. */
#include <string.h>

#include "base/lines.h"
#include "persist/text.h"

#define HOOK "/etc/infiniband/post-start-hook.sh"

/* where the hook is not there yet, one of the others tells that openibd would look for it */
static const char *const reads[] = { HOOK, "/etc/init.d/openibd", "/usr/lib/systemd/system/openibd.service",
				     "/lib/systemd/system/openibd.service", "/etc/infiniband/openib.conf", NULL };

const struct backend persist_openibd = { .name = "openibd", .reads = reads, .edits = true, .write = openibd_write };

static const char mark[] = " # written by doroce\n";
static const char line[] = "/usr/sbin/doroce reapply # written by doroce\n";
static const char shebang[] = "#!/bin/sh\n";

static const struct file *hook_seen(const struct persist_in *in)
{
	for vec_each(f, in->seen)
		if (strcmp(f->path, HOOK) == 0)
			return f;
	return NULL;
}

static bool is_ours(const char *at, size_t len, void *state)
{
	size_t tail = sizeof(mark) - 1;

	(void)state;
	return len >= tail && strncmp(at + len - tail, mark, tail) == 0;
}

/* Where the line comes: at the end, but before an exit that stands there. */
static size_t place(const char *text)
{
	size_t ret = strlen(text);

	for (const char *at = text, *end; *at; at = end) {
		end = line_end(at);
		if (strncmp(at, "exit", 4) == 0)
			ret = (size_t)(at - text);
		else if (*at != '\n')
			ret = strlen(text);
	}
	return ret;
}

static char *with_ours(const char *text, struct arena *a)
{
	size_t at = place(text);
	bool whole = at == 0 || text[at - 1] == '\n';

	return arena_printf(a, "%.*s%s%s%s", (int)at, text, whole ? "" : "\n", line, text + at);
}

void openibd_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes)
{
	const struct file *hook = hook_seen(in);
	char *rest = lines_without(in->arena, hook ? hook->text : "", is_ours, NULL);
	bool wanted = in->wishes->n, was = hook && strcmp(rest, hook->text) != 0;
	struct file_wish w = { .is = OPT_SET, .path = HOOK, .mode = 0755, .why = "openibd", .edits = true };

	(void)notes;
	if (!in->seen->n || (!wanted && !was))
		return;
	if (wanted)
		w.text = with_ours(*rest ? rest : shebang, in->arena);
	else if (*rest && strcmp(rest, shebang) != 0)
		w.text = rest;
	else
		w.is = OPT_NONE;
	*vec_add(in->arena, ret) = w;
}
