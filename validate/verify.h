/* SPDX-License-Identifier: MIT */
/* Verification of one node: what it looks at, and the run through the stages. */
#ifndef DOROCE_VALIDATE_VERIFY_H
#define DOROCE_VALIDATE_VERIFY_H

#include "plan/chain.h"
#include "port/lldp/heard.h"
#include "validate/check.h"
#include "validate/cm/cm.h"
#include "validate/peer/inventory.h"

struct fib;

/* One address of one RoCE port: the unit that is verified.
 * wish: of its port, NULL without an intent. present: the kernel has the address.
 * gateway: none, or the next hop out of the subnet. table: the port's own, 0 unknown.
 * blocked: why later stages can not be run for it (a failed check's id), NULL: they can. */
struct target {
	const struct port *port;
	const struct wish *wish;
	struct prefix addr;
	bool present;
	struct ip gateway;
	uint32_t table;
	struct rdma_attr attr;
	const char *attr_error;
	int gid_index; /* -1: none */
	const char *blocked;
};

/* One of our addresses and one address of a peer's port that it can reach.
 * follows: id of the failed check that explains a failed connect, NULL none so far. */
struct pair {
	struct target *target;
	const struct peer *peer;
	const struct peer_port *port;
	struct ip dst;
	bool on_link;
	const char *follows;
};

/* Two ports of this node, from each other's address a way over the wire. src, dst: of the connect, of IPv6 link-local.
 * why_not: reason for n/a, of the port `from` each once; NULL: it is tested. */
struct inhost {
	const struct target *from, *to;
	bool on_link;
	struct ip src, dst;
	const char *why_not;
};

/* One question to the wire: about a peer's address, about a gateway, or both.
 * elsewhere: one of our addresses on the other port whose wire it answers on, while it is silent on this one; else NULL. */
struct asked {
	struct target *target;
	const struct peer *peer;
	const struct peer_port *port; /* that should answer; NULL: not known */
	bool is_gateway;
	const struct target *elsewhere;
	uint8_t elsewhere_mac[MAC_LEN];
};

/* QoS of one port. w: what is wished of it (nothing, without an intent). now: the way of its packets as the port is;
 * planned: as it is when everything is as wished.
 * counts: its driver counts by priority; before, after: the peer stage's payload. */
struct qos_port {
	const struct port *port;
	const struct wish *w;
	struct chain now, planned;
	bool counts;
	struct prio_bytes before, after;
};

/* What an RDMA port counted around the payload of stages peer and wire; empty: its driver does not tell. */
struct port_counts {
	const struct port *port;
	struct counters before, connects, after; /* connects: behind those, where some were not answered */
};

struct verify_options {
	const struct ip *peers;
	size_t peers_n;
	unsigned int stages; /* bit for each enum verify_stage; 0: all */
	uint32_t lldp_s; /* so long it is listened for the switch; 0: stage switch is not run */
	unsigned int timeout_ms;
	uint16_t service;
	const struct admit_key *key; /* shown to peers, which must have it, too; NULL: none */
	bool no_in_host;       /* ports of this node do not connect with each other */
	const char *state_dir; /* where it stands what is set for the time of a test */
	void (*progress)(void *user, const char *stage, size_t done, size_t of); /* NULL: not */
	void *progress_user;
};

/* One run. What the stages gather lies here for the checks. */
struct verify {
	struct kern *kern;
	struct arena *arena;
	struct node *node; /* settings that a stage needs are read into it */
	const struct wishes *wishes; /* NULL: no intent */
	const struct plan *plan;     /* NULL: no intent */
	const struct remarks *remarks; /* NULL: none */
	struct verify_options o;
	struct VEC(struct target) targets;
	struct peer *peers, *peers_after; /* after: asked again behind the payload, NULL: they were not */
	struct VEC(struct qos_port) qos;
	bool counted; /* counters were read before the payload */
	struct lldp_heards heard; /* at the ports of qos, those of VLANs below them */
	struct VEC(struct pair) pairs;
	struct VEC(struct asked) asked;
	struct VEC(struct neigh_ask) asks; /* beside `asked`, same indices */
	struct VEC(struct cm_probe) probes;
	struct VEC(struct cm_probe) datagrams; /* with a path each; user: its pair */
	struct VEC(struct port_counts) port_counts;
	bool datagrams_sent, ports_counted;
	struct VEC(struct inhost) inhost;
	struct VEC(struct cm_probe) inhost_probes;
	const char *inhost_error, *inhost_left; /* why it could not be tested; what could not be put back; NULL */
	const struct fib *fib; /* stage route: of node, made when it is first needed */
	const char *stage_error[VERIFY_STAGES]; /* why a stage could not run, NULL: it could */
	struct results results;
};

/* Run the stages over the node that v describes (kern to o are set by the caller). Only reads, but
 * for neighbour entries, which are learnt afresh. 0, or -errno when nothing could be verified. */
int verify_run(struct verify *v, struct err *e);

/* The first stage that was wanted and could not be run (stage_error says why); VERIFY_STAGES: none. What is
 * left of such a run is no verification. */
enum verify_stage verify_unable(const struct verify *v);

/* Number of results with the verdict. */
size_t verify_count(const struct verify *v, enum verdict verdict);

/* Add a result; the caller fills in seen and the rest. Fails mark the target as blocked when asked. */
struct result *result_add(struct verify *v, const struct check *c, enum verdict verdict,
			  const struct port *p);

