/* SPDX-License-Identifier: MIT */
/* Sentences for every step and every cause of a connect. */
#include "validate/cm/text.h"

#include <errno.h>
#include <infiniband/verbs.h>
#include <stdio.h>
#include <string.h>

#include "validate/cm/wire.h"

const char *cm_step_text(enum cm_step s)
{
	static const char *const text[] = {
		[CM_RESOLVE_ADDRESS] = "resolve address",
		[CM_RESOLVE_ROUTE] = "resolve route",
		[CM_CONNECT] = "connect",
		[CM_SEND] = "send",
		[CM_ANSWER] = "answer",
		[CM_COMPARE] = "compare",
		[CM_DONE] = "done",
	};

	return s < ARRAY_LEN(text) ? text[s] : "?";
}

/* Reasons of a REJ, IBTA 1.x table 108, as far as a RoCE peer sends them. */
static const char *reject_text(int reason)
{
	static const char *const text[] = {
		[1] = "no queue pair", [3] = "no resources", [4] = "timeout there",
		[5] = "unsupported request", [6] = "invalid communication id",
		[7] = "invalid communication instance", [8] = "no listener",
		[9] = "invalid transport type", [10] = "stale connection",
		[12] = "invalid GID: no route back there", [14] = "invalid service level",
		[15] = "invalid traffic class", [16] = "invalid hop limit",
		[17] = "invalid packet rate", [26] = "invalid path MTU",
		[27] = "insufficient responder resources",
		[28] = "its kernel: route back by another port, other GID type, or listener ended",
		[30] = "duplicate communication id",
	};

	return reason > 0 && (size_t)reason < ARRAY_LEN(text) && text[reason] ? text[reason] : "?";
}

/* What an error code means at a step, where its own text does not say it. */
static const struct {
	enum cm_step step;
	int code;
	const char *text;
} meaning[] = {
	{ CM_RESOLVE_ADDRESS, EADDRNOTAVAIL,
	  "the source is no address of this host, or is tentative" },
	{ CM_RESOLVE_ADDRESS, ENODEV, "no GID for the source address on its port" },
	{ CM_RESOLVE_ADDRESS, ENETUNREACH, "no route, or the port is down" },
	{ CM_CONNECT, ENODEV, "the RDMA device was removed" },
};

static const char *meaning_of(const struct cm_probe *p)
{
	for (size_t i = 0; i < ARRAY_LEN(meaning); i++) {
		if (meaning[i].step == p->step && meaning[i].code == p->errno_value)
			return meaning[i].text;
	}
	return NULL;
}

static void errno_text(const struct cm_probe *p, const struct text_more *m, char *buf, size_t n)
{
	const char *code = strerror(p->errno_value), *mean = meaning_of(p);

	if (m->why)
		snprintf(buf, n, "%s", m->why);
	else if (mean)
		snprintf(buf, n, "%s (%s)", mean, code);
	else
		snprintf(buf, n, "%s", code);
}

static void reject_words(const struct cm_probe *p, const struct text_more *m, char *buf, size_t n)
{
	if (!p->reject_is_ours)
		snprintf(buf, n, "rejected, reason %d (%s)", p->reject, reject_text(p->reject));
	else if (m->reason == WIRE_BAD_VERSION)
		snprintf(buf, n, "rejected by the peer's responder: it speaks version %u, not %u",
			 m->version, WIRE_VERSION);
	else
		snprintf(buf, n, "rejected by the peer's responder: %s",
			 wire_reason_text(m->reason));
}

static void timeout_text(const struct cm_probe *p, const struct text_more *m, char *buf, size_t n)
{
	if (p->path)
		snprintf(buf, n, "none of %u datagrams was answered", p->path->to_peer.sent);
	else if (p->step == CM_SEND)
		snprintf(buf, n, "payload of %u B was not acknowledged within %u ms",
			 p->payload_bytes, m->timeout_ms);
	else if (p->step == CM_ANSWER)
		snprintf(buf, n, "%u B were acknowledged, no payload came back within %u ms",
			 p->payload_bytes, m->timeout_ms);
	else
		snprintf(buf, n, "not done within %u ms", m->timeout_ms);
}

static const char *wc_text(int status)
{
	return status == IBV_WC_RETRY_EXC_ERR ? "transport retries exceeded" :
	       status == IBV_WC_RNR_RETRY_EXC_ERR ? "peer has no receive posted" :
						    ibv_wc_status_str((enum ibv_wc_status)status);
}

static void wc_words(const struct cm_probe *p, char *buf, size_t n)
{
	int len = snprintf(buf, n, "%s (%d)", wc_text(p->wc_status), p->wc_status);

	if (p->step == CM_SEND && len > 0 && (size_t)len < n)
		snprintf(buf + len, n - (size_t)len, ": payload of %u B was never acknowledged",
			 p->payload_bytes);
}

static void cause_text(const struct cm_probe *p, const struct text_more *m, char *buf, size_t n)
{
	switch (p->cause) {
	case CM_OK:
		if (p->path)
			snprintf(buf, n, "datagrams both ways, path MTU %u", p->path_mtu);
		else
			snprintf(buf, n, "%u B each way, path MTU %u", p->payload_bytes, p->path_mtu);
		break;
	case CM_ERRNO:
		errno_text(p, m, buf, n);
		break;
	case CM_NO_NEIGHBOUR:
		snprintf(buf, n, "the next hop did not answer within %u ms", m->timeout_ms);
		break;
	case CM_NO_ROUTE:
		snprintf(buf, n, "no route (status %d)", p->event_status);
		break;
	case CM_UNREACHABLE:
		snprintf(buf, n, "no answer within %u ms", m->timeout_ms);
		break;
	case CM_REJECTED:
		reject_words(p, m, buf, n);
		break;
	case CM_TIMEOUT:
		timeout_text(p, m, buf, n);
		break;
	case CM_WC_ERROR:
		wc_words(p, buf, n);
		break;
	case CM_CORRUPT:
		snprintf(buf, n, "%s differs from byte %u of %u on",
			 p->corrupt_at_peer ? "what the peer received" : "what the peer sent",
			 p->corrupt_offset, p->payload_bytes);
		break;
	case CM_PROTOCOL:
		snprintf(buf, n, "the peer does not speak this protocol, or another version of it");
		break;
	case CM_DISCONNECTED:
		snprintf(buf, n, "the peer disconnected");
		break;
	}
}

void text_compose(struct cm_probe *p, const struct text_more *m)
{
	char cause[120] = "";

	cause_text(p, m, cause, sizeof(cause));
	snprintf(p->text, sizeof(p->text), "%s: %s", cm_step_text(p->step), cause);
	if (p->device[0] && p->used_device[0] && strcmp(p->device, p->used_device) != 0) {
		size_t len = strlen(p->text);

		snprintf(p->text + len, sizeof(p->text) - len, " (over %s, not %s)",
			 p->used_device, p->device);
	}
}
