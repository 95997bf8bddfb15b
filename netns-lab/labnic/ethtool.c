// SPDX-License-Identifier: GPL-2.0
/* What ethtool asks: global pause, rings, link settings, and counters by mlx5's names. */
#include <linux/log2.h>

#include "labnic.h"

#define LABNIC_RING_MIN		64
#define LABNIC_RING_DEFAULT	1024
#define LABNIC_RING_MAX		8192
#define LABNIC_SPEED_MBPS	100000

static void labnic_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, "labnic", sizeof(info->driver));
	strscpy(info->fw_version, "1.0", sizeof(info->fw_version));
}

static void labnic_get_pauseparam(struct net_device *dev, struct ethtool_pauseparam *pause)
{
	struct labnic *nic = labnic_of(dev);

	/* This op cannot fail: unsupported reads as off. */
	if (!labnic_get_gate(nic, LABNIC_PAUSE))
		*pause = nic->pause;
}

static int labnic_set_pauseparam(struct net_device *dev, struct ethtool_pauseparam *pause)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_set_gate(nic, LABNIC_PAUSE);

	if (r)
		return min(r, 0);
	if (pause->autoneg)
		return -EINVAL;
	nic->pause.rx_pause = !!pause->rx_pause;
	nic->pause.tx_pause = !!pause->tx_pause;
	return 0;
}

static void labnic_get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
				 struct kernel_ethtool_ringparam *kernel_ring,
				 struct netlink_ext_ack *extack)
{
	struct labnic *nic = labnic_of(dev);

	ring->rx_max_pending = LABNIC_RING_MAX;
	ring->tx_max_pending = LABNIC_RING_MAX;
	ring->rx_pending = nic->rx_pending;
	ring->tx_pending = nic->tx_pending;
}

static int labnic_set_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
				struct kernel_ethtool_ringparam *kernel_ring,
				struct netlink_ext_ack *extack)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_set_gate(nic, LABNIC_RINGS);

	if (r)
		return min(r, 0);
	if (ring->rx_pending < LABNIC_RING_MIN || ring->tx_pending < LABNIC_RING_MIN) {
		NL_SET_ERR_MSG(extack, "a ring has at least 64 entries");
		return -EINVAL;
	}
	nic->rx_pending = roundup_pow_of_two(ring->rx_pending);
	nic->tx_pending = roundup_pow_of_two(ring->tx_pending);
	return 0;
}

static int labnic_get_link_ksettings(struct net_device *dev, struct ethtool_link_ksettings *cmd)
{
	cmd->base.speed = netif_carrier_ok(dev) ? labnic_of(dev)->speed_mbps : SPEED_UNKNOWN;
	cmd->base.duplex = DUPLEX_FULL;
	cmd->base.port = PORT_DA;
	cmd->base.autoneg = AUTONEG_DISABLE;
	return 0;
}

static int labnic_set_link_ksettings(struct net_device *dev,
				     const struct ethtool_link_ksettings *cmd)
{
	if (cmd->base.autoneg != AUTONEG_DISABLE || cmd->base.duplex != DUPLEX_FULL ||
	    !cmd->base.speed || cmd->base.speed == SPEED_UNKNOWN)
		return -EINVAL;
	labnic_of(dev)->speed_mbps = cmd->base.speed;
	return 0;
}

/* One walk serves the number of counters, their names and their values; either may be NULL. */
struct labnic_walk {
	u8 *names;
	u64 *values;
	int n;
};

static __printf(3, 4)
void labnic_counter(struct labnic_walk *w, u64 value, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (w->names)
		vsnprintf(w->names + w->n * ETH_GSTRING_LEN, ETH_GSTRING_LEN, format, args);
	va_end(args);
	if (w->values)
		w->values[w->n] = value;
	w->n++;
}

static void labnic_walk_sum(struct labnic_walk *w, struct labnic_count *c, const char *way)
{
	u64 packets = 0, bytes = 0;
	int prio;

	for (prio = 0; prio < LABNIC_PRIOS; prio++) {
		packets += atomic64_read(&c[prio].packets);
		bytes += atomic64_read(&c[prio].bytes);
	}
	labnic_counter(w, packets, "%s_packets_phy", way);
	labnic_counter(w, bytes, "%s_bytes_phy", way);
	labnic_counter(w, 0, "%s_discards_phy", way);
}

