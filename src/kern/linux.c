/* SPDX-License-Identifier: MIT */
/* The running kernel behind struct kern: one rtnetlink socket, the objects' own files do the rest. */
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "kern/kern.h"
#include "kern/netlink.h"

struct kern_linux {
	struct kern k;
	struct nl_sock *route;
	struct ethtool ethtool;
	const char *root;
};

static struct nl_sock *sock(struct kern *k)
{
	return CONTAINER_OF(k, struct kern_linux, k)->route;
}

static struct ethtool *ethtool(struct kern *k)
{
	return &CONTAINER_OF(k, struct kern_linux, k)->ethtool;
}

static int get_links(struct kern *k, struct arena *a, struct links *ret, struct err *e)
{
	return link_list(sock(k), a, ret, e);
}

static int get_addrs(struct kern *k, struct arena *a, struct addrs *ret, struct err *e)
{
	return addr_list(sock(k), a, ret, e);
}

static int get_routes(struct kern *k, struct arena *a, struct routes *ret, struct err *e)
{
	return route_list(sock(k), a, ret, e);
}

static int get_rules(struct kern *k, struct arena *a, struct rules *ret, struct err *e)
{
	return rule_list(sock(k), a, ret, e);
}

static int get_rdma_ports(struct kern *k, struct arena *a, struct rdma_ports *ret, struct err *e)
{
	(void)k;
	return rdma_port_list(a, ret, e);
}

static int get_rdma_attr(struct kern *k, const struct rdma_port *p, struct arena *a,
			 struct rdma_attr *ret, struct err *e)
{
	(void)k;
	return rdma_attr_get(p->device, p->port, a, ret, e);
}

static int get_objects(struct kern *k, struct arena *a, struct raws *ret, struct err *e)
{
	return raw_list(sock(k), a, ret, e);
}

static int get_conf_all(struct kern *k, uint32_t *ret, struct err *e)
{
	(void)k;
	return conf_all_read(ret, e);
}

static int get_route(struct kern *k, const struct route_query *q, struct route *ret, struct err *e)
{
	return route_get(sock(k), q, ret, e);
}

static int ask_neigh(struct kern *k, struct neigh_ask *ask, size_t n, unsigned int timeout_ms,
		     struct err *e)
{
	(void)k;
	return neigh_ask_all(ask, n, timeout_ms, e);
}

static int probe(struct kern *k, struct probe *p, size_t n, const struct own_macs *own, struct err *e)
{
	(void)k;
	return probe_all(p, n, own, e);
}

static int hear_lldp(struct kern *k, struct lldp_frame *f, size_t n, unsigned int limit_ms, struct arena *a,
		     struct err *e)
{
	(void)k;
	return lldp_hear_all(f, n, limit_ms, a, e);
}

static int set_mtu(struct kern *k, int ifindex, uint32_t mtu, struct err *e)
{
	return link_mtu_set(sock(k), ifindex, mtu, e);
}

static int get_dcb(struct kern *k, const char *netdev, struct dcb *ret, struct err *e)
{
	return dcb_get(sock(k), netdev, ret, e);
}

static int set_dcb(struct kern *k, const char *netdev, enum dcb_part part, const struct dcb *from,
		   const struct dcb *to, struct err *e)
{
	return dcb_set(sock(k), netdev, part, from, to, e);
}

static int get_pause(struct kern *k, const char *netdev, uint32_t *ret, struct err *e)
{
	return pause_get(ethtool(k), netdev, ret, e);
}

static int set_pause(struct kern *k, const char *netdev, uint32_t pause, struct err *e)
{
	return pause_set(ethtool(k), netdev, pause, e);
}

static int read_carrier(struct kern *k, struct carrier *c, struct err *e)
{
	return carrier_read(sock(k), c, e);
}

static int wait_carrier(struct kern *k, struct carrier *c, size_t n, unsigned int limit_ms, struct err *e)
{
	(void)k;
	return carrier_wait_all(c, n, limit_ms, e);
}

static int get_port_counters(struct kern *k, const struct rdma_port *p, struct arena *a, struct counters *ret, struct err *e)
{
	(void)k;
	return rdma_counters_get(p, a, ret, e);
}

static int get_counters(struct kern *k, const char *netdev, struct arena *a, struct counters *ret, struct err *e)
{
	(void)k;
	return counters_get(netdev, a, ret, e);
}

static int set_vlan_egress(struct kern *k, int ifindex, const uint32_t *from, const uint32_t *to, struct err *e)
{
	return link_vlan_egress_set(sock(k), ifindex, from, to, e);
}

static int set_up(struct kern *k, int ifindex, bool up, struct err *e)
{
	return link_up_set(sock(k), ifindex, up, e);
}

