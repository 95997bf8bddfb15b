/* SPDX-License-Identifier: MIT */
/* `apps:` of the intent as files of the libraries above RDMA. */
#include "cmd/apps.h"

#include <errno.h>
#include <string.h>

#include "apps/apps.h"
#include "kern/tree.h"

static void remark(struct session *s, const char *text)
{
	*vec_add(s->arena, &s->remarks) = (struct remark){ .text = arena_strdup(s->arena, text) };
}

/* The addresses that the port will have: the wished ones, else those that are there. */
static struct addrs addrs_of(struct session *s, const struct wish *w)
{
	struct addrs own = { 0 };

	if (w->addrs.n)
		return w->addrs;
	for vec_each(ad, &s->node.addrs)
		if (ad->ifindex == w->port->link.ifindex && !ip_is_link_local(&ad->prefix.addr))
			*vec_add(s->arena, &own) = *ad;
	return own;
}

static const struct gid *gid_of_family(const struct rdma_attr *attr, const struct addrs *addrs, int family)
{
	for vec_each(g, &attr->gids)
		for vec_each(ad, addrs)
			if (g->type == GID_ROCE_V2 && g->ip.family == family && ip_equal(&g->ip, &ad->prefix.addr))
				return g;
	return NULL;
}

/* -1: there is none yet. */
static int gid_index_of(struct session *s, const struct wish *w)
{
	const struct addrs addrs = addrs_of(s, w);
	struct rdma_attr attr = { 0 };

	if (s->kern->rdma_attr(s->kern, &w->port->rdma, s->arena, &attr, NULL) < 0)
		return -1;
	const struct gid *g = gid_of_family(&attr, &addrs, AF_INET);
	if (!g)
		g = gid_of_family(&attr, &addrs, AF_INET6);
	return g ? (int)g->index : -1;
}

/* These libraries are verbs applications: what the intent says of those counts first. */
static struct opt_u32 tos_of(const struct wish *w)
{
	const struct opt_u32 *verbs = &w->number[SETTING_TRAFFIC_CLASS];

	return verbs->is == OPT_SET && verbs->v <= settings[SETTING_CM_TOS].max ? *verbs : w->number[SETTING_CM_TOS];
}

/* A port and the VLANs on it are one for a library. */
static bool is_in(const struct apps_in *in, const struct port *p)
{
	for vec_each(other, &in->ports)
		if (strcmp(other->port->rdma.device, p->rdma.device) == 0 && other->port->rdma.port == p->rdma.port)
			return true;
	return false;
}

static struct apps_in collect(struct session *s)
{
	const struct apps_wish *aw = &s->intent.apps;
	struct apps_in in = {
		.arena = s->arena, .no_devices = aw->no_devices,
		.gid_index = aw->gid_index.is == OPT_SET ? (int)aw->gid_index.v : -1,
	};

	for vec_each(p, &s->node.ports)
		in.infiniband |= p->rdma.layer == LAYER_INFINIBAND;
	for (size_t i = 0; i < s->wishes.n; i++) {
		const struct wish *w = &s->wishes.at[i];
		struct opt_u32 tos = tos_of(w);

		if (!is_in(&in, w->port))
			*vec_add(s->arena, &in.ports) = (struct app_port){
				.port = w->port, .tos = tos.v, .has_tos = tos.is == OPT_SET, .gid_index = gid_index_of(s, w),
			};
	}
	return in;
}

/* libnccl.so.2 is a link, and a link may lead to another one: the name with all of the version counts. */
static bool has_old_nccl(const struct tree *t)
{
	for vec_each(f, t)
		if (nccl_is_old(path_name(f->path)) || nccl_is_old(path_name(f->link)))
			return true;
	return false;
}

/* The file is not there, and neither is its directory: the library has been built to look for it elsewhere. */
static bool has_no_place(struct session *s, const struct app *app)
{
	if (node_file(&s->node, app->path) || s->kern->file_check(s->kern, app->path, NULL) != -ENOENT)
		return false;
	remark(s, arena_printf(s->arena, "%s: not written: its directory is not there", app->path));
	return true;
}

static void notes_tell(struct session *s, const struct app_notes *notes)
{
	for vec_each(text, notes)
		remark(s, *text);
}

static void wish_add(struct session *s, const struct app *app, const struct apps_in *in, bool gone)
{
	const struct file *f = node_file(&s->node, app->path);
	struct app_notes notes = { 0 };
	const char *lines = gone ? NULL : app_lines(app, in, &notes);
	const char *old = f && s->intent.apps.take_over ? app_without_script(s->arena, f->text) : f ? f->text : NULL;
	struct file_wish w = { .is = OPT_SET, .edits = true, .path = app->path, .why = app->name, .mode = 0644 };

	app_contradictions(app, in, old, lines, &notes);
	notes_tell(s, &notes);
	w.text = app_file(s->arena, old, lines);
	/* one of others that has nothing in it was so before */
	if (!w.text && f && !f->len)
		return;
	if (!w.text)
		w.is = OPT_NONE;
	*vec_add(s->arena, &s->wishes.files) = w;
}

/* It could not be put back as it was. */
static int refuse(struct session *s, const char *text)
{
	if (!s->intent.only_look)
		return complain(EXIT_FAILED, "%s: nothing was written", text);
	*vec_add(s->arena, &s->remarks) = (struct remark){ .text = arena_strdup(s->arena, text), .left_alone = true };
	return EXIT_OK;
}

static int app_wish_file(struct session *s, const struct app *app, uint32_t how, struct apps_in *in)
{
	struct tree t = { 0 };
	struct err e = { 0 };

	if (how == APP_UNSET)
		return EXIT_OK;
	tree_read(s->root ? s->root : "", app->finds, s->arena, &t);
	if (how == APP_AUTO && !t.n)
		return EXIT_OK;
	if (node_read_file(s->kern, s->arena, &s->node, app->path, &e) < 0)
		return refuse(s, e.text);
	if (how != APP_NONE && has_no_place(s, app))
		return EXIT_OK;
	in->needs_gid_index = has_old_nccl(&t);
	wish_add(s, app, in, how == APP_NONE);
	return EXIT_OK;
}

int apps_wish_files(struct session *s)
{
	const struct apps_wish *aw = &s->intent.apps;
	struct apps_in in;
	int r = EXIT_OK;
	bool any = false;

	for (size_t i = 0; i < APP_N; i++)
		any |= aw->how[i] != APP_UNSET;
	/* with some of the ports left out the files would lose what they say of the others */
	if (!any || s->intent.only.n)
		return EXIT_OK;
	in = collect(s);
	for (size_t i = 0; i < APP_N && r == EXIT_OK; i++)
		r = app_wish_file(s, &apps[i], aw->how[i], &in);
	return r;
}
