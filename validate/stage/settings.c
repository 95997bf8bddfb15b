/* SPDX-License-Identifier: MIT */
/* Stage settings: the plan is empty. What plan says is what this stage says. */
#include "validate/verify.h"

/* Of a file that is there and shall be: the same name and often as many lines; plan shows which differ. */
static const char *seen_text(struct verify *v, const struct op *op)
{
	char text[VALUE_TEXT];

	if (op->old.kind == VALUE_NONE)
		return "not there";
	if (op->old.kind == VALUE_FILE && op->want.kind == VALUE_FILE)
		return arena_printf(v->arena, "%s, not as wished", setting_text(op->setting, &op->old, text));
	return arena_strdup(v->arena, setting_text(op->setting, &op->old, text));
}

static void op_result(struct verify *v, const struct check *c, const struct op *op)
{
	struct result *r = result_add(v, c, VERDICT_FAIL, op->port);
	char text[VALUE_TEXT];

	r->subject = op->setting->name;
	r->seen = seen_text(v, op);
	r->wanted = op->want.kind == VALUE_NONE ? "not there" :
						  arena_strdup(v->arena, setting_text(op->setting, &op->want, text));
	r->why = op->setting->why;
	r->mend = op->setting->stage == STAGE_FILE ? "doroce configure --persist (doroce plan shows the lines)" :
						     "doroce configure";
}

static void obstacle_result(struct verify *v, const struct check *c, const struct obstacle *ob)
{
	struct result *r = result_add(v, c, ob->advisory ? VERDICT_WARN : VERDICT_FAIL, ob->port);

	r->subject = ob->setting->name;
	r->seen = ob->seen;
	r->wanted = ob->wanted;
	r->why = ob->why;
	r->mend = ob->mend;
}

static bool is_clean(const struct plan *pl, const struct port *p)
{
	for vec_each(op, &pl->ops)
		if (op->port == p)
			return false;
	for vec_each(ob, &pl->obstacles)
		if (ob->port == p)
			return false;
	return true;
}

void check_settings(struct verify *v, const struct check *c)
{
	if (!v->plan) {
		result_add(v, c, VERDICT_NA, NULL)->seen = "no intent was given: nothing to compare with";
		return;
	}
	for vec_each(op, &v->plan->ops)
		op_result(v, c, op);
	for vec_each(ob, &v->plan->obstacles)
		obstacle_result(v, c, ob);
	/* a port that was left alone is not verified: that is said, not passed over */
	for (size_t i = 0; v->remarks && i < v->remarks->n; i++) {
		const struct remark *re = &v->remarks->at[i];

		if (!re->left_alone)
			continue;
		struct result *r = result_add(v, c, VERDICT_NA, re->port);
		r->seen = re->text;
		r->follows = re->port && re->port->gone ? "link.present" : NULL;
	}
	if (v->wishes->files.n && is_clean(v->plan, NULL)) {
		struct result *r = result_add(v, c, VERDICT_PASS, NULL);

		r->subject = "file";
		r->seen = "as the intent says";
	}
	for vec_each(w, v->wishes)
		if (is_clean(v->plan, w->port))
			result_add(v, c, VERDICT_PASS, w->port)->seen = "as the intent says";
}
