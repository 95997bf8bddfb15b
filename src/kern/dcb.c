/* SPDX-License-Identifier: MIT */
/* Data center bridging of a port: trust, DSCP map, ETS, PFC, buffers, rates, who owns DCBX. */
#include "kern/dcb.h"

#include <errno.h>
#include <linux/dcbnl.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "kern/netlink.h"

/* linux/dcbnl.h of Linux 6.3; older headers lack them */
enum { IEEE_APP_TRUST_TABLE = 11, ATTR_DCB_APP = 2, APP_SEL_PCP = 255 };

static struct nl_msg *dcb_msg(int type, uint8_t cmd, const char *netdev)
{
	struct dcbmsg head = { .cmd = cmd };
	auto_msg *m = netlink_msg(type, 0, &head, sizeof(head));

	if (!m || nla_put_string(m, DCB_ATTR_IFNAME, netdev) < 0)
		return NULL;
	return TAKE(m);
}

static void widen(uint32_t *to, const uint8_t *from)
{
	for (size_t i = 0; i < PRIORITIES; i++)
		to[i] = from[i];
}

static void narrow(uint8_t *to, const uint32_t *from)
{
	for (size_t i = 0; i < PRIORITIES; i++)
		to[i] = (uint8_t)from[i];
}

/* Drivers tell anything (mlx5: 100) as the bandwidth of a class that has none.
 * Attributes lie on four bytes, some of their structs want eight. */
static void ets_read(const struct nlattr *at, struct dcb *d)
{
	struct ieee_ets ets;

	memcpy(&ets, nla_data(at), sizeof(ets));
	d->has |= DCB_PART_ETS;
	d->ets_cap = ets.ets_cap;
	widen(d->prio_tc, ets.prio_tc);
	widen(d->tsa, ets.tc_tsa);
	for (size_t i = 0; i < PRIORITIES; i++)
		d->bandwidth_pct[i] = d->tsa[i] == TSA_ETS ? ets.tc_tx_bw[i] : 0;
}

static void pfc_read(const struct nlattr *at, struct dcb *d)
{
	struct ieee_pfc pfc;

	memcpy(&pfc, nla_data(at), sizeof(pfc));
	d->has |= DCB_PART_PFC;
	d->pfc_cap = pfc.pfc_cap;
	d->pfc_delay = pfc.delay;
	for (size_t i = 0; i < PRIORITIES; i++)
		d->pfc[i] = pfc.pfc_en >> i & 1;
}

static void buffer_read(const struct nlattr *at, struct dcb *d)
{
	struct dcbnl_buffer b;

	memcpy(&b, nla_data(at), sizeof(b));
	d->has |= DCB_PART_BUFFER;
	widen(d->prio_buffer, b.prio2buffer);
	memcpy(d->buffer_bytes, b.buffer_size, sizeof(d->buffer_bytes));
	d->buffer_total = b.total_size;
}

/* A limit above 4 Tb/s is as good as none. */
static void maxrate_read(const struct nlattr *at, struct dcb *d)
{
	struct ieee_maxrate rate;

	memcpy(&rate, nla_data(at), sizeof(rate));
	d->has |= DCB_PART_MAXRATE;
	for (size_t i = 0; i < PRIORITIES; i++)
		d->maxrate_kbps[i] = rate.tc_maxrate[i] > UINT32_MAX ? 0 : (uint32_t)rate.tc_maxrate[i];
}

/* The largest priority counts where one DSCP has two, as dcb_ieee_getapp_mask() users take it. */
static void app_read(const struct nlattr *table, struct dcb *d)
{
	struct nlattr *at;
	int left;

	nla_for_each_nested(at, table, left) {
		const struct dcb_app *app = nla_data(at);
		uint32_t *prio = nla_len(at) >= (int)sizeof(*app) && app->selector == IEEE_8021QAZ_APP_SEL_DSCP &&
				 app->protocol < DSCPS ? &d->dscp_prio[app->protocol] : NULL;

		if (prio && (*prio == DSCP_UNMAPPED || app->priority > *prio))
			*prio = app->priority;
	}
}

/* Selectors in their order. PCP is the kernel's own (DCB_APP_SEL_PCP), in an attribute of its own. */
static void trust_read(const struct nlattr *table, struct dcb *d)
{
	struct nlattr *at;
	int left;

	d->has |= DCB_PART_TRUST;
	d->trust = TRUST_NONE;
	nla_for_each_nested(at, table, left) {
		bool dscp = nla_len(at) >= 1 && nla_get_u8(at) == IEEE_8021QAZ_APP_SEL_DSCP;

		if (!dscp && (nla_len(at) < 1 || nla_get_u8(at) != APP_SEL_PCP))
			continue;
		if (d->trust == TRUST_NONE)
			d->trust = dscp ? TRUST_DSCP : TRUST_PCP;
		else
			d->trust = d->trust == TRUST_DSCP ? TRUST_DSCP_PCP : TRUST_PCP_DSCP;
	}
}

