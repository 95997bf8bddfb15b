/* SPDX-License-Identifier: MIT */
/* Stage wire: how large a datagram may be, and how many are lost. */
#include <string.h>

#include "validate/cm/ud.h"
#include "validate/stage/wire.h"

/* One lost datagram may have come while somebody's buffer was full: UD has no second try. */
enum { LOST_MAY_HAPPEN = 1, SIZE_STEP = 4 };

uint32_t wire_ip_bytes(uint32_t payload, uint8_t family)
{
	return (family == AF_INET ? 20 : 40) + 8 + 12 + 8 + payload + 4;
}

uint64_t wire_path_bytes(const struct cm_probe *p)
{
	const struct cm_way *back = &p->path->from_peer;

	return (uint64_t)(back->sent - back->lost) * wire_ip_bytes(UD_BYTES_MIN, p->dst.family) +
	       wire_ip_bytes(back->passes_bytes, p->dst.family);
}

enum finding_id wire_mtu(const struct cm_way *w)
{
	return w->fails_bytes ? FINDING_MTU_BLACK_HOLE : FINDING_NONE;
}

enum finding_id wire_loss(const struct cm_way *w)
{
	return w->lost > LOST_MAY_HAPPEN ? FINDING_PACKET_LOSS : FINDING_NONE;
}

/* want: the path MTU. What the search had no time for is told as a range. */
static char *mtu_text(const struct verify *v, const struct cm_probe *p, const struct cm_way *w)
{
	uint32_t ip = wire_ip_bytes(w->passes_bytes, p->dst.family);

	if (!w->fails_bytes) /* no larger than a request that arrives: there is no other */
		return arena_printf(v->arena, w->passes_bytes < p->path_mtu ? "%u B pass, more could not be tried" : "%u B pass",
				    w->passes_bytes);
	if (w->fails_bytes - w->passes_bytes > SIZE_STEP)
		return arena_printf(v->arena, "%u B do not pass, %u B do (something between, the time was over)",
				    w->fails_bytes, w->passes_bytes);
	return arena_printf(v->arena, "%u B do not pass, %u B do (an IP packet of %u B)", p->path_mtu, w->passes_bytes, ip);
}

/* What became of the payload once the pair had connected has its reason here. */
static void explain_connect(struct verify *v, const struct result *r, const struct pair *pa)
{
	const struct cm_probe *p = pair_connect(v, pa);

	for vec_each(s, &v->results)
		if (strcmp(s->check->id, "peer.connect") == 0 && s->verdict == VERDICT_FAIL && !s->follows &&
		    p && p->step > CM_CONNECT && strcmp(s->subject, r->subject) == 0)
			s->follows = r->check->id;
}

static void judge_mtu(struct verify *v, struct result *r, const struct cm_probe *p)
{
	const struct pair *pa = p->user;
	const struct cm_path *path = p->path;

	r->seen = wire_both(v, mtu_text(v, p, &path->to_peer), mtu_text(v, p, &path->from_peer));
	r->wanted = arena_printf(v->arena, "both ways the path MTU of %u B (an IP packet of %u B)", p->path_mtu,
				 wire_ip_bytes(p->path_mtu, p->dst.family));
	wire_found(r, wire_mtu(&path->to_peer), wire_mtu(&path->from_peer));
	if (r->verdict == VERDICT_PASS && (path->to_peer.passes_bytes < p->path_mtu || path->from_peer.passes_bytes < p->path_mtu))
		r->verdict = VERDICT_NA;
	if (r->verdict != VERDICT_FAIL)
		return;
	r->follows = pa->follows;
	explain_connect(v, r, pa);
}

void check_wire_mtu(struct verify *v, const struct check *c)
{
	wire_each(v, c, judge_mtu);
}

static char *loss_text(const struct verify *v, const struct cm_way *w)
{
	return arena_printf(v->arena, "%u of %u datagrams lost", w->lost, w->sent);
}

static void judge_loss(struct verify *v, struct result *r, const struct cm_probe *p)
{
	const struct cm_path *path = p->path;

	r->seen = wire_both(v, loss_text(v, &path->to_peer), loss_text(v, &path->from_peer));
	r->wanted = "none lost";
	wire_found(r, wire_loss(&path->to_peer), wire_loss(&path->from_peer));
	if (r->verdict == VERDICT_FAIL)
		explain_connect(v, r, p->user);
}

void check_wire_loss(struct verify *v, const struct check *c)
{
	wire_each(v, c, judge_loss);
}
