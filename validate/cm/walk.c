/* SPDX-License-Identifier: MIT */
/* Datagrams to the peer and back: how they arrive, how many, and how large they may be. */
#include "validate/cm/walk.h"

#include <errno.h>

#include "base/clock.h"
#include "validate/cm/attempt.h"

/* WINDOW: unanswered small datagrams; no more than WALK_RECEIVES of all, or answers would find no place. BURST_LOSSY: a
 * burst grows to that at least when some are lost. COPIES of a question, more where datagrams are lost.
 * SILENT_MOST: then all that is open is taken for lost: a machine may stand still for a while. */
enum {
	WINDOW = 4,
	BURST_LOSSY = 64,
	COPIES = 2, COPIES_LOSSY = WALK_RECEIVES - 1,
	SILENT_MOST = 10,
	ECN_MASK = 3, ECN_CE = 3,
};

static struct attempt *attempt_of(struct conn *c)
{
	return CONTAINER_OF(c, struct attempt, conn);
}

/* One that finds no room, or is refused, is lost like others. wanted 0: none is to come back. */
static void send_one(struct attempt *a, bool counted, uint32_t bytes, uint32_t wanted)
{
	struct walk *w = &a->walk;
	const struct cm_way *to = &a->probe->path->to_peer;
	struct ud_request m = {
		.tos = to->sent_tos,
		.hop_limit = to->sent_hop_limit,
		.token = w->token,
		.seq = w->sends++ | (counted ? 0 : UD_NOT_COUNTED),
		.wanted = wanted,
	};

	w->open++;
	if (w->posted < WALK_SENDS)
		walk_post(a, &m, bytes);
}

static bool some_lost(const struct walk *w)
{
	return w->answered < w->burst;
}

/* Those that the peer has not seen were lost on the way there. What is open when the time is over is not known. */
static void count_lost(struct attempt *a)
{
	struct cm_path *p = a->probe->path;
	const struct walk *w = &a->walk;
	uint32_t sent = w->searching ? w->burst : w->next - min_u32(w->open, w->next);
	uint32_t there = min_u32(w->seen, sent);

	p->to_peer.sent = sent;
	p->to_peer.lost = sent - there;
	p->from_peer.sent = there;
	p->from_peer.lost = there - min_u32(w->answered, there);
	p->to_peer.passes_bytes = w->mtu.to.passes;
	p->to_peer.fails_bytes = w->mtu.to.fails;
	p->from_peer.passes_bytes = w->mtu.from.passes;
	p->from_peer.fails_bytes = w->mtu.from.fails;
}

static void finish(struct attempt *a)
{
	a->probe->step = CM_DONE;
	attempt_finish(a, CM_OK);
}

/* The peer is told, so that it can forget us; the result stands whether or not it hears of it. */
static void leave(struct attempt *a)
{
	struct walk *w = &a->walk;

	count_lost(a);
	w->leaving = true;
	send_one(a, false, UD_BYTES_MIN, 0);
	if (!w->posted)
		finish(a);
}

static void ask(struct attempt *a)
{
	struct walk *w = &a->walk;
	uint32_t copies = some_lost(w) ? COPIES_LOSSY : COPIES;

	w->passed = false;
	w->first = w->sends;
	for (uint32_t i = 0; i < copies && w->open + 1 < WALK_RECEIVES; i++)
		send_one(a, false, w->request, w->reply);
	w->last = w->sends;
	send_one(a, false, UD_BYTES_MIN, UD_BYTES_MIN);
}

static void ask_next(struct attempt *a)
{
	struct walk *w = &a->walk;

	if (mtu_next(&w->mtu, &w->request, &w->reply))
		ask(a);
	else
		leave(a);
}

static void burst_over(struct attempt *a)
{
	struct walk *w = &a->walk;

	if (!a->probe->path->burst) {
		leave(a);
		return;
	}
	w->searching = true;
	w->mtu = (struct mtu_search){ .mtu = a->probe->path_mtu, .to.passes = UD_BYTES_MIN, .from.passes = UD_BYTES_MIN };
	ask_next(a);
}

static void burst_go(struct attempt *a)
{
	struct walk *w = &a->walk;
	bool all = w->next == w->burst && !w->open;

	if (all && a->probe->path->burst && some_lost(w) && w->burst < BURST_LOSSY)
		w->burst = BURST_LOSSY;
	if (w->heard && clock_now_us() > (a->start_us + a->end_us) / 2) /* the MTU shall have its turn */
		w->burst = w->next;
	for (; w->next < w->burst && w->open < WINDOW; w->next++)
		send_one(a, true, UD_BYTES_MIN, UD_BYTES_MIN);
	if (!w->open && w->heard)
		burst_over(a);
}

