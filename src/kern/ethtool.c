/* SPDX-License-Identifier: MIT */
/* What ethtool shows of a port: global pause, counters. */
#include "kern/ethtool.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "kern/netlink.h"

/* mlx5 with 128 channels has some 5,000. The kernel writes as many as there are by then, whatever it was asked for: more
 * room than any setting adds meanwhile (PFC adds ten for each priority). */
enum { COUNTERS_MAX = 16384, COUNTERS_MORE = 1024, TRIES = 5 };

/* 0, with socket and family; else -errno. */
static int ethtool_open(struct ethtool *et, struct err *e)
{
	auto_sock *s = et->sock ? NULL : netlink_open(NETLINK_GENERIC, e);
	int family = s ? genl_ctrl_resolve(s, ETHTOOL_GENL_NAME) : -1;

	if (et->sock)
		return 0;
	if (!s)
		return -EIO;
	if (family < 0)
		return err_set(e, -EPROTONOSUPPORT, "ethtool netlink: not in this kernel (it came with Linux 5.6)");
	*et = (struct ethtool){ .sock = TAKE(s), .family = family };
	return 0;
}

void ethtool_done(struct ethtool *et)
{
	nl_socket_free(et->sock);
}

/* A message about the netdev. NULL: no memory. */
static struct nl_msg *ethtool_msg(const struct ethtool *et, uint8_t cmd, const char *netdev)
{
	auto_msg *m = nlmsg_alloc();
	struct nlattr *head;

	if (!m || !genlmsg_put(m, NL_AUTO_PORT, NL_AUTO_SEQ, et->family, 0, 0, cmd, ETHTOOL_GENL_VERSION) ||
	    !(head = nla_nest_start(m, ETHTOOL_A_PAUSE_HEADER)) ||
	    nla_put_string(m, ETHTOOL_A_HEADER_DEV_NAME, netdev) < 0)
		return NULL;
	nla_nest_end(m, head);
	return TAKE(m);
}

static int pause_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct nlattr *tb[ETHTOOL_A_PAUSE_MAX + 1];
	uint32_t *ret = arg;

	if (genlmsg_parse(h, 0, tb, ETHTOOL_A_PAUSE_MAX, NULL) < 0)
		return err_set(e, -EBADMSG, "global pause: malformed answer");
	*ret = (tb[ETHTOOL_A_PAUSE_RX] && nla_get_u8(tb[ETHTOOL_A_PAUSE_RX]) ? PAUSE_RX : 0) |
	       (tb[ETHTOOL_A_PAUSE_TX] && nla_get_u8(tb[ETHTOOL_A_PAUSE_TX]) ? PAUSE_TX : 0);
	return 0;
}

int pause_get(struct ethtool *et, const char *netdev, uint32_t *ret, struct err *e)
{
	int r = ethtool_open(et, e);
	auto_msg *m = r == 0 ? ethtool_msg(et, ETHTOOL_MSG_PAUSE_GET, netdev) : NULL;

	return r < 0 ? r : netlink_ask(et->sock, m, pause_read, ret, "global pause", e);
}

int pause_set(struct ethtool *et, const char *netdev, uint32_t pause, struct err *e)
{
	int r = ethtool_open(et, e);
	auto_msg *m = r == 0 ? ethtool_msg(et, ETHTOOL_MSG_PAUSE_SET, netdev) : NULL;

	if (r < 0)
		return r;
	if (m && (nla_put_u8(m, ETHTOOL_A_PAUSE_RX, (pause & PAUSE_RX) != 0) < 0 ||
		  nla_put_u8(m, ETHTOOL_A_PAUSE_TX, (pause & PAUSE_TX) != 0) < 0))
		return err_set(e, -ENOMEM, "set global pause: no memory");
	return netlink_change(et->sock, m, "set global pause", e);
}

