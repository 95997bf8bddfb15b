/* SPDX-License-Identifier: MIT */
/* --lldp: how long it is listened for, and what show prints of the switch. */
#include "cmd/lldp.h"

#include <stdio.h>

#include "cmd/json.h"

/* What the neighbour says of one setting. */
struct part {
	const char *name;
	enum setting_id id;
	const uint32_t *at;
};

enum { PARTS_MAX = 4 };

int lldp_option(const struct options *o, uint32_t *ret)
{
	if (o->lldp && !o->lldp[0])
		*ret = LLDP_LIMIT_S_DEFAULT;
	return o->lldp && o->lldp[0] ? option_number("lldp", o->lldp, 1, LLDP_LIMIT_S_MAX, ret) : EXIT_OK;
}

int lldp_show_listen(const struct options *o, struct session *s, struct lldp_heards *ret)
{
	uint32_t limit_s = 0;
	struct err e = { 0 };
	int r = lldp_option(o, &limit_s);

	if (r || !limit_s)
		return r;
	for vec_each(p, &s->node.ports)
		if (port_is_roce(p) && port_is_first_on_netdev(&s->node, p) && !p->below[0])
			*vec_add(s->arena, ret) = (struct lldp_heard){ .port = p };
	if (lldp_listen(s->kern, ret, limit_s, s->arena, &e) < 0)
		return complain(EXIT_FAILED, "listen for LLDP: %s", e.text);
	return EXIT_OK;
}

static size_t parts_of(const struct lldp *l, uint32_t dscp_prio[DSCPS], struct part ret[PARTS_MAX])
{
	size_t n = 0;

	lldp_dscp_prio(l, dscp_prio);
	if (l->has & LLDP_PFC)
		ret[n++] = (struct part){ "pfc", SETTING_PFC, l->pfc };
	if (l->has & LLDP_ETS)
		ret[n++] = (struct part){ "ets", SETTING_ETS, l->ets.prio_tc };
	if (l->has & LLDP_ETS_ADVICE)
		ret[n++] = (struct part){ "ets_recommended", SETTING_ETS, l->advice.prio_tc };
	if (l->has & LLDP_APP)
		ret[n++] = (struct part){ "dscp_prio", SETTING_DSCP_PRIO, dscp_prio };
	return n;
}

static void who_print(const struct lldp *l, struct arena *a)
{
	printf("  switch    %s, chassis %s", lldp_name(l, a), l->chassis);
	if (l->port_description[0])
		printf(", \"%s\"", l->port_description);
	if (l->pvid)
		printf(", VLAN %u", l->pvid);
	if (l->max_frame)
		printf(", frames of %u B", l->max_frame);
	putchar('\n');
}

void lldp_print(const struct lldp_heard *h, struct arena *a)
{
	uint32_t dscp_prio[DSCPS];
	struct part parts[PARTS_MAX];
	char text[VALUE_TEXT];

	if (h->state != LLDP_SAID) {
		printf("  switch    %s%s\n", h->state == LLDP_MALFORMED ? "malformed LLDP frame: " : "", h->why);
		return;
	}
	who_print(&h->says, a);
	if (h->same)
		printf("  switch    the same port of it as %s %s\n", h->same->name, h->same->link.name);
	size_t n = parts_of(&h->says, dscp_prio, parts);
	for (size_t i = 0; i < n; i++) {
		const struct value v = setting_value(&settings[parts[i].id], parts[i].at);

		printf("  switch    %s %s\n", parts[i].name, setting_text(&settings[parts[i].id], &v, text));
	}
	if (lldp_roce_prio(&h->says) != DSCP_UNMAPPED)
		printf("  switch    RoCE v2 (UDP 4791) has priority %u\n", lldp_roce_prio(&h->says));
}

static json_t *apps_json(const struct lldp *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->app_n; i++)
		json_array_append_new(list, json_pack("{s:i, s:i, s:i}", "selector", l->app[i].selector, "protocol",
						      l->app[i].protocol, "priority", l->app[i].prio));
	return list;
}

static const char *text_or_null(const char *text)
{
	return text[0] ? text : NULL;
}

json_t *lldp_json(const struct lldp_heard *h)
{
	const struct lldp *l = &h->says;
	uint32_t dscp_prio[DSCPS];
	struct part parts[PARTS_MAX];

	if (h->state != LLDP_SAID)
		return json_pack("{s:s, s:b}", "error", h->why, "malformed", h->state == LLDP_MALFORMED);
	json_t *j = json_pack("{s:s?, s:s, s:s, s:s?, s:i, s:i, s:i, s:o, s:s?}", "system",
			      text_or_null(l->system_name), "chassis", l->chassis, "port", l->port, "port_description",
			      text_or_null(l->port_description), "ttl_s", l->ttl_s, "vlan", l->pvid, "max_frame",
			      l->max_frame, "apps", apps_json(l), "same_as", h->same ? h->same->name : NULL);
	size_t n = parts_of(l, dscp_prio, parts);
	for (size_t i = 0; i < n; i++) {
		const struct value v = setting_value(&settings[parts[i].id], parts[i].at);

		json_object_set_new(j, parts[i].name, json_of_value(&settings[parts[i].id], &v));
	}
	return j;
}
