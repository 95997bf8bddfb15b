/* SPDX-License-Identifier: MIT */
/* doroce configure: makes the plan true, and verifies when asked. */
#include <string.h>

#include "apply/txn.h"
#include "cmd/json.h"
#include "cmd/plan_print.h"
#include "cmd/session.h"
#include "cmd/verify.h"
#include "kern/caller.h"

/* What is not there yet is refused in plain words, never passed over. */
static int persist_refuse(const struct options *o)
{
	if (!o->persist || strcmp(o->persist, "none") == 0)
		return EXIT_OK;
	return complain(EXIT_USAGE, "--persist: writing files that survive a reboot is not there yet in this "
			"version; nothing was changed. Leave it out, or give --no-persist");
}

static int failure_print(const struct txn *t, const struct err *e)
{
	char text[VALUE_TEXT];

	complain(EXIT_FAILED, "%s", e->text);
	if (t->failed)
		complain(EXIT_FAILED, "%zu change%s made before it %s taken back", t->undone,
			 t->undone == 1 ? "" : "s", t->undone == 1 ? "was" : "were");
	for vec_each(st, &t->stuck)
		complain(EXIT_FAILED, "could not be put back: %s %s %s: %s", st->op->port->link.name,
			 st->op->setting->name, value_text(&st->op->old, text), st->err.text);
	return EXIT_FAILED;
}

static int apply(struct session *s)
{
	struct err e = { 0 };
	struct txn t;

	if (plan_blocked(&s->plan)) {
		plan_print(&s->plan, &s->node, &s->remarks, false);
		return complain(EXIT_FAILED, "nothing was written: the wish can not be reached, see above");
	}
	if (s->plan.ops.n && !caller_is_net_admin())
		return complain(EXIT_FAILED, "changing network settings needs root (CAP_NET_ADMIN)");
	if (txn_run(s->kern, &s->plan, s->arena, &t, &e) < 0)
		return failure_print(&t, &e);
	if (txn_announce(s->kern, &s->plan, &s->wishes, s->arena) < 0)
		complain(EXIT_OK, "note: peers could not be told of the addresses (gratuitous ARP needs "
			 "CAP_NET_RAW); what they had learnt before may hold for a minute");
	return EXIT_OK;
}

static void result_print(const struct session *s, const struct options *o, bool done)
{
	if (!o->json) {
		plan_print(&s->plan, &s->node, &s->remarks, done);
		return;
	}
	auto_json *j = json_of_plan(&s->plan, &s->remarks);
	json_object_set_new(j, "applied", json_boolean(done));
	json_print(j);
}

int cmd_configure(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { 0 };
	int r = persist_refuse(o);

	(void)operand;
	if (r == EXIT_OK)
		r = session_open(&s, o, a, true);
	if (r == EXIT_OK && !o->dry_run)
		r = apply(&s);
	if (r != EXIT_OK)
		return r;
	/* with --verify --json there is one document: the verification's, with the changes in it */
	if (!(o->verify && o->json) || o->dry_run)
		result_print(&s, o, !o->dry_run);
	if (!o->verify || o->dry_run)
		return EXIT_OK;
	auto_json *changes = o->json ? json_of_plan(&s.plan, &s.remarks) : NULL;
	r = session_reread(&s);
	return r ? r : verify_and_report(&s, o, changes);
}
