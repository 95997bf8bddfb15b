/* SPDX-License-Identifier: MIT */
/* Stage gid: each address has its RoCE v2 GID, once, and which index that has. */
#include <poll.h>

#include "validate/verify.h"

enum { GID_WAIT_MS = 3000, GID_STEP_MS = 50 };

/* Entries of the GID table for the target's address on its netdev; *ret_index: of the first. */
static size_t gids_of(const struct target *t, int *ret_index)
{
	size_t n = 0;

	for vec_each(g, &t->attr.gids) {
		if (g->type != GID_ROCE_V2 || g->ifindex != t->port->link.ifindex ||
		    !ip_equal(&g->ip, &t->addr.addr))
			continue;
		if (n++ == 0)
			*ret_index = (int)g->index;
	}
	return n;
}

static int attr_read(struct verify *v, struct target *t)
{
	struct err e = { 0 };
	int r;

	t->attr = (struct rdma_attr){ 0 };
	t->attr_error = NULL;
	r = v->kern->rdma_attr(v->kern, &t->port->rdma, v->arena, &t->attr, &e);
	if (r < 0)
		t->attr_error = arena_strdup(v->arena, e.text);
	return r;
}

/* GIDs follow an address with a delay (roce_gid_mgmt.c works in a queue): look again for a while. */
int gid_gather(struct verify *v, struct err *e)
{
	unsigned int waited = 0;

	(void)e;
	for vec_each(t, &v->targets) {
		int r = t->blocked ? -1 : attr_read(v, t);

		while (r == 0 && gids_of(t, &t->gid_index) == 0 && waited < GID_WAIT_MS) {
			(void)poll(NULL, 0, GID_STEP_MS); /* only the pause is wanted */
			waited += GID_STEP_MS;
			r = attr_read(v, t);
		}
	}
	return 0;
}

static void present_result(struct verify *v, const struct check *c, struct target *t)
{
	char text[IP_TEXT];
	size_t n = gids_of(t, &t->gid_index);
	struct result *r = result_add(v, c, n == 1 ? VERDICT_PASS : VERDICT_FAIL, t->port);

	r->subject = arena_strdup(v->arena, ip_text(&t->addr.addr, text));
	if (n == 1)
		r->seen = arena_printf(v->arena, "index %d", t->gid_index);
	else
		r->seen = arena_printf(v->arena, n ? "%zu RoCE v2 GIDs for it" :
						     "no RoCE v2 GID for it among %zu GIDs of the port",
				       n ? n : t->attr.gids.n);
	r->wanted = "one RoCE v2 GID for it on this netdev";
	r->mend = arena_printf(v->arena, n ? "take the address off and on: ip addr del, ip addr add" :
				"dmesg (\"unable to add gid\": the table of %u is full); take the address off "
				"and on", t->attr.gid_room);
	if (n == 0)
		t->blocked = c->id;
}

static const struct link *also_on(const struct verify *v, const struct target *t)
{
	for vec_each(ad, &v->node->addrs)
		if (ad->ifindex != t->port->link.ifindex && ip_equal(&ad->prefix.addr, &t->addr.addr))
			return node_link(v->node, ad->ifindex);
	return NULL;
}

/* It may do no harm: which of both rdma_cm takes is the kernel's choice. */
static void twice_result(struct verify *v, const struct check *c, struct target *t, const struct link *other)
{
	struct result *r = result_add(v, c, VERDICT_WARN, t->port);
	char text[IP_TEXT];

	r->subject = arena_strdup(v->arena, ip_text(&t->addr.addr, text));
	r->seen = arena_printf(v->arena, "%s has it, too", other->name);
	r->wanted = arena_printf(v->arena, "on %s alone", t->port->link.name);
	result_found(r, FINDING_GID_TWICE);
	for vec_each(pa, &v->pairs)
		if (pa->target == t && !pa->follows)
			pa->follows = c->id;
}

void check_gid_present(struct verify *v, const struct check *c)
{
	for vec_each(t, &v->targets) {
		char text[IP_TEXT];
		const char *subject = arena_strdup(v->arena, ip_text(&t->addr.addr, text));

		if (result_blocked(v, c, t, subject))
			continue;
		if (t->attr_error) {
			struct result *r = result_add(v, c, VERDICT_NA, t->port);

			r->subject = subject;
			r->seen = t->attr_error;
			v->stage_error[VERIFY_GID] = t->attr_error;
			continue;
		}
		present_result(v, c, t);
		const struct link *other = also_on(v, t);
		if (other)
			twice_result(v, c, t, other);
	}
}

void check_gid_index(struct verify *v, const struct check *c)
{
	const struct target *first = NULL, *other = NULL;

	for vec_each(t, &v->targets) {
		/* further addresses of a port have further indices */
		if (t->gid_index < 0 || (t > v->targets.at && t[-1].port == t->port))
			continue;
		if (!first)
			first = t;
		else if (t->gid_index != first->gid_index && !other)
			other = t;
	}
	if (!first)
		return;
	struct result *r = result_add(v, c, other ? VERDICT_WARN : VERDICT_PASS, NULL);
	r->seen = other ? arena_printf(v->arena, "index %d on %s, %d on %s", first->gid_index,
				       first->port->name, other->gid_index, other->port->name) :
			  arena_printf(v->arena, "index %d", first->gid_index);
	r->wanted = "one index for all ports";
	r->mend = "leave NCCL_IB_GID_INDEX unset (NCCL 2.21 and later find the GID by themselves)";
}
