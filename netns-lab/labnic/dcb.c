// SPDX-License-Identifier: GPL-2.0
/* ETS, PFC, rates, buffers and DCBX mode, with the defaults and the checks of mlx5. */
#include <linux/bitops.h>

#include "labnic.h"

#define LABNIC_BW_ALL		100
#define LABNIC_BUFFER_BYTES	262016
#define LABNIC_CELL_BYTES	128
#define LABNIC_CABLE_M		7
#define LABNIC_CABLE_MAX_M	1000
#define LABNIC_RATE_STEPS	255
#define LABNIC_RATE_FINE_KBPS	100000ULL
#define LABNIC_RATE_KBPS	1000000ULL
#define LABNIC_DCBX_ALL		(DCB_CAP_DCBX_HOST | DCB_CAP_DCBX_VER_CEE | \
				 DCB_CAP_DCBX_VER_IEEE | DCB_CAP_DCBX_STATIC)

static int labnic_getets(struct net_device *dev, struct ieee_ets *ets)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_get_gate(nic, LABNIC_ETS);

	if (r)
		return r;
	*ets = nic->qos.ets;
	ets->ets_cap = nic->ets_cap;
	return 0;
}

static int labnic_check_ets(const struct labnic *nic, const struct ieee_ets *ets)
{
	bool any = false;
	int i, sum = 0;

	for (i = 0; i < IEEE_8021QAZ_MAX_TCS; i++) {
		if (ets->prio_tc[i] >= nic->ets_cap)
			return -EINVAL;
		if (ets->tc_tsa[i] == IEEE_8021QAZ_TSA_CB_SHAPER)
			return -EOPNOTSUPP;
		if (ets->tc_tsa[i] != IEEE_8021QAZ_TSA_ETS)
			continue;
		any = true;
		sum += ets->tc_tx_bw[i];
	}
	return any && sum != LABNIC_BW_ALL ? -EINVAL : 0;
}

static int labnic_setets(struct net_device *dev, struct ieee_ets *ets)
{
	struct labnic *nic = labnic_of(dev);
	struct ieee_ets *own = &nic->qos.ets;
	int i, r = labnic_set_gate(nic, LABNIC_ETS);

	if (r)
		return min(r, 0);
	r = labnic_check_ets(nic, ets);
	if (r)
		return r;
	memcpy(own->prio_tc, ets->prio_tc, sizeof(own->prio_tc));
	memcpy(own->tc_tsa, ets->tc_tsa, sizeof(own->tc_tsa));
	/* mlx5 answers 100 for what shares nothing, whatever was written. */
	for (i = 0; i < IEEE_8021QAZ_MAX_TCS; i++)
		own->tc_tx_bw[i] = own->tc_tsa[i] == IEEE_8021QAZ_TSA_ETS ? ets->tc_tx_bw[i] :
									    LABNIC_BW_ALL;
	labnic_firmware_disagree(nic);
	return 0;
}

static int labnic_getpfc(struct net_device *dev, struct ieee_pfc *pfc)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_get_gate(nic, LABNIC_PFC);

	if (r)
		return r;
	pfc->pfc_cap = nic->pfc_cap;
	pfc->pfc_en = nic->qos.pfc_en;
	pfc->delay = nic->cable_m;
	return 0;
}

static int labnic_setpfc(struct net_device *dev, struct ieee_pfc *pfc)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_set_gate(nic, LABNIC_PFC);

	if (r)
		return min(r, 0);
	if (hweight8(pfc->pfc_en) > nic->pfc_cap)
		return -EINVAL;
	if (pfc->delay && pfc->delay < LABNIC_CABLE_MAX_M)
		nic->cable_m = pfc->delay;
	if (pfc->pfc_en == nic->qos.pfc_en)
		return 0;
	nic->qos.pfc_en = pfc->pfc_en;
	labnic_link_toggle(nic);
	labnic_firmware_disagree(nic);
	return 0;
}

static int labnic_getmaxrate(struct net_device *dev, struct ieee_maxrate *maxrate)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_get_gate(nic, LABNIC_MAXRATE);

	if (!r)
		*maxrate = nic->maxrate;
	return r;
}

/* The register has eight bits, in units of 100 Mbit/s or of 1 Gbit/s. 0 is no limit. */
static u64 labnic_rate(u64 kbps)
{
	u64 unit = LABNIC_RATE_KBPS;

	if (!kbps)
		return 0;
	if (kbps <= LABNIC_RATE_STEPS * LABNIC_RATE_FINE_KBPS)
		unit = LABNIC_RATE_FINE_KBPS;
	return max(div64_u64(kbps, unit), 1ULL) * unit;
}

static int labnic_setmaxrate(struct net_device *dev, struct ieee_maxrate *maxrate)
{
	struct labnic *nic = labnic_of(dev);
	int i, r = labnic_set_gate(nic, LABNIC_MAXRATE);

	if (r)
		return min(r, 0);
	for (i = 0; i < IEEE_8021QAZ_MAX_TCS; i++)
		if (maxrate->tc_maxrate[i] > LABNIC_RATE_STEPS * LABNIC_RATE_KBPS)
			return -EINVAL;
	for (i = 0; i < IEEE_8021QAZ_MAX_TCS; i++)
		nic->maxrate.tc_maxrate[i] = labnic_rate(maxrate->tc_maxrate[i]);
	return 0;
}