/* Each part of the nest: its attribute, the least size, its reader. */
static const struct part_reader {
	int attr;
	size_t size;
	void (*read)(const struct nlattr *at, struct dcb *d);
} part_readers[] = {
	{ DCB_ATTR_IEEE_ETS, sizeof(struct ieee_ets), ets_read },
	{ DCB_ATTR_IEEE_PFC, sizeof(struct ieee_pfc), pfc_read },
	{ DCB_ATTR_DCB_BUFFER, sizeof(struct dcbnl_buffer), buffer_read },
	{ DCB_ATTR_IEEE_MAXRATE, sizeof(struct ieee_maxrate), maxrate_read },
	{ DCB_ATTR_IEEE_APP_TABLE, 0, app_read },
	{ IEEE_APP_TRUST_TABLE, 0, trust_read },
};

static bool has_dscp(const struct dcb *d)
{
	for (size_t i = 0; i < DSCPS; i++)
		if (d->dscp_prio[i] != DSCP_UNMAPPED)
			return true;
	return false;
}

int dcb_of_msg(struct nlmsghdr *h, struct dcb *d, struct err *e)
{
	struct nlattr *ieee = nlmsg_find_attr(h, sizeof(struct dcbmsg), DCB_ATTR_IEEE);
	struct nlattr *dcbx = nlmsg_find_attr(h, sizeof(struct dcbmsg), DCB_ATTR_DCBX);

	if (h->nlmsg_type != RTM_GETDCB && h->nlmsg_type != RTM_SETDCB)
		return 0;
	if (!ieee)
		return err_set(e, -EBADMSG, "malformed answer");
	d->has |= DCB_PART_APP;
	if (dcbx && nla_len(dcbx) >= 1) {
		d->has |= DCB_PART_DCBX;
		d->dcbx = nla_get_u8(dcbx);
	}
	for (const struct part_reader *p = part_readers; p < part_readers + ARRAY_LEN(part_readers); p++) {
		struct nlattr *at = nla_find(nla_data(ieee), nla_len(ieee), p->attr);

		if (at && (size_t)nla_len(at) >= p->size)
			p->read(at, d);
	}
	if (!(d->has & DCB_PART_TRUST))
		d->trust = has_dscp(d);
	return 0;
}

static int ieee_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	return dcb_of_msg(h, arg, e);
}

struct dcb dcb_none(void)
{
	struct dcb d = { 0 };

	memset(d.dscp_prio, 0xff, sizeof(d.dscp_prio));
	return d;
}

int dcb_get(struct nl_sock *s, const char *netdev, struct dcb *ret, struct err *e)
{
	auto_msg *m = dcb_msg(RTM_GETDCB, DCB_CMD_IEEE_GET, netdev);
	struct err own = { 0 };

	*ret = dcb_none();
	int r = netlink_ask(s, m, ieee_read, ret, "data center bridging", &own);
	/* no DCB at all: the driver has no operations */
	if (r == -EOPNOTSUPP)
		return 0;
	return r < 0 ? err_set(e, r, "%s", own.text) : 0;
}

/* What the kernel answers to a write is the driver's word as one byte, negative on failure. */
struct verdict {
	int attr;
	int8_t code;
};

static int verdict_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct verdict *v = arg;
	struct nlattr *at = nlmsg_find_attr(h, sizeof(struct dcbmsg), v->attr);

	if (!at || nla_len(at) < 1)
		return err_set(e, -EBADMSG, "data center bridging: malformed answer");
	v->code = (int8_t)nla_get_u8(at);
	return 0;
}

static int dcb_send(struct nl_sock *s, struct nl_msg *m, int answer, const char *what, struct err *e)
{
	struct verdict v = { .attr = answer };
	int r = netlink_ask(s, m, verdict_read, &v, what, e);

	if (r == 0 && v.code < 0)
		return err_set(e, v.code, "%s: %s", what, strerror(-v.code));
	/* SDCBX answers 1 for a mode that the driver does not take */
	return r == 0 && v.code > 0 ? err_set(e, -EOPNOTSUPP, "%s: refused by the driver (its firmware may keep it: turn "
					     "off the LLDP agent of the NIC, and of its switch port)", what) : r;
}

