/* SPDX-License-Identifier: MIT */
/* What a node tells its peers of its RoCE ports: one JSON document over TCP. */
#ifndef DOROCE_VALIDATE_PEER_INVENTORY_H
#define DOROCE_VALIDATE_PEER_INVENTORY_H

#include "base/arena.h"
#include "port/port.h"
#include "validate/admit/proof.h"
#include "validate/finding.h"

enum { INVENTORY_PROTOCOL = 1, INVENTORY_BYTES_MAX = 1024 * 1024 };

enum { PEER_CM_REQ_RECEIVED, PEER_CM_REP_SENT, PEER_CM };

/* One RoCE port of a peer. active_mtu in bytes. rx_prio_bytes: of its driver's counters by priority when it was
 * asked; counts_prio: it told them (an older doroce does not, nor does one whose driver has none). cm: rdma_cm's requests
 * received and replies sent; counts_cm: it told them. */
struct peer_port {
	char name[PORT_NAME];
	char netdev[IFNAMSIZ];
	uint8_t mac[MAC_LEN];
	uint32_t mtu, active_mtu;
	bool counts_prio;
	uint64_t rx_prio_bytes[PRIORITIES];
	bool counts_cm;
	uint64_t cm[PEER_CM];
	struct prefix *addr;
	size_t addr_n;
};

/* One peer. asked: the address given by the operator. error: why it did not tell its ports, or NULL; finding: the
 * same by its name. ticket: for connects to it. */
struct peer {
	struct ip asked;
	const char *error;
	enum finding_id finding;
	struct ticket ticket;
	char host[65];
	struct peer_port *port;
	size_t port_n;
};

/* The document of the node n, read just now: {"doroce": VERSION, "protocol": 1, "host": …, "ports": […]}; counters are as k
 * has them. NULL: no memory. Caller frees. */
char *inventory_write(struct kern *k, const struct node *n);

/* Read such a document from a peer into ret (all but asked). Nothing in it is trusted.
 * 0; -EBADMSG with e: what is wrong with it. */
int inventory_read(const char *text, size_t size, struct arena *a, struct peer *ret, struct err *e);

/* How peers are asked. src: addresses of ours. key: shown to the peers, which must show it, too; NULL: none.
 * timeout_ms: for all together. */
struct inventory_asking {
	const struct prefix *src;
	size_t src_n;
	const struct admit_key *key;
	uint16_t service;
	unsigned int timeout_ms;
};

/* Ask all n peers at once, each from one after the other of our addresses that may reach it, until it answers.
 * A peer that has an error already is not asked. Failures are in the peers' error. */
void inventory_ask_all(struct peer *peer, size_t n, const struct inventory_asking *how, struct arena *a);

/* The answering side. */
struct admit;
struct inventory_server;

/* NULL: e says why (-EADDRINUSE: another responder runs). a says who is answered; k and a must outlive it. */
struct inventory_server *inventory_server_open(struct kern *k, struct admit *a, struct err *e);

/* To poll for reading; inventory_server_work when it is readable or after the timeout (-1: none). It never waits. */
int inventory_server_fd(const struct inventory_server *s);
int inventory_server_timeout_ms(const struct inventory_server *s);
void inventory_server_work(struct inventory_server *s);
void inventory_server_close(struct inventory_server *s);

#endif
