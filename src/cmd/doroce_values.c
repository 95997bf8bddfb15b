/* SPDX-License-Identifier: MIT */
/* doRoCE: its options as an intent. Pure. */
#include "cmd/doroce.h"

enum { PAUSE_OFF = 0, PAUSE_ON = 3 };

static void number_set(struct intent *in, enum setting_id id, uint32_t v)
{
	in->qos.number[id] = (struct opt_u32){ OPT_SET, v };
}

/* One place of a list; nothing is said of the others. */
static void place_set(struct intent *in, enum setting_id id, uint32_t place, uint32_t v, struct arena *a)
{
	uint32_t *at = arena_array(a, uint32_t, settings[id].count);

	for (size_t i = 0; i < settings[id].count; i++)
		at[i] = LIST_ANY;
	at[place] = v;
	in->qos.list[id] = (struct opt_list){ .v = { settings[id].count, at }, .is = OPT_SET };
}

/* A GID index is of the ports as they are; NCCL looks for it by itself unless it is told. */
static void nccl_set(const struct doroce_options *o, struct intent *in)
{
	in->apps.how[APP_NCCL] = o->back ? APP_NONE : APP_ALWAYS;
	in->apps.no_devices = in->apps.take_over = true;
}

void doroce_values(const struct doroce_options *o, struct arena *a, struct intent *in)
{
	struct opt_u32 *cm = &in->defaults.number[SETTING_CM_TOS];
	uint32_t tos = cm->v, prio = tos >> 5;
	bool pfc = !o->lossy && !o->back, accelerations = !o->lossless && !o->back;

	number_set(in, SETTING_TRUST, !o->back);
	if (!o->back)
		place_set(in, SETTING_DSCP_PRIO, tos >> 2, prio, a);
	place_set(in, SETTING_PFC, prio, pfc, a);
	number_set(in, SETTING_PAUSE, o->back ? PAUSE_ON : PAUSE_OFF);
	number_set(in, SETTING_ACCEL_RETRANSMISSION, accelerations);
	number_set(in, SETTING_ACCEL_TX_WINDOW, accelerations);
	number_set(in, SETTING_ACCEL_SLOW_RESTART, accelerations);
	if (o->selective_repeat)
		number_set(in, SETTING_SELECTIVE_REPEAT, 1);
	if (o->rttcc)
		number_set(in, SETTING_RTTCC, 1);
	cm->v = o->back ? 0 : tos;
	number_set(in, SETTING_TRAFFIC_CLASS, cm->v);
	nccl_set(o, in);
}

const uint32_t *doroce_buffer(const struct setting_seen *seen, struct arena *a)
{
	uint32_t *at = arena_array(a, uint32_t, settings[SETTING_BUFFER].count);

	if (!seen || seen->why || seen->value.kind != VALUE_LIST)
		return NULL;
	for (size_t i = PRIORITIES; i < settings[SETTING_BUFFER].count; i++)
		at[PRIORITIES] += seen->value.list.at[i];
	return at[PRIORITIES] ? at : NULL;
}
