// SPDX-License-Identifier: GPL-2.0
/* Firmware that owns DCBX: a while after the host has set something, its own values are back. */
#include "labnic.h"

/* The values of the moment are firmware's from now on. */
void labnic_firmware_take(struct labnic *nic)
{
	nic->dcbx = DCB_CAP_DCBX_LLD_MANAGED | DCB_CAP_DCBX_VER_CEE | DCB_CAP_DCBX_VER_IEEE;
	nic->firmware = nic->qos;
}

void labnic_firmware_disagree(struct labnic *nic)
{
	if (nic->dcbx & DCB_CAP_DCBX_HOST)
		return;
	mod_delayed_work(system_percpu_wq, &nic->firmware_work,
			 msecs_to_jiffies(nic->firmware_delay_ms));
}

static void labnic_firmware_apps(struct labnic *nic)
{
	const struct labnic_qos *want = &nic->firmware;
	u8 dscp;

	for (dscp = 0; dscp < LABNIC_DSCPS; dscp++) {
		if (want->dscp_set & BIT_ULL(dscp))
			labnic_set_dscp(nic, dscp, want->dscp_prio[dscp]);
		else
			labnic_del_dscp(nic, dscp, nic->qos.dscp_prio[dscp]);
	}
}

/* It may be later than the host's taking over. */
static void labnic_firmware_work(struct work_struct *work)
{
	struct labnic *nic = container_of(to_delayed_work(work), struct labnic, firmware_work);

	if (!rtnl_trylock()) {
		mod_delayed_work(system_percpu_wq, &nic->firmware_work, 1);
		return;
	}
	if (!(nic->dcbx & DCB_CAP_DCBX_HOST)) {
		labnic_firmware_apps(nic);
		nic->qos = nic->firmware;
		dcbnl_ieee_notify(nic->dev, RTM_SETDCB, DCB_CMD_IEEE_SET, 0, 0);
	}
	rtnl_unlock();
}

void labnic_firmware_init(struct labnic *nic)
{
	nic->firmware_delay_ms = 100;
	INIT_DELAYED_WORK(&nic->firmware_work, labnic_firmware_work);
}
