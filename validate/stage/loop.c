/* SPDX-License-Identifier: MIT */
/* Stage loop: each port connects with itself. Nothing leaves the device: no cable is proved. */
#include <string.h>

#include "validate/verify.h"

static inline void responder_drop(struct cm_responder **r)
{
	cm_responder_close(*r);
}

#define auto_responder __attribute__((cleanup(responder_drop))) struct cm_responder

static void probes_add(struct verify *v)
{
	for vec_each(t, &v->targets) {
		if (t->blocked)
			continue;
		struct cm_probe *p = vec_add(v->arena, &v->probes);

		*p = (struct cm_probe){ .src = t->addr.addr, .dst = t->addr.addr, .user = t };
		memcpy(p->device, t->port->rdma.device, sizeof(p->device));
	}
}

struct teller {
	struct verify *v;
	const char *stage;
};

static void on_progress(void *user, size_t done, size_t of)
{
	const struct teller *t = user;

	t->v->o.progress(t->v->o.progress_user, t->stage, done, of);
}

int connect_own(struct verify *v, const char *stage, struct cm_probe *p, size_t n, struct err *e)
{
	auto_responder *own = cm_responder_open(0, NULL, e);
	struct teller teller = { v, stage };

	if (!own)
		return e->code;
	struct cm_options o = {
		.service = cm_responder_service(own), .timeout_ms = v->o.timeout_ms, .also_serve = own,
		.progress = v->o.progress ? on_progress : NULL, .progress_user = &teller,
	};
	return cm_probe_all(p, n, &o, e);
}

int loop_gather(struct verify *v, struct err *e)
{
	v->probes.n = 0;
	probes_add(v);
	return v->probes.n ? connect_own(v, "loop", v->probes.at, v->probes.n, e) : 0;
}

void check_loop_connect(struct verify *v, const struct check *c)
{
	char text[IP_TEXT];

	for vec_each(t, &v->targets)
		(void)result_blocked(v, c, t, NULL);
	for vec_each(p, &v->probes) {
		const struct target *t = p->user;
		struct result *r = result_add(v, c, VERDICT_PASS, t->port);

		r->subject = arena_strdup(v->arena, ip_text(&p->src, text));
		connect_result(v, r, p);
	}
}