static int ethtool_ioctl(int fd, const char *netdev, void *data)
{
	struct ifreq ifr = { .ifr_data = data };

	strncpy(ifr.ifr_name, netdev, IFNAMSIZ - 1);
	return ioctl(fd, SIOCETHTOOL, &ifr) < 0 ? -errno : 0;
}

/* How many counters there are; 0: none. */
static int counters_count(int fd, const char *netdev, uint32_t *ret)
{
	auto_free struct ethtool_sset_info *info = calloc(1, sizeof(*info) + sizeof(*info->data));
	int r = -ENOMEM;

	if (info) {
		*info = (struct ethtool_sset_info){ .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ull << ETH_SS_STATS };
		r = ethtool_ioctl(fd, netdev, info);
	}
	*ret = r == 0 && info->sset_mask ? info->data[0] : 0;
	return r == -EOPNOTSUPP ? 0 : r;
}

/* Names and values with room for more of them. False: no memory. */
static bool room_make(uint32_t n, struct ethtool_gstrings **ret_names, struct ethtool_stats **ret_values)
{
	size_t room = (size_t)n + COUNTERS_MORE;

	*ret_names = calloc(1, sizeof(**ret_names) + room * ETH_GSTRING_LEN);
	*ret_values = calloc(1, sizeof(**ret_values) + room * sizeof(uint64_t));
	return *ret_names && *ret_values;
}

/* -EAGAIN: there are others since they were counted, and names and values may not belong together. */
static int counters_read(int fd, const char *netdev, struct arena *a, struct counters *ret)
{
	auto_free struct ethtool_gstrings *names = NULL;
	auto_free struct ethtool_stats *values = NULL;
	uint32_t n = 0;
	int r = counters_count(fd, netdev, &n);

	if (r < 0 || !n)
		return r;
	if (n > COUNTERS_MAX)
		return -EFBIG;
	if (!room_make(n, &names, &values))
		return -ENOMEM;
	*names = (struct ethtool_gstrings){ .cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS, .len = n };
	*values = (struct ethtool_stats){ .cmd = ETHTOOL_GSTATS, .n_stats = n };
	r = ethtool_ioctl(fd, netdev, names);
	if (r == 0)
		r = ethtool_ioctl(fd, netdev, values);
	if (r == 0 && (names->len != n || values->n_stats != n))
		return -EAGAIN;
	for (uint32_t i = 0; i < n && r == 0; i++) {
		struct counter *c = vec_add(a, ret);

		memcpy(c->name, names->data + (size_t)i * ETH_GSTRING_LEN, sizeof(c->name) - 1);
		c->value = values->data[i];
	}
	return r;
}

int counters_get(const char *netdev, struct arena *a, struct counters *ret, struct err *e)
{
	auto_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -errno : -EAGAIN;

	for (int tries = 0; tries < TRIES && r == -EAGAIN; tries++)
		r = counters_read(fd, netdev, a, ret);
	return r < 0 ? err_set(e, r, "counters of %s: %s", netdev, strerror(-r)) : 0;
}

const struct counter *counter_find(const struct counters *cs, const char *name)
{
	for vec_each(c, cs)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

/* The counter of the priority; way: "rx", "tx". */
static const struct counter *prio_counter(const struct counters *cs, const char *way, size_t prio)
{
	char mlx5[ETH_GSTRING_LEN], bnxt[ETH_GSTRING_LEN];

	snprintf(mlx5, sizeof(mlx5), "%s_prio%zu_bytes", way, prio);
	snprintf(bnxt, sizeof(bnxt), "%s_bytes_pri%zu", way, prio);
	return counter_find(cs, mlx5) ?: counter_find(cs, bnxt);
}

bool counters_by_prio(const struct counters *cs, struct prio_bytes *ret)
{
	for (size_t i = 0; i < PRIORITIES; i++) {
		const struct counter *rx = prio_counter(cs, "rx", i), *tx = prio_counter(cs, "tx", i);

		if (!rx || !tx)
			return false;
		ret->rx[i] = rx->value;
		ret->tx[i] = tx->value;
	}
	return true;
}
