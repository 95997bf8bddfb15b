// SPDX-License-Identifier: GPL-2.0
/* /sys/class/net/NAME/labnic: what this port gets wrong, what kind of NIC it is. See README. */
#include <linux/sysfs.h>

#include "labnic.h"

static const char * const labnic_part_names[LABNIC_PARTS] = {
	[LABNIC_ETS]		= "ets",
	[LABNIC_PFC]		= "pfc",
	[LABNIC_APP]		= "app",
	[LABNIC_MAXRATE]	= "maxrate",
	[LABNIC_BUFFER]		= "buffer",
	[LABNIC_DCBX]		= "dcbx",
	[LABNIC_TRUST]		= "trust",
	[LABNIC_PAUSE]		= "pause",
	[LABNIC_RINGS]		= "rings",
};

int labnic_get_gate(const struct labnic *nic, enum labnic_part part)
{
	return labnic_has_fault(nic, LABNIC_UNSUPPORTED, part) ? -EOPNOTSUPP : 0;
}

/* Returns 0 to go on, 1 to say yes and do nothing, or what to refuse with. */
int labnic_set_gate(const struct labnic *nic, enum labnic_part part)
{
	if (labnic_has_fault(nic, LABNIC_UNSUPPORTED, part))
		return -EOPNOTSUPP;
	if (labnic_has_fault(nic, LABNIC_FORBIDDEN, part))
		return -EPERM;
	return labnic_has_fault(nic, LABNIC_LIE, part);
}

struct labnic_attr {
	struct device_attribute attr;
	ssize_t (*show)(struct labnic *nic, const struct labnic_attr *a, char *buf);
	int (*store)(struct labnic *nic, const struct labnic_attr *a, const char *text);
	size_t offset;		/* of a u32 or an u8 in struct labnic; or the kind of fault */
	u32 min;
	u32 max;
};

static ssize_t labnic_show(struct device *d, struct device_attribute *attr, char *buf)
{
	const struct labnic_attr *a = container_of(attr, struct labnic_attr, attr);

	return a->show(labnic_of(to_net_dev(d)), a, buf);
}

/* The netdev's removal holds RTNL while it waits for us. */
static ssize_t labnic_store(struct device *d, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	const struct labnic_attr *a = container_of(attr, struct labnic_attr, attr);
	int r;

	if (!rtnl_trylock())
		return restart_syscall();
	r = a->store(labnic_of(to_net_dev(d)), a, buf);
	rtnl_unlock();
	return r ?: len;
}

static ssize_t labnic_show_parts(struct labnic *nic, const struct labnic_attr *a, char *buf)
{
	enum labnic_part part;
	ssize_t n = 0;

	for (part = 0; part < LABNIC_PARTS; part++)
		if (labnic_has_fault(nic, a->offset, part))
			n += sysfs_emit_at(buf, n, "%s%s", n ? " " : "", labnic_part_names[part]);
	return n + sysfs_emit_at(buf, n, "%s\n", n ? "" : "none");
}

static int labnic_parse_parts(char *text, u16 *mask)
{
	char *word;
	int part;

	while ((word = strsep(&text, " \n"))) {
		if (!*word || !strcmp(word, "none"))
			continue;
		if (!strcmp(word, "all")) {
			*mask = BIT(LABNIC_PARTS) - 1;
			continue;
		}
		part = match_string(labnic_part_names, LABNIC_PARTS, word);
		if (part < 0)
			return -EINVAL;
		*mask |= BIT(part);
	}
	return 0;
}

static int labnic_store_parts(struct labnic *nic, const struct labnic_attr *a, const char *text)
{
	char *copy = kstrdup(text, GFP_KERNEL);
	u16 mask = 0;
	int r;

	if (!copy)
		return -ENOMEM;
	r = labnic_parse_parts(copy, &mask);
	kfree(copy);
	if (r)
		return r;
	nic->faults[a->offset] = mask;
	labnic_ops(nic);
	return 0;
}

static ssize_t labnic_show_u32(struct labnic *nic, const struct labnic_attr *a, char *buf)
{
	return sysfs_emit(buf, "%u\n", *(u32 *)((char *)nic + a->offset));
}

static int labnic_parse_u32(const struct labnic_attr *a, const char *text, u32 *value)
{
	u32 v;
	int r = kstrtou32(text, 0, &v);

	if (r)
		return r;
	if (v < a->min || v > a->max)
		return -ERANGE;
	*value = v;
	return 0;
}

static int labnic_store_u32(struct labnic *nic, const struct labnic_attr *a, const char *text)
{
	return labnic_parse_u32(a, text, (u32 *)((char *)nic + a->offset));
}

static ssize_t labnic_show_u8(struct labnic *nic, const struct labnic_attr *a, char *buf)
{
	return sysfs_emit(buf, "%u\n", *((u8 *)nic + a->offset));
}

static int labnic_store_u8(struct labnic *nic, const struct labnic_attr *a, const char *text)
{
	u32 v;
	int r = labnic_parse_u32(a, text, &v);

	if (!r)
		*((u8 *)nic + a->offset) = v;
	return r;
}

static ssize_t labnic_show_remark(struct labnic *nic, const struct labnic_attr *a, char *buf)
{
	if (nic->remark_dscp < 0)
		return sysfs_emit(buf, "off\n");
	return sysfs_emit(buf, "%d\n", nic->remark_dscp);
}

