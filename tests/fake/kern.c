/* SPDX-License-Identifier: MIT */
/* A kernel in memory: plain arrays, the refusals that matter, failures on order. */
#include "fake/kern.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "fake/must.h"
#include "fake/nic.h"
#include "kern/netlink.h"

/* Take the item at p out of the vector v. */
#define vec_del(v, p)                                                                  \
	({                                                                             \
		size_t at_ = (size_t)((p) - (v)->at);                                  \
		memmove(p, (p) + 1, ((v)->n - at_ - 1) * sizeof(*(v)->at));            \
		(v)->n--;                                                              \
	})

/* Copy the items of the vector `from` behind those of `to`. */
#define vec_copy(a, to, from)                   \
	do {                                    \
		for vec_each(item_, from)       \
			*vec_add(a, to) = *item_; \
	} while (0)

static struct fake *fake_of(struct kern *k)
{
	return CONTAINER_OF(k, struct fake, k);
}

static int no(struct err *e, int error, const char *what)
{
	return err_set(e, -error, "%s: %s", what, strerror(error));
}

/* Count one write; fails, or does not come back, when that was ordered. */
int fake_write(struct fake *f, const char *what, struct err *e)
{
	f->writes++;
	if (f->death && f->writes == f->die_at)
		longjmp(*f->death, 1);
	if (f->fail_at && f->writes >= f->fail_at && f->writes - f->fail_at < f->fail_n)
		return no(e, f->fail_errno, what);
	return 0;
}

static struct link *link_at(struct fake *f, int ifindex)
{
	for vec_each(l, &f->now.links)
		if (l->ifindex == ifindex)
			return l;
	return NULL;
}

static int get_links(struct kern *k, struct arena *a, struct links *ret, struct err *e)
{
	(void)e;
	vec_copy(a, ret, &fake_of(k)->now.links);
	return 0;
}

static int get_addrs(struct kern *k, struct arena *a, struct addrs *ret, struct err *e)
{
	(void)e;
	vec_copy(a, ret, &fake_of(k)->now.addrs);
	return 0;
}

static int get_routes(struct kern *k, struct arena *a, struct routes *ret, struct err *e)
{
	(void)e;
	vec_copy(a, ret, &fake_of(k)->now.routes);
	return 0;
}

static int get_rules(struct kern *k, struct arena *a, struct rules *ret, struct err *e)
{
	(void)e;
	vec_copy(a, ret, &fake_of(k)->now.rules);
	return 0;
}

static int get_rdma_ports(struct kern *k, struct arena *a, struct rdma_ports *ret, struct err *e)
{
	(void)e;
	vec_copy(a, ret, &fake_of(k)->rdma);
	return 0;
}

/* The largest RoCE MTU that fits behind headers of 58 B. */
static uint32_t roce_mtu(uint32_t mtu)
{
	uint32_t v = 4096;

	while (v > 256 && v + 58 > mtu)
		v /= 2;
	return v;
}

static int get_rdma_attr(struct kern *k, const struct rdma_port *p, struct arena *a,
			 struct rdma_attr *ret, struct err *e)
{
	struct fake *f = fake_of(k);
	const struct link *l = link_at(f, p->ifindex);

	if (!l)
		return no(e, ENODEV, p->device);
	*ret = (struct rdma_attr){ .active_mtu = roce_mtu(l->mtu),
				   .max_mtu = 4096,
				   .gid_room = 1024,
				   .active = l->up && l->carrier };
	for vec_each(ad, &f->now.addrs)
		if (ad->ifindex == p->ifindex)
			*vec_add(a, &ret->gids) = (struct gid){ .index = (uint32_t)ret->gids.n,
								.type = GID_ROCE_V2,
								.ip = ad->prefix.addr,
								.ifindex = p->ifindex };
	return 0;
}

static void raw_add(struct arena *a, struct raws *to, struct nl_msg *m)
{
	must(m);
	*vec_add(a, to) = raw_copy(nlmsg_hdr(m), a);
	nlmsg_free(m);
}

static int get_objects(struct kern *k, struct arena *a, struct raws *ret, struct err *e)
{
	(void)e;
	for vec_each(ad, &fake_of(k)->now.addrs)
		raw_add(a, ret, addr_msg(CHANGE_ADD, ad));
	for vec_each(rt, &fake_of(k)->now.routes)
		raw_add(a, ret, route_msg(CHANGE_ADD, rt));
	return 0;
}

