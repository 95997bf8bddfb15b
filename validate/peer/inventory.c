/* SPDX-License-Identifier: MIT */
/* The document that a node tells its peers: written, and read without trust. */
#include "validate/peer/inventory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"

enum { PORTS_MAX = 1024, ADDRESSES_MAX = 64, MTU_MAX = 1 << 20 };

/* What came in by priority, NULL: the driver does not count it. Of a VLAN by the netdev below. */
static json_t *prio_write(struct kern *k, const struct port *p, struct arena *a)
{
	struct counters cs = { 0 };
	struct prio_bytes by;
	json_t *list;

	if (k->counters(k, p->below[0] ? p->below : p->link.name, a, &cs, NULL) < 0 || !counters_by_prio(&cs, &by))
		return NULL;
	list = json_array();
	for (size_t i = 0; i < PRIORITIES; i++)
		json_array_append_new(list, json_integer((json_int_t)by.rx[i]));
	return list;
}

/* What rdma_cm has received and sent by the port, NULL: that can not be seen here. */
static json_t *cm_write(struct kern *k, const struct port *p, struct arena *a)
{
	static const char *const names[PEER_CM] = {
		[PEER_CM_REQ_RECEIVED] = "cm_rx_msgs/req", [PEER_CM_REP_SENT] = "cm_tx_msgs/rep",
	};
	struct counters cs = { 0 };
	json_t *list;

	(void)k->port_counters(k, &p->rdma, a, &cs, NULL); /* none: the list is empty */
	if (!counter_find(&cs, names[0]) || !counter_find(&cs, names[1]))
		return NULL;
	list = json_array();
	for (size_t i = 0; i < PEER_CM; i++)
		json_array_append_new(list, json_integer((json_int_t)counter_find(&cs, names[i])->value));
	return list;
}

static json_t *port_write(struct kern *k, const struct port *p, const struct node *n, struct arena *a)
{
	struct rdma_attr attr = { 0 };
	json_t *addresses = json_array();
	char text[PREFIX_TEXT], mac[MAC_TEXT];

	/* a port that can not be asked has no active MTU; the rest still helps the peer */
	(void)k->rdma_attr(k, &p->rdma, a, &attr, NULL);
	for vec_each(ad, &n->addrs)
		if (ad->ifindex == p->link.ifindex)
			json_array_append_new(addresses, json_string(prefix_text(&ad->prefix, text)));
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:o, s:o*, s:o*}", "name", p->name, "netdev", p->link.name, "mac",
			 mac_text(p->link.mac, mac), "mtu", p->link.mtu, "active_mtu", attr.active_mtu,
			 "addresses", addresses, "rx_prio_bytes", prio_write(k, p, a),
			 "cm", cm_write(k, p, a));
}

char *inventory_write(struct kern *k, const struct node *n)
{
	auto_arena a = { 0 };
	char host[65] = "";

	(void)gethostname(host, sizeof(host) - 1); /* only a name for people */
	json_t *ports = json_array();
	for vec_each(p, &n->ports)
		if (port_is_roce(p) && port_is_first_on_netdev(n, p))
			json_array_append_new(ports, port_write(k, p, n, &a));
	auto_json *j = json_pack("{s:s, s:i, s:s, s:o}", "doroce", DOROCE_VERSION, "protocol",
				 INVENTORY_PROTOCOL, "host", host, "ports", ports);
	return j ? json_dumps(j, JSON_COMPACT) : NULL;
}

static void text_copy(char *to, size_t size, const char *from)
{
	size_t n = 0;

	/* it is printed on the operator's terminal: only what is harmless there */
	for (; from && *from && n + 1 < size; from++)
		to[n++] = *from > ' ' && *from < 0x7f ? *from : '?';
	to[n] = '\0';
}

static int addresses_read(json_t *list, struct arena *a, struct peer_port *ret)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n > ADDRESSES_MAX)
		return -EBADMSG;
	ret->addr = arena_array(a, struct prefix, n + 1);
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (!text || prefix_parse(text, &ret->addr[ret->addr_n]) < 0)
			return -EBADMSG;
		ret->addr_n++;
	}
	return 0;
}

/* n of them; not there: the peer does not tell. */
static int numbers_read(json_t *list, size_t n, uint64_t *ret, bool *ret_told)
{
	*ret_told = list != NULL;
	if (list && json_array_size(list) != n)
		return -EBADMSG;
	for (size_t i = 0; i < n && list; i++) {
		json_t *one = json_array_get(list, i);

		if (!json_is_integer(one) || json_integer_value(one) < 0)
			return -EBADMSG;
		ret[i] = (uint64_t)json_integer_value(one);
	}
	return 0;
}

static int port_read(json_t *j, struct arena *a, struct peer_port *ret)
{
	json_int_t mtu = json_integer_value(json_object_get(j, "mtu"));
	json_int_t active = json_integer_value(json_object_get(j, "active_mtu"));
	const char *mac = json_string_value(json_object_get(j, "mac"));

	if (mtu < 0 || mtu > MTU_MAX || active < 0 || active > MTU_MAX ||
	    !mac || mac_parse(mac, ret->mac) < 0 ||
	    numbers_read(json_object_get(j, "rx_prio_bytes"), PRIORITIES, ret->rx_prio_bytes, &ret->counts_prio) < 0 ||
	    numbers_read(json_object_get(j, "cm"), PEER_CM, ret->cm, &ret->counts_cm) < 0)
		return -EBADMSG;
	text_copy(ret->name, sizeof(ret->name), json_string_value(json_object_get(j, "name")));
	text_copy(ret->netdev, sizeof(ret->netdev), json_string_value(json_object_get(j, "netdev")));
	ret->mtu = (uint32_t)mtu;
	ret->active_mtu = (uint32_t)active;
	return addresses_read(json_object_get(j, "addresses"), a, ret);
}

int inventory_read(const char *text, size_t size, struct arena *a, struct peer *ret, struct err *e)
{
	json_error_t why;
	auto_json *j = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
	json_t *ports = json_object_get(j, "ports");
	size_t n = json_array_size(ports);
	json_int_t protocol = json_integer_value(json_object_get(j, "protocol"));

	/* jansson's own text quotes what came, which must not reach a terminal */
	if (!j)
		return err_set(e, -EBADMSG, "what answers there is no doroce: no JSON at byte %d",
			       why.position);
	if (protocol != INVENTORY_PROTOCOL)
		return err_set(e, -EBADMSG, "the peer speaks protocol %lld, this doroce speaks %d",
			       (long long)protocol, INVENTORY_PROTOCOL);
	if (!json_is_array(ports) || n > PORTS_MAX)
		return err_set(e, -EBADMSG, "the peer's answer has no list of ports");
	text_copy(ret->host, sizeof(ret->host), json_string_value(json_object_get(j, "host")));
	ret->port = arena_array(a, struct peer_port, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (port_read(json_array_get(ports, i), a, &ret->port[i]) < 0)
			return err_set(e, -EBADMSG, "port %zu of the peer's answer is malformed", i);
		ret->port_n++;
	}
	return 0;
}
