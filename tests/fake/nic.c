/* SPDX-License-Identifier: MIT */
/* Of the kernel in memory: DCB, global pause, small files. As mlx5: trust follows the DSCP entries. */
#include "fake/nic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/kern.h"
#include "fake/must.h"

static struct fake *fake_of(struct kern *k)
{
	return CONTAINER_OF(k, struct fake, k);
}

struct fake_nic *fake_nic(struct fake *f, const char *netdev)
{
	for vec_each(n, &f->now.nics)
		if (strcmp(n->netdev, netdev) == 0)
			return n;
	return NULL;
}

struct fake_nic *fake_nic_add(struct fake *f, const char *netdev)
{
	struct fake_nic *n = vec_add(&f->arena, &f->now.nics);

	snprintf(n->netdev, sizeof(n->netdev), "%s", netdev);
	n->dcb.has = DCB_PART_ETS | DCB_PART_PFC | DCB_PART_BUFFER | DCB_PART_MAXRATE | DCB_PART_APP | DCB_PART_DCBX;
	n->dcb.ets_cap = n->dcb.pfc_cap = PRIORITIES;
	n->dcb.dcbx = DCBX_HOST | DCBX_IEEE;
	n->dcb.buffer_total = 262144;
	n->dcb.buffer_bytes[0] = 262144;
	for (uint32_t i = 0; i < PRIORITIES; i++)
		n->dcb.prio_tc[i] = i;
	memset(n->dcb.dscp_prio, 0xff, sizeof(n->dcb.dscp_prio));
	return n;
}

struct fake_attr *fake_attr_add(struct fake *f, const char *path, const char *text)
{
	struct fake_attr *at = vec_add(&f->arena, &f->now.attrs);

	at->path = arena_strdup(&f->arena, path);
	snprintf(at->text, sizeof(at->text), "%s", text);
	return at;
}

const char *fake_attr(struct fake *f, const char *path)
{
	for vec_each(at, &f->now.attrs)
		if (strcmp(at->path, path) == 0)
			return at->text;
	return NULL;
}

static int get_dcb(struct kern *k, const char *netdev, struct dcb *ret, struct err *e)
{
	const struct fake_nic *n = fake_nic(fake_of(k), netdev);

	(void)e;
	*ret = n ? n->dcb : (struct dcb){ 0 };
	return 0;
}

static void link_drop(struct fake *f, struct fake_nic *n)
{
	size_t down = 0;

	fake_link(f, n->netdev)->carrier = false;
	n->downs++;
	for vec_each(other, &f->now.nics)
		down += !fake_link(f, other->netdev)->carrier;
	f->down_most = down > f->down_most ? down : f->down_most;
}

static int read_carrier(struct kern *k, struct carrier *c, struct err *e)
{
	struct fake *f = fake_of(k);

	(void)e;
	for vec_each(l, &f->now.links) {
		const struct fake_nic *n = l->ifindex == c->ifindex ? fake_nic(f, l->name) : NULL;

		if (l->ifindex == c->ifindex)
			c->on = l->carrier;
		if (n)
			c->downs = n->downs;
	}
	return 0;
}

static int wait_carrier(struct kern *k, struct carrier *c, size_t n, unsigned int limit_ms, struct err *e)
{
	struct fake *f = fake_of(k);

	(void)limit_ms;
	(void)e;
	f->link_waits++;
	for (size_t i = 0; i < n; i++)
		for vec_each(l, &f->now.links) {
			const struct fake_nic *nic = l->ifindex == c[i].ifindex ? fake_nic(f, l->name) : NULL;

			if (nic && nic->downs != c[i].downs && !nic->stays_down)
				l->carrier = true;
			if (nic)
				c[i].on = l->carrier;
		}
	return 0;
}

