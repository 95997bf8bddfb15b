/* SPDX-License-Identifier: MIT */
/* The number of this host among others, which {host} stands for. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intent/intent.h"

enum { HOST_NAME = 256 };

/* "gpu-rack2-n017.example.org" is 17: the digits at the end of the first part. */
static int number_of_name(const char *name, uint32_t *ret, struct err *e)
{
	size_t len = strcspn(name, "."), digits = 0;

	while (digits < len && isdigit((unsigned char)name[len - 1 - digits]))
		digits++;
	if (!digits)
		return err_set(e, -EINVAL, "the host name '%.*s' has no number at its end: write host: N, or use --host N",
			       (int)len, name);
	unsigned long v = strtoul(name + len - digits, NULL, 10);
	if (digits > 9 || v > HOST_MAX)
		return err_set(e, -ERANGE, "the host name '%.*s' ends with a number above %d", (int)len, name, HOST_MAX);
	*ret = (uint32_t)v;
	return 0;
}

static int number_of_text(const char *path, const char *text, uint32_t *ret, struct err *e)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || end - text > 9 || v > HOST_MAX || end[strspn(end, " \t\n")])
		return err_set(e, -EINVAL, "%s: one number from 0 to %d is wanted in it", path, HOST_MAX);
	*ret = (uint32_t)v;
	return 0;
}

static int file_text(struct kern *k, const char *path, struct arena *a, const char **ret, struct err *e)
{
	struct file f = { 0 };
	int r = k->file_read(k, path, a, &f, e);

	if (r == -ENOENT)
		return err_set(e, r, "%s: it is not there", path);
	*ret = f.text;
	return r;
}

/* Of a copy of a node: what its file says, without the end of the line. */
static int name_read(struct kern *k, bool copy, struct arena *a, const char **ret, struct err *e)
{
	char *name = arena_alloc(a, HOST_NAME);
	const char *text;

	*ret = name;
	if (!copy)
		return gethostname(name, HOST_NAME - 1) < 0 ? err_sys(e, "host name") : 0;
	int r = file_text(k, "/etc/hostname", a, &text, e);
	if (r == 0)
		*ret = arena_printf(a, "%.*s", (int)strcspn(text, " \t\n"), text);
	return r;
}

int intent_host(struct intent *in, struct kern *k, bool copy, struct arena *a, struct diag *d)
{
	struct host_wish *h = &in->host;
	const char *text = NULL;
	struct err e = { 0 };
	int r = 0;

	if (h->from == HOST_OF_NAME)
		r = name_read(k, copy, a, &text, &e);
	else if (h->from == HOST_OF_FILE)
		r = file_text(k, h->path, a, &text, &e);
	if (r == 0 && text)
		r = h->from == HOST_OF_NAME ? number_of_name(text, &h->number.v, &e) :
					      number_of_text(h->path, text, &h->number.v, &e);
	if (r < 0)
		return diag_add(d, &h->at, "host: %s", e.text);
	if (text)
		h->number.is = OPT_SET;
	return 0;
}
