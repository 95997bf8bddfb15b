/* SPDX-License-Identifier: MIT */
/* One TLV of an LLDPDU, within the parser. */
#ifndef DOROCE_PORT_LLDP_TLV_H
#define DOROCE_PORT_LLDP_TLV_H

#include "port/lldp/lldp.h"

/* at: its information string, behind OUI and subtype where it has them: len bytes, off from the LLDPDU's begin.
 * name: for errors. */
struct tlv {
	const char *name;
	const uint8_t *at;
	size_t len, off;
};

/* Put what it says into l. Its length is within what its row allows. 0; -EBADMSG. */
typedef int tlv_read_fn(const struct tlv *t, struct lldp *l, struct err *e);

/* "byte 23: PFC: …". Returns -EBADMSG. */
int tlv_bad(const struct tlv *t, size_t at, struct err *e, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* dcbx.c */
tlv_read_fn tlv_ets, tlv_ets_advice, tlv_pfc, tlv_app;

/* id.c: chassis and port IDs, texts. */
tlv_read_fn tlv_chassis, tlv_port, tlv_port_description, tlv_system_name;

#endif
