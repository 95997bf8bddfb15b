/* SPDX-License-Identifier: MIT */
/* Settings that the kernel's DCB interface holds: each is a slice of struct dcb. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "setting/setting.h"

static const char *part_name(unsigned int part)
{
	static const struct {
		unsigned int part;
		const char *name;
	} names[] = {
		{ DCB_PART_ETS, "ETS" }, { DCB_PART_PFC, "PFC" }, { DCB_PART_BUFFER, "buffer settings" },
		{ DCB_PART_MAXRATE, "rate limits" }, { DCB_PART_APP, "DSCP map" }, { DCB_PART_DCBX, "DCBX mode" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].part == part)
			return names[i].name;
	return "DCB";
}

static uint32_t *slice(struct dcb *d, const struct setting *s)
{
	return (uint32_t *)((char *)d + s->off);
}

static size_t slice_len(const struct setting *s)
{
	return s->count ? s->count : 1;
}

static struct value slice_value(struct dcb *d, const struct setting *s, struct arena *a)
{
	uint32_t *at;

	if (!s->count)
		return (struct value){ .kind = VALUE_NUMBER, .number = *slice(d, s) };
	at = arena_array(a, uint32_t, s->count);
	memcpy(at, slice(d, s), s->count * sizeof(*at));
	return (struct value){ .kind = VALUE_LIST, .list = { s->count, at } };
}

/* True when the driver tells it. Trust without a list of its own follows the DSCP entries. */
static bool is_told(const struct dcb *d, const struct setting *s)
{
	return d->has & (s->part == DCB_PART_TRUST ? DCB_PART_APP : s->part);
}

static void seen_fill(struct dcb *d, const struct setting *s, const struct port *p, struct arena *a,
		      struct setting_seen *seen)
{
	const char *kind = p->link.kind[0] ? p->link.kind : p->rdma.driver;

	if (is_told(d, s))
		*seen = (struct setting_seen){
			.value = slice_value(d, s, a),
			.derived = s->part == DCB_PART_TRUST && !(d->has & DCB_PART_TRUST),
		};
	else
		seen->why = arena_printf(a, "the driver of %s (%s) has no %s", p->link.name, kind,
					 d->has ? part_name(s->part) : "DCB: a virtual function, or a virtual netdev");
}

/* One reading serves all settings of the interface. */
void dcb_read(struct kern *k, struct arena *a, const struct setting *by, const struct port *p, struct setting_seen *seen)
{
	struct err e = { 0 };
	struct dcb d;
	int r = k->dcb_get(k, p->link.name, &d, &e);

	(void)by;
	for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
		if (s->read != dcb_read)
			continue;
		if (r < 0)
			seen[setting_id(s)].why = arena_strdup(a, e.text);
		else
			seen_fill(&d, s, p, a, &seen[setting_id(s)]);
	}
}

/* The driver's other parts of the same message go along as they are now. What it took is read back: the kernel
 * passes over what a driver has no operation for. */
int dcb_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to, struct err *e)
{
	const struct setting *s = op->setting;
	const char *netdev = op->port->link.name;
	struct dcb now, want, after;
	int r = k->dcb_get(k, netdev, &now, e);

	(void)from;
	if (r < 0)
		return err_prefix(e, s->name);
	want = now;
	memcpy(slice(&want, s), s->count ? to->list.at : &to->number, slice_len(s) * sizeof(uint32_t));
	r = k->dcb_set(k, netdev, s->part, &now, &want, e);
	if (r == 0)
		r = k->dcb_get(k, netdev, &after, e);
	if (r < 0)
		return err_prefix(e, s->name);
	if (memcmp(slice(&after, s), slice(&want, s), slice_len(s) * sizeof(uint32_t)) == 0)
		return 0;
	return err_set(e, -EIO, "%s: the driver took it without an error and did not do it: %s", s->name,
		       memcmp(slice(&after, s), slice(&now, s), slice_len(s) * sizeof(uint32_t)) == 0 ?
			       "the value is as before" : "another value is there");
}

/* The wish is one bit: the host writes, not the firmware. */
void dcbx_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct setting_seen *seen = setting_is_wished(s, w) ? setting_seen(s, pl->node, w->port) : NULL;
	struct wish whole = *w;

	if (!seen)
		return;
	uint32_t now = seen->value.number;
	whole.number[SETTING_DCBX].v = now & DCBX_HOST ? now : DCBX_HOST | DCBX_IEEE | DCBX_CEE;
	plan_seen(pl, s, &whole);
}

const char *dcbx_text(const struct value *v, char *buf)
{
	snprintf(buf, VALUE_TEXT, "%s%s%s", v->number & DCBX_HOST ? "host" : "firmware",
		 v->number & DCBX_IEEE ? " ieee" : "", v->number & DCBX_CEE ? " cee" : "");
	return buf;
}

/* True when a DSCP has an entry after the plan. */
static bool has_entries_later(struct planning *pl, const struct wish *w)
{
	const struct setting *s = &settings[SETTING_DSCP_PRIO];
	const struct setting_seen *seen = setting_seen(s, pl->node, w->port);
	struct value v = seen ? seen->value : (struct value){ 0 };

	if (seen && !seen->why && setting_is_wished(s, w))
		v = setting_wanted(s, w, &v, pl->arena);
	for (size_t i = 0; v.kind == VALUE_LIST && i < v.list.n; i++)
		if (v.list.at[i] != LIST_NONE)
			return true;
	return false;
}

/* A driver without a trust list trusts DSCP while it has a DSCP entry: then the entries are what is planned. */
void trust_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct setting_seen *seen = setting_is_wished(s, w) ? setting_seen(s, pl->node, w->port) : NULL;

	if (!seen || !seen->derived) {
		plan_seen(pl, s, w);
		return;
	}
	if (has_entries_later(pl, w) == (w->number[SETTING_TRUST].v != 0))
		return;
	*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
		.port = w->port, .setting = s,
		.seen = arena_strdup(pl->arena, "trust follows the DSCP entries of this driver"),
		.wanted = arena_printf(pl->arena, "trust %s", s->words[w->number[SETTING_TRUST].v]),
		.why = (char *)s->why,
		.mend = arena_strdup(pl->arena, w->number[SETTING_TRUST].v ? "dscp_prio with one entry at least in the intent" :
							"no dscp_prio entries: dscp_prio: none in the intent"),
	};
}
