/* SPDX-License-Identifier: MIT */
/* Binding the listener: to all addresses or to one, and what a port in use looks like to each. */
#include "validate/cm/listen.h"

#include <errno.h>
#include <string.h>

enum { BACKLOG = 1024 };

static int bind_ip(struct listener *l, uint16_t service, const struct ip *addr)
{
	struct sockaddr_storage sa;

	ip_sockaddr(addr, service, &sa);
	return rdma_bind_addr(l->id, (struct sockaddr *)&sa) < 0 ? -errno : 0;
}

/* All addresses: the IPv6 wildcard takes IPv4 as well, where the kernel has IPv6.
 * A port that is in use is EADDRNOTAVAIL to the rdma_cm when one of the two is a wildcard. */
static int bind_all(struct listener *l, uint16_t service)
{
	int both = 0;

	(void)rdma_set_option(l->id, RDMA_OPTION_ID, RDMA_OPTION_ID_AFONLY, &both,
			      sizeof(both)); /* without it, bindv6only decides */
	int code = bind_ip(l, service, &(struct ip){ .family = AF_INET6 });
	if (code == -EAFNOSUPPORT)
		code = bind_ip(l, service, &(struct ip){ .family = AF_INET });
	return code == -EADDRNOTAVAIL ? -EADDRINUSE : code;
}

/* One address: it is not ours, or the port is in use; then another port can be had. */
static int bind_one(struct listener *l, uint16_t service, const struct ip *addr)
{
	int code = bind_ip(l, service, addr);

	if (code == -EADDRNOTAVAIL && bind_ip(l, 0, addr) == 0)
		return -EADDRINUSE;
	return code;
}

int listener_open(struct listener *l, struct hub *h, uint16_t service, const struct ip *bind, struct err *e)
{
	if (rdma_create_id(h->channel, &l->id, &l->handler, l->space) < 0)
		return err_sys(e, "rdma_cm id");
	int code = bind && bind->family ? bind_one(l, service, bind) : bind_all(l, service);
	if (code == -EADDRINUSE)
		return err_set(e, code, "rdma_cm port %u: another responder runs", service);
	if (code < 0)
		return err_set(e, code, "rdma_cm port %u: bind: %s", service, strerror(-code));
	if (rdma_listen(l->id, BACKLOG) < 0)
		return err_set(e, -errno, "rdma_cm port %u: listen: %s", service, strerror(errno));
	return 0;
}

uint16_t listener_service(const struct listener *l)
{
	return ntohs(rdma_get_src_port(l->id));
}

void listener_close(struct listener *l)
{
	if (l->id)
		(void)rdma_destroy_id(l->id);
	l->id = NULL;
}

void listener_refuse(struct rdma_cm_id *id, enum wire_reason reason)
{
	uint8_t data[WIRE_REJECT];

	wire_reject_put(&(struct wire_reject){ .version = WIRE_VERSION, .reason = reason }, data);
	(void)rdma_reject(id, data, sizeof(data)); /* the peer may be gone */
	(void)rdma_destroy_id(id);
}
