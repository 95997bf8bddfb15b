/* SPDX-License-Identifier: MIT */
/* Settings that are read one by one, on request: what was seen, and the plan from it. */
#include <string.h>

#include "setting/setting.h"

const struct setting_seen *setting_seen(const struct setting *s, const struct node *n, const struct port *p)
{
	const struct setting_seen *seen = p ? p->seen : n->seen;
	const struct setting_seen *one = seen ? &seen[setting_id(s)] : NULL;

	return one && (one->why || one->value.kind != VALUE_NONE) ? one : NULL;
}

struct value setting_value(const struct setting *s, const uint32_t *at)
{
	if (!s->count)
		return (struct value){ .kind = VALUE_NUMBER, .number = *at };
	return (struct value){ .kind = VALUE_LIST, .list = { s->count, at } };
}

struct value setting_now(const struct setting *s, const struct node *n, const struct port *p)
{
	const struct setting_seen *seen = s->read ? setting_seen(s, n, p) : NULL;

	if (seen)
		return seen->value;
	if (s->read)
		return (struct value){ 0 };
	return setting_value(s, &(uint32_t){ s->get(s, p) });
}

void setting_read(struct kern *k, struct arena *a, struct node *n, const struct setting *s, const struct port *p)
{
	struct setting_seen **seen = p ? &n->ports.at[p - n->ports.at].seen : &n->seen;

	if (!*seen)
		*seen = arena_array(a, struct setting_seen, SETTING_N);
	if (!setting_seen(s, n, p))
		s->read(k, a, s, p, *seen);
}

bool setting_is_wished(const struct setting *s, const struct wish *w)
{
	return s->count ? w->list[setting_id(s)].is == OPT_SET : w->number[setting_id(s)].is == OPT_SET;
}

void settings_read(struct kern *k, struct arena *a, struct node *n, const struct wishes *ws)
{
	for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
		if (!s->read)
			continue;
		if (s->of_node && setting_is_wished(s, &ws->node))
			setting_read(k, a, n, s, NULL);
		for (size_t i = 0; i < ws->n && !s->of_node; i++)
			if (setting_is_wished(s, &ws->at[i]))
				setting_read(k, a, n, s, ws->at[i].port);
	}
}

static bool is_in_file(const struct setting *s)
{
	return s->read == kernfile_read;
}

static struct wish wish_in_files(const struct wish *w)
{
	struct wish ret = { .port = w->port };

	for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
		if (!is_in_file(s))
			continue;
		ret.number[setting_id(s)] = w->number[setting_id(s)];
		ret.list[setting_id(s)] = w->list[setting_id(s)];
	}
	return ret;
}

struct wishes wishes_in_files(const struct wishes *ws, struct arena *a)
{
	struct wishes ret = { .node = wish_in_files(&ws->node), .files = ws->files };

	for vec_each(w, ws)
		*vec_add(a, &ret) = wish_in_files(w);
	return ret;
}

struct value setting_wanted(const struct setting *s, const struct wish *w, const struct value *old, struct arena *a)
{
	const struct list *wish = &w->list[setting_id(s)].v;
	uint32_t *at;

	if (!s->count)
		return setting_value(s, &w->number[setting_id(s)].v);
	at = arena_array(a, uint32_t, s->count);
	for (size_t i = 0; i < s->count; i++)
		at[i] = wish->at[i] == LIST_ANY ? old->list.at[i] : wish->at[i];
	return setting_value(s, at);
}

/* True when the list is wished whole, so that nothing needs to be known of the one that is there. */
static bool is_whole(const struct setting *s, const struct wish *w)
{
	for (size_t i = 0; i < s->count; i++)
		if (w->list[setting_id(s)].v.at[i] == LIST_ANY)
			return false;
	return true;
}

struct value setting_later(const struct setting *s, const struct node *n, const struct port *p, const struct wish *w,
			   struct arena *a)
{
	struct value now = setting_now(s, n, p);