static int get_conf_all(struct kern *k, uint32_t *ret, struct err *e)
{
	(void)e;
	memcpy(ret, fake_of(k)->now.conf_all, sizeof(fake_of(k)->now.conf_all));
	return 0;
}

/* Longest prefix of the table that leads to q's destination by q's port. */
static const struct route *route_in(struct fake *f, uint32_t table, const struct route_query *q)
{
	const struct route *best = NULL;

	for vec_each(rt, &f->now.routes)
		if (rt->table == table && (!q->oif || rt->oif == q->oif) &&
		    ip_in_prefix(&q->dst, &rt->dst) && (!best || rt->dst.len > best->dst.len))
			best = rt;
	return best;
}

/* Of one priority the older one comes first. */
static const struct rule *rule_after(struct fake *f, uint8_t family, const struct rule *last)
{
	const struct rule *next = NULL;

	for vec_each(ru, &f->now.rules)
		if (ru->family == family &&
		    (!last || ru->priority > last->priority || (ru->priority == last->priority && ru > last)) &&
		    (!next || ru->priority < next->priority))
			next = ru;
	return next;
}

/* Bound to a port, IPv4 takes what no route leads to for a host on the link. */
static int no_route(const struct route_query *q, struct route *ret, struct err *e)
{
	if (!q->oif || q->in_tables || q->dst.family != AF_INET)
		return no(e, ENETUNREACH, "route look-up");
	*ret = (struct route){ .dst = { q->dst, 32 }, .oif = q->oif, .type = RTN_UNICAST };
	return 0;
}

static int get_route(struct kern *k, const struct route_query *q, struct route *ret, struct err *e)
{
	struct fake *f = fake_of(k);

	for (const struct rule *ru = rule_after(f, q->dst.family, NULL); ru; ru = rule_after(f, q->dst.family, ru)) {
		struct prefix src = { .addr = ru->src, .len = ru->src_len };
		bool fits = (!ru->src_len || ip_in_prefix(&q->src, &src)) && !rule_is_narrow(ru);
		const struct route *rt = fits && ru->action == FR_ACT_TO_TBL ? route_in(f, ru->table, q) : NULL;

		if (fits && ru->action != FR_ACT_TO_TBL)
			break;
		if (!rt)
			continue;
		*ret = *rt;
		return 0;
	}
	return no_route(q, ret, e);
}

static int ask_neigh(struct kern *k, struct neigh_ask *ask, size_t n, unsigned int timeout_ms,
		     struct err *e)
{
	(void)e;
	(void)timeout_ms;
	for (struct neigh_ask *q = ask; q < ask + n; q++) {
		q->seen_n = 0;
		for vec_each(h, &fake_of(k)->hosts)
			if (h->ifindex == q->ifindex && ip_equal(&h->ip, &q->ip) &&
			    q->seen_n < NEIGH_SEEN_MAX)
				memcpy(q->seen[q->seen_n++], h->mac, MAC_LEN);
		q->resolved = q->seen_n;
		memcpy(q->mac, q->seen[0], MAC_LEN);
	}
	return 0;
}

static int set_mtu(struct kern *k, int ifindex, uint32_t mtu, struct err *e)
{
	struct fake *f = fake_of(k);
	struct link *l = link_at(f, ifindex);
	char what[48];

	snprintf(what, sizeof(what), "set mtu to %u B", mtu);
	if (fake_write(f, what, e) < 0)
		return -f->fail_errno;
	if (!l || mtu < 68 || mtu > 65535)
		return no(e, l ? EINVAL : ENODEV, what);
	if (l->lower && link_at(f, l->lower) && mtu > link_at(f, l->lower)->mtu)
		return no(e, ERANGE, what);
	l->mtu = mtu;
	for vec_each(upper, &f->now.links)
		if (upper->lower == ifindex && upper->mtu > mtu)
			upper->mtu = mtu;
	return 0;
}

static void routes_drop(struct fake *f, int ifindex, const struct ip *prefsrc)
{
	for (struct route *rt = f->now.routes.at; rt < f->now.routes.at + f->now.routes.n;) {
		bool drop = rt->oif == (uint32_t)ifindex;

		if (prefsrc && prefsrc->family == AF_UNSPEC)
			drop &= rt->dst.addr.family == AF_INET;
		else if (prefsrc)
			drop = rt->table == RT_TABLE_MAIN && ip_equal(&rt->prefsrc, prefsrc);
		if (drop)
			vec_del(&f->now.routes, rt);
		else
			rt++;
	}
}