/* As the kernel: a part that the driver has not is passed over. */
static int set_dcb(struct kern *k, const char *netdev, enum dcb_part part, const struct dcb *from,
		   const struct dcb *to, struct err *e)
{
	struct fake_nic *n = fake_nic(fake_of(k), netdev);
	int r = fake_write(fake_of(k), "data center bridging", e);

	(void)from;
	if (r < 0 || !n || n->lies || !(n->dcb.has & ~n->lacks & part))
		return r;
	unsigned int has = n->dcb.has;
	if (part == DCB_PART_PFC && n->flaps && memcmp(n->dcb.pfc, to->pfc, sizeof(to->pfc)) != 0)
		link_drop(fake_of(k), n);
	n->dcb = *to;
	n->dcb.has = has;
	if (part == DCB_PART_APP && !(has & DCB_PART_TRUST)) {
		n->dcb.trust = 0;
		for (size_t i = 0; i < DSCPS; i++)
			n->dcb.trust |= n->dcb.dscp_prio[i] != DSCP_UNMAPPED;
	}
	return 0;
}

static int get_pause(struct kern *k, const char *netdev, uint32_t *ret, struct err *e)
{
	const struct fake_nic *n = fake_nic(fake_of(k), netdev);

	if (!n)
		return err_set(e, -EOPNOTSUPP, "global pause: %s", strerror(EOPNOTSUPP));
	*ret = n->pause;
	return 0;
}

static int set_pause(struct kern *k, const char *netdev, uint32_t pause, struct err *e)
{
	struct fake_nic *n = fake_nic(fake_of(k), netdev);
	int r = fake_write(fake_of(k), "set global pause", e);

	if (r == 0 && n && !n->lies)
		n->pause = pause;
	return r;
}

static int read_attr(struct kern *k, const char *path, char *buf, size_t size, struct err *e)
{
	const char *text = fake_attr(fake_of(k), path);

	if (!text)
		return err_set(e, -ENOENT, "%s: %s", path, strerror(ENOENT));
	snprintf(buf, size, "%s", text);
	return 0;
}

/* OFED's traffic_class reads as its rules, and not at all while there is none. */
static void attr_take(struct fake_attr *at, const char *text)
{
	bool rules = strstr(at->path, "/traffic_class");

	if (rules && text[0] == '-')
		at->text[0] = '\0';
	else
		snprintf(at->text, sizeof(at->text), "%s%s", rules ? "Global tclass=" : "", text);
}

static int write_attr(struct kern *k, const char *path, const char *text, struct err *e)
{
	int r = fake_write(fake_of(k), path, e);

	for vec_each(at, &fake_of(k)->now.attrs) {
		if (r < 0 || strcmp(at->path, path) != 0)
			continue;
		attr_take(at, text);
		return 0;
	}
	return r < 0 ? r : err_set(e, -ENOENT, "%s: %s", path, strerror(ENOENT));
}

static int read_cm(struct kern *k, const char *device, uint32_t port, const char *name, char *buf, size_t size,
		   struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%u/%s", device, port, name);
	return read_attr(k, path, buf, size, e);
}

static int write_cm(struct kern *k, const char *device, uint32_t port, const char *name, const char *text,
		    struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%u/%s", device, port, name);
	return write_attr(k, path, text, e);
}

static int set_vlan_egress(struct kern *k, int ifindex, const uint32_t *from, const uint32_t *to, struct err *e)
{
	int r = fake_write(fake_of(k), "set the VLAN's priorities", e);

	(void)from;
	for vec_each(l, &fake_of(k)->now.links)
		for (size_t i = 0; i < SKB_PRIORITIES && r == 0 && l->ifindex == ifindex; i++)
			l->vlan_egress[i] = (uint8_t)to[i];
	return r;
}

static int get_port_counters(struct kern *k, const struct rdma_port *p, struct arena *a, struct counters *ret, struct err *e)
{
	(void)k;
	(void)a;
	(void)ret;
	return err_set(e, -EOPNOTSUPP, "%s: no counters", p->device);
}

