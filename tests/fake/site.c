/* SPDX-License-Identifier: MIT */
/* A fake node together with what is wished of it: the whole way from intent to transaction. */
#include "fake/site.h"

#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake/must.h"
#include "fake/tempdir.h"

static const char file[] = "doroce.yaml";

struct site *site_new(size_t ports, unsigned int flags, const char *from)
{
	struct site *s = calloc(1, sizeof(*s));

	must(s);
	fake_node(&s->fake, ports, flags);
	s->dir = -1;
	s->in.file = file;
	s->options = (struct txn_options){ .dir = -1, .command = "configure" };
	if (from)
		s->in.sequence = (struct placed_prefix){ .v = prefix_is(from), .at = { file, 2, 9 } };
	return s;
}

void site_list(struct site *s, enum setting_id id, ...)
{
	uint32_t *at = arena_array(&s->arena, uint32_t, settings[id].count);
	va_list ap;

	for (size_t i = 0; i < settings[id].count; i++)
		at[i] = LIST_ANY;
	va_start(ap, id);
	for (int i = va_arg(ap, int); i >= 0; i = va_arg(ap, int))
		at[i] = va_arg(ap, unsigned int);
	va_end(ap);
	s->more.list[id] = (struct opt_list){ .is = OPT_SET, .v = { settings[id].count, at } };
}

static void ofed_add(struct fake *f, const struct rdma_port *p, const char *netdev)
{
	struct arena *a = &f->arena;

	fake_attr_add(f, arena_printf(a, "/sys/class/infiniband/%s/tc/%u/traffic_class", p->device, p->port), "");
	for (int i = 0; i < 2 * PRIORITIES; i++)
		fake_attr_add(f, arena_printf(a, "/sys/class/net/%s/ecn/roce_%s/enable/%d", netdev, i % 2 ? "np" : "rp",
					      i / 2), "0");
	fake_attr_add(f, arena_printf(a, "/sys/class/net/%s/ecn/roce_np/cnp_dscp", netdev), "0");
	fake_attr_add(f, arena_printf(a, "/sys/class/net/%s/ecn/roce_np/cnp_802p_prio", netdev), "6");
}

