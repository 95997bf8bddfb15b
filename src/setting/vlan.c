/* SPDX-License-Identifier: MIT */
/* Priorities of what leaves through a VLAN: from the kernel's own priority to the tag's. */
#include "setting/setting.h"

void vlan_egress_read(struct kern *k, struct arena *a, const struct setting *s, const struct port *p,
		      struct setting_seen *seen)
{
	struct setting_seen *one = &seen[setting_id(s)];
	uint32_t *at = arena_array(a, uint32_t, s->count);

	(void)k;
	if (!p->link.vlan_id) {
		one->why = arena_printf(a, "%s is no VLAN", p->link.name);
		return;
	}
	for (size_t i = 0; i < s->count; i++)
		at[i] = p->link.vlan_egress[i];
	one->value = setting_value(s, at);
}

int vlan_egress_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
		      struct err *e)
{
	return k->vlan_egress_set(k, op->port->link.ifindex, from->list.at, to->list.at, e);
}
