/* SPDX-License-Identifier: MIT */
/* LLDP frames. */
#include <string.h>

#include "fake/must.h"
#include "fuzz/fuzz.h"
#include "port/lldp/heard.h"

/* Ended, and of printable characters alone. */
static void text_check(const char *text)
{
	must(strnlen(text, LLDP_TEXT) < LLDP_TEXT);
	for (; *text; text++)
		must(*text >= ' ' && *text < 0x7f);
}

static void ets_check(const struct lldp_ets *ets)
{
	for (size_t i = 0; i < PRIORITIES; i++)
		must(ets->prio_tc[i] < PRIORITIES && ets->bandwidth_pct[i] <= 100);
}

static void qos_check(const struct lldp *l)
{
	uint32_t prio[DSCPS], roce = lldp_roce_prio(l);

	ets_check(&l->ets);
	ets_check(&l->advice);
	lldp_dscp_prio(l, prio);
	for (size_t i = 0; i < DSCPS; i++)
		must(prio[i] == DSCP_UNMAPPED || prio[i] < PRIORITIES);
	must(roce == DSCP_UNMAPPED || roce < PRIORITIES);
	must(l->app_n <= LLDP_APPS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct lldp untouched = { .has = UINT32_MAX };
	struct lldp l = untouched;
	struct err e = { 0 };

	if (lldp_read(data, size, &l, &e) < 0) {
		must(e.text[0] && memcmp(&l, &untouched, sizeof(l)) == 0);
		return 0;
	}
	must(l.has & LLDP_CHASSIS && l.has & LLDP_PORT && l.has & LLDP_TTL && !e.text[0]);
	text_check(l.chassis);
	text_check(l.port);
	text_check(l.port_description);
	text_check(l.system_name);
	qos_check(&l);
	return 0;
}
