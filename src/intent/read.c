/* SPDX-License-Identifier: MIT */
/* From an intent file to struct intent. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "intent/intent.h"
#include "intent/profile.h"
#include "intent/schema.h"

static void root_read(struct doc *d, struct intent *ret)
{
	yaml_node_t *root = doc_root(d);
	struct place at = { .file = d->file, .line = 1, .column = 1 };
	struct err e = { 0 };

	if (!root || doc_is_null(root)) {
		diag_add(d->diag, &at, "nothing in it: version: 1 is the least");
		return;
	}
	at = doc_place(d, root);
	if (doc_check(root, &e) < 0 || keys_read(d, root, schema_new(d->arena), ret, &e) < 0)
		diag_add(d->diag, &at, "%s", e.text);
}

static int too_large(const char *file, struct diag *d)
{
	return diag_add(d, &(struct place){ .file = file }, "larger than %d bytes", DOC_BYTES_MAX);
}

int intent_read(const char *file, const char *text, struct arena *a, struct intent *ret,
		struct diag *d)
{
	auto_doc doc = { .arena = a, .diag = d, .file = arena_strdup(a, file) };
	struct intent in = { .file = doc.file };
	size_t before = d->n;

	if (strnlen(text, DOC_BYTES_MAX + 1) > DOC_BYTES_MAX)
		return too_large(doc.file, d);
	if (doc_load(&doc, text) == 0)
		root_read(&doc, &in);
	profiles_check(&in, a, d);
	if (d->n > before)
		return -EINVAL;
	*ret = in;
	return 0;
}

/* At most size bytes of the file into buf. Returns their number, or -errno. */
static ssize_t read_up_to(const char *path, char *buf, size_t size, struct err *e)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		return err_sys(e, path);
	while ((n = read(fd, buf + have, size - have)) != 0) {
		if (n < 0 && errno != EINTR)
			return err_sys(e, path);
		have += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)have;
}

int intent_read_file(const char *path, struct arena *a, struct intent *ret, struct diag *d,
		     struct err *e)
{
	char *text = arena_alloc(a, DOC_BYTES_MAX + 2);
	ssize_t n = read_up_to(path, text, DOC_BYTES_MAX + 1, e);

	if (n < 0)
		return (int)n;
	d->source = text;
	if (n > DOC_BYTES_MAX)
		return too_large(arena_strdup(a, path), d);
	size_t len = strlen(text);
	if (len < (size_t)n) {
		struct place at = doc_place_of_byte(arena_strdup(a, path), text, len);

		return diag_add(d, &at, "a byte of value 0: this is no text");
	}
	return intent_read(path, text, a, ret, d);
}
