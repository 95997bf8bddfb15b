/* SPDX-License-Identifier: MIT */
/* Global pause: excludes PFC on the same port. */
#include <errno.h>

#include "setting/setting.h"

void pause_read(struct kern *k, struct arena *a, const struct setting *s, const struct port *p, struct setting_seen *seen)
{
	struct setting_seen *one = &seen[setting_id(s)];
	struct err e = { 0 };
	uint32_t v = 0;

	if (k->pause_get(k, p->link.name, &v, &e) < 0)
		one->why = arena_strdup(a, e.text);
	else
		one->value = setting_value(s, &v);
}

/* ethtool may say no although rx and tx were taken, and the other way round: what is there counts. */
int pause_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to, struct err *e)
{
	struct err refusal = { 0 };
	uint32_t now = 0;
	int r = k->pause_set(k, op->port->link.name, to->number, &refusal);
	int read = k->pause_get(k, op->port->link.name, &now, e);

	(void)from;
	if (read < 0)
		return read;
	if (now == to->number)
		return 0;
	return r < 0 ? err_set(e, r, "%s", refusal.text) :
		       err_set(e, -EIO, "global pause: the driver took it without an error and did not do it");
}
