/* SPDX-License-Identifier: MIT */
/* The keys of `serve:`: who may ask, and the key that they must have. */
#include <errno.h>
#include <string.h>

#include "intent/intent.h"
#include "intent/kinds.h"
#include "intent/schema.h"

/* A prefix, or one address alone. */
static int add_allowed(const struct slot *s, struct err *e)
{
	struct serve_wish *w = slot_member(s);
	const char *text = doc_text(s->node);
	bool alone = text && !strchr(text, '/');
	struct prefix p;
	int r = alone ? slot_ip(s, &p.addr, e) : slot_prefix(s, &p, e);

	if (r < 0)
		return r;
	if (alone)
		p.len = (uint8_t)(8 * ip_size(p.addr.family));
	*vec_add(s->doc->arena, &w->allow) = p;
	return 0;
}

/* An empty list would be a responder that answers nobody: whoever wants that does not start one. */
static int read_allow(const struct slot *s, struct err *e)
{
	struct serve_wish *w = slot_member(s);

	w->says_allow = true;
	if (doc_text(s->node))
		return add_allowed(s, e);
	int r = slot_each(s, add_allowed, e);
	if (r == 0 && s->node->data.sequence.items.top == s->node->data.sequence.items.start)
		return err_set(e, -EINVAL, "an empty list: nobody would be answered; leave the key out to mean the ports' "
			       "subnets, planned routes and verify.peers");
	return r;
}

static const struct key rows[] = {
	{ "serve.allow", read_allow, .off = offsetof(struct intent, serve), .null_is_error = true },
	{ "serve.key_file", kind_path, .off = offsetof(struct intent, serve.key_file) },
};

const struct keys serve_keys = { rows, ARRAY_LEN(rows) };
