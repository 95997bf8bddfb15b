/* SPDX-License-Identifier: MIT */
/* rdma_cm connects with payload both ways: many at once in one loop, each with its own deadline. */
#ifndef DOROCE_VALIDATE_CM_CM_H
#define DOROCE_VALIDATE_CM_CM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"
#include "kern/rdma.h"

enum { CM_SERVICE_DEFAULT = 18471, CM_PAYLOAD_MAX = 3 * 4096 };

/* How far a connect came. The order is that of the steps. */
enum cm_step {
	CM_RESOLVE_ADDRESS, /* rdma_resolve_addr with the source bound */
	CM_RESOLVE_ROUTE,
	CM_CONNECT,    /* REQ sent, waiting for REP */
	CM_SEND,       /* established: payload sent, waiting for its acknowledgement */
	CM_ANSWER,     /* acknowledged: waiting for the peer's payload */
	CM_COMPARE,    /* both arrived: what the peer received, what we received */
	CM_DONE,
};

/* Why it ended there. */
enum cm_cause {
	CM_OK,
	CM_ERRNO,       /* a call failed at once: errno_value (EADDRNOTAVAIL, ENODEV, …) */
	CM_NO_NEIGHBOUR, /* ADDR_ERROR: next hop silent */
	CM_NO_ROUTE,    /* ROUTE_ERROR */
	CM_UNREACHABLE, /* REQ not answered (event UNREACHABLE or our own deadline in CM_CONNECT) */
	CM_REJECTED,    /* reject: its reason (8 no listener, …); reject_is_ours: magic word */
	CM_TIMEOUT,     /* our own deadline in another step */
	CM_WC_ERROR,    /* a work completion failed: wc_status (12: transport retries exceeded) */
	CM_CORRUPT,     /* bytes differ; offset: of the first; at_peer: in what the peer received */
	CM_PROTOCOL,    /* the peer's message is not of this protocol or of another version */
	CM_DISCONNECTED,
};

/* One way between two ports, as datagrams found it. tos: the whole byte, DSCP and ECN; as it arrived where that
 * differs from what was sent, but for congestion, which `marked` counts (ECN CE). hop_limit: the least that arrived.
 * sent, lost: of a burst of small datagrams. passes_bytes, fails_bytes: the largest payload that arrived and the
 * smallest that did not, 0: none. */
struct cm_way {
	uint8_t sent_tos, tos;
	uint8_t sent_hop_limit, hop_limit;
	uint32_t sent, lost, marked;
	uint32_t passes_bytes, fails_bytes;
};

/* burst: measure it with so many small datagrams, more when some are lost; 0: one that comes back will do. */
struct cm_path {
	uint32_t burst;
	struct cm_way to_peer, from_peer;
};

struct admit;
struct cm_responder;
struct ticket;

/* One connect to be made: in and out. */
struct cm_probe {
	struct ip src, dst;    /* src: a port's own address, bound */
	uint32_t scope;        /* in: ifindex of the source's port where both are link-local, else 0 */
	char device[RDMA_NAME]; /* in: "" or the RDMA device the port belongs to, compared with */
	const struct ticket *ticket; /* in: shown to the peer; NULL: none */
	struct cm_path *path;  /* in and out: walk it with datagrams (UD); NULL: a reliable connection (RC) with payload */
	void *user;            /* of the caller */

	enum cm_step step; /* out: the step that failed, CM_DONE when all passed */
	enum cm_cause cause;
	int errno_value;
	int event_status; /* of the rdma_cm event */
	int reject;
	bool reject_is_ours;
	unsigned int reject_reason; /* of our responder: enum wire_reason, or unknown to us */
	int wc_status;
	uint32_t corrupt_offset;
	bool corrupt_at_peer;
	char used_device[RDMA_NAME]; /* that rdma_cm chose, "" when it did not come so far */
	uint32_t path_mtu;     /* bytes, of the resolved route; 0 unknown */
	uint8_t traffic_class; /* of the resolved route */
	uint32_t payload_bytes; /* sent each way */
	uint32_t elapsed_us;
	char text[160]; /* what was seen, for people: "connect: rejected, reason 8 (no listener)" */
};

struct cm_options {
	uint16_t service;        /* peer's port; 0: CM_SERVICE_DEFAULT */
	unsigned int timeout_ms; /* of each connect as a whole */
	unsigned int in_flight;  /* at most so many at once, more while none of them comes to a result; 0: 64 */
	struct cm_responder *also_serve; /* answers in the same loop (self-connects); NULL */
	/* called now and then with the number finished; NULL: not */
	void (*progress)(void *user, size_t done, size_t of);
	void *progress_user;
};

/* Make all n connects, which are of one kind: all have a path, or none has. Failures are in the probes; 0 unless nothing could be tried at all:
 * -ENODEV no rdma_cm (module rdma_ucm) or no RDMA device, -EACCES or -EIO on the device files,
 * -EMFILE, -ENOMEM (locked memory: RLIMIT_MEMLOCK).
 * Where nobody answers at all it takes about timeout_ms, and 500 ms more for each in_flight of the n. */
int cm_probe_all(struct cm_probe *probe, size_t n, const struct cm_options *o, struct err *e);

/* The other side: struct cm_responder answers on every RoCE port of this network namespace. */

/* service 0: any free port (cm_responder_service tells which), and no datagrams. bind: NULL or no family: all
 * addresses, of IPv4 and IPv6. NULL: e says why (-EADDRINUSE: another responder
 * runs; else as cm_probe_all). */
struct cm_responder *cm_responder_open(uint16_t service, const struct ip *bind, struct err *e);
uint16_t cm_responder_service(const struct cm_responder *r);

/* Who is answered from here on; a lives longer. Without it: everybody. */
void cm_responder_guard(struct cm_responder *r, struct admit *a);

/* To poll for reading; cm_responder_work when it is readable or after the timeout that
 * cm_responder_timeout_ms gives (-1: none): half-open and idle connects are dropped then. */
int cm_responder_fd(const struct cm_responder *r);
int cm_responder_timeout_ms(const struct cm_responder *r);
void cm_responder_work(struct cm_responder *r);

struct cm_counts {
	/* since it was opened; dropped: rejected, or ended without an answer */
	uint64_t connects, answered, dropped;
	uint64_t datagrams;                   /* answered */
	size_t open;                          /* now */
};
struct cm_counts cm_responder_counts(const struct cm_responder *r);
void cm_responder_close(struct cm_responder *r); /* NULL allowed */

const char *cm_step_text(enum cm_step s);

#endif
