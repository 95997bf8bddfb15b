/* SPDX-License-Identifier: MIT */
/* Counting by address, in memory of a fixed size. */
#include "validate/admit/crowd.h"

static struct crowd_member *member_find(struct crowd *c, const struct ip *who)
{
	for (size_t i = 0; i < c->n; i++)
		if (ip_equal(&c->member[i].ip, who))
			return &c->member[i];
	return NULL;
}

static bool is_over(const struct crowd_count *n, uint64_t now_ms)
{
	return now_ms - n->window_ms >= CROWD_WINDOW_MS;
}

/* A place for one more: at the end, or that of one who is no longer of interest; NULL: all are taken. */
static struct crowd_member *member_place(struct crowd *c, uint64_t now_ms)
{
	if (c->n < CROWD_MEMBERS)
		return &c->member[c->n++];
	for (size_t i = 0; i < c->n; i++)
		if (!c->member[i].count.open && is_over(&c->member[i].count, now_ms))
			return &c->member[i];
	return NULL;
}

static bool count_fits(struct crowd_count *n, const struct crowd_limits *l, uint64_t now_ms)
{
	if (is_over(n, now_ms)) {
		n->window_ms = now_ms;
		n->came = 0;
	}
	n->came++;
	return n->open < l->open && n->came <= l->in_window;
}

bool crowd_enter(struct crowd *c, const struct ip *who, uint64_t now_ms)
{
	struct crowd_member *m = member_find(c, who);

	if (!m) {
		m = member_place(c, now_ms);
		if (!m)
			return false;
		*m = (struct crowd_member){ .ip = *who, .count.window_ms = now_ms };
	}
	/* one address alone must not use up what there is for all */
	if (!count_fits(&m->count, &c->each, now_ms) || !count_fits(&c->total, &c->all, now_ms))
		return false;
	m->count.open++;
	c->total.open++;
	return true;
}

void crowd_leave(struct crowd *c, const struct ip *who)
{
	struct crowd_member *m = member_find(c, who);

	if (!m || !m->count.open)
		return;
	m->count.open--;
	c->total.open--;
}
