/* SPDX-License-Identifier: MIT */
/* What the end of an rdma_cm connect means: causes, and what mends them. */
#include <errno.h>
#include <string.h>

#include "validate/cm/wire.h"
#include "validate/verify.h"

/* One way in which a connect ends. detail: errno, reject reason or work completion status; 0: any. */
struct meaning {
	enum cm_cause cause;
	int detail;
	enum finding_id finding;
};

enum { REJECT_NO_LISTENER = 8, REJECT_INVALID_GID = 12, REJECT_CONSUMER = 28, WC_RETRY_EXCEEDED = 12 };

static const struct meaning meanings[] = {
	{ CM_ERRNO, EADDRNOTAVAIL, FINDING_SOURCE_NOT_HERE },
	{ CM_ERRNO, ENODEV, FINDING_SOURCE_WITHOUT_GID },
	{ CM_ERRNO, ENETUNREACH, FINDING_NETWORK_UNREACHABLE },
	{ CM_ERRNO, 0, FINDING_CALL_REFUSED },
	{ CM_NO_NEIGHBOUR, 0, FINDING_NEXT_HOP_SILENT },
	{ CM_NO_ROUTE, 0, FINDING_NO_PATH },
	{ CM_UNREACHABLE, 0, FINDING_REQUEST_UNANSWERED },
	{ CM_REJECTED, REJECT_NO_LISTENER, FINDING_NO_LISTENER },
	{ CM_REJECTED, REJECT_INVALID_GID, FINDING_NO_WAY_BACK },
	{ CM_REJECTED, REJECT_CONSUMER, FINDING_REFUSED_BY_ROUTE },
	{ CM_REJECTED, 0, FINDING_REFUSED },
	{ CM_WC_ERROR, WC_RETRY_EXCEEDED, FINDING_PAYLOAD_LOST },
	{ CM_WC_ERROR, 0, FINDING_PAYLOAD_FAILED },
	{ CM_TIMEOUT, 0, FINDING_CONNECT_STUCK },
	{ CM_CORRUPT, 0, FINDING_PAYLOAD_CHANGED },
	{ CM_PROTOCOL, 0, FINDING_OTHER_PROTOCOL },
	{ CM_DISCONNECTED, 0, FINDING_PEER_LEFT },
};

/* Why the peer's own responder rejected; what is not here stands for itself. */
static const enum finding_id refusals[] = {
	[WIRE_BAD_MAGIC] = FINDING_OTHER_PROTOCOL, [WIRE_BAD_VERSION] = FINDING_OTHER_PROTOCOL,
	[WIRE_BUSY] = FINDING_RESPONDER_BUSY, [WIRE_NO_RESOURCES] = FINDING_RESPONDER_BUSY,
	[WIRE_NOT_ALLOWED] = FINDING_NOT_ANSWERED, [WIRE_WANTS_KEY] = FINDING_PEER_WANTS_KEY,
	[WIRE_WRONG_KEY] = FINDING_OTHER_KEY,
};

static enum finding_id refusal_of(const struct cm_probe *p)
{
	if (!p->reject_is_ours)
		return FINDING_NONE;
	return p->reject_reason < ARRAY_LEN(refusals) && refusals[p->reject_reason] ? refusals[p->reject_reason] :
										     FINDING_REFUSED;
}

static int detail_of(const struct cm_probe *p)
{
	if (p->cause == CM_ERRNO)
		return p->errno_value;
	return p->cause == CM_REJECTED ? p->reject : p->wc_status;
}

void connect_result(struct verify *v, struct result *r, const struct cm_probe *p)
{
	int detail = detail_of(p);

	r->wanted = "a connect, and the payload unchanged both ways";
	if (p->cause == CM_OK && p->device[0] && strcmp(p->device, p->used_device) != 0) {
		r->verdict = VERDICT_FAIL;
		r->seen = arena_printf(v->arena, "it went over the RDMA device %s, not %s", p->used_device,
				       p->device);
		result_found(r, FINDING_OTHER_DEVICE);
		return;
	}
	if (p->cause == CM_OK) {
		r->seen = arena_printf(v->arena, "%u B both ways, path MTU %u B, %u us", p->payload_bytes,
				       p->path_mtu, p->elapsed_us);
		return;
	}
	r->verdict = VERDICT_FAIL;
	r->seen = arena_strdup(v->arena, p->text);
	if (refusal_of(p)) {
		result_found(r, refusal_of(p));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
		const struct meaning *m = &meanings[i];

		if (m->cause != p->cause || (m->detail && m->detail != detail))
			continue;
		result_found(r, m->finding);
		return;
	}
}
