/* SPDX-License-Identifier: GPL-2.0 */
/* State of one end of a labnic pair, and what its parts do for each other. */
#ifndef LABNIC_H
#define LABNIC_H

#include <linux/dcbnl.h>
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>
#include <net/dcbnl.h>

#define LABNIC_PRIOS	IEEE_8021QAZ_MAX_TCS
#define LABNIC_DSCPS	64
#define LABNIC_PCPS	16	/* as the PCP selector has them: DEI is bit 3 */

/* What a fault can be about; the words of faults.c. */
enum labnic_part {
	LABNIC_ETS,
	LABNIC_PFC,
	LABNIC_APP,
	LABNIC_MAXRATE,
	LABNIC_BUFFER,
	LABNIC_DCBX,
	LABNIC_TRUST,
	LABNIC_PAUSE,
	LABNIC_RINGS,
	LABNIC_PARTS
};

/* Faults of parts: each is a set of parts. */
enum labnic_fault {
	LABNIC_MISSING,		/* the driver has no such ops */
	LABNIC_UNSUPPORTED,	/* the ops answer -EOPNOTSUPP */
	LABNIC_FORBIDDEN,	/* setting answers -EPERM */
	LABNIC_LIE,		/* setting answers 0 and does nothing */
	LABNIC_FAULTS
};

struct labnic_count {
	atomic64_t packets;
	atomic64_t bytes;
};

/* What firmware that owns DCBX decides. */
struct labnic_qos {
	struct ieee_ets ets;
	u8 pfc_en;
	u8 dscp_prio[LABNIC_DSCPS];
	u64 dscp_set;		/* DSCPs that have an APP entry */
};

/*
 * Everything below is written under RTNL. The packet path reads single bytes of it and may see the
 * old value of one while another has changed, as hardware does.
 */
struct labnic {
	struct net_device *dev;
	struct net_device __rcu *peer;

	struct labnic_qos qos;
	u16 cable_m;		/* ieee_pfc.delay: mlx5 takes it as the length of the cable */
	struct ieee_maxrate maxrate;
	struct dcbnl_buffer buffer;
	u8 dcbx;
	u8 pcp_prio[LABNIC_PCPS];
	u64 pcp_set;
	bool has_apptrust;	/* otherwise the first and the last DSCP entry switch the trust */
	u8 selectors[2];
	int n_selectors;
	u8 pfc_cap;
	u8 ets_cap;

	struct ethtool_pauseparam pause;
	u32 rx_pending;
	u32 tx_pending;
	u32 speed_mbps;

	struct labnic_count rx[LABNIC_PRIOS];
	struct labnic_count tx[LABNIC_PRIOS];

	/* Copies: ops that are missing are NULL in them. */
	struct dcbnl_rtnl_ops dcbnl_ops;
	struct ethtool_ops ethtool_ops;
	u16 faults[LABNIC_FAULTS];

	bool held_down;		/* the link, since PFC was changed */
	bool stays_down;	/* and nothing ends it */
	u32 link_down_ms;
	struct delayed_work link_work;

	struct labnic_qos firmware;
	bool firmware_locked;
	u32 firmware_delay_ms;
	struct delayed_work firmware_work;

	s8 remark_dscp;		/* -1: packets are sent as they are */
};

static inline struct labnic *labnic_of(struct net_device *dev)
{
	return netdev_priv(dev);
}

static inline bool labnic_has_fault(const struct labnic *nic, enum labnic_fault fault,
				    enum labnic_part part)
{
	return nic->faults[fault] & BIT(part);
}

/* faults.c */
extern const struct attribute_group labnic_group;
int labnic_get_gate(const struct labnic *nic, enum labnic_part part);
int labnic_set_gate(const struct labnic *nic, enum labnic_part part);

/* dcb.c */
void labnic_dcb_init(struct labnic *nic);
void labnic_dcb_ops(struct labnic *nic);

/* app.c */
void labnic_app_init(struct labnic *nic);
void labnic_app_ops(struct labnic *nic);
void labnic_app_forget(struct labnic *nic);
bool labnic_trusts_dscp(const struct labnic *nic);
int labnic_set_dscp(struct labnic *nic, u8 dscp, u8 prio);
int labnic_del_dscp(struct labnic *nic, u8 dscp, u8 prio);

/* firmware.c */
void labnic_firmware_init(struct labnic *nic);
void labnic_firmware_take(struct labnic *nic);
void labnic_firmware_disagree(struct labnic *nic);

/* ethtool.c */
void labnic_ethtool_init(struct labnic *nic);
void labnic_ethtool_ops(struct labnic *nic);

/* main.c */
void labnic_link_toggle(struct labnic *nic);
void labnic_link_release(struct labnic *nic);
void labnic_ops(struct labnic *nic);

#endif
