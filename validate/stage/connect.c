/* SPDX-License-Identifier: MIT */
/* What the end of an rdma_cm connect means: causes, and what mends them. */
#include <errno.h>
#include <string.h>

#include "validate/verify.h"

/* One way in which a connect ends. detail: errno, reject reason or work completion status; 0: any. */
struct meaning {
	enum cm_cause cause;
	int detail;
	const char *why;
	const char *mend;
};

enum { REJECT_NO_LISTENER = 8, REJECT_INVALID_GID = 12, REJECT_CONSUMER = 28, WC_RETRY_EXCEEDED = 12 };

static const struct meaning meanings[] = {
	{ CM_ERRNO, EADDRNOTAVAIL, "the source address is not on this node, or is an IPv6 address that is tentative still",
	  "doroce configure; ip -6 address show tentative" },
	{ CM_ERRNO, ENODEV, "the source address has no GID of the device's default RoCE type",
	  "see stage gid; dmesg (\"unable to add gid\")" },
	{ CM_ERRNO, ENETUNREACH, "there is no route from the source address, or its port is down",
	  "see stages link and route" },
	{ CM_ERRNO, 0, "the call itself was refused", "see the text of the error" },
	{ CM_NO_NEIGHBOUR, 0, "the next hop does not answer ARP (IPv6: neighbour solicitations) on this port",
	  "see stage neighbour; cable, VLAN, gateway, the peer's arp and rp_filter settings" },
	{ CM_NO_ROUTE, 0, "the kernel found no path to the peer", "see stage route" },
	{ CM_UNREACHABLE, 0,
	  "the peer dropped the request or never saw it: wrong MAC address (ARP flux), it can not resolve "
	  "our address, or UDP port 4791 is filtered",
	  "see stage neighbour here and on the peer; firewalls between" },
	{ CM_REJECTED, REJECT_NO_LISTENER, "no responder listens on that address",
	  "on the peer: doroce serve" },
	{ CM_REJECTED, REJECT_INVALID_GID, "the peer has no route back, or RoCE v1 was used over a gateway",
	  "on the peer: doroce verify --stage route" },
	{ CM_REJECTED, REJECT_CONSUMER,
	  "the peer's own route check refused it: its way back to us leaves by another port, or its RoCE "
	  "type differs",
	  "on the peer: doroce verify --stage route" },
	{ CM_REJECTED, 0, "the peer refused the connect", "log of the peer's responder and kernel" },
	{ CM_WC_ERROR, WC_RETRY_EXCEEDED,
	  "the connect passed and the payload was lost: an MTU on the path is smaller than ours, or packets "
	  "are lost one way",
	  "compare MTU on both ports and the switches between; counters of the ports" },
	{ CM_WC_ERROR, 0, "the payload could not be sent or received", "counters of both ports" },
	{ CM_TIMEOUT, 0, "the peer or the network stopped answering half way",
	  "MTU of the path; log of the peer's responder; --timeout" },
	{ CM_CORRUPT, 0, "bytes arrived changed: memory, driver or network damage the data",
	  "take the port out of service; counters of the port and of the switch" },
	{ CM_PROTOCOL, 0, "what answers there is no doroce of this version", "the same version on both nodes" },
	{ CM_DISCONNECTED, 0, "the peer ended the connection before the payload was answered",
	  "is its responder still running?" },
};

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
		r->why = "two RDMA devices have a GID for the address: what was proved is the other one";
		r->mend = "take one of the devices off the netdev (rdma link)";
		return;
	}
	if (p->cause == CM_OK) {
		r->seen = arena_printf(v->arena, "%u B both ways, path MTU %u B, %u us", p->payload_bytes,
				       p->path_mtu, p->elapsed_us);
		return;
	}
	r->verdict = VERDICT_FAIL;
	r->seen = arena_strdup(v->arena, p->text);
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
		const struct meaning *m = &meanings[i];

		if (m->cause != p->cause || (m->detail && m->detail != detail))
			continue;
		r->why = m->why;
		r->mend = m->mend;
		return;
	}
}
