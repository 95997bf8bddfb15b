/* SPDX-License-Identifier: MIT */
/* LLDP: the neighbour's QoS. IEEE 802.1Q-2018 annex D.2.8 to D.2.11. */
#include "port/lldp/tlv.h"

enum {
	WILLING = 0x80,
	PFC_CAP = 0x0f,
	APP_ENTRY = 3,
	ROCE_V2_PORT = 4791,
};

/* Four bytes of two priorities each, the lower one in the upper half; then bandwidth and selection of each class. */
static int ets_read(const struct tlv *t, struct lldp_ets *ret, struct err *e)
{
	const uint8_t *prios = t->at + 1, *bandwidth = prios + PRIORITIES / 2, *tsa = bandwidth + PRIORITIES;

	for (size_t i = 0; i < PRIORITIES; i++) {
		ret->prio_tc[i] = i % 2 ? prios[i / 2] & 0x0f : prios[i / 2] >> 4;
		ret->bandwidth_pct[i] = bandwidth[i];
		ret->tsa[i] = tsa[i];
		if (ret->prio_tc[i] >= PRIORITIES)
			return tlv_bad(t, 1 + i / 2, e, "priority %zu is in traffic class %u, of 0 to 7", i, ret->prio_tc[i]);
		if (ret->bandwidth_pct[i] > 100)
			return tlv_bad(t, 1 + PRIORITIES / 2 + i, e, "traffic class %zu has %u %% of the bandwidth", i,
				       ret->bandwidth_pct[i]);
	}
	/* bandwidth of a class without ETS means nothing; struct dcb has 0 there, too */
	for (size_t i = 0; i < PRIORITIES; i++)
		if (ret->tsa[i] != TSA_ETS)
			ret->bandwidth_pct[i] = 0;
	return 0;
}

int tlv_ets(const struct tlv *t, struct lldp *l, struct err *e)
{
	l->willing |= t->at[0] & WILLING ? LLDP_ETS : 0;
	return ets_read(t, &l->ets, e);
}

/* The first byte is reserved. */
int tlv_ets_advice(const struct tlv *t, struct lldp *l, struct err *e)
{
	return ets_read(t, &l->advice, e);
}

int tlv_pfc(const struct tlv *t, struct lldp *l, struct err *e)
{
	(void)e;
	l->willing |= t->at[0] & WILLING ? LLDP_PFC : 0;
	l->pfc_cap = t->at[0] & PFC_CAP;
	for (size_t i = 0; i < PRIORITIES; i++)
		l->pfc[i] = t->at[1] >> i & 1;
	return 0;
}

/* Behind a reserved byte entries of three: priority in the upper three bits, selector in the lower three, protocol. */
int tlv_app(const struct tlv *t, struct lldp *l, struct err *e)
{
	if ((t->len - 1) % APP_ENTRY)
		return tlv_bad(t, 1, e, "%zu B of entries are no multiple of %d", t->len - 1, APP_ENTRY);
	for (size_t at = 1; at < t->len; at += APP_ENTRY) {
		const uint8_t *entry = t->at + at;
		struct lldp_app app = {
			.selector = entry[0] & 7, .prio = entry[0] >> 5, .protocol = (uint16_t)(entry[1] << 8 | entry[2]),
		};

		if (app.selector == LLDP_BY_DSCP && app.protocol >= DSCPS)
			return tlv_bad(t, at, e, "DSCP %u, of 0 to %d", app.protocol, DSCPS - 1);
		l->app[l->app_n++] = app;
	}
	return 0;
}

void lldp_dscp_prio(const struct lldp *l, uint32_t ret[DSCPS])
{
	for (size_t i = 0; i < DSCPS; i++)
		ret[i] = DSCP_UNMAPPED;
	for (const struct lldp_app *app = l->app; app < l->app + l->app_n; app++)
		if (app->selector == LLDP_BY_DSCP &&
		    (ret[app->protocol] == DSCP_UNMAPPED || app->prio > ret[app->protocol]))
			ret[app->protocol] = app->prio;
}

uint32_t lldp_roce_prio(const struct lldp *l)
{
	for (const struct lldp_app *app = l->app; app < l->app + l->app_n; app++)
		if ((app->selector == LLDP_BY_UDP || app->selector == LLDP_BY_PORT) && app->protocol == ROCE_V2_PORT)
			return app->prio;
	return DSCP_UNMAPPED;
}
