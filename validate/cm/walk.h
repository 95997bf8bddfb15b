/* SPDX-License-Identifier: MIT */
/* What an attempt with datagrams does once it has been let in: it walks the path, there and back. */
#ifndef DOROCE_VALIDATE_CM_WALK_H
#define DOROCE_VALIDATE_CM_WALK_H

#include "validate/cm/conn.h"
#include "validate/cm/mtu.h"
#include "validate/cm/ud.h"

struct attempt;

enum {
	WALK_SENDS = 16,   /* that may be on their way out */
	WALK_RECEIVES = 8, /* replies that may wait */
	WALK_SEND_BYTES = WALK_SENDS * UD_BYTES_MIN + UD_BYTES_MAX, /* heads, and zeros behind each */
	WALK_SLOT_BYTES = WALK_SEND_BYTES + WALK_RECEIVES * (UD_GRH + UD_BYTES_MAX),
	WALK_COMPLETIONS = WALK_SENDS + WALK_RECEIVES,
	WALK_PATIENCE_MS = 100, /* then something is sent that can be answered */
};

/* Every datagram has the next number, sends. One path keeps the order, so the answer to one tells that what was sent
 * before it and is not answered is lost: no clock decides that. open: sent after the one that was answered last;
 * silent: for so many patiences.
 * First comes a burst of small datagrams: of `burst`, `next` have been sent; answered so far, seen by the peer. Then the
 * search for the MTU: request and reply bytes of its question, asked several times; a small datagram, with the number
 * last, comes behind, and when it is answered the question is: passed, or not. */
struct walk {
	struct ibv_ah *ah;
	uint32_t qp_num, qkey, token;
	uint32_t sends, open, silent, posted;
	uint32_t next, burst, answered, seen;
	struct mtu_search mtu;
	uint32_t request, reply, first, last;
	bool heard, searching, passed, leaving;
};

/* Give the resolved a a queue pair for datagrams, ready to receive. 0, or errors of device_take_slot() and the verbs. */
int walk_prepare(struct attempt *a, struct err *e);

/* Of its buffers: where header and datagram i lie; which one a completion is about. */
uint8_t *walk_received(const struct attempt *a, uint32_t i);
uint32_t walk_buffer(uint64_t wr_id);

/* Give buffer i back for the next one. Send the request with `bytes` in all; one that can not be sent is lost. */
int walk_receive(struct attempt *a, uint32_t i);
void walk_post(struct attempt *a, const struct ud_request *m, uint32_t bytes);

/* The peer has let us in, by ev with its token. 0, or -errno: it can not be begun. */
int walk_begin(struct attempt *a, const struct event *ev, uint32_t token);
void walk_complete(struct conn *c, enum conn_way way, const struct ibv_wc *wc);
void walk_late(struct attempt *a);

/* When its queue pair is gone. */
void walk_end(struct walk *w);

#endif
