/* SPDX-License-Identifier: MIT */
/* The payload of a connect: sent, answered, compared. */
#include "validate/cm/attempt.h"
#include "validate/cm/wire.h"

int payload_send(struct attempt *a)
{
	wire_pattern_put(a->seed, 0, a->probe->payload_bytes, conn_send_buf(&a->conn));
	return conn_send(&a->conn, a->probe->payload_bytes, true);
}

static void compare(struct attempt *a, uint32_t received)
{
	const uint8_t *buf = conn_recv_buf(&a->conn);
	struct cm_probe *p = a->probe;
	struct wire_answer answer;

	p->step = CM_COMPARE;
	if (wire_answer_get(buf, received, &answer) < 0 || answer.version != WIRE_VERSION ||
	    received != p->payload_bytes) {
		attempt_finish(a, CM_PROTOCOL);
		return;
	}
	size_t at = wire_pattern_differs(a->peer_seed, WIRE_ANSWER, received, buf + WIRE_ANSWER);
	if (!answer.intact || at < received) {
		p->corrupt_at_peer = !answer.intact;
		p->corrupt_offset = answer.intact ? (uint32_t)at : answer.offset;
		attempt_finish(a, CM_CORRUPT);
		return;
	}
	p->step = CM_DONE;
	attempt_finish(a, CM_OK);
}

/* A send that failed flushes the receive, too: the send's own status is the cause. */
void payload_complete(struct conn *c, enum conn_way way, const struct ibv_wc *wc)
{
	struct attempt *a = CONTAINER_OF(c, struct attempt, conn);

	if (!a->probe)
		return;
	if (wc->status != IBV_WC_SUCCESS) {
		if (wc->status == IBV_WC_WR_FLUSH_ERR && way == CONN_RECEIVED &&
		    a->probe->step == CM_SEND)
			return;
		a->probe->wc_status = wc->status;
		attempt_finish(a, CM_WC_ERROR);
	} else if (way == CONN_SENT) {
		a->probe->step = CM_ANSWER;
	} else {
		compare(a, wc->byte_len);
	}
}
