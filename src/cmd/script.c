/* SPDX-License-Identifier: MIT */
/* What the programs under the names of scripts have in common. */
#include "cmd/script.h"

#include <string.h>

void script_devices(struct options *o, struct arena *a)
{
	for (const char *at = o->devices; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		const char *name = arena_printf(a, "%.*s", (int)strcspn(at, ","), at);
		bool known = false;

		for vec_each(other, &o->intent.ports)
			known |= strcmp(*other, name) == 0;
		if (!known)
			*vec_add(a, &o->intent.ports) = name;
	}
}

void script_guards_check(const struct session *s, const struct options *o, struct diag *d)
{
	for vec_each(name, &o->intent.ports)
		for vec_each(p, &s->node.ports) {
			bool forced = false;

			for vec_each(force, &s->intent.force)
				forced |= port_has_name(p, *force);
			if (p->guard && !forced && port_has_name(p, *name))
				diag_add(d, &(struct place){ .file = "--devices" }, "%s: %s (--force %s changes it "
					 "all the same)", *name, p->guard, p->link.name);
		}
}

bool script_has_port(const struct node *n)
{
	for vec_each(p, &n->ports)
		if (port_is_roce(p))
			return true;
	return false;
}