static int set_conf(struct kern *k, int ifindex, const struct conf_value *v, size_t n, struct err *e)
{
	/* of IPv6 one comes alone */
	return v->id >= CONF6 ? conf6_write(ifindex, v, e) : link_conf_set(sock(k), ifindex, v, n, e);
}

static int set_addr(struct kern *k, enum change c, const struct addr *ad, struct err *e)
{
	return addr_set(sock(k), c, ad, e);
}

static int set_route(struct kern *k, enum change c, const struct route *rt, struct err *e)
{
	return route_set(sock(k), c, rt, e);
}

static int set_rule(struct kern *k, enum change c, const struct rule *ru, struct err *e)
{
	return rule_set(sock(k), c, ru, e);
}

static int put_back(struct kern *k, const struct raw *r, bool replace, struct err *e)
{
	return raw_put_back(sock(k), r, replace, e);
}

static int wait_dad(struct kern *k, struct dad *d, size_t n, unsigned int timeout_ms, struct err *e)
{
	(void)k;
	return dad_wait_all(d, n, timeout_ms, e);
}

static int send_announce(struct kern *k, const struct announcement *an, size_t n, struct err *e)
{
	(void)k;
	return neigh_announce_all(an, n, e);
}

static const char *root(struct kern *k)
{
	return CONTAINER_OF(k, struct kern_linux, k)->root;
}

static int read_attr(struct kern *k, const char *path, char *buf, size_t size, struct err *e)
{
	return attr_read_text(root(k), path, buf, size, e);
}

static int write_attr(struct kern *k, const char *path, const char *text, struct err *e)
{
	return attr_write_text(root(k), path, text, e);
}

static int read_cm(struct kern *k, const char *device, uint32_t port, const char *name, char *buf, size_t size,
		   struct err *e)
{
	return cm_attr_read(root(k), device, port, name, buf, size, e);
}

static int write_cm(struct kern *k, const char *device, uint32_t port, const char *name, const char *text,
		    struct err *e)
{
	return cm_attr_write(root(k), device, port, name, text, e);
}

static int read_file(struct kern *k, const char *path, struct arena *a, struct file *ret, struct err *e)
{
	return file_read(root(k), path, a, ret, e);
}

static int put_files(struct kern *k, const struct file *f, size_t n, struct err *e)
{
	return files_put(root(k), f, n, e);
}

static void tidy_file(struct kern *k, const char *path)
{
	file_tidy(root(k), path);
}

static int check_file(struct kern *k, const char *path, struct err *e)
{
	return file_check(root(k), path, e);
}

static int run(struct kern *k, const char *const *argv, char *out, size_t size, struct err *e)
{
	(void)k;
	return run_program(argv, out, size, e);
}

static const struct kern linux_functions = {
	.links = get_links,
	.addrs = get_addrs,
	.routes = get_routes,
	.rules = get_rules,
	.rdma_ports = get_rdma_ports,
	.rdma_attr = get_rdma_attr,
	.objects = get_objects,
	.conf_all = get_conf_all,
	.route_get = get_route,
	.neigh_ask = ask_neigh,
	.probe = probe,
	.lldp_hear = hear_lldp,
	.mtu_set = set_mtu,
	.dcb_get = get_dcb,
	.dcb_set = set_dcb,
	.pause_get = get_pause,
	.pause_set = set_pause,
	.attr_read = read_attr,
	.attr_write = write_attr,
	.cm_read = read_cm,
	.cm_write = write_cm,
	.carrier_read = read_carrier,
	.carrier_wait = wait_carrier,
	.counters = get_counters,
	.port_counters = get_port_counters,
	.vlan_egress_set = set_vlan_egress,
	.up_set = set_up,
	.conf_set = set_conf,
	.addr_set = set_addr,
	.route_set = set_route,
	.rule_set = set_rule,
	.put_back = put_back,
	.dad_wait = wait_dad,
	.announce = send_announce,
	.file_read = read_file,
	.files_put = put_files,
	.file_tidy = tidy_file,
	.file_check = check_file,
	.run = run,
};

struct kern *kern_linux_open(struct err *e)
{
	struct kern_linux *kl = calloc(1, sizeof(*kl));

	if (!kl) {
		err_set(e, -ENOMEM, "no memory");
		return NULL;
	}
	kl->k = linux_functions;
	kl->root = "";
	kl->route = netlink_open(NETLINK_ROUTE, e);
	if (!kl->route) {
		free(kl);
		return NULL;
	}
	return &kl->k;
}

void kern_linux_root(struct kern *k, const char *dir)
{
	CONTAINER_OF(k, struct kern_linux, k)->root = dir;
}

void kern_linux_close(struct kern *k)
{
	if (!k)
		return;
	struct kern_linux *kl = CONTAINER_OF(k, struct kern_linux, k);

	nl_socket_free(kl->route);
	ethtool_done(&kl->ethtool);
	free(kl);
}
