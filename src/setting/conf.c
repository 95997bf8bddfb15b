/* SPDX-License-Identifier: MIT */
/* Settings below net.ipv4.conf and net.ipv6.conf: ARP, reverse path, what IPv6 does by itself. `all` can overrule
 * the port's own value. */
#include "setting/setting.h"

uint32_t conf_get(const struct setting *s, const struct port *p)
{
	return p->link.conf[s->conf];
}

int conf_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
	       struct err *e)
{
	struct conf_value v = { .id = op->setting->conf, .value = to->number };
	int r = k->conf_set(k, op->port->link.ifindex, &v, 1, e);

	(void)from;
	return r < 0 ? err_prefix(e, op->setting->name) : 0;
}

int conf_join(struct kern *k, const struct op *op, size_t n, bool undo, struct err *e)
{
	struct conf_value v[SETTING_N];

	for (size_t i = 0; i < n; i++)
		v[i] = (struct conf_value){
			.id = op[i].setting->conf,
			.value = undo ? op[i].old.number : op[i].want.number,
		};
	return k->conf_set(k, op->port->link.ifindex, v, n, e);
}

/* 2 restricts more than 1 does (to the same subnet) and serves as well. */
bool serves_one_or_two(uint32_t wish, uint32_t effective)
{
	return effective == wish || (wish == 1 && effective == 2);
}

bool serves_at_least(uint32_t wish, uint32_t effective)
{
	return effective >= wish;
}

bool serves_exactly(uint32_t wish, uint32_t effective)
{
	return effective == wish;
}

/* Loose (2) drops no more of a rail's packets than none (0) does. */
bool serves_rp_filter(uint32_t wish, uint32_t effective)
{
	return effective == wish || (wish == 0 && effective == 2);
}

/* keep_addr_on_down: below 0 is a no, too. */
bool serves_above_zero(uint32_t wish, uint32_t effective)
{
	return ((int32_t)effective > 0) == (wish > 0);
}

void conf_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct opt_u32 *wish = &w->number[setting_id(s)];
	const char *group = conf_group(s->conf);
	uint32_t all = pl->node->conf_all[s->conf];
	uint32_t effective = conf_effective(s->conf, all, wish->v);

	if (wish->is == OPT_SET && s->conf >= CONF6 && ip6_is_missing(pl, s, w))
		return;
	plan_if_unequal(pl, s, w);
	if (wish->is != OPT_SET || s->serves(wish->v, effective))
		return;
	*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
		.port = w->port,
		.setting = s,
		.advisory = s->advisory,
		.seen = arena_printf(pl->arena, "effective %s %d: %s.all.%s is %d", s->name,
				     (int)effective, group, conf_name(s->conf), (int)all),
		.wanted = arena_printf(pl->arena, "effective %s %u", s->name, wish->v),
		.why = (char *)s->why,
		.mend = arena_printf(pl->arena, "sysctl -w %s.all.%s=0, and in the file of "
				     "sysctl.d that sets it", group, conf_name(s->conf)),
	};
}