static void connected_add(struct fake *f, const struct addr *ad)
{
	struct route *rt = vec_add(&f->arena, &f->now.routes);

	*rt = (struct route){
		.dst = prefix_network(&ad->prefix), .prefsrc = ad->prefix.addr,
		.table = RT_TABLE_MAIN, .oif = (uint32_t)ad->ifindex, .protocol = RTPROT_KERNEL,
		.scope = RT_SCOPE_LINK, .type = RTN_UNICAST,
	};
	if (ad->prefix.addr.family == AF_INET)
		return;
	rt->prefsrc = (struct ip){ 0 };
	rt->scope = RT_SCOPE_UNIVERSE;
	rt->metric = 256;
}

/* The connected route of an IPv6 address goes with the last one of its prefix. */
static void connected6_del(struct fake *f, const struct addr *gone)
{
	struct prefix net = prefix_network(&gone->prefix);

	for vec_each(ad, &f->now.addrs)
		if (ad->ifindex == gone->ifindex && ad->prefix.len == net.len &&
		    ip_in_prefix(&ad->prefix.addr, &net))
			return;
	for vec_each(rt, &f->now.routes)
		if (rt->protocol == RTPROT_KERNEL && rt->oif == (uint32_t)gone->ifindex &&
		    prefix_equal(&rt->dst, &net)) {
			vec_del(&f->now.routes, rt);
			return;
		}
}

static int set_up(struct kern *k, int ifindex, bool up, struct err *e)
{
	struct fake *f = fake_of(k);
	struct link *l = link_at(f, ifindex);
	const char *what = up ? "set link up" : "set link down";

	if (fake_write(f, what, e) < 0)
		return -f->fail_errno;
	if (!l)
		return no(e, ENODEV, what);
	if (l->up && !up)
		routes_drop(f, ifindex, NULL);
	for vec_each(ad, &f->now.addrs)
		if (up && !l->up && ad->ifindex == ifindex)
			connected_add(f, ad);
	l->up = l->carrier = l->running = up;
	return 0;
}

static int set_conf(struct kern *k, int ifindex, const struct conf_value *v, size_t n,
		    struct err *e)
{
	static const char what[] = "set IPv4 settings";
	struct fake *f = fake_of(k);
	struct link *l = link_at(f, ifindex);

	if (fake_write(f, what, e) < 0)
		return -f->fail_errno;
	if (!l)
		return no(e, ENODEV, what);
	for (size_t i = 0; i < n; i++) {
		must(v[i].id < CONF_N);
		l->conf[v[i].id] = v[i].value;
	}
	return 0;
}

static struct addr *addr_find(struct fake *f, const struct addr *ad)
{
	for vec_each(there, &f->now.addrs)
		if (there->ifindex == ad->ifindex && prefix_equal(&there->prefix, &ad->prefix))
			return there;
	return NULL;
}

static void addr_del(struct fake *f, struct addr *there)
{
	struct addr gone = *there;
	bool last = true;

	vec_del(&f->now.addrs, there);
	if (gone.prefix.addr.family == AF_INET6) {
		connected6_del(f, &gone);
		return;
	}
	for vec_each(ad, &f->now.addrs)
		last &= ad->ifindex != gone.ifindex || ad->prefix.addr.family != AF_INET;
	routes_drop(f, gone.ifindex, last ? &(struct ip){ 0 } : &gone.prefix.addr);
}

static int set_addr(struct kern *k, enum change c, const struct addr *ad, struct err *e)
{
	struct fake *f = fake_of(k);
	struct link *l = link_at(f, ad->ifindex);
	struct addr *there = addr_find(f, ad);
	char text[PREFIX_TEXT], what[PREFIX_TEXT + 24];

	snprintf(what, sizeof(what), "%s address %s", c == CHANGE_DEL ? "remove" : "add",
		 prefix_text(&ad->prefix, text));
	if (fake_write(f, what, e) < 0)
		return -f->fail_errno;
	if (!l)
		return no(e, ENODEV, what);
	if (c == CHANGE_DEL && !there)
		return no(e, EADDRNOTAVAIL, what);
	if (c == CHANGE_ADD && there)
		return no(e, EEXIST, what);
	if (c == CHANGE_DEL) {
		addr_del(f, there);
		return 0;
	}
	if (there)
		return 0; /* only lifetimes would be new */
	*vec_add(&f->arena, &f->now.addrs) = *ad;
	if (l->up)
		connected_add(f, ad);
	return 0;
}

static bool is_on_host(struct fake *f, const struct ip *ip)
{
	for vec_each(ad, &f->now.addrs)
		if (ip_equal(&ad->prefix.addr, ip))
			return true;
	return false;
}

