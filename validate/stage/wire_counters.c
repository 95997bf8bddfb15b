/* SPDX-License-Identifier: MIT */
/* Stage wire: what the RDMA ports counted meanwhile: the right port the packets, none of them what tells of loss. */
#include <string.h>
#include <unistd.h>

#include "validate/stage/wire.h"

/* The kernel asks the hardware once in `lifespan`, 10 ms unless told otherwise (sysfs hw_counters/lifespan). */
enum { LIFESPAN_MS = 10, AGAIN_MAY_HAPPEN = 1 };

/* Packets of one port, by the names of the drivers; the first that is there counts. */
static const char *const sent_names[] = { "sent_pkts", "port_xmit_packets", "tx_pkts" };
static const char *const received_names[] = { "rcvd_pkts", "port_rcv_packets", "rx_pkts" };

/* What moves when packets are missing or out of order: rxe, mlx5, bnxt_re. Not those of rxe that a busy processor
 * moves as well: duplicate_request, completer_retry_err. */
static const char *const loss_names[] = {
	"out_of_seq_request", "rcvd_seq_err", "retry_exceeded_err",
	"out_of_sequence", "packet_seq_err", "implied_nak_seq_err", "local_ack_timeout_err", "req_transport_retries_exceeded",
	"seq_err_naks_rcvd", "max_retry_exceeded", "oos_drop_count", "missing_resp",
};

static void counts_read(struct verify *v, const struct port *p, struct counters *ret)
{
	*ret = (struct counters){ 0 };
	(void)v->kern->port_counters(v->kern, &p->rdma, v->arena, ret, NULL); /* none: the check is n/a */
}

void wire_counters_before(struct verify *v)
{
	if (v->ports_counted)
		return;
	v->ports_counted = true;
	for vec_each(p, &v->node->ports) {
		if (!port_is_roce(p) || !port_is_first_on_netdev(v->node, p))
			continue;
		struct port_counts *c = vec_add(v->arena, &v->port_counts);

		*c = (struct port_counts){ .port = p };
		counts_read(v, p, &c->before);
	}
}

void wire_counters_after(struct verify *v)
{
	usleep(2 * LIFESPAN_MS * 1000);
	for vec_each(c, &v->port_counts)
		counts_read(v, c->port, &c->after);
}

static bool moved(const struct port_counts *c, const char *name, uint64_t *ret)
{
	const struct counter *before = counter_find(&c->before, name), *after = counter_find(&c->after, name);

	if (!before || !after || after->value < before->value)
		return false;
	*ret = after->value - before->value;
	return true;
}

/* False: the driver has none of the names. */
static bool first_moved(const struct port_counts *c, const char *const *names, size_t n, uint64_t *ret)
{
	for (size_t i = 0; i < n; i++)
		if (moved(c, names[i], ret))
			return true;
	return false;
}

/* Packets that left the port for certain, and came to it. */
static uint64_t packets_of(const struct verify *v, const struct port *p)
{
	uint64_t n = 0;

	for vec_each(d, &v->datagrams)
		if (d->cause == CM_OK && ((const struct pair *)d->user)->target->port == p)
			n += d->path->from_peer.sent - d->path->from_peer.lost;
	for vec_each(pr, &v->probes)
		if (pr->cause == CM_OK && ((const struct pair *)pr->user)->target->port == p && pr->path_mtu)
			n += pr->payload_bytes / pr->path_mtu;
	return n;
}

/* Another port that has counted what this one has not; NULL: none. */
static const struct port *taker_of(const struct verify *v, const struct port_counts *of, uint64_t packets)
{
	uint64_t n;

	for vec_each(c, &v->port_counts)
		if (c != of && first_moved(c, sent_names, ARRAY_LEN(sent_names), &n) && n >= packets_of(v, c->port) + packets)
			return c->port;
	return NULL;
}

/* "out_of_sequence 3, packet_seq_err 1"; NULL: nothing that counts. */
static char *lost_text(const struct verify *v, const struct port_counts *c)
{
	char *text = NULL;
	uint64_t n, all = 0;

	for (size_t i = 0; i < ARRAY_LEN(loss_names); i++) {
		if (!moved(c, loss_names[i], &n) || !n)
			continue;
		text = arena_printf(v->arena, "%s%s%s %llu", text ?: "", text ? ", " : "", loss_names[i], (unsigned long long)n);
		all += n;
	}
	return all > AGAIN_MAY_HAPPEN ? text : NULL;
}

static void judge_packets(struct verify *v, struct result *r, const struct port_counts *c, uint64_t sent, uint64_t received)
{
	uint64_t packets = packets_of(v, c->port);
	const struct port *taker = sent < packets ? taker_of(v, c, packets) : NULL;

	r->seen = arena_printf(v->arena, "%llu packets sent, %llu received", (unsigned long long)sent, (unsigned long long)received);
	r->wanted = arena_printf(v->arena, "at least the %llu packets of the payload, each way", (unsigned long long)packets);
	if (sent >= packets && received >= packets)
		return;
	wire_found(r, FINDING_OTHER_PORT_COUNTS, FINDING_NONE);
	if (taker)
		r->seen = arena_printf(v->arena, "%s; %s %s counted them", r->seen, taker->name, taker->link.name);
}

/* The failure that has moved them, when the stages have found one: the port's payload did not arrive. */
static const char *reason_of(const struct verify *v, const struct port *p)
{
	static const char *const ids[] = { "wire.mtu", "wire.loss", "peer.connect", "peer.inhost" };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		for vec_each(r, &v->results)
			if (r->port == p && r->verdict == VERDICT_FAIL && strcmp(r->check->id, ids[i]) == 0)
				return ids[i];
	return NULL;
}

static void judge_port(struct verify *v, const struct check *c, const struct port_counts *of)
{
	uint64_t sent, received;
	struct result *r = result_add(v, c, VERDICT_NA, of->port);
	char *lost = lost_text(v, of);

	r->subject = "packets";
	r->seen = "the driver counts no packets by port";
	if (first_moved(of, sent_names, ARRAY_LEN(sent_names), &sent) &&
	    first_moved(of, received_names, ARRAY_LEN(received_names), &received)) {
		r->verdict = VERDICT_PASS;
		judge_packets(v, r, of, sent, received);
	}
	r = result_add(v, c, VERDICT_PASS, of->port);
	r->subject = "loss";
	r->seen = lost ?: "what tells of loss has not moved";
	r->wanted = "no packet missing or out of order";
	if (!lost)
		return;
	wire_found(r, FINDING_SENT_AGAIN, FINDING_NONE);
	r->follows = reason_of(v, of->port);
}

void check_wire_counters(struct verify *v, const struct check *c)
{
	for vec_each(of, &v->port_counts)
		if (packets_of(v, of->port))
			judge_port(v, c, of);
}