static int get_counters(struct kern *k, const char *netdev, struct arena *a, struct counters *ret, struct err *e)
{
	const struct fake_nic *n = fake_nic(fake_of(k), netdev);

	(void)e;
	for (size_t i = 0; n && n->counts && i < 2 * PRIORITIES; i++) {
		struct counter *c = vec_add(a, ret);

		snprintf(c->name, sizeof(c->name), "%s_prio%zu_bytes", i % 2 ? "tx" : "rx", i / 2);
		c->value = (i % 2 ? n->bytes.tx : n->bytes.rx)[i / 2];
	}
	return 0;
}

/* The word behind the option, "" where there is none. */
static const char *word_after(const char *const *argv, const char *option)
{
	for (; *argv; argv++)
		if (strcmp(*argv, option) == 0)
			return argv[1] ? argv[1] : "";
	return "";
}

static struct fake_attr *field_of(struct fake *f, const char *reg, const char *pci, const char *field)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/%s", reg, pci, field);
	for vec_each(at, &f->now.attrs)
		if (strcmp(at->path, path) == 0)
			return at;
	return NULL;
}

/* "field=0x1,field=0x1" into the registers; of PPCC the command decides. */
static void fields_set(struct fake *f, const char *reg, const char *pci, const char *set)
{
	char text[256], *save = NULL;

	snprintf(text, sizeof(text), "%s", set);
	for (char *one = strtok_r(text, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		char *equals = strchr(one, '=');
		bool command = strcmp(reg, "PPCC") == 0;

		must(equals);
		*equals = '\0';
		struct fake_attr *at = field_of(f, reg, pci, command ? "value" : one);
		must(at);
		snprintf(at->text, sizeof(at->text), "0x%08x",
			 command ? equals[1] == '1' : (unsigned int)strtoul(equals + 1, NULL, 0));
	}
}

static void fields_get(struct fake *f, const char *reg, const char *pci, char *out, size_t size)
{
	char start[128];
	size_t len = (size_t)snprintf(out, size, "Sending access register...\n\nField Name  | Data\n====\n");

	snprintf(start, sizeof(start), "%s/%s/", reg, pci);
	for vec_each(at, &f->now.attrs)
		if (strncmp(at->path, start, strlen(start)) == 0 && len < size)
			len += (size_t)snprintf(out + len, size - len, "%-40s | %s\n", at->path + strlen(start), at->text);
}

static int (*run_other)(struct kern *k, const char *const *argv, char *out, size_t size, struct err *e);

/* mstreg of a node that has the registers. */
static int run_tool(struct kern *k, const char *const *argv, char *out, size_t size, struct err *e)
{
	const char *reg = word_after(argv, "--reg_name"), *pci = word_after(argv, "-d"), *set = word_after(argv, "--set");
	struct fake *f = fake_of(k);
	bool there = field_of(f, "ROCE_ACCL", pci, "roce_tx_window_en");

	if (strncmp(argv[0], "mst", 3) != 0 && strncmp(argv[0], "mlx", 3) != 0)
		return run_other(k, argv, out, size, e);
	if (!there || strcmp(argv[0], "mstreg") != 0)
		return err_set(e, -ENOENT, "%s: %s", argv[0], strerror(ENOENT));
	out[0] = '\0';
	if (!*set) {
		fields_get(f, reg, pci, out, size);
		return 0;
	}
	int r = fake_write(f, "mstreg", e);
	if (r == 0)
		fields_set(f, reg, pci, set);
	return r;
}

void fake_nic_init(struct kern *k)
{
	run_other = k->run;
	k->run = run_tool;
	k->dcb_get = get_dcb;
	k->dcb_set = set_dcb;
	k->pause_get = get_pause;
	k->pause_set = set_pause;
	k->attr_read = read_attr;
	k->attr_write = write_attr;
	k->cm_read = read_cm;
	k->cm_write = write_cm;
	k->vlan_egress_set = set_vlan_egress;
	k->carrier_read = read_carrier;
	k->carrier_wait = wait_carrier;
	k->counters = get_counters;
	k->port_counters = get_port_counters;
}
