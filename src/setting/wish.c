/* SPDX-License-Identifier: MIT */
/* Looking into wishes: whose they are, what they mention. */
#include "setting/setting.h"

const struct place *wish_said_at(const struct wish *w, enum setting_id id)
{
	return w && w->said_at && w->said_at[id].file ? &w->said_at[id] : NULL;
}

const struct wish *wishes_find(const struct wishes *ws, int ifindex)
{
	for vec_each(w, ws)
		if (w->port->link.ifindex == ifindex)
			return w;
	return NULL;
}

uint32_t wishes_mtu(const struct wishes *ws, int ifindex)
{
	const struct wish *w = wishes_find(ws, ifindex);

	return w && w->number[SETTING_MTU].is == OPT_SET ? w->number[SETTING_MTU].v : 0;
}
