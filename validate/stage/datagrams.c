/* SPDX-License-Identifier: MIT */
/* The datagrams of stages peer and wire: from each of our addresses to each peer port with which it connects. */
#include <string.h>

#include "validate/verify.h"

/* Small datagrams for each pair: enough of them in all that a loss of 1 % shows, but no fewer than show one of 20 %. */
enum { BURST_ALL = 1024, BURST_MOST = 256, BURST_LEAST = 16, IN_FLIGHT = 32 };

static void on_progress(void *user, size_t done, size_t of)
{
	struct verify *v = user;

	v->o.progress(v->o.progress_user, "datagrams", done, of);
}

const struct cm_probe *pair_connect(const struct verify *v, const struct pair *pa)
{
	for vec_each(p, &v->probes)
		if (p->user == pa)
			return p;
	return NULL;
}

/* True when the peer's port accepted us, whatever became of the payload; also when stage peer was not asked for. */
static bool is_connected(const struct verify *v, const struct pair *pa)
{
	const struct cm_probe *p = verify_wants(v, VERIFY_PEER) ? pair_connect(v, pa) : NULL;

	return !p || p->step > CM_CONNECT;
}

static uint32_t burst_of(const struct verify *v)
{
	size_t each = BURST_ALL / (v->pairs.n ?: 1);

	if (!verify_wants(v, VERIFY_WIRE))
		return 0;
	return each > BURST_MOST ? BURST_MOST : each < BURST_LEAST ? BURST_LEAST : (uint32_t)each;
}

static void probe_add(struct verify *v, struct pair *pa)
{
	struct cm_probe *p = vec_add(v->arena, &v->datagrams);

	*p = (struct cm_probe){
		.src = pa->target->addr.addr, .dst = pa->dst, .ticket = &pa->peer->ticket, .user = pa,
		.path = arena_new(v->arena, struct cm_path),
	};
	p->path->burst = burst_of(v);
	memcpy(p->device, pa->target->port->rdma.device, sizeof(p->device));
}

int datagrams_gather(struct verify *v, struct err *e)
{
	struct cm_options o = {
		.service = v->o.service, .timeout_ms = v->o.timeout_ms, .in_flight = IN_FLIGHT,
		.progress = v->o.progress ? on_progress : NULL, .progress_user = v,
	};

	if (v->datagrams_sent)
		return 0;
	v->datagrams_sent = true;
	vec_reserve(v->arena, &v->datagrams, v->pairs.n);
	for vec_each(pa, &v->pairs)
		if (!pa->target->blocked && is_connected(v, pa))
			probe_add(v, pa);
	return v->datagrams.n ? cm_probe_all(v->datagrams.at, v->datagrams.n, &o, e) : 0;
}

void datagrams_not_sent(struct verify *v, const struct check *c)
{
	for vec_each(pa, &v->pairs) {
		if (pa->target->blocked || is_connected(v, pa))
			continue;
		struct result *r = result_add(v, c, VERDICT_NA, pa->target->port);

		r->subject = pair_text(v, pa);
		r->seen = "not run: it did not connect";
		r->follows = "peer.connect";
	}
}

void check_peer_datagram(struct verify *v, const struct check *c)
{
	for vec_each(t, &v->targets)
		if (v->o.peers_n)
			(void)result_blocked(v, c, t, NULL);
	datagrams_not_sent(v, c);
	for vec_each(p, &v->datagrams) {
		const struct pair *pa = p->user;
		struct result *r = result_add(v, c, VERDICT_PASS, pa->target->port);

		r->subject = pair_text(v, pa);
		connect_result(v, r, p);
		r->wanted = "an answer to a datagram";
		if (r->verdict == VERDICT_PASS)
			r->seen = arena_printf(v->arena, "answered, %u us", p->elapsed_us);
		else if (p->cause == CM_TIMEOUT)
			result_found(r, FINDING_DATAGRAMS_LOST);
	}
}