/* n/a because an earlier check failed for the target; true when that is so. */
bool result_blocked(struct verify *v, const struct check *c, const struct target *t,
		    const char *subject);

/* True when the stage was asked for. */
bool verify_wants(const struct verify *v, enum verify_stage s);

/* The stage by name; VERIFY_STAGES when there is none. */
enum verify_stage stage_by_name(const char *name);

/* An address of the prefix of t that no interface of this node has: another host of the subnet. */
struct ip target_neighbour(const struct verify *v, const struct target *t);

/* targets.c: what there is to verify; whether the port is meant without an intent. */
void targets_find(struct verify *v);
bool verify_takes(const struct verify *v, const struct port *p);
void pairs_find(struct verify *v);

/* True when packets from the target's address get to dst: in its subnet, by its gateway or by a route of its own. */
bool target_leads(const struct verify *v, const struct target *t, const struct ip *dst);

/* counters.c: read by priority what comes and goes, before the payload and, until it shows, behind it. */
void qos_find(struct verify *v);
void qos_look(struct verify *v); /* what the ports of v->qos have, and their chains */
void counters_before(struct verify *v);
void counters_after(struct verify *v);

/* Peers' ports once more, with what they count now; the same port there, NULL: its peer did not answer. */
void peers_ask_again(struct verify *v);
const struct peer_port *port_after(const struct verify *v, const struct peer *peer, const struct peer_port *p);

/* evidence.c: what rdma_cm counted, here and at the peer, where requests were not answered; and its words in a result. */
void evidence_gather(struct verify *v);
void evidence_add(struct verify *v, struct result *r, const struct cm_probe *p);

/* Our addresses from which peers can be asked. */
struct prefix *verify_sources(const struct verify *v, size_t *ret_n);

/* How peers are asked for their ports, from these addresses. */
struct inventory_asking verify_asking(const struct verify *v);

/* The hooks of table.c, each in the file of its stage. */
int switch_gather(struct verify *v, struct err *e);
int gid_gather(struct verify *v, struct err *e);
int neighbour_gather(struct verify *v, struct err *e);
int loop_gather(struct verify *v, struct err *e);
int peer_gather(struct verify *v, struct err *e);
int wire_gather(struct verify *v, struct err *e);
int qos_gather(struct verify *v, struct err *e);

void check_settings(struct verify *v, const struct check *c);
void check_link_present(struct verify *v, const struct check *c);
void check_link_active(struct verify *v, const struct check *c);
void check_link_mtu(struct verify *v, const struct check *c);
void check_switch_neighbour(struct verify *v, const struct check *c);
void check_switch_mtu(struct verify *v, const struct check *c);
void check_switch_pfc(struct verify *v, const struct check *c);
void check_switch_ets(struct verify *v, const struct check *c);
void check_switch_app(struct verify *v, const struct check *c);
void check_gid_present(struct verify *v, const struct check *c);
void check_gid_index(struct verify *v, const struct check *c);
void check_route_bound(struct verify *v, const struct check *c);
void check_route_socket(struct verify *v, const struct check *c);
void check_route_back(struct verify *v, const struct check *c);
void check_route_once(struct verify *v, const struct check *c);
void check_neighbour_source(struct verify *v, const struct check *c);
void check_neighbour_answer(struct verify *v, const struct check *c);
void check_neighbour_owner(struct verify *v, const struct check *c);
void check_loop_connect(struct verify *v, const struct check *c);
void check_peer_responder(struct verify *v, const struct check *c);
void check_peer_reach(struct verify *v, const struct check *c);
void check_peer_mtu(struct verify *v, const struct check *c);
void check_peer_connect(struct verify *v, const struct check *c);
void check_peer_inhost(struct verify *v, const struct check *c);
void check_peer_datagram(struct verify *v, const struct check *c);
void check_wire_dscp(struct verify *v, const struct check *c);
void check_wire_ecn(struct verify *v, const struct check *c);
void check_wire_hops(struct verify *v, const struct check *c);
void check_wire_mtu(struct verify *v, const struct check *c);
void check_wire_loss(struct verify *v, const struct check *c);
void check_wire_counters(struct verify *v, const struct check *c);
void check_qos_chain(struct verify *v, const struct check *c);
void check_qos_fits(struct verify *v, const struct check *c);
void check_qos_class(struct verify *v, const struct check *c);
void check_qos_counters(struct verify *v, const struct check *c);

/* inhost.c: the pairs of ports of this node; their connects. */
void inhost_find(struct verify *v);
void inhost_gather(struct verify *v);

/* Make n connects with this node itself, answered by a responder of our own. As cm_probe_all. */
int connect_own(struct verify *v, const char *stage, struct cm_probe *p, size_t n, struct err *e);

/* The pair's connect of stage peer; NULL: it was not made. */
const struct cm_probe *pair_connect(const struct verify *v, const struct pair *pa);

/* datagrams.c: sent once, by the first of the stages peer and wire that is run; n/a for the pairs that did not connect. */
int datagrams_gather(struct verify *v, struct err *e);
void datagrams_not_sent(struct verify *v, const struct check *c);

/* wire_counters.c: before the first payload, and behind the last. */
void wire_counters_before(struct verify *v);
void wire_counters_after(struct verify *v);

/* "10.0.0.1 to 10.0.0.2 (HOST DEVICE/PORT)". */
char *pair_text(const struct verify *v, const struct pair *pa);

/* Result of a connect: pass, or what was seen, why, and what mends it, by cause. */
void connect_result(struct verify *v, struct result *r, const struct cm_probe *p);

#endif