static int ets_put(struct nl_msg *m, const struct dcb *to)
{
	struct ieee_ets ets = { .willing = 0 };

	narrow(ets.prio_tc, to->prio_tc);
	narrow(ets.tc_tsa, to->tsa);
	narrow(ets.tc_tx_bw, to->bandwidth_pct);
	memcpy(ets.tc_rx_bw, ets.tc_tx_bw, sizeof(ets.tc_rx_bw));
	return nla_put(m, DCB_ATTR_IEEE_ETS, sizeof(ets), &ets);
}

static int pfc_put(struct nl_msg *m, const struct dcb *to)
{
	struct ieee_pfc pfc = { .delay = (uint16_t)to->pfc_delay };

	for (size_t i = 0; i < PRIORITIES; i++)
		pfc.pfc_en |= (uint8_t)((to->pfc[i] != 0) << i);
	return nla_put(m, DCB_ATTR_IEEE_PFC, sizeof(pfc), &pfc);
}

static int buffer_put(struct nl_msg *m, const struct dcb *to)
{
	struct dcbnl_buffer b = { .total_size = to->buffer_total };

	narrow(b.prio2buffer, to->prio_buffer);
	memcpy(b.buffer_size, to->buffer_bytes, sizeof(b.buffer_size));
	return nla_put(m, DCB_ATTR_DCB_BUFFER, sizeof(b), &b);
}

static int maxrate_put(struct nl_msg *m, const struct dcb *to)
{
	struct ieee_maxrate rate = { 0 };

	for (size_t i = 0; i < PRIORITIES; i++)
		rate.tc_maxrate[i] = to->maxrate_kbps[i];
	return nla_put(m, DCB_ATTR_IEEE_MAXRATE, sizeof(rate), &rate);
}

static int trust_put(struct nl_msg *m, const struct dcb *to)
{
	struct nlattr *nest = nla_nest_start(m, IEEE_APP_TRUST_TABLE);
	bool pcp = to->trust != TRUST_DSCP && to->trust != TRUST_NONE;
	bool dscp = to->trust != TRUST_PCP && to->trust != TRUST_NONE;
	int r = nest ? 0 : -ENOMEM;

	if (r == 0 && pcp && to->trust != TRUST_DSCP_PCP)
		r = nla_put_u8(m, ATTR_DCB_APP, APP_SEL_PCP);
	if (r == 0 && dscp)
		r = nla_put_u8(m, DCB_ATTR_IEEE_APP, IEEE_8021QAZ_APP_SEL_DSCP);
	if (r == 0 && to->trust == TRUST_DSCP_PCP)
		r = nla_put_u8(m, ATTR_DCB_APP, APP_SEL_PCP);
	/* an empty list says that nothing is trusted */
	return r == 0 ? nla_nest_end_keep_empty(m, nest) : r;
}

/* Entries of one table that the other one does not have. False: there is none. */
static bool apps_put(struct nl_msg *m, const struct dcb *of, const struct dcb *other)
{
	struct nlattr *table = nla_nest_start(m, DCB_ATTR_IEEE_APP_TABLE);
	size_t n = 0;

	for (size_t i = 0; i < DSCPS && table; i++) {
		struct dcb_app app = {
			.selector = IEEE_8021QAZ_APP_SEL_DSCP, .protocol = (uint16_t)i, .priority = (uint8_t)of->dscp_prio[i],
		};

		if (of->dscp_prio[i] == DSCP_UNMAPPED || of->dscp_prio[i] == other->dscp_prio[i])
			continue;
		if (nla_put(m, DCB_ATTR_IEEE_APP, sizeof(app), &app) < 0)
			return false;
		n++;
	}
	if (table)
		nla_nest_end(m, table);
	return n;
}

struct nl_msg *dcb_apps_msg(const char *netdev, bool del, const struct dcb *of, const struct dcb *other)
{
	auto_msg *m = dcb_msg(RTM_SETDCB, del ? DCB_CMD_IEEE_DEL : DCB_CMD_IEEE_SET, netdev);
	struct nlattr *ieee = m ? nla_nest_start(m, DCB_ATTR_IEEE) : NULL;

	if (!ieee || !apps_put(m, of, other))
		return NULL;
	nla_nest_end(m, ieee);
	return TAKE(m);
}

/* Entries of `of` that `other` lacks are set or deleted by one message. */
static int apps_send(struct nl_sock *s, const char *netdev, bool del, const struct dcb *of, const struct dcb *other,
		     struct err *e)
{
	auto_msg *m = dcb_apps_msg(netdev, del, of, other);

