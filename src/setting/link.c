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
