/* SPDX-License-Identifier: MIT */
/* What the neighbour on a port's wire says of itself by LLDP: bytes in, struct out.
 *
 * IEEE 802.1AB-2016: clause 8.2 (the LLDPDU), 8.4 (TLVs), 8.5 (chassis ID to system name), 9.2.7.7 (what is malformed).
 * IEEE 802.1Q-2018: D.2.1 (port VLAN ID), D.2.8 (ETS configuration), D.2.9 (ETS recommendation), D.2.10 (PFC),
 * D.2.11 (application priority; first published as 802.1Qaz-2011). IEEE 802.3-2018: 79.3.4 (maximum frame size). */
#ifndef DOROCE_PORT_LLDP_LLDP_H
#define DOROCE_PORT_LLDP_LLDP_H

#include "base/err.h"
#include "kern/dcb.h"

/* Of 255 bytes at most; of application priorities as many as fit into a TLV of 511 bytes. */
enum { LLDP_TEXT = 256, LLDP_APPS = 168 };

/* The parts that a frame may have or not: bits of lldp.has. The first three are in every frame.
 * CEE: DCBX as before the standard (OUI 00-1b-21), which is not read. */
enum lldp_part {
	LLDP_CHASSIS = 1,
	LLDP_PORT = 2,
	LLDP_TTL = 4,
	LLDP_PORT_DESCRIPTION = 8,
	LLDP_SYSTEM_NAME = 16,
	LLDP_PVID = 32,
	LLDP_MAX_FRAME = 64,
	LLDP_ETS = 128,
	LLDP_ETS_ADVICE = 256,
	LLDP_PFC = 512,
	LLDP_APP = 1024,
	LLDP_CEE = 2048,
};

/* As in struct dcb, and in the order in which the setting ets has them. */
struct lldp_ets {
	uint32_t prio_tc[PRIORITIES], tsa[PRIORITIES], bandwidth_pct[PRIORITIES];
};

/* What selects the packets that the priority is for. Others are kept, too. */
enum lldp_selector { LLDP_BY_ETHERTYPE = 1, LLDP_BY_TCP = 2, LLDP_BY_UDP = 3, LLDP_BY_PORT = 4, LLDP_BY_DSCP = 5 };

struct lldp_app {
	uint8_t selector, prio; /* enum lldp_selector 0..7; 0..7 */
	uint16_t protocol;      /* ethertype, port or DSCP (0..63) */
};

/* Texts are printable ASCII, other bytes are question marks; "" where there is none. MAC and IP addresses as such.
 * ttl_s: what is said counts so long; 0: the neighbour goes. pvid: VLAN of untagged frames, 0 none.
 * max_frame: bytes, Ethernet header and FCS in it. ets: how the neighbour sends; advice: how we are to.
 * pfc: 0 or 1 of each priority; pfc_cap: priorities that can have it at a time, 0: as many as there are.
 * willing: enum lldp_part of what it takes over from us. */
struct lldp {
	unsigned int has, willing;
	char chassis[LLDP_TEXT], port[LLDP_TEXT], port_description[LLDP_TEXT], system_name[LLDP_TEXT];
	uint16_t ttl_s, pvid, max_frame;
	struct lldp_ets ets, advice;
	uint32_t pfc[PRIORITIES], pfc_cap;
	struct lldp_app app[LLDP_APPS];
	size_t app_n;
};

/* Read one LLDPDU, without its Ethernet header. What is not known is passed over; of a malformed one nothing is used.
 * 0; -EBADMSG: e says what is wrong and at which byte of the LLDPDU, from 0. */
int lldp_read(const uint8_t *bytes, size_t len, struct lldp *ret, struct err *e);

/* The priority of each DSCP that the neighbour has one for, else DSCP_UNMAPPED; the largest where it has several. */
void lldp_dscp_prio(const struct lldp *l, uint32_t ret[DSCPS]);

/* The priority that it has for RoCE v2 as such (UDP port 4791), DSCP_UNMAPPED: it says none. */
uint32_t lldp_roce_prio(const struct lldp *l);

#endif
