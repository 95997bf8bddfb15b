/* SPDX-License-Identifier: MIT */
/* Settings that the kernel's DCB interface holds: each is a slice of struct dcb. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "setting/setting.h"

enum { CELL_MAX = 256 }; /* B */

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

static struct value slice_value(struct dcb *d, const struct setting *s, struct arena *a)
{
	uint32_t *at = arena_array(a, uint32_t, setting_places(s));

	memcpy(at, slice(d, s), setting_places(s) * sizeof(*at));
	return setting_value(s, at);
}

/* True when the driver tells it. Trust without a list of its own follows the DSCP entries. */
static bool is_told(const struct dcb *d, const struct setting *s)
{
	return d->has & (s->part == DCB_PART_TRUST ? DCB_PART_APP : s->part);
}

static uint32_t cap_of(const struct dcb *d, const struct setting *s)
{
	switch (setting_id(s)) {
	case SETTING_PFC:
		return d->pfc_cap;
	case SETTING_ETS:
		return d->ets_cap;
	case SETTING_BUFFER:
		return d->buffer_total;
	default:
		return 0;
	}
}

static void seen_fill(struct dcb *d, const struct setting *s, const struct port *p, struct arena *a,
		      struct setting_seen *seen)
{
	const char *kind = p->link.kind[0] ? p->link.kind : p->rdma.driver;

	if (is_told(d, s))
		*seen = (struct setting_seen){
			.value = slice_value(d, s, a),
			.derived = s->part == DCB_PART_TRUST && !(d->has & DCB_PART_TRUST),
			.cap = cap_of(d, s),
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

/* Put into d what the change writes; what else the driver has in the same list stays. */
static void slice_put(struct dcb *d, const struct setting *s, const struct value *from, const struct value *to)
{
	for (size_t i = 0; i < setting_places(s); i++)
		if (setting_writes(s, from, to, i))
			slice(d, s)[i] = s->count ? to->list.at[i] : to->number;
}

/* The kernel passes over what a driver has no operation for. */
static int slice_check(const struct setting *s, struct dcb *before, struct dcb *after, const struct value *from,
		       const struct value *to, struct err *e)
{
	const struct value was = setting_value(s, slice(before, s)), is = setting_value(s, slice(after, s));
	char text[VALUE_TEXT];

	if (setting_is_made(s, from, to, &is))
		return 0;
	if (setting_same(s, &was, &is))
		return err_set(e, -EIO, "%s: the driver took it without an error and did not do it", s->name);
	return err_set(e, -EIO, "%s: the driver took it without an error and made something else of it: %s", s->name,
		       setting_text(s, &is, text));
}

/* The driver's other parts of the same message go along as they are now; what it took is read back. */
int dcb_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to, struct err *e)
{
	const struct setting *s = op->setting;
	const char *netdev = op->port->link.name;
	struct dcb now, want, after;
	int r = k->dcb_get(k, netdev, &now, e);

	want = now;
	if (r == 0) {
		slice_put(&want, s, from, to);
		r = k->dcb_set(k, netdev, s->part, &now, &want, e);
	}
	if (r == 0)
		r = k->dcb_get(k, netdev, &after, e);
	if (r < 0)
		return err_prefix(e, s->name);
	return slice_check(s, &now, &after, from, to, e);
}

bool buffer_same(uint32_t x, uint32_t y, size_t place)
{
	uint32_t more = max_u32(x, y), less = x < y ? x : y;

	/* the first eight say which buffer; of their sizes mlx5 takes whole cells, of at most 256 B */
	return x == y || (place >= PRIORITIES && less && more - less < CELL_MAX);
}

/* mlx5 counts in 100 Mb/s, above 25.5 Gb/s in 1 Gb/s. */
bool maxrate_same(uint32_t x, uint32_t y, size_t place)
{
	uint32_t more = max_u32(x, y), less = x < y ? x : y;

	(void)place;
	return x == y || (less && more - less < (more > 25500000 ? 1000000 : 100000));
}

/* Versions are the driver's own business. */
bool dcbx_same(uint32_t x, uint32_t y, size_t place)
{
	(void)place;
	return (x & DCBX_HOST) == (y & DCBX_HOST);
}

/* A driver that has DCB and no DCBX mode leaves DCB to the host. */
static bool is_hosts_anyway(const struct planning *pl, const struct wish *w, const struct setting_seen *seen)
{
	const struct setting_seen *map = setting_seen(&settings[SETTING_DSCP_PRIO], pl->node, w->port);

	return seen->why && map && !map->why && w->number[SETTING_DCBX].v;
}

/* The wish is one bit: the host writes, not the firmware. */
void dcbx_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct setting_seen *seen = setting_is_wished(s, w) ? setting_seen(s, pl->node, w->port) : NULL;
	struct wish whole = *w;

