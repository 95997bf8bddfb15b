/* SPDX-License-Identifier: MIT */
/* The management guard of configure: --keep, and what the caller depends on besides. */
#include "cmd/keep.h"

#include "intent/match.h"
#include "kern/caller.h"

int keep_resolve(const struct options *o, struct arena *a, struct kept *ret)
{
	for vec_each(name, &o->keep) {
		struct err e = { 0 };

		if (resolver_ask(*name, a, vec_add(a, ret), &e) < 0)
			return complain(EXIT_USAGE, "--keep: %s", e.text);
	}
	return EXIT_OK;
}

static void look_up_all(struct reach *re, const struct session *s, const struct options *o,
			const struct kept *kept)
{
	struct hosts servers = resolver_servers(s->arena);
	struct ip client, server;

	for (size_t i = 0; i < o->keep.n; i++)
		reach_keep(re, &kept->at[i], o->keep.at[i]);
	if (caller_ssh(&client, &server))
		reach_ssh(re, &client, &server);
	reach_servers(re, &servers);
	reach_defaults(re, &s->plan);
	for vec_each(name, &o->keep)
		if (!reach_is_kept(re, *name))
			complain(EXIT_OK, "warning: --keep %s: no route leads there now: it is not watched",
				 *name);
}

int keep_foresee(const struct session *s, const struct options *o, const struct kept *kept, struct reach *ret)
{
	size_t refused = 0;

	*ret = (struct reach){ .kern = s->kern, .node = &s->node, .arena = s->arena };
	look_up_all(ret, s, o, kept);
	struct losses losses = reach_foresee(ret, &s->plan);
	for vec_each(l, &losses) {
		l->way->waived = l->port && match_any_name(s->intent.force.at, s->intent.force.n, l->port);
		if (l->way->waived) {
			complain(EXIT_OK, "note: %s; forced", l->text);
			continue;
		}
		refused++;
		complain(EXIT_FAILED, "%s", l->text);
		if (l->port)
			complain(EXIT_FAILED, "--force %s does it all the same", l->port->link.name);
	}
	if (!refused)
		return EXIT_OK;
	return complain(EXIT_FAILED, "nothing was written: this way to the node would be lost");
}
