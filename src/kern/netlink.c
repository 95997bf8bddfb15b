/* SPDX-License-Identifier: MIT */
/* Netlink transport: one request, its answers, the kernel's own words on failure. */
#include "kern/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"

enum { RECV_BYTES = 32 * 1024 };

/* The receiving side of one request. */
struct answer {
	netlink_item_fn *item;
	void *arg;
	struct err *e;
	int r;
	char extack[200];
};

/* libnl hands over the nlmsgerr alone; the attributes that extended acks add follow it in the
 * same message, behind the request's payload unless the kernel cut that off. */
static void extack_read(const struct nlmsgerr *ne, struct answer *a)
{
	const struct nlmsghdr *h = (const void *)((const char *)ne - NLMSG_HDRLEN);
	size_t off = NLMSG_HDRLEN + sizeof(*ne);

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		off += NLMSG_ALIGN(ne->msg.nlmsg_len) - sizeof(ne->msg);
	if (off >= h->nlmsg_len)
		return;
	struct nlattr *msg = nla_find((struct nlattr *)((char *)h + off), (int)(h->nlmsg_len - off),
				      NLMSGERR_ATTR_MSG);
	if (msg)
		nla_strlcpy(a->extack, msg, sizeof(a->extack));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *ne, void *arg)
{
	struct answer *a = arg;

	(void)from;
	a->r = ne->error;
	extack_read(ne, a);
	return NL_STOP;
}

static int on_valid(struct nl_msg *m, void *arg)
{
	struct answer *a = arg;

	if (a->r == 0 && a->item)
		a->r = a->item(nlmsg_hdr(m), a->arg, a->e);
	return NL_OK;
}

static int on_end(struct nl_msg *m, void *arg)
{
	(void)m;
	(void)arg;
	return NL_STOP;
}

struct nl_sock *netlink_open(int family, struct err *e)
{
	auto_sock *s = nl_socket_alloc();
	int one = 1;

	if (!s || nl_connect(s, family) < 0) {
		err_set(e, -EPROTONOSUPPORT, "netlink family %d: %s", family, strerror(errno));
		return NULL;
	}
	/* without it (before Linux 4.12) only the kernel's text is missing */
	(void)setsockopt(nl_socket_get_fd(s), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	/* a get is answered by one message: an ack behind it would be read as the next answer */
	nl_socket_disable_auto_ack(s);
	nl_socket_disable_seq_check(s);
	nl_socket_disable_msg_peek(s);
	nl_socket_set_msg_buf_size(s, RECV_BYTES);
	return TAKE(s);
}

struct nl_sock *netlink_listen(int family, const int *groups, size_t n, int queue_bytes, struct err *e)
{
	auto_sock *s = netlink_open(family, e);
	int r = s ? nl_socket_set_nonblocking(s) : -1;

	for (size_t i = 0; i < n && r >= 0; i++)
		r = nl_socket_add_membership(s, groups[i]);
	if (r < 0) {
		err_set(e, -EIO, "listen to events: %s", nl_geterror(r));
		return NULL;
	}
	/* a burst is larger than the usual room; what is lost all the same, the kernel says so */
	if (queue_bytes)
		(void)nl_socket_set_buffer_size(s, queue_bytes, 0);
	return TAKE(s);
}

static int request(struct nl_sock *s, struct nl_msg *m, struct answer *a, const char *what)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!m || !cb) {
		nl_cb_put(cb);
		return err_set(a->e, -ENOMEM, "%s: no memory", what);
	}
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, a);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, a);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_end, a);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, a);
	int r = nl_send_auto(s, m);
	if (r >= 0)
		r = nl_recvmsgs(s, cb);
	nl_cb_put(cb);
	if (a->r < 0)
		return err_set(a->e, a->r, a->extack[0] ? "%s: %s (%s)" : "%s: %s", what,
			       strerror(-a->r), a->extack);
	if (r == -NLE_DUMP_INTR)
		return -EINTR;
	if (r < 0)
		return err_set(a->e, -EIO, "%s: %s", what, nl_geterror(r));
	return 0;
}

int netlink_change(struct nl_sock *s, struct nl_msg *m, const char *what, struct err *e)
{
	struct answer a = { .e = e };

	if (m)
		nlmsg_hdr(m)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	return request(s, m, &a, what);
}

int netlink_ask(struct nl_sock *s, struct nl_msg *m, netlink_item_fn *item, void *arg,
		const char *what, struct err *e)
{
	struct answer a = { .item = item, .arg = arg, .e = e };

	if (m)
		nlmsg_hdr(m)->nlmsg_flags |= NLM_F_REQUEST;
	return request(s, m, &a, what);
}

struct nl_msg *netlink_msg(int type, int flags, const void *header, size_t size)
{
	auto_msg *m = nlmsg_alloc_simple(type, flags);

	if (!m || nlmsg_append(m, (void *)header, size, NLMSG_ALIGNTO) < 0)
		return NULL;
	return TAKE(m);
}