static bool is_on_link(struct fake *f, const struct ip *ip, int ifindex)
{
	for vec_each(ad, &f->now.addrs)
		if (ad->ifindex == ifindex && ip_in_prefix(ip, &ad->prefix))
			return true;
	return false;
}

/* What the kernel has against a route that is to be written: an errno, 0 nothing. */
static int route_fault(struct fake *f, const struct route *rt)
{
	const struct link *l = link_at(f, (int)rt->oif);

	if (!l)
		return ENODEV;
	if (rt->gateway.family && (!l->up || (!ip_is_link_local(&rt->gateway) &&
					      !is_on_link(f, &rt->gateway, l->ifindex))))
		return ENETUNREACH;
	if (!l->up)
		return ENETDOWN;
	if (rt->prefsrc.family && !is_on_host(f, &rt->prefsrc))
		return EINVAL;
	return 0;
}

static struct route *route_find(struct fake *f, const struct route *rt, bool whole)
{
	for vec_each(there, &f->now.routes)
		if (whole ? route_equal(there, rt) : route_same_key(there, rt))
			return there;
	return NULL;
}

static int set_route(struct kern *k, enum change c, const struct route *rt, struct err *e)
{
	struct fake *f = fake_of(k);
	struct route *there = route_find(f, rt, c == CHANGE_DEL);
	char text[ROUTE_TEXT], what[ROUTE_TEXT + 40];

	snprintf(what, sizeof(what), "%s route %s table %u", c == CHANGE_DEL ? "remove" : "write",
		 route_text(rt, text), rt->table);
	if (fake_write(f, what, e) < 0)
		return -f->fail_errno;
	int fault = c == CHANGE_DEL ? 0 : route_fault(f, rt);
	if (fault)
		return no(e, fault, what);
	if (c == CHANGE_DEL && !there)
		return no(e, ESRCH, what);
	if (c == CHANGE_ADD && there)
		return no(e, EEXIST, what);
	if (c == CHANGE_DEL)
		vec_del(&f->now.routes, there);
	else
		*(there ? there : vec_add(&f->arena, &f->now.routes)) = *rt;
	return 0;
}

static int set_rule(struct kern *k, enum change c, const struct rule *ru, struct err *e)
{
	struct fake *f = fake_of(k);
	struct rule *there = NULL;
	const char *what = c == CHANGE_DEL ? "remove rule" : "add rule";

	if (fake_write(f, what, e) < 0)
		return -f->fail_errno;
	for vec_each(r, &f->now.rules)
		if (rule_equal(r, ru))
			there = r;
	if (c == CHANGE_DEL && !there)
		return no(e, ENOENT, what);
	if (c == CHANGE_ADD && there)
		return no(e, EEXIST, what);
	if (c == CHANGE_DEL)
		vec_del(&f->now.rules, there);
	else
		*vec_add(&f->arena, &f->now.rules) = *ru;
	return 0;
}

static int set_put_back(struct kern *k, const struct raw *r, bool replace, struct err *e)
{
	enum change c = replace ? CHANGE_REPLACE : CHANGE_ADD;
	struct routes rts = { 0 };
	struct addr ad;

	if (r->h->nlmsg_type == RTM_NEWADDR)
		return addr_of_msg(r->h, &ad, e) < 0 ? -EBADMSG : set_addr(k, c, &ad, e);
	must(r->h->nlmsg_type == RTM_NEWROUTE);
	/* not in an arena of its own: a death would leave that behind */
	if (route_of_msg(r->h, &fake_of(k)->arena, &rts, e) < 0)
		return -EBADMSG;
	must(rts.n == 1);
	return set_route(k, c, &rts.at[0], e);
}

static struct file *file_at(struct fake *f, const char *path)
{
	for vec_each(fi, &f->now.files)
		if (strcmp(fi->path, path) == 0)
			return fi;
	return NULL;
}

static int get_file(struct kern *k, const char *path, struct arena *a, struct file *ret, struct err *e)
{
	const struct file *there = file_at(fake_of(k), path);
	const char *link = fake_of(k)->link_path;

	(void)a;
	if (link && strcmp(link, path) == 0)
		return err_set(e, -ELOOP, "%s: is a symbolic link", path);
	if (!there)
		return -ENOENT;
	*ret = *there;
	return 0;
}