static void labnic_walk_prio(struct labnic_walk *w, struct labnic *nic, int prio)
{
	labnic_counter(w, atomic64_read(&nic->rx[prio].bytes), "rx_prio%d_bytes", prio);
	labnic_counter(w, atomic64_read(&nic->rx[prio].packets), "rx_prio%d_packets", prio);
	labnic_counter(w, 0, "rx_prio%d_discards", prio);
	labnic_counter(w, 0, "rx_prio%d_buf_discard", prio);
	labnic_counter(w, 0, "rx_prio%d_cong_discard", prio);
	labnic_counter(w, 0, "rx_prio%d_marked", prio);
	labnic_counter(w, atomic64_read(&nic->tx[prio].bytes), "tx_prio%d_bytes", prio);
	labnic_counter(w, atomic64_read(&nic->tx[prio].packets), "tx_prio%d_packets", prio);
}

/* Nothing is ever paused: what the names say is that it would be counted. */
static void labnic_walk_pause(struct labnic_walk *w, const char *what)
{
	labnic_counter(w, 0, "rx_%s_pause", what);
	labnic_counter(w, 0, "rx_%s_pause_duration", what);
	labnic_counter(w, 0, "rx_%s_pause_transition", what);
	labnic_counter(w, 0, "tx_%s_pause", what);
	labnic_counter(w, 0, "tx_%s_pause_duration", what);
}

static void labnic_walk_counters(struct labnic_walk *w, struct labnic *nic)
{
	char what[] = "prio0";
	int prio;

	labnic_walk_sum(w, nic->rx, "rx");
	labnic_walk_sum(w, nic->tx, "tx");
	for (prio = 0; prio < LABNIC_PRIOS; prio++)
		labnic_walk_prio(w, nic, prio);
	for (prio = 0; prio < LABNIC_PRIOS; prio++) {
		what[4] = '0' + prio;
		if (nic->qos.pfc_en & BIT(prio))
			labnic_walk_pause(w, what);
	}
	if (nic->pause.rx_pause || nic->pause.tx_pause)
		labnic_walk_pause(w, "global");
}

static int labnic_get_sset_count(struct net_device *dev, int set)
{
	struct labnic_walk w = {};

	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	labnic_walk_counters(&w, labnic_of(dev));
	return w.n;
}

static void labnic_get_strings(struct net_device *dev, u32 set, u8 *names)
{
	struct labnic_walk w = { .names = names };

	if (set == ETH_SS_STATS)
		labnic_walk_counters(&w, labnic_of(dev));
}

static void labnic_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats,
				     u64 *values)
{
	struct labnic_walk w = { .values = values };

	labnic_walk_counters(&w, labnic_of(dev));
}

static const struct ethtool_ops labnic_ethtool_all = {
	.get_drvinfo		= labnic_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_pauseparam		= labnic_get_pauseparam,
	.set_pauseparam		= labnic_set_pauseparam,
	.get_ringparam		= labnic_get_ringparam,
	.set_ringparam		= labnic_set_ringparam,
	.get_link_ksettings	= labnic_get_link_ksettings,
	.set_link_ksettings	= labnic_set_link_ksettings,
	.get_sset_count		= labnic_get_sset_count,
	.get_strings		= labnic_get_strings,
	.get_ethtool_stats	= labnic_get_ethtool_stats,
};

void labnic_ethtool_ops(struct labnic *nic)
{
	nic->ethtool_ops = labnic_ethtool_all;
	if (labnic_has_fault(nic, LABNIC_MISSING, LABNIC_PAUSE)) {
		nic->ethtool_ops.get_pauseparam = NULL;
		nic->ethtool_ops.set_pauseparam = NULL;
	}
	if (labnic_has_fault(nic, LABNIC_MISSING, LABNIC_RINGS)) {
		nic->ethtool_ops.get_ringparam = NULL;
		nic->ethtool_ops.set_ringparam = NULL;
	}
	nic->dev->ethtool_ops = &nic->ethtool_ops;
}

void labnic_ethtool_init(struct labnic *nic)
{
	nic->rx_pending = LABNIC_RING_DEFAULT;
	nic->tx_pending = LABNIC_RING_DEFAULT;
	nic->speed_mbps = LABNIC_SPEED_MBPS;
	nic->pause.rx_pause = 1;
	nic->pause.tx_pause = 1;
}
