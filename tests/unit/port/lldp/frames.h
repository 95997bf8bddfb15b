/* SPDX-License-Identifier: MIT */
/* LLDPDUs for tests: TLVs in hexadecimal, one behind the other; blanks count for nothing. */
#ifndef DOROCE_TESTS_UNIT_PORT_LLDP_FRAMES_H
#define DOROCE_TESTS_UNIT_PORT_LLDP_FRAMES_H

#include "base/util.h"

/* MAC address 00:1c:73:0c:a1:b2; interface name Ethernet1/1; 120 s */
#define CHASSIS "02 07 04 001c730ca1b2 "
#define PORT "04 0c 05 45746865726e6574312f31 "
#define TTL "06 02 0078 "
#define MANDATORY CHASSIS PORT TTL
/* the same of port Ethernet1/2; going */
#define PORT_2 "04 0c 05 45746865726e6574312f32 "
#define TTL_0 "06 02 0000 "
#define DESCRIPTION "08 07 6e6f64652d6131 "	/* node-a1 */
#define SYSTEM "0a 05 6c65616631 "		/* leaf1 */
/* system description, capabilities (bridge, router), management address 10.0.0.5 of interface 7 */
#define OTHERS "0c 0b 535720312e322e333b2078 0e 04 0014 0014 10 0c 05 01 0a000005 02 00000007 00 "
#define PVID_100 "fe 06 0080c2 01 0064 "
/* 802.3 MAC/PHY configuration, which is not read; maximum frame size */
#define MAC_PHY "fe 09 00120f 01 03 6c11 001e "
#define MAX_FRAME_9216 "fe 06 00120f 04 2400 "
#define MAX_FRAME_9018 "fe 06 00120f 04 233a "
#define MAX_FRAME_4200 "fe 06 00120f 04 1068 "
#define MAX_FRAME_1518 "fe 06 00120f 04 05ee "
/* willing, 8 classes; priorities 3 and 6 in classes 3 and 6, all others in 0; 50 % ETS, 50 % ETS, strict */
#define ETS "fe 19 0080c2 09 80 0003 0060 32000032 00000000 02000002 00000000 "
#define ETS_ADVICE "fe 19 0080c2 0a 00 0003 0060 28000032 0000 0a00 02000002 00000200 "
/* of 8 priorities; not willing */
#define PFC_3 "fe 06 0080c2 0b 08 08 "
#define PFC_3_4 "fe 06 0080c2 0b 08 18 "
/* DSCP 26 to priority 3, DSCP 48 to 6, UDP port 4791 to 3 */
#define APP "fe 0e 0080c2 0c 00 65001a c50030 6312b7 "
#define APP_DSCP_26_4 "fe 08 0080c2 0c 00 85001a "
/* DCBX as before the standard, as a Nexus of 2010 sends it (control, priority groups, PFC) */
#define CEE "fe 29 001b21 02 020a 00000000000100000001 060600008000 0808 080a000080003222000064000000000002 "
#define END "00 00"

#define LEAF MANDATORY DESCRIPTION SYSTEM OTHERS PVID_100 MAC_PHY MAX_FRAME_9216 ETS ETS_ADVICE PFC_3 APP END

enum { FRAME_MAX = 1500 };

struct frame {
	uint8_t at[FRAME_MAX];
	size_t len;
};

static inline uint8_t hex_digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static inline struct frame frame_of(const char *hex)
{
	struct frame f = { 0 };
	size_t digits = 0;

	for (; *hex; hex++)
		if (*hex != ' ') {
			f.at[digits / 2] = (uint8_t)(f.at[digits / 2] << 4 | hex_digit(*hex));
			digits++;
		}
	f.len = digits / 2;
	return f;
}

#endif
