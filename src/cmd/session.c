/* SPDX-License-Identifier: MIT */
/* What plan, configure and verify have in common: intent, node, wishes, plan. */
#include "cmd/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/apps.h"
#include "cmd/persist.h"
#include "kern/tree.h"
#include "plan/chain.h"

static const char default_file[] = "/etc/doroce.yaml";

int complain(int status, const char *fmt, ...)
{
	va_list ap;

	fputs("doroce: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}

int option_number(const char *option, const char *text, uint32_t min, uint32_t max, uint32_t *ret)
{
	char *end;

	errno = 0;
	unsigned long v = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
	if (text[0] < '0' || text[0] > '9' || *end || errno || v < min || v > max)
		return complain(EXIT_USAGE, "--%s: '%s' is no number from %u to %u", option, text, min, max);
	*ret = (uint32_t)v;
	return EXIT_OK;
}

int option_parallel(const struct options *o, uint32_t *ret)
{
	*ret = 1;
	return o->parallel ? option_number("parallel", o->parallel, 1, 1024, ret) : EXIT_OK;
}

void session_done(struct session *s)
{
	kern_linux_close(s->kern);
}

static int diag_print(struct diag *d)
{
	fputs(diag_text(d), stderr);
	return complain(EXIT_USAGE, "the intent has %zu error%s, nothing was done", d->n,
			d->n == 1 ? "" : "s");
}

/* The file that is to be read: -c, or the default one unless --address, or a script's options, say what is wanted. */
static int intent_load(struct session *s, const struct options *o, bool needed, struct diag *d)
{
	const char *path = o->config, *there = arena_printf(s->arena, "%s%s", s->root ? s->root : "", default_file);
	struct err e = { 0 };

	if (!path && !o->intent.address && !o->preset && access(there, F_OK) == 0)
		path = there;
	if (!path && !o->preset && !intent_options_given(&o->intent) && needed)
		return complain(EXIT_USAGE, "no intent: there is no %s, no -c FILE and no --address",
				there);
	if (path && intent_read_file(path, s->arena, &s->intent, d, &e) < 0)
		return d->n ? diag_print(d) : complain(EXIT_USAGE, "%s", e.text);
	if (intent_options_apply(&o->intent, s->arena, &s->intent, d) < 0)
		return diag_print(d);
	s->intent.only_look = !needed;
	s->has_intent = path || o->preset || intent_options_given(&o->intent);
	return EXIT_OK;
}

/* EXIT_OK, or the exit status: what is wrong with the intent is in d, all else has been printed. */
static int resolve(struct session *s, struct diag *d)
{
	if (!s->has_intent)
		return EXIT_OK;
	s->wishes = (struct wishes){ 0 };
	s->remarks = (struct remarks){ 0 };
	if (intent_resolve(&s->intent, &s->node, s->arena, &s->wishes, &s->remarks, d) < 0)
		return EXIT_USAGE;
	int r = persist_wish(s);
	if (r == EXIT_OK)
		r = apps_wish_files(s);
	if (r == EXIT_OK && s->add_files)
		r = s->add_files(s);
	if (r != EXIT_OK)
		return r;
	/* of a copy there are files, and nothing that a driver would tell */
	const struct wishes here = s->root ? wishes_in_files(&s->wishes, s->arena) : s->wishes;
	settings_read(s->kern, s->arena, &s->node, &here);
	/* for verify a gap is a finding, no error of the intent */
	if (!s->intent.only_look && !s->root && chain_prove(&s->wishes, &s->node, s->arena, &s->remarks, d) < 0)
		return EXIT_USAGE;
	s->plan = plan_make(&here, &s->node, s->arena);
	return EXIT_OK;
}

int root_path(const struct options *o, struct arena *a, const char **ret)
{
	char *path = o->root ? realpath(o->root, NULL) : NULL;

	if (o->root && !path)
		return complain(EXIT_USAGE, "--root: %s: %s", o->root, strerror(errno));
	*ret = path && strcmp(path, "/") != 0 ? arena_strdup(a, path) : NULL;
	free(path);
	return EXIT_OK;
}

static void table_names_read(struct session *s)
{
	struct tree t = { 0 };

	tree_read(s->root ? s->root : "", table_name_files, s->arena, &t);
	intent_table_names(&t, s->arena, &s->intent.table_names);
}

int session_intent(struct session *s, const struct options *o, struct arena *a)
{
	struct diag d = { .arena = a };
	struct err e = { 0 };

	s->arena = a;
	int r = intent_load(s, o, false, &d);
	if (r)
		return r;
	if (!s->kern)
		s->kern = kern_linux_open(&e);
	if (!s->kern)
		return complain(EXIT_FAILED, "%s", e.text);
	table_names_read(s);
	return intent_host(&s->intent, s->kern, false, a, &d) < 0 ? diag_print(&d) : EXIT_OK;
}

int session_open(struct session *s, const struct options *o, struct arena *a, bool intent_needed)
{
	struct diag d = { .arena = a };
	struct err e = { 0 };

	s->arena = a;
	int r = root_path(o, a, &s->root);
	if (r == EXIT_OK)
		r = intent_load(s, o, intent_needed, &d);
	if (r)
		return r;
	s->kern = kern_linux_open(&e);
	if (!s->kern || node_read(s->kern, a, &s->node, &e) < 0)
		return complain(EXIT_FAILED, "read the node: %s", e.text);
	if (s->root)
		kern_linux_root(s->kern, s->root);
	table_names_read(s);
	r = o->preset ? o->preset(s, o, &d) : EXIT_OK;
	if (d.n)
		return diag_print(&d);
	if (r == EXIT_OK && intent_host(&s->intent, s->kern, s->root, a, &d) < 0)
		return diag_print(&d);
	if (r == EXIT_OK)
		r = persist_choose(s, o);
	if (r == EXIT_OK)
		r = resolve(s, &d);
	return d.n ? diag_print(&d) : r;
}

int session_look(struct session *s, struct diag *d, struct err *e)
{
	int r = node_read(s->kern, s->arena, &s->node, e);

	if (r < 0)
		return r;
	if (s->add_ports)
		s->add_ports(s);
	return resolve(s, d) == EXIT_OK ? 0 : -EINVAL;
}

int session_reread(struct session *s)
{
	struct diag d = { .arena = s->arena };
	struct err e = { 0 };

	if (session_look(s, &d, &e) == 0)
		return EXIT_OK;
	if (d.n)
		return diag_print(&d);
	return e.code ? complain(EXIT_FAILED, "read the node: %s", e.text) : EXIT_FAILED;
}