	if (!seen || is_hosts_anyway(pl, w, seen))
		return;
	uint32_t now = seen->value.number & ~(uint32_t)(DCBX_HOST | DCBX_LLD_MANAGED);
	whole.number[SETTING_DCBX].v = w->number[SETTING_DCBX].v ? now | DCBX_HOST | DCBX_IEEE : now;
	plan_seen(pl, s, &whole);
}

const char *dcbx_text(const struct value *v, char *buf)
{
	snprintf(buf, VALUE_TEXT, "%s%s%s", v->number & DCBX_HOST ? "host" : "firmware",
		 v->number & DCBX_IEEE ? " ieee" : "", v->number & DCBX_CEE ? " cee" : "");
	return buf;
}

const char *trust_text(const struct value *v, char *buf)
{
	static const char *const words[] = {
		[TRUST_PCP] = "pcp", [TRUST_DSCP] = "dscp", [TRUST_DSCP_PCP] = "dscp, else pcp",
		[TRUST_PCP_DSCP] = "pcp, else dscp", [TRUST_NONE] = "nothing",
	};

	snprintf(buf, VALUE_TEXT, "%s", v->number < ARRAY_LEN(words) ? words[v->number] : "?");
	return buf;
}

static bool has_entries(const struct value *map)
{
	for (size_t i = 0; map->kind == VALUE_LIST && i < map->list.n; i++)
		if (map->list.at[i] != LIST_NONE)
			return true;
	return false;
}

/* All entries, or none: what mlnx_qos --trust makes of it, too. */
static struct value map_of_trust(bool dscp, struct arena *a)
{
	uint32_t *at = arena_array(a, uint32_t, DSCPS);

	for (uint32_t i = 0; i < DSCPS; i++)
		at[i] = dscp ? i / 8 : DSCP_UNMAPPED;
	return (struct value){ .kind = VALUE_LIST, .list = { DSCPS, at } };
}

/* A driver without a trust list trusts DSCP while it has a DSCP entry: the entries are what is planned. */
static void derived_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct setting *entries = &settings[SETTING_DSCP_PRIO];
	const struct setting_seen *seen = setting_seen(entries, pl->node, w->port);
	bool dscp = w->number[SETTING_TRUST].v, ours = setting_is_wished(entries, w);
	bool said = w->list[SETTING_DSCP_PRIO].is != OPT_UNSET;
	struct value now = seen ? seen->value : (struct value){ 0 };
	struct value later = ours && now.kind == VALUE_LIST ? setting_wanted(entries, w, &now, pl->arena) : now;

	if (has_entries(&later) == dscp)
		return;
	if (!said && now.kind == VALUE_LIST) {
		later = map_of_trust(dscp, pl->arena);
		planning_add(pl, entries, w->port, &now, &later);
		return;
	}
	*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
		.port = w->port, .setting = s,
		.seen = arena_strdup(pl->arena, "trust follows the DSCP entries of this driver"),
		.wanted = arena_printf(pl->arena, "trust %s", s->words[w->number[SETTING_TRUST].v]),
		.why = (char *)s->why,
		.mend = arena_strdup(pl->arena, dscp ? "dscp_prio with one entry at least in the intent" :
						       "no dscp_prio entries in the intent"),
	};
}

/* What is trusted first decides. */
static bool trust_serves(uint32_t wish, uint32_t now)
{
	return now == wish || now == (wish ? TRUST_DSCP_PCP : TRUST_PCP_DSCP);
}

void trust_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct setting_seen *seen = setting_is_wished(s, w) ? setting_seen(s, pl->node, w->port) : NULL;

	if (seen && seen->derived)
		derived_plan(pl, s, w);
	else if (seen && (seen->why || !trust_serves(w->number[SETTING_TRUST].v, seen->value.number)))
		plan_seen(pl, s, w);
}
