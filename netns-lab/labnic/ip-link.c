// SPDX-License-Identifier: GPL-2.0
/* Teaches ip the options of "type labnic", which are veth's: ip loads link_labnic.so for it. */
struct nlmsghdr;

/* As in iproute2's ip/ip_common.h. */
struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv, struct nlmsghdr *n);
	void *other[5];		/* what is not set here */
};

extern struct link_util veth_link_util;		/* of ip itself */

static int labnic_parse_opt(struct link_util *lu, int argc, char **argv, struct nlmsghdr *n)
{
	(void)lu;
	return veth_link_util.parse_opt(&veth_link_util, argc, argv, n);
}

struct link_util labnic_link_util = {
	.id = "labnic",
	.parse_opt = labnic_parse_opt,
};
