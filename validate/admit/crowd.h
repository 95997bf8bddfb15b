/* SPDX-License-Identifier: MIT */
/* How many are there at once, and how many come in a second, of each address and in all. */
#ifndef DOROCE_VALIDATE_ADMIT_CROWD_H
#define DOROCE_VALIDATE_ADMIT_CROWD_H

#include "base/ip.h"

enum { CROWD_MEMBERS = 1024, CROWD_WINDOW_MS = 1000 };

/* Of one address, or in all. */
struct crowd_limits {
	uint32_t open, in_window;
};

/* came: since window_ms, which begins anew with the first that comes CROWD_WINDOW_MS later. */
struct crowd_count {
	uint64_t window_ms;
	uint32_t open, came;
};

struct crowd_member {
	struct ip ip;
	struct crowd_count count;
};

/* Set the limits, zero the rest. As many addresses as CROWD_MEMBERS are known at a time: those that have something
 * open or came within the last window. */
struct crowd {
	struct crowd_limits each, all;
	struct crowd_count total;
	size_t n;
	struct crowd_member member[CROWD_MEMBERS];
};

/* True: it is in, until crowd_leave(). Who is turned away counts as having come. */
bool crowd_enter(struct crowd *c, const struct ip *who, uint64_t now_ms);
void crowd_leave(struct crowd *c, const struct ip *who);

#endif