	if (!w || !setting_is_wished(s, w))
		return now;
	if (s->count && now.kind != VALUE_LIST && !is_whole(s, w))
		return (struct value){ 0 };
	return setting_wanted(s, w, &now, a);
}

static bool same_place(const struct setting *s, uint32_t x, uint32_t y, size_t place)
{
	return s->same ? s->same(x, y, place) : x == y;
}

bool setting_same(const struct setting *s, const struct value *x, const struct value *y)
{
	if (x->kind == VALUE_NUMBER && y->kind == VALUE_NUMBER)
		return same_place(s, x->number, y->number, 0);
	if (x->kind != VALUE_LIST || y->kind != VALUE_LIST || x->list.n != y->list.n)
		return value_equal(x, y);
	for (size_t i = 0; i < x->list.n; i++)
		if (!same_place(s, x->list.at[i], y->list.at[i], i))
			return false;
	return true;
}

bool setting_writes(const struct setting *s, const struct value *from, const struct value *to, size_t place)
{
	bool lists = from->kind == VALUE_LIST && to->kind == VALUE_LIST;

	return s->whole || !lists || from->list.at[place] != to->list.at[place];
}

bool setting_is_made(const struct setting *s, const struct value *from, const struct value *to,
		     const struct value *now)
{
	if (now->kind != VALUE_LIST || to->kind != VALUE_LIST || now->list.n != to->list.n)
		return setting_same(s, now, to);
	for (size_t i = 0; i < to->list.n; i++)
		if (setting_writes(s, from, to, i) && !same_place(s, now->list.at[i], to->list.at[i], i))
			return false;
	return true;
}

bool setting_is_half_made(const struct setting *s, const struct value *from, const struct value *to,
			  const struct value *now)
{
	if (now->kind != VALUE_LIST || from->kind != VALUE_LIST || to->kind != VALUE_LIST || s->whole ||
	    now->list.n != to->list.n)
		return false;
	for (size_t i = 0; i < to->list.n; i++)
		if (!same_place(s, now->list.at[i], to->list.at[i], i) &&
		    !same_place(s, now->list.at[i], from->list.at[i], i) && setting_writes(s, from, to, i))
			return false;
	return true;
}

/* The text of a wish without what is left alone. */
static char *wish_text(struct planning *pl, const struct setting *s, const struct wish *w)
{
	uint32_t none[DSCPS];
	struct value blank = { .kind = VALUE_LIST, .list = { s->count, none } };
	char text[VALUE_TEXT];

	memset(none, 0xff, sizeof(none));
	struct value want = setting_wanted(s, w, &blank, pl->arena);
	return arena_strdup(pl->arena, setting_text(s, &want, text));
}

void plan_seen(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct setting_seen *seen = setting_is_wished(s, w) ? setting_seen(s, pl->node, w->port) : NULL;

	if (!seen || (seen->why && w->follows[setting_id(s)]))
		return;
	if (seen->why) {
		*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
			.port = w->port, .setting = s, .seen = arena_strdup(pl->arena, seen->why),
			.wanted = arena_printf(pl->arena, "%s %s", s->name, wish_text(pl, s, w)),
			.why = (char *)s->why, .advisory = s->advisory,
			.mend = arena_printf(pl->arena, "%s: null in the intent, where it is not to be doroce's",
					     s->key ? s->key : s->name),
		};
		return;
	}
	struct value want = setting_wanted(s, w, &seen->value, pl->arena);
	if (!setting_same(s, &want, &seen->value))
		planning_add(pl, s, w->port, &seen->value, &want);
}

const char *setting_text(const struct setting *s, const struct value *v, char *buf)
{
	size_t words = 0;

	if (s && s->text && (v->kind == VALUE_NUMBER || v->kind == VALUE_LIST))
		return s->text(v, buf);
	while (s && s->words && s->words[words])
		words++;
	if (v->kind != VALUE_NUMBER || v->number >= words)
		return value_text(v, buf);
	return strncpy(buf, s->words[v->number], VALUE_TEXT - 1);
}
