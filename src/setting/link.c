/* SPDX-License-Identifier: MIT */
/* Settings of the netdev itself: MTU, up. */
#include "setting/setting.h"

uint32_t mtu_get(const struct setting *s, const struct port *p)
{
	(void)s;
	return p->link.mtu;
}

int mtu_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
	      struct err *e)
{
	(void)from;
	return k->mtu_set(k, op->port->link.ifindex, to->number, e);
}

/* MTU that the netdev is to have. */
static uint32_t mtu_later(const struct planning *pl, const struct link *l)
{
	uint32_t wished = wishes_mtu(pl->wishes, l->ifindex);

	return wished ? wished : l->mtu;
}

/* The kernel refuses a VLAN a larger MTU than the netdev below has. */
void mtu_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct opt_u32 *wish = &w->number[SETTING_MTU];
	const struct link *below = w->port->below[0] ? node_link(pl->node, w->port->link.lower) : NULL;
	uint32_t limit = below && wish->is == OPT_SET ? mtu_later(pl, below) : UINT32_MAX;

	if (wish->is != OPT_SET || wish->v <= limit) {
		plan_if_unequal(pl, s, w);
		return;
	}
	*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
		.port = w->port,
		.setting = s,
		.seen = arena_printf(pl->arena, "mtu of %s, below the VLAN: %u B", below->name, limit),
		.wanted = arena_printf(pl->arena, "mtu %u B", wish->v),
		.why = (char *)s->why,
		.mend = arena_printf(pl->arena, "mtu: %u for %s in the intent, or less for %s", wish->v, below->name,
				     w->port->link.name),
	};
}

uint32_t up_get(const struct setting *s, const struct port *p)
{
	(void)s;
	return p->link.up;
}

int up_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
	     struct err *e)
{
	(void)from;
	return k->up_set(k, op->port->link.ifindex, to->number, e);
}
