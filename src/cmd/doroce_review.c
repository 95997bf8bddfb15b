/* SPDX-License-Identifier: MIT */
/* doRoCE: what a port, or the node, lacks for the wishes, and whether to go on without. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/doroce.h"

enum { ROUNDS = 4 }; /* what is left out may have others follow it */

static bool is_register(const struct setting *s)
{
	return s->read == accl_read || s->read == rttcc_read;
}

static bool is_connectx(const struct port *p)
{
	return p && strcmp(p->rdma.driver, "mlx5_core") == 0;
}

/* A part that can be had: what this device can not do at all is told and passed over, as with every configure. */
static bool is_missing(struct session *s, const struct obstacle *ob)
{
	return !ob->advisory || (is_register(ob->setting) && is_connectx(ob->port) && !reg_tool_is_there(s->kern, ob->port));
}

static size_t missing_tell(struct session *s)
{
	bool told[SETTING_N] = { false };
	size_t n = 0;

	for vec_each(ob, &s->plan.obstacles) {
		if (!is_missing(s, ob))
			continue;
		n++;
		if (!told[setting_id(ob->setting)])
			complain(EXIT_OK, "missing: %s%s%s: %s", ob->port ? ob->port->link.name : "", ob->port ? " " : "",
				 ob->setting->name, ob->seen);
		told[setting_id(ob->setting)] = true;
	}
	return n;
}

static bool asked(void)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fputs("go on without? (y/n) ", stderr);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static struct port_intent *entry_of(struct intent *in, const struct port *p)
{
	for vec_each(entry, &in->ports)
		if (entry->match.any && strcmp(entry->match.any, p->name) == 0)
			return entry;
	return NULL;
}

/* The setting is not ours on this port any more. */
static void leave_out(struct port_intent *entry, const struct setting *s, struct arena *a)
{
	enum setting_id id = setting_id(s);
	uint32_t *none;

	entry->number[id] = (struct opt_u32){ 0 };
	entry->not_ours[id] = true;
	if (!s->count)
		return;
	none = arena_array(a, uint32_t, s->count);
	for (size_t i = 0; i < s->count; i++)
		none[i] = LIST_ANY;
	entry->list[id] = (struct opt_list){ .v = { s->count, none }, .is = OPT_SET };
}

static int go_on(struct session *s)
{
	int r = EXIT_OK;

	for (int round = 0; round < ROUNDS && r == EXIT_OK && plan_blocked(&s->plan); round++) {
		for vec_each(ob, &s->plan.obstacles) {
			struct port_intent *entry = ob->port && !ob->advisory ? entry_of(&s->intent, ob->port) : NULL;

			if (entry)
				leave_out(entry, ob->setting, s->arena);
		}
		r = session_reread(s);
	}
	return r;
}

int doroce_review(struct session *s, const struct options *o)
{
	if (!missing_tell(s))
		return EXIT_OK;
	if (o->doroce.yes || o->dry_run)
		return go_on(s);
	if (!o->doroce.no && asked())
		return go_on(s);
	return complain(EXIT_FAILED, "nothing was written (--yes goes on without what is missing)");
}
