/* SPDX-License-Identifier: MIT */
/* The rule that sends what comes from a port's address to the port's own table. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "setting/setting.h"

static bool rule_is_there(const struct node *n, const struct rule *want)
{
	for (size_t i = 0; i < n->rules.n; i++)
		if (rule_equal(&n->rules.at[i], want))
			return true;
	return false;
}

/* True when ru, met before ours, takes every packet from src to another table. Rules that only
 * look (no route there, or a suppressed one) pass the packet on; the table `local` does. */
static bool rule_shadows(const struct rule *ru, const struct rule *ours)
{
	struct prefix src = { .addr = ru->src, .len = ru->src_len };
	bool catches = ru->src_len == 0 || ip_in_prefix(&ours->src, &src);
	bool before = ru->priority < ours->priority;
	bool same_place = ru->priority == ours->priority && ru->src_len == ours->src_len;

	return ru->family == ours->family && (before || same_place) && catches &&
	       ru->action == FR_ACT_TO_TBL && ru->table != ours->table &&
	       ru->table != RT_TABLE_LOCAL && !rule_is_narrow(ru);
}

static void shadow_note(struct planning *pl, const struct setting *s, const struct wish *w,
			const struct rule *ru, const struct rule *ours)
{
	char seen[VALUE_TEXT], wanted[VALUE_TEXT];
	struct value a = { .kind = VALUE_RULE, .rule = *ru }, b = { .kind = VALUE_RULE, .rule = *ours };
	const char *text = value_text(&a, seen);

	*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
		.port = w->port,
		.setting = s,
		.seen = arena_printf(pl->arena, "foreign rule %s comes first", text),
		.wanted = arena_strdup(pl->arena, value_text(&b, wanted)),
		.why = (char *)s->why,
		.mend = arena_printf(pl->arena,
				     "ip rule del priority %s, or a smaller rule_priority in the intent", text),
	};
}

void rule_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct value none = { 0 };

	for (size_t i = 0; i < w->rules.n; i++) {
		struct value want = { .kind = VALUE_RULE, .rule = w->rules.at[i] };

		if (!rule_is_there(pl->node, &want.rule))
			planning_add(pl, s, w->port, &none, &want);
		for (size_t j = 0; j < pl->node->rules.n; j++)
			if (rule_shadows(&pl->node->rules.at[j], &want.rule))
				shadow_note(pl, s, w, &pl->node->rules.at[j], &want.rule);
	}
}

int rule_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
	       struct err *e)
{
	(void)op;
	if (to->kind == VALUE_RULE)
		return k->rule_set(k, CHANGE_ADD, &to->rule, e);
	return k->rule_set(k, CHANGE_DEL, &from->rule, e);
}
