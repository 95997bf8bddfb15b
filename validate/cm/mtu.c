/* SPDX-License-Identifier: MIT */
/* Both ways at once, which is all that a healthy path needs; else there, then back, each halved until 4 bytes are left. */
#include "validate/cm/mtu.h"

enum { STEP = 4 };

/* The next size for one way, no larger than `most`. 0: it is known. */
static uint32_t size_next(const struct mtu_way *w, uint32_t most)
{
	if (!w->fails)
		return w->passes < most ? most : 0;
	if (w->passes >= most || w->fails - w->passes <= STEP)
		return 0;
	return (w->passes + w->fails) / 2 / STEP * STEP;
}

/* What goes there without its way back being known to be fit for it is answered with what is. */
bool mtu_next(const struct mtu_search *s, uint32_t *ret_request, uint32_t *ret_reply)
{
	uint32_t there = size_next(&s->to, s->mtu);

	if (!s->both_failed && there == s->mtu) {
		*ret_request = *ret_reply = s->mtu;
		return true;
	}
	if (there) {
		*ret_request = there;
		*ret_reply = s->from.passes < there ? s->from.passes : there;
		return true;
	}
	*ret_request = s->to.passes;
	*ret_reply = size_next(&s->from, s->to.passes);
	return *ret_reply != 0;
}

static void way_passed(struct mtu_way *w, uint32_t bytes)
{
	if (bytes > w->passes)
		w->passes = bytes;
	if (w->fails <= w->passes)
		w->fails = 0;
}

static void way_failed(struct mtu_way *w, uint32_t bytes)
{
	if (bytes > w->passes && (!w->fails || bytes < w->fails))
		w->fails = bytes;
}

void mtu_passed(struct mtu_search *s, uint32_t request, uint32_t reply)
{
	way_passed(&s->to, request);
	way_passed(&s->from, reply);
}

/* A reply no larger than one that has come is not what failed. */
void mtu_failed(struct mtu_search *s, uint32_t request, uint32_t reply)
{
	if (reply <= s->from.passes)
		way_failed(&s->to, request);
	else if (request <= s->to.passes)
		way_failed(&s->from, reply);
	else
		s->both_failed = true;
}
