/* SPDX-License-Identifier: MIT */
/* LLDP: from TLV to TLV through one LLDPDU. IEEE 802.1AB-2016 clauses 8.4 and 9.2.7.7. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "port/lldp/tlv.h"

enum {
	TLV_HEAD = 2,
	TYPE_END = 0,
	TYPE_ORG = 127, /* its information string begins with OUI and subtype */
	ORG_HEAD = 4,
	LEN_MAX = 511,
};

/* OUI and subtype as one number. */
#define ORG(oui, subtype) ((oui) << 8 | (subtype))
enum { OUI_8021 = 0x0080c2, OUI_8023 = 0x00120f, OUI_CEE = 0x001b21 };

static uint16_t u16_at(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static int tlv_ttl(const struct tlv *t, struct lldp *l, struct err *e)
{
	(void)e;
	l->ttl_s = u16_at(t->at);
	return 0;
}

static int tlv_pvid(const struct tlv *t, struct lldp *l, struct err *e)
{
	(void)e;
	l->pvid = u16_at(t->at);
	return 0;
}

static int tlv_max_frame(const struct tlv *t, struct lldp *l, struct err *e)
{
	(void)e;
	l->max_frame = u16_at(t->at);
	return 0;
}

/* Every TLV that is read. org: of type 127 alone. least, most: bytes behind OUI and subtype. read NULL: that it is
 * there is all that counts. */
static const struct tlv_row {
	const char *name;
	uint8_t type;
	uint32_t org;
	enum lldp_part part;
	size_t least, most;
	tlv_read_fn *read;
} rows[] = {
	{ "chassis ID", 1, 0, LLDP_CHASSIS, 2, 256, tlv_chassis },
	{ "port ID", 2, 0, LLDP_PORT, 2, 256, tlv_port },
	{ "time to live", 3, 0, LLDP_TTL, 2, LEN_MAX, tlv_ttl },
	{ "port description", 4, 0, LLDP_PORT_DESCRIPTION, 0, 255, tlv_port_description },
	{ "system name", 5, 0, LLDP_SYSTEM_NAME, 0, 255, tlv_system_name },
	{ "port VLAN ID", TYPE_ORG, ORG(OUI_8021, 1), LLDP_PVID, 2, 2, tlv_pvid },
	{ "maximum frame size", TYPE_ORG, ORG(OUI_8023, 4), LLDP_MAX_FRAME, 2, 2, tlv_max_frame },
	{ "ETS configuration", TYPE_ORG, ORG(OUI_8021, 9), LLDP_ETS, 21, 21, tlv_ets },
	{ "ETS recommendation", TYPE_ORG, ORG(OUI_8021, 10), LLDP_ETS_ADVICE, 21, 21, tlv_ets_advice },
	{ "PFC", TYPE_ORG, ORG(OUI_8021, 11), LLDP_PFC, 2, 2, tlv_pfc },
	{ "application priority", TYPE_ORG, ORG(OUI_8021, 12), LLDP_APP, 1, LEN_MAX, tlv_app },
	{ "CEE", TYPE_ORG, ORG(OUI_CEE, 2), LLDP_CEE, 0, LEN_MAX, NULL },
};

/* These come first, in this order, each once. */
enum { MANDATORY = 3 };

int tlv_bad(const struct tlv *t, size_t at, struct err *e, const char *fmt, ...)
{
	char why[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return err_set(e, -EBADMSG, "byte %zu: %s: %s", t->off + at, t->name, why);
}

static const struct tlv_row *row_of(uint8_t type, uint32_t org)
{
	for (const struct tlv_row *r = rows; r < rows + ARRAY_LEN(rows); r++)
		if (r->type == type && r->org == org)
			return r;
	return NULL;
}

/* One that is known: t is its information string behind OUI and subtype. */
static int row_read(const struct tlv_row *r, struct tlv *t, struct lldp *l, struct err *e)
{
	t->name = r->name;
	if (r->read && l->has & r->part)
		return tlv_bad(t, 0, e, "it comes a second time");
	if (t->len < r->least || t->len > r->most)
		return tlv_bad(t, 0, e, "%zu B of it, of %zu to %zu", t->len, r->least, r->most);
	l->has |= r->part;
	return r->read ? r->read(t, l, e) : 0;
}

static int one_read(uint8_t type, struct tlv *t, size_t number, struct lldp *l, struct err *e)
{
	uint32_t org = 0;

	if (type == TYPE_ORG) {
		if (t->len < ORG_HEAD)
			return tlv_bad(t, 0, e, "%zu B have no room for OUI and subtype", t->len);
		org = (uint32_t)t->at[0] << 24 | (uint32_t)t->at[1] << 16 | (uint32_t)t->at[2] << 8 | t->at[3];
		*t = (struct tlv){ t->name, t->at + ORG_HEAD, t->len - ORG_HEAD, t->off + ORG_HEAD };
	}
	const struct tlv_row *r = row_of(type, org);
	if (number < MANDATORY && r != &rows[number])
		return tlv_bad(t, 0, e, "a TLV of type %u where %s is wanted", type, rows[number].name);
	return r ? row_read(r, t, l, e) : 0;
}

/* The end is said by a TLV of its own, behind which anything may follow, or is that of the frame. */
static int all_read(const uint8_t *bytes, size_t len, struct lldp *l, struct err *e)
{
	size_t number = 0;

	for (size_t at = 0; at < len; number++) {
		struct tlv t = { .name = "TLV", .off = at };

		if (len - at < TLV_HEAD)
			return tlv_bad(&t, 0, e, "the frame ends in its head");
		uint16_t head = u16_at(bytes + at);
		uint8_t type = (uint8_t)(head >> 9);
		t = (struct tlv){ t.name, bytes + at + TLV_HEAD, head & LEN_MAX, at + TLV_HEAD };
		if (t.len > len - t.off)
			return tlv_bad(&t, 0, e, "%zu B of type %u, and the frame ends after %zu", t.len, type, len - t.off);
		if (type == TYPE_END && t.len)
			return tlv_bad(&t, 0, e, "the end has %zu B", t.len);
		if (type == TYPE_END && number >= MANDATORY)
			return 0;
		int r = one_read(type, &t, number, l, e);
		if (r < 0)
			return r;
		at = t.off + t.len;
	}
	return number < MANDATORY ? err_set(e, -EBADMSG, "byte %zu: the frame ends without %s", len, rows[number].name) : 0;
}

int lldp_read(const uint8_t *bytes, size_t len, struct lldp *ret, struct err *e)
{
	struct lldp l = { 0 };
	int r = all_read(bytes, len, &l, e);

	if (r == 0)
		*ret = l;
	return r;
}