static int put_file(struct fake *f, const struct file *file, struct err *e)
{
	int r = fake_write(f, file->path, e);
	struct file *there = file_at(f, file->path);

	if (r < 0)
		return r;
	if (!file->text && !there)
		return no(e, ENOENT, file->path);
	if (!file->text) {
		vec_del(&f->now.files, there);
		return 0;
	}
	struct file *to = there ? there : vec_add(&f->arena, &f->now.files);

	*to = *file;
	to->path = arena_strdup(&f->arena, file->path);
	to->text = memcpy(arena_alloc(&f->arena, file->len + 1), file->text, file->len);
	return 0;
}

/* Each is a write of its own: it can fail, or be the last, with those before it made. */
static int put_files(struct kern *k, const struct file *file, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = put_file(fake_of(k), &file[i], e);
	return r;
}

static void tidy_file(struct kern *k, const char *path)
{
	(void)k;
	(void)path;
}

static int check_file(struct kern *k, const char *path, struct err *e)
{
	(void)k;
	(void)path;
	(void)e;
	return 0;
}

static int run(struct kern *k, const char *const *argv, char *out, size_t size, struct err *e)
{
	struct fake *f = fake_of(k);

	(void)size;
	out[0] = '\0';
	f->runs++;
	f->ran = argv[0];
	if (f->on_run)
		f->on_run(f);
	return f->run_errno ? no(e, f->run_errno, argv[0]) : 0;
}

/* hosts on the wire have their addresses */
static int probe(struct kern *k, struct probe *p, size_t n, const struct own_macs *own, struct err *e)
{
	struct fake *f = fake_of(k);

	(void)e;
	for (size_t i = 0; i < n; i++)
		for vec_each(h, &f->hosts) {
			struct arp_heard heard = { .ifindex = h->ifindex, .is_reply = true, .sender = h->ip };

			memcpy(heard.mac, h->mac, MAC_LEN);
			if (!probe_is_answered(&p[i], &heard, own))
				continue;
			p[i].taken = true;
			memcpy(p[i].holder, h->mac, MAC_LEN);
		}
	f->probed += n;
	return 0;
}

/* Somebody on the wire who has the address answers at once; without carrier it stays tentative. */
static int wait_dad(struct kern *k, struct dad *d, size_t n, unsigned int timeout_ms, struct err *e)
{
	struct fake *f = fake_of(k);

	(void)timeout_ms;
	(void)e;
	for (size_t i = 0; i < n; i++) {
		const struct link *l = link_at(f, d[i].ifindex);

		d[i].state = !is_on_host(f, &d[i].ip) ? DAD_GONE : l && l->carrier ? DAD_DONE : DAD_TENTATIVE;
		f->waited += d[i].waits;
		for vec_each(h, &f->hosts) {
			if (h->ifindex != d[i].ifindex || !ip_equal(&h->ip, &d[i].ip))
				continue;
			d[i].state = DAD_FAILED;
			d[i].heard = true;
			memcpy(d[i].mac, h->mac, MAC_LEN);
		}
	}
	return 0;
}

static int send_announce(struct kern *k, const struct announcement *an, size_t n, struct err *e)
{
	struct fake *f = fake_of(k);

	for (size_t i = 0; i < n; i++) {
		if (!link_at(f, an[i].ifindex))
			return no(e, ENODEV, "announce address");
		f->announced++;
	}
	return 0;
}

void fake_init(struct fake *f)
{
	*f = (struct fake){ .k = {
		.links = get_links, .addrs = get_addrs, .routes = get_routes, .rules = get_rules,
		.rdma_ports = get_rdma_ports, .rdma_attr = get_rdma_attr, .objects = get_objects,
		.conf_all = get_conf_all, .put_back = set_put_back, .route_get = get_route, .neigh_ask = ask_neigh, .probe = probe, .mtu_set = set_mtu,
		.up_set = set_up, .conf_set = set_conf, .addr_set = set_addr,
		.route_set = set_route, .rule_set = set_rule, .announce = send_announce, .dad_wait = wait_dad,
		.file_read = get_file, .files_put = put_files, .file_tidy = tidy_file,
		.file_check = check_file, .run = run,
	} };
	fake_nic_init(&f->k);
}

void fake_done(struct fake *f)
{
	arena_done(&f->arena);
}

void fake_fail(struct fake *f, size_t n, int error)
{
	f->fail_at = f->writes + n;
	f->fail_n = 1;
	f->fail_errno = error;
}

void fake_fail_from(struct fake *f, size_t n, int error)
{
	fake_fail(f, n, error);
	f->fail_n = SIZE_MAX;
}

void fake_die(struct fake *f, size_t n, jmp_buf *to)
{
	f->die_at = f->writes + n;
	f->death = to;
}
