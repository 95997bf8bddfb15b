/* SPDX-License-Identifier: MIT */
/* doroce show: the QoS of a port. */
#include "cmd/show_qos.h"

#include <stdio.h>

#include "apply/encode.h"

/* In the order in which a packet meets them. */
static const enum setting_id shown[] = {
	SETTING_CM_TOS, SETTING_CM_MODE, SETTING_TRAFFIC_CLASS, SETTING_TRUST, SETTING_DSCP_PRIO, SETTING_PFC,
	SETTING_PAUSE, SETTING_ETS, SETTING_MAXRATE, SETTING_BUFFER, SETTING_CABLE_LENGTH, SETTING_ECN_NP, SETTING_ECN_RP,
	SETTING_CNP_DSCP, SETTING_CNP_PRIO, SETTING_DCBX,
};

void qos_show_read(struct session *s, const struct port *p)
{
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		setting_read(s->kern, s->arena, &s->node, &settings[shown[i]], p);
}

/* OFED's traffic_class is nothing at first. */
static bool is_unset(const struct value *v)
{
	return v->kind == VALUE_NUMBER && v->number == LIST_NONE;
}

/* The setting as text, NULL: there is none to be had. */
static const char *text_of(const struct node *n, const struct port *p, enum setting_id id, char *buf)
{
	const struct setting_seen *seen = setting_seen(&settings[id], n, p);

	if (!seen || seen->why)
		return NULL;
	return is_unset(&seen->value) ? "not set" : setting_text(&settings[id], &seen->value, buf);
}

static const struct setting_seen *dcb_seen(const struct node *n, const struct port *p)
{
	return setting_seen(&settings[SETTING_PFC], n, p);
}

void qos_print(const struct node *n, const struct port *p)
{
	const struct setting_seen *dcb = dcb_seen(n, p);
	const char *line;
	char text[VALUE_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if ((line = text_of(n, p, shown[i], text)))
			printf("  qos       %s %s\n", settings[shown[i]].name, line);
	if (dcb && dcb->why)
		printf("  qos       %s\n", dcb->why);
}

/* value: the number, or each place of the list; text: as it is written. */
static json_t *setting_json(const struct setting *s, const struct value *v)
{
	char text[VALUE_TEXT];

	return json_pack("{s:o, s:s}", "value", encode_value(v), "text", setting_text(s, v, text));
}

json_t *qos_json(const struct node *n, const struct port *p)
{
	const struct setting_seen *dcb = dcb_seen(n, p);
	json_t *j = json_object();

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		const struct setting *s = &settings[shown[i]];
		const struct setting_seen *seen = setting_seen(s, n, p);

		if (seen && !seen->why && !is_unset(&seen->value))
			json_object_set_new(j, s->name, setting_json(s, &seen->value));
	}
	if (dcb && dcb->why)
		json_object_set_new(j, "note", json_string(dcb->why));
	return j;
}