int walk_begin(struct attempt *a, const struct event *ev, uint32_t token)
{
	struct ibv_ah_attr attr = ev->ah;
	struct cm_path *p = a->probe->path;

	a->walk = (struct walk){
		.ah = ibv_create_ah(a->conn.slot->chunk->device->pd, &attr),
		.qp_num = ev->qp_num,
		.qkey = ev->qkey,
		.token = token,
		.burst = min_u32(p->burst ?: 1, UD_NOT_COUNTED / 2),
	};
	if (!a->walk.ah)
		return -(errno ?: EIO);
	p->to_peer.sent_tos = p->to_peer.tos = attr.grh.traffic_class;
	p->to_peer.sent_hop_limit = attr.grh.hop_limit;
	conn_enqueue(&a->conn, &a->run->walking);
	burst_go(a);
	return 0;
}

/* One has arrived: what differs from what was sent is kept, and the least of the hops. */
static void way_note(struct cm_way *w, uint8_t tos, uint8_t hop_limit)
{
	uint8_t sent_ecn = w->sent_tos & ECN_MASK;
	bool marked = (tos & ECN_MASK) == ECN_CE && sent_ecn && sent_ecn != ECN_CE;
	uint8_t as_before = marked ? (uint8_t)((tos & ~ECN_MASK) | sent_ecn) : tos;

	w->marked += marked;
	if (as_before != w->sent_tos)
		w->tos = as_before;
	if (!w->hop_limit || hop_limit < w->hop_limit)
		w->hop_limit = hop_limit;
}

static void note(struct attempt *a, const struct ud_reply *m, const struct ud_arrival *in, uint32_t bytes)
{
	struct cm_path *p = a->probe->path;
	struct walk *w = &a->walk;

	if (!w->heard)
		p->from_peer.tos = m->tos;
	p->from_peer.sent_tos = m->tos;
	p->from_peer.sent_hop_limit = m->hop_limit;
	way_note(&p->to_peer, m->arrived_tos, m->arrived_hop_limit);
	way_note(&p->from_peer, in->tos, in->hop_limit);
	w->seen = m->seen > w->seen ? m->seen : w->seen;
	if (w->searching)
		mtu_passed(&w->mtu, m->received, bytes);
}

static void on_reply(struct attempt *a, const struct ud_reply *m)
{
	struct walk *w = &a->walk;
	uint32_t number = m->seq & ~UD_NOT_COUNTED;

	w->answered += !(m->seq & UD_NOT_COUNTED);
	if (w->leaving || number >= w->sends)
		return;
	w->heard = true;
	w->silent = 0;
	w->open = min_u32(w->open, w->sends - number - 1);
	conn_enqueue(&a->conn, &a->run->walking);
	if (!w->searching) {
		burst_go(a);
		return;
	}
	w->passed = w->passed || (number >= w->first && number < w->last);
	if (number < w->last)
		return;
	if (!w->passed)
		mtu_failed(&w->mtu, w->request, w->reply);
	ask_next(a);
}

static void on_received(struct attempt *a, const struct ibv_wc *wc)
{
	const uint8_t *grh = walk_received(a, walk_buffer(wc->wr_id));
	struct ud_arrival in;
	struct ud_reply m;

	if (wc->byte_len >= UD_GRH && wc->wc_flags & IBV_WC_GRH &&
	    ud_reply_get(grh + UD_GRH, wc->byte_len - UD_GRH, &m) == 0 && m.nonce == a->seed &&
	    ud_arrival_get(grh, a->probe->dst.family, &in) == 0) {
		note(a, &m, &in, wc->byte_len - UD_GRH);
		on_reply(a, &m);
	}
	if (a->probe)
		(void)walk_receive(a, walk_buffer(wc->wr_id)); /* one place less for replies */
}

void walk_complete(struct conn *c, enum conn_way way, const struct ibv_wc *wc)
{
	struct attempt *a = attempt_of(c);

	if (!a->probe)
		return;
	if (wc->status != IBV_WC_SUCCESS) {
		a->probe->wc_status = wc->status;
		attempt_finish(a, CM_WC_ERROR);
	} else if (way == CONN_RECEIVED) {
		on_received(a, wc);
	} else if (--a->walk.posted == 0 && a->walk.leaving) {
		finish(a);
	}
}

static void time_over(struct attempt *a)
{
	if (!a->walk.leaving)
		count_lost(a);
	if (a->walk.heard) {
		finish(a);
		return;
	}
	a->probe->path->to_peer.sent = a->walk.sends;
	attempt_finish(a, CM_TIMEOUT);
}

/* All that is open is lost, or the peer stands still. */
static void give_up(struct attempt *a)
{
	struct walk *w = &a->walk;

	w->open = 0;
	w->silent = 0;
	if (w->searching)
		ask(a);
	else
		burst_go(a);
}

/* Nothing has come for a while. One more, which is not lost perhaps, tells what has become of those before it. */
void walk_late(struct attempt *a)
{
	struct walk *w = &a->walk;

	conn_enqueue(&a->conn, &a->run->walking);
	if (w->leaving || clock_now_us() >= a->end_us)
		time_over(a);
	else if (++w->silent >= SILENT_MOST)
		give_up(a);
	else if (w->open < WALK_RECEIVES)
		send_one(a, false, UD_BYTES_MIN, UD_BYTES_MIN);
}

void walk_end(struct walk *w)
{
	if (w->ah)
		(void)ibv_destroy_ah(w->ah);
	w->ah = NULL;
}