	return m ? dcb_send(s, m, DCB_ATTR_IEEE, "set the DSCP map", e) : 0;
}

/* Where a DSCP has got another priority some drivers have replaced the entry, others have both now. */
static int app_replaced(struct nl_sock *s, const char *netdev, const struct dcb *from, size_t dscp, struct err *e)
{
	struct dcb one = *from, none = *from;
	struct err own = { 0 };

	memset(none.dscp_prio, 0xff, sizeof(none.dscp_prio));
	memset(one.dscp_prio, 0xff, sizeof(one.dscp_prio));
	one.dscp_prio[dscp] = from->dscp_prio[dscp];
	int r = apps_send(s, netdev, true, &one, &none, &own);
	return r == 0 || r == -ENOENT ? 0 : err_set(e, r, "%s", own.text);
}

/* New entries first: a driver that follows the first and the last one would change its trust and back. */
static int apps_change(struct nl_sock *s, const char *netdev, const struct dcb *from, const struct dcb *to,
		       struct err *e)
{
	struct dcb gone = *from;
	int r = apps_send(s, netdev, false, to, from, e);

	for (size_t i = 0; i < DSCPS; i++) {
		bool both = from->dscp_prio[i] != DSCP_UNMAPPED && to->dscp_prio[i] != DSCP_UNMAPPED;

		if (r == 0 && both && from->dscp_prio[i] != to->dscp_prio[i])
			r = app_replaced(s, netdev, from, i, e);
		if (both)
			gone.dscp_prio[i] = to->dscp_prio[i];
	}
	return r < 0 ? r : apps_send(s, netdev, true, &gone, to, e);
}

static int dcbx_change(struct nl_sock *s, const char *netdev, const struct dcb *to, struct err *e)
{
	auto_msg *m = dcb_msg(RTM_SETDCB, DCB_CMD_SDCBX, netdev);

	/* without the host's bit a driver refuses any other: 0 gives it back to the firmware */
	if (!m || nla_put_u8(m, DCB_ATTR_DCBX, to->dcbx & DCBX_HOST ? (uint8_t)to->dcbx : 0) < 0)
		return err_set(e, -ENOMEM, "set the DCBX mode: no memory");
	return dcb_send(s, m, DCB_ATTR_DCBX, to->dcbx & DCBX_HOST ? "take DCBX from the firmware" :
								    "give DCBX to the firmware", e);
}

static const struct part_writer {
	enum dcb_part part;
	const char *what;
	int (*put)(struct nl_msg *m, const struct dcb *to);
} part_writers[] = {
	{ DCB_PART_ETS, "set ETS", ets_put },
	{ DCB_PART_PFC, "set PFC", pfc_put },
	{ DCB_PART_BUFFER, "set the buffers", buffer_put },
	{ DCB_PART_MAXRATE, "set the rate limits", maxrate_put },
	{ DCB_PART_TRUST, "set trust", trust_put },
};

static const struct part_writer *writer_of(enum dcb_part part)
{
	for (const struct part_writer *w = part_writers; w < part_writers + ARRAY_LEN(part_writers); w++)
		if (w->part == part)
			return w;
	return NULL;
}

struct nl_msg *dcb_part_msg(const char *netdev, enum dcb_part part, const struct dcb *to)
{
	const struct part_writer *w = writer_of(part);
	auto_msg *m = w ? dcb_msg(RTM_SETDCB, DCB_CMD_IEEE_SET, netdev) : NULL;
	struct nlattr *ieee = m ? nla_nest_start(m, DCB_ATTR_IEEE) : NULL;

	if (!ieee || w->put(m, to) < 0)
		return NULL;
	nla_nest_end(m, ieee);
	return TAKE(m);
}

int dcb_set(struct nl_sock *s, const char *netdev, enum dcb_part part, const struct dcb *from, const struct dcb *to,
	    struct err *e)
{
	if (part == DCB_PART_APP)
		return apps_change(s, netdev, from, to, e);
	if (part == DCB_PART_DCBX)
		return dcbx_change(s, netdev, to, e);
	const struct part_writer *w = writer_of(part);
	auto_msg *m = w ? dcb_part_msg(netdev, part, to) : NULL;

	if (!w)
		return err_set(e, -EINVAL, "no such part of data center bridging: %d", part);
	return m ? dcb_send(s, m, DCB_ATTR_IEEE, w->what, e) : err_set(e, -ENOMEM, "%s: no memory", w->what);
}
