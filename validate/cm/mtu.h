/* SPDX-License-Identifier: MIT */
/* Search for the largest datagram that passes, each way for itself: numbers in, numbers out. */
#ifndef DOROCE_VALIDATE_CM_MTU_H
#define DOROCE_VALIDATE_CM_MTU_H

#include <stdbool.h>
#include <stdint.h>

/* passes: the largest seen to arrive. fails: the smallest that did not; 0: none. Bytes of payload. */
struct mtu_way {
	uint32_t passes, fails;
};

/* mtu: that should pass both ways; a multiple of 4, as all sizes are: RoCE pads to that. passes of both ways begins
 * with a size known to pass. both_failed: a request of the whole MTU was not answered with as much. */
struct mtu_search {
	uint32_t mtu;
	struct mtu_way to, from;
	bool both_failed;
};

/* The next question: a request of so many bytes, and so many in the reply, which is never the larger one.
 * False: nothing more to ask. */
bool mtu_next(const struct mtu_search *s, uint32_t *ret_request, uint32_t *ret_reply);

/* What came of it. A late answer to an earlier question is welcome, too. */
void mtu_passed(struct mtu_search *s, uint32_t request, uint32_t reply);
void mtu_failed(struct mtu_search *s, uint32_t request, uint32_t reply);

#endif
