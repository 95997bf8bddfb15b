// SPDX-License-Identifier: GPL-2.0
/* APP entries and trust. The kernel has the table of them, this the map that packets see. */
#include "labnic.h"

/* With the apptrust op the first selector of the list decides; without, as mlx5: any DSCP entry. */
bool labnic_trusts_dscp(const struct labnic *nic)
{
	if (nic->has_apptrust)
		return nic->n_selectors && nic->selectors[0] == IEEE_8021QAZ_APP_SEL_DSCP;
	return nic->qos.dscp_set;
}

int labnic_set_dscp(struct labnic *nic, u8 dscp, u8 prio)
{
	struct dcb_app app = { .selector = IEEE_8021QAZ_APP_SEL_DSCP, .protocol = dscp };
	int r;

	/* One priority for each DSCP: the kernel's table alone would take several. */
	if (nic->qos.dscp_set & BIT_ULL(dscp)) {
		app.priority = nic->qos.dscp_prio[dscp];
		dcb_ieee_delapp(nic->dev, &app);
	}
	app.priority = prio;
	r = dcb_ieee_setapp(nic->dev, &app);
	if (r)
		return r;
	nic->qos.dscp_set |= BIT_ULL(dscp);
	nic->qos.dscp_prio[dscp] = prio;
	return 0;
}

int labnic_del_dscp(struct labnic *nic, u8 dscp, u8 prio)
{
	struct dcb_app app = {
		.selector = IEEE_8021QAZ_APP_SEL_DSCP, .protocol = dscp, .priority = prio,
	};
	int r;

	if (!(nic->qos.dscp_set & BIT_ULL(dscp)) || nic->qos.dscp_prio[dscp] != prio)
		return -ENOENT;
	r = dcb_ieee_delapp(nic->dev, &app);
	if (r)
		return r;
	nic->qos.dscp_set &= ~BIT_ULL(dscp);
	nic->qos.dscp_prio[dscp] = 0;
	return 0;
}

static int labnic_set_pcp(struct labnic *nic, struct dcb_app *app)
{
	int r;

	if (nic->pcp_set & BIT_ULL(app->protocol)) {
		struct dcb_app old = *app;

		old.priority = nic->pcp_prio[app->protocol];
		dcb_ieee_delapp(nic->dev, &old);
	}
	r = dcb_ieee_setapp(nic->dev, app);
	if (r)
		return r;
	nic->pcp_set |= BIT_ULL(app->protocol);
	nic->pcp_prio[app->protocol] = app->priority;
	return 0;
}

static int labnic_del_pcp(struct labnic *nic, struct dcb_app *app)
{
	int r = dcb_ieee_delapp(nic->dev, app);

	if (r)
		return r;
	nic->pcp_set &= ~BIT_ULL(app->protocol);
	nic->pcp_prio[app->protocol] = app->protocol & 7;
	return 0;
}

/* mlx5 knows DSCP alone; drivers with apptrust know PCP, too. */
static int labnic_check_app(const struct labnic *nic, const struct dcb_app *app)
{
	if (app->priority >= LABNIC_PRIOS)
		return -EINVAL;
	if (app->selector == IEEE_8021QAZ_APP_SEL_DSCP)
		return app->protocol < LABNIC_DSCPS ? 0 : -EINVAL;
	if (app->selector == DCB_APP_SEL_PCP && nic->has_apptrust)
		return app->protocol < LABNIC_PCPS ? 0 : -EINVAL;
	return -EINVAL;
}

static int labnic_change_app(struct net_device *dev, struct dcb_app *app, bool add)
{
	struct labnic *nic = labnic_of(dev);
	int r = labnic_set_gate(nic, LABNIC_APP);

	if (r)
		return min(r, 0);
	r = labnic_check_app(nic, app);
	if (r)
		return r;
	if (app->selector == DCB_APP_SEL_PCP)
		return add ? labnic_set_pcp(nic, app) : labnic_del_pcp(nic, app);
	r = add ? labnic_set_dscp(nic, app->protocol, app->priority) :
		  labnic_del_dscp(nic, app->protocol, app->priority);
	labnic_firmware_disagree(nic);
	return r;
}

static int labnic_setapp(struct net_device *dev, struct dcb_app *app)
{
	return labnic_change_app(dev, app, true);
}

static int labnic_delapp(struct net_device *dev, struct dcb_app *app)
{
	return labnic_change_app(dev, app, false);
}

static int labnic_getapptrust(struct net_device *dev, u8 *selectors, int *n)
{
	struct labnic *nic = labnic_of(dev);

	*n = nic->n_selectors;
	memcpy(selectors, nic->selectors, nic->n_selectors);
	return 0;
}

static int labnic_setapptrust(struct net_device *dev, u8 *selectors, int n)
{
	struct labnic *nic = labnic_of(dev);
	int i, r = labnic_set_gate(nic, LABNIC_TRUST);

	if (r)
		return min(r, 0);
	if (n > ARRAY_SIZE(nic->selectors))
		return -EOPNOTSUPP;
	for (i = 0; i < n; i++)
		if (selectors[i] != IEEE_8021QAZ_APP_SEL_DSCP && selectors[i] != DCB_APP_SEL_PCP)
			return -EOPNOTSUPP;
	memcpy(nic->selectors, selectors, n);
	nic->n_selectors = n;
	return 0;
}

void labnic_app_ops(struct labnic *nic)
{
	struct dcbnl_rtnl_ops *ops = &nic->dcbnl_ops;

	if (!labnic_has_fault(nic, LABNIC_MISSING, LABNIC_APP)) {
		ops->ieee_setapp = labnic_setapp;
		ops->ieee_delapp = labnic_delapp;
	}
	if (nic->has_apptrust && !labnic_has_fault(nic, LABNIC_MISSING, LABNIC_TRUST)) {
		ops->dcbnl_getapptrust = labnic_getapptrust;
		ops->dcbnl_setapptrust = labnic_setapptrust;
	}
}

void labnic_app_init(struct labnic *nic)
{
	int i;

	for (i = 0; i < LABNIC_DSCPS; i++)
		nic->qos.dscp_prio[i] = i >> 3;
	for (i = 0; i < LABNIC_PCPS; i++)
		nic->pcp_prio[i] = i & 7;
	nic->selectors[0] = DCB_APP_SEL_PCP;
	nic->n_selectors = 1;
}

void labnic_app_forget(struct labnic *nic)
{
	nic->qos.dscp_set = 0;
	nic->pcp_set = 0;
	labnic_app_init(nic);
}