static int labnic_store_remark(struct labnic *nic, const struct labnic_attr *a, const char *text)
{
	u32 v;
	int r;

	if (sysfs_streq(text, "off")) {
		nic->remark_dscp = -1;
		return 0;
	}
	r = labnic_parse_u32(a, text, &v);
	if (!r)
		nic->remark_dscp = v;
	return r;
}

static ssize_t labnic_show_link(struct labnic *nic, const struct labnic_attr *a, char *buf)
{
	return sysfs_emit(buf, "%s\n", nic->stays_down ? "down" : "up");
}

static int labnic_store_link(struct labnic *nic, const struct labnic_attr *a, const char *text)
{
	if (!sysfs_streq(text, "down") && !sysfs_streq(text, "up"))
		return -EINVAL;
	nic->stays_down = sysfs_streq(text, "down");
	if (nic->held_down && !nic->stays_down)
		labnic_link_release(nic);
	return 0;
}

static ssize_t labnic_show_owner(struct labnic *nic, const struct labnic_attr *a, char *buf)
{
	if (nic->dcbx & DCB_CAP_DCBX_HOST)
		return sysfs_emit(buf, "host\n");
	return sysfs_emit(buf, "%s\n", nic->firmware_locked ? "firmware-locked" : "firmware");
}

static int labnic_store_owner(struct labnic *nic, const struct labnic_attr *a, const char *text)
{
	static const char * const owners[] = { "host", "firmware", "firmware-locked" };
	int owner = sysfs_match_string(owners, text);

	if (owner < 0)
		return owner;
	nic->firmware_locked = owner == 2;
	if (owner)
		labnic_firmware_take(nic);
	else
		nic->dcbx = DCB_CAP_DCBX_HOST | DCB_CAP_DCBX_VER_CEE | DCB_CAP_DCBX_VER_IEEE;
	return 0;
}

static ssize_t labnic_show_model(struct labnic *nic, const struct labnic_attr *a, char *buf)
{
	return sysfs_emit(buf, "%s\n", nic->has_apptrust ? "apptrust" : "mlx5");
}

static int labnic_store_model(struct labnic *nic, const struct labnic_attr *a, const char *text)
{
	if (!sysfs_streq(text, "apptrust") && !sysfs_streq(text, "mlx5"))
		return -EINVAL;
	nic->has_apptrust = sysfs_streq(text, "apptrust");
	labnic_ops(nic);
	return 0;
}

static ssize_t labnic_show_trust(struct labnic *nic, const struct labnic_attr *a, char *buf)
{
	return sysfs_emit(buf, "%s\n", labnic_trusts_dscp(nic) ? "dscp" : "pcp");
}

#define LABNIC_ATTR(_name, _mode, _store) \
	.attr = __ATTR(_name, _mode, labnic_show, _store)

#define LABNIC_RW(_name, _kind, ...) \
	static const struct labnic_attr labnic_attr_##_name = { \
		LABNIC_ATTR(_name, 0644, labnic_store), \
		.show = labnic_show_##_kind, .store = labnic_store_##_kind, __VA_ARGS__ \
	}

LABNIC_RW(missing, parts, .offset = LABNIC_MISSING);
LABNIC_RW(unsupported, parts, .offset = LABNIC_UNSUPPORTED);
LABNIC_RW(forbidden, parts, .offset = LABNIC_FORBIDDEN);
LABNIC_RW(lie, parts, .offset = LABNIC_LIE);
LABNIC_RW(dcbx_owner, owner);
LABNIC_RW(firmware_delay_ms, u32,
	  .offset = offsetof(struct labnic, firmware_delay_ms), .max = 60000);
LABNIC_RW(link_after_pfc, link);
LABNIC_RW(link_down_ms, u32, .offset = offsetof(struct labnic, link_down_ms), .max = 60000);
LABNIC_RW(pfc_cap, u8, .offset = offsetof(struct labnic, pfc_cap), .max = LABNIC_PRIOS);
LABNIC_RW(ets_cap, u8, .offset = offsetof(struct labnic, ets_cap), .min = 1, .max = LABNIC_PRIOS);
LABNIC_RW(remark_dscp, remark, .max = LABNIC_DSCPS - 1);
LABNIC_RW(trust_model, model);

static const struct labnic_attr labnic_attr_trust = {
	LABNIC_ATTR(trust, 0444, NULL), .show = labnic_show_trust,
};

static const struct attribute * const labnic_attrs[] = {
	&labnic_attr_missing.attr.attr,
	&labnic_attr_unsupported.attr.attr,
	&labnic_attr_forbidden.attr.attr,
	&labnic_attr_lie.attr.attr,
	&labnic_attr_dcbx_owner.attr.attr,
	&labnic_attr_firmware_delay_ms.attr.attr,
	&labnic_attr_link_after_pfc.attr.attr,
	&labnic_attr_link_down_ms.attr.attr,
	&labnic_attr_pfc_cap.attr.attr,
	&labnic_attr_ets_cap.attr.attr,
	&labnic_attr_remark_dscp.attr.attr,
	&labnic_attr_trust_model.attr.attr,
	&labnic_attr_trust.attr.attr,
	NULL
};

const struct attribute_group labnic_group = {
	.name = "labnic",
	.attrs_const = labnic_attrs,
};