static int labnic_getbuffer(struct net_device *dev, struct dcbnl_buffer *buffer)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_get_gate(nic, LABNIC_BUFFER);

	if (!r)
		*buffer = nic->buffer;
	return r;
}

static int labnic_setbuffer(struct net_device *dev, struct dcbnl_buffer *buffer)
{
	struct labnic *nic = labnic_of(dev);
	int i, r = labnic_set_gate(nic, LABNIC_BUFFER);
	u64 sum = 0;

	if (r)
		return min(r, 0);
	for (i = 0; i < DCBX_MAX_BUFFERS; i++)
		sum += buffer->buffer_size[i];
	if (sum > nic->buffer.total_size)
		return -EINVAL;
	memcpy(nic->buffer.prio2buffer, buffer->prio2buffer, sizeof(buffer->prio2buffer));
	for (i = 0; i < DCBX_MAX_BUFFERS; i++)
		nic->buffer.buffer_size[i] = rounddown(buffer->buffer_size[i], LABNIC_CELL_BYTES);
	return 0;
}

static u8 labnic_getdcbx(struct net_device *dev)
{
	return labnic_of(dev)->dcbx;
}

/* Returns 0, or 1: refused. dcbnl has no other words for it. */
static u8 labnic_setdcbx(struct net_device *dev, u8 mode)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_set_gate(nic, LABNIC_DCBX);

	if (r)
		return r < 0;
	if (!mode) {
		labnic_firmware_take(nic);
		return 0;
	}
	if (!(mode & DCB_CAP_DCBX_HOST) || mode & ~LABNIC_DCBX_ALL || nic->firmware_locked)
		return 1;
	nic->dcbx = mode;
	return 0;
}

static void labnic_ops_take(struct dcbnl_rtnl_ops *ops, enum labnic_part part)
{
	switch (part) {
	case LABNIC_ETS:
		ops->ieee_getets = NULL;
		ops->ieee_setets = NULL;
		break;
	case LABNIC_PFC:
		ops->ieee_getpfc = NULL;
		ops->ieee_setpfc = NULL;
		break;
	case LABNIC_MAXRATE:
		ops->ieee_getmaxrate = NULL;
		ops->ieee_setmaxrate = NULL;
		break;
	case LABNIC_BUFFER:
		ops->dcbnl_getbuffer = NULL;
		ops->dcbnl_setbuffer = NULL;
		break;
	case LABNIC_DCBX:
		ops->getdcbx = NULL;
		ops->setdcbx = NULL;
		break;
	default:
		break;
	}
}

void labnic_dcb_ops(struct labnic *nic)
{
	enum labnic_part part;

	nic->dcbnl_ops = (struct dcbnl_rtnl_ops) {
		.ieee_getets		= labnic_getets,
		.ieee_setets		= labnic_setets,
		.ieee_getpfc		= labnic_getpfc,
		.ieee_setpfc		= labnic_setpfc,
		.ieee_getmaxrate	= labnic_getmaxrate,
		.ieee_setmaxrate	= labnic_setmaxrate,
		.dcbnl_getbuffer	= labnic_getbuffer,
		.dcbnl_setbuffer	= labnic_setbuffer,
		.getdcbx		= labnic_getdcbx,
		.setdcbx		= labnic_setdcbx,
	};
	for (part = 0; part < LABNIC_PARTS; part++)
		if (labnic_has_fault(nic, LABNIC_MISSING, part))
			labnic_ops_take(&nic->dcbnl_ops, part);
	nic->dev->dcbnl_ops = &nic->dcbnl_ops;
}

void labnic_dcb_init(struct labnic *nic)
{
	struct ieee_ets *ets = &nic->qos.ets;
	int i;

	for (i = 0; i < IEEE_8021QAZ_MAX_TCS; i++) {
		ets->tc_tx_bw[i] = LABNIC_BW_ALL;
		ets->tc_tsa[i] = IEEE_8021QAZ_TSA_VENDOR;
		ets->prio_tc[i] = i;
	}
	/* mlx5e_ets_init: the default priority ranks above priority 1, as in 802.1Q. */
	ets->prio_tc[0] = 1;
	ets->prio_tc[1] = 0;
	nic->ets_cap = IEEE_8021QAZ_MAX_TCS;
	nic->pfc_cap = IEEE_8021QAZ_MAX_TCS;
	nic->cable_m = LABNIC_CABLE_M;
	nic->buffer.total_size = LABNIC_BUFFER_BYTES;
	nic->buffer.buffer_size[0] = LABNIC_BUFFER_BYTES;
	nic->dcbx = DCB_CAP_DCBX_HOST | DCB_CAP_DCBX_VER_CEE | DCB_CAP_DCBX_VER_IEEE;
}
