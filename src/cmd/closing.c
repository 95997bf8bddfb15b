/* SPDX-License-Identifier: MIT */
/* The end of a transaction: the ways to the node are looked up again, and the network manager reads its files. */
#include "cmd/closing.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cmd/persist.h"
#include "cmd/state.h"

enum {
	POLL_MS = 200,
	HOLD_MS = 2000,	  /* managers do it after their command has ended */
	LIMIT_MS = 20000, /* until it must hold: one that takes a port down and up again needs some seconds */
};

/* Verify is plan: what the manager has made is as wished when there is nothing to do. */
static int as_wished(const struct closing *c, struct err *e)
{
	struct session now = *c->s; /* the plan of the one that runs stays */
	char seen[VALUE_TEXT], want[VALUE_TEXT];

	now.plan = (struct plan){ 0 }; /* stays so where there is no intent: a resume */
	if (session_reread(&now) != EXIT_OK)
		return err_set(e, -EIO, "the node can not be read after the reload");
	if (!now.plan.ops.n)
		return 0;
	const struct op *op = &now.plan.ops.at[0];
	return err_set(e, -ESTALE, "the network manager has read its files, and then %s %s is %s; wished is %s",
		       op->port ? op->port->link.name : "node", op->setting->name, setting_text(op->setting, &op->old, seen),
		       setting_text(op->setting, &op->want, want));
}

/* Until all is well for a while, or the time is over; e: what was wrong last. */
static int settled(struct closing *c, struct err *e)
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000L };
	uint64_t begin = clock_now_ms(), well_since = 0;
	int r = 0;

	for (uint64_t now = begin; now < begin + LIMIT_MS; now = clock_now_ms()) {
		if (signal_came(NULL))
			return err_set(e, -EINTR, "interrupted by a signal");
		*e = (struct err){ 0 };
		r = reach_check(&c->reach, e);
		if (r == 0)
			r = as_wished(c, e);
		well_since = r < 0 ? 0 : well_since ? well_since : now;
		if (well_since && now >= well_since + HOLD_MS)
			return 0;
		(void)nanosleep(&poll, NULL); /* cut short: asked again */
	}
	return r < 0 ? r : err_set(e, -ETIME, "the network manager does not come to rest");
}

int closing_check(void *closing, struct err *e)
{
	struct closing *c = closing;
	int r = reach_check(&c->reach, e);

	if (r < 0 || !c->reload)
		return r;
	c->begun = true;
	r = persist_reload(c->s->kern, c->s->persist.backend, e);
	return r < 0 ? r : settled(c, e);
}

void closing_files_back(void *closing)
{
	struct closing *c = closing;
	struct err e = { 0 };

	if (c->begun && persist_reload(c->s->kern, c->s->persist.backend, &e) < 0)
		complain(EXIT_FAILED, "the files are back, but the network manager has not read them: %s", e.text);
}