static void registers_add(struct fake *f, const char *pci)
{
	static const char *const fields[] = {
		"roce_adp_retrans_field_select", "roce_tx_window_field_select", "roce_slow_restart_field_select",
		"roce_adp_retrans_en", "roce_tx_window_en", "roce_slow_restart_en", "selective_repeat_forced_en",
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		fake_attr_add(f, arena_printf(&f->arena, "ROCE_ACCL/%s/%s", pci, fields[i]),
			      strstr(fields[i], "select") && i < 3 ? "0x00000001" : "0x00000000");
	fake_attr_add(f, arena_printf(&f->arena, "PPCC/%s/value", pci), "0x00000001");
}

void site_connectx(struct site *s, const char *firmware)
{
	struct fake *f = &s->fake;

	for (size_t i = 0; i < f->rdma.n; i++) {
		struct rdma_port *p = &f->rdma.at[i];

		if (strncmp(p->device, "rxe_", 4) != 0 || !p->ifindex)
			continue;
		snprintf(p->pci, sizeof(p->pci), "0000:10:00.%u", (unsigned int)i % 8);
		snprintf(p->driver, sizeof(p->driver), "mlx5_core");
		snprintf(p->firmware, sizeof(p->firmware), "%s", firmware);
		registers_add(f, p->pci);
	}
}

void site_nics(struct site *s)
{
	struct fake *f = &s->fake;

	for (size_t i = 0; i < f->rdma.n; i++) {
		const struct rdma_port *p = &f->rdma.at[i];
		const char *netdev = NULL;

		for vec_each(l, &f->now.links)
			if (l->ifindex == p->ifindex && l->name[0] == 'p')
				netdev = l->name;
		if (!netdev)
			continue;
		fake_nic_add(f, netdev)->flaps = true;
		ofed_add(f, p, netdev);
		fake_attr_add(f, arena_printf(&f->arena, "%s/%u/default_roce_tos", p->device, p->port), "0");
		fake_attr_add(f, arena_printf(&f->arena, "%s/%u/default_roce_mode", p->device, p->port), "IB/RoCE v1");
	}
	fake_attr_add(f, "/proc/sys/net/ipv4/tcp_ecn", "2");
}

/* Of the NICs: what node_read() does not read. */
static void every_read_setting(struct site *s)
{
	site_nics(s);
	site_connectx(s, "28.40.1000");
	for vec_each(n, &s->fake.now.nics) {
		n->dcb.has |= DCB_PART_TRUST;
		n->dcb.dcbx = DCBX_IEEE;
		n->pause = PAUSE_RX | PAUSE_TX;
	}
	for vec_each(l, &s->fake.now.links)
		l->vlan_id = l->name[0] == 'p' ? 100 : 0; /* so that it has a map of priorities */
	for (enum setting_id id = 0; id < SETTING_N; id++)
		if (settings[id].read && !settings[id].count && id != SETTING_PAUSE)
			s->more.number[id] = (struct opt_u32){ OPT_SET, 1 };
		else if (settings[id].read && settings[id].count)
			site_list(s, id, 3, 1, 5, 1, -1);
	s->more.number[SETTING_PAUSE] = (struct opt_u32){ OPT_SET, 0 };
}

struct site *site_every_setting(void)
{
	struct site *s = site_new(2, 0, "10.0.0.1/24");

	fake_link(&s->fake, "p1")->up = false;
	fake_addr_add(&s->fake, "p0", "172.16.0.1/16");
	fake_route_add(&s->fake, "p0", "0.0.0.0/0", 101)->gateway = ip_is("172.16.0.254");
	fake_route_add(&s->fake, "p0", "198.51.100.0/24", 500)->protocol = RTPROT_BOOT;
	for (enum setting_id id = 0; id < SETTING_N; id++)
		if (settings[id].key && settings[id].get)
			site_number(&s->in.defaults, id, id == SETTING_MTU ? 4200 : 1);
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	every_read_setting(s);
	site_file_add(s, "/etc/changed", "theirs");
	site_file_add(s, "/etc/gone", "theirs");
	site_file(s, "/etc/new", "ours");
	site_file(s, "/etc/changed", "ours");
	site_file(s, "/etc/gone", NULL);
	return s;
}

int site_tempdir(struct site *s)
{
	must(s->dir < 0);
	s->dir = tempdir_new();
	return s->dir;
}

int site_teardown(void **state)
{
	site_free(*(struct site **)*state);
	return 0;
}

void site_free(struct site *s)
{
	tempdir_remove(s->dir);
	fake_done(&s->fake);
	arena_done(&s->arena);
	free(s);
}

static void more_wish(const struct site *s, struct wish *w, bool of_node)
{
	for (enum setting_id id = 0; id < SETTING_N; id++) {
		if (!setting_is_wished(&settings[id], &s->more) || settings[id].of_node != of_node)
			continue;
		w->number[id] = s->more.number[id];
		w->list[id] = s->more.list[id];
	}
}

int site_resolve(struct site *s)
{
	struct err e = { 0 };
	int r = node_read(&s->fake.k, &s->arena, &s->node, &e);

	must(r == 0);
	s->diag = (struct diag){ .arena = &s->arena };
	s->wishes = (struct wishes){ 0 };
	s->remarks = (struct remarks){ 0 };
	r = intent_resolve(&s->in, &s->node, &s->arena, &s->wishes, &s->remarks, &s->diag);
	for vec_each(w, &s->wishes)
		more_wish(s, w, false);
	more_wish(s, &s->wishes.node, true);
	settings_read(&s->fake.k, &s->arena, &s->node, &s->wishes);
	for vec_each(w, &s->files) {
		*vec_add(&s->arena, &s->wishes.files) = *w;
		must(node_read_file(&s->fake.k, &s->arena, &s->node, w->path, NULL) == 0);
	}
	return r;
}

void site_plan(struct site *s)
{
	int r = site_resolve(s);

	must(r == 0);
	s->plan = plan_make(&s->wishes, &s->node, &s->arena);
}

int site_configure(struct site *s)
{
	site_plan(s);
	s->err = (struct err){ 0 };
	return txn_run(&s->fake.k, &s->plan, &s->options, &s->arena, &s->txn, &s->id, &s->err);
}

bool site_dies(struct site *s, int (*f)(void *user), void *user, size_t n)
{
	const unsigned int lowest = (unsigned int)dup(STDERR_FILENO);
	jmp_buf death;

	close((int)lowest);
	if (setjmp(death)) {
		fake_die(&s->fake, 0, NULL);
		close_range(lowest, lowest + 8, 0);
		return true;
	}
	fake_die(&s->fake, n, &death);
	(void)f(user); /* what came of it the caller looks at */
	fake_die(&s->fake, 0, NULL);
	return false;
}

struct port_intent *site_entry(struct site *s, const char *netdev, unsigned int line)
{
	struct port_intent *pi = vec_add(&s->arena, &s->in.ports);

	*pi = (struct port_intent){ .at = { file, line, 1 }, .match.netdev = netdev };
	s->in.has_ports = true;
	return pi;
}

void site_address(struct site *s, struct port_intent *pi, const char *prefix, unsigned int line)
{
	*vec_add(&s->arena, &pi->addresses) =
		(struct placed_prefix){ .v = prefix_is(prefix), .at = { file, line, 17 } };
}

void site_gateway(struct port_intent *pi, const char *ip, unsigned int line)
{
	struct opt_ip gw = { OPT_SET, ip_is(ip) };
	bool ip6 = gw.v.family == AF_INET6;

	*(ip6 ? &pi->gateway6 : &pi->gateway) = gw;
	*(ip6 ? &pi->gateway6_at : &pi->gateway_at) = (struct place){ file, line, 14 };
}

void site_number(struct port_intent *pi, enum setting_id id, uint32_t v)
{
	pi->number[id] = (struct opt_u32){ OPT_SET, v };
}

void site_file_add(struct site *s, const char *path, const char *text)
{
	struct file f = { .path = path, .text = text, .len = strlen(text), .mode = 0640, .uid = 1, .gid = 2 };
	int r = s->fake.k.files_put(&s->fake.k, &f, 1, NULL);

	must(r == 0);
	s->fake.writes--; /* the node was like that before */
}

void site_file(struct site *s, const char *path, const char *text)
{
	*vec_add(&s->arena, &s->files) = (struct file_wish){
		.is = text ? OPT_SET : OPT_NONE, .path = path, .text = text, .mode = 0644,
	};
}

const struct port *site_port(const struct site *s, const char *netdev)
{
	for vec_each(p, &s->node.ports)
		if (strcmp(p->link.name, netdev) == 0)
			return p;
	return NULL;
}

const struct wish *site_wish(const struct site *s, const char *netdev)
{
	for vec_each(w, &s->wishes)
		if (strcmp(w->port->link.name, netdev) == 0)
			return w;
	return NULL;
}

const struct op *site_op(const struct site *s, const char *netdev, enum setting_id id)
{
	for vec_each(op, &s->plan.ops)
		if (setting_id(op->setting) == id && op->port && strcmp(op->port->link.name, netdev) == 0)
			return op;
	return NULL;
}
