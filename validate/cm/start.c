/* SPDX-License-Identifier: MIT */
/* What begins each step of a connect of the active side. */
#include "validate/cm/attempt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "validate/admit/proof.h"
#include "validate/cm/wire.h"

enum { FIRST_LOOK_MS = 16, LAST_LOOK_MS = 1000 }; /* at a neighbour, see attempt_resolve() */

/* Not 7: soft-RoCE then retries for ever (sw/rxe/rxe_comp.c, COMPST_ERROR_RETRY). */
enum { RETRIES = 6 };

static uint32_t remaining_ms(const struct attempt *a)
{
	uint64_t now = clock_now_us();

	return a->end_us > now ? (uint32_t)((a->end_us - now) / 1000) + 1 : 1;
}

/* A lost path shall be seen in good time: all sends of a packet, each waited for by hardware up to
 * four times as long as asked, within 4/5 of the connect's time. The unit is 4.096 us * 2^n (IBTA
 * 9.7.5.1.3). A kernel without the option keeps its own value: the deadline then ends the wait. */
static void set_ack_timeout(struct rdma_cm_id *id, unsigned int timeout_ms)
{
	uint64_t want_us = (uint64_t)timeout_ms * 1000 * 4 / 5 / 4 / (1 + RETRIES);
	uint8_t n = 12;

	while (n < 18 && (4096ull << (n + 1)) / 1000 <= want_us)
		n++;
	(void)rdma_set_option(id, RDMA_OPTION_ID, RDMA_OPTION_ID_ACK_TIMEOUT, &n, sizeof(n));
}

static void sockaddr_of(const struct ip *ip, uint32_t scope, uint16_t service, struct sockaddr_storage *ret)
{
	ip_sockaddr(ip, service, ret);
	if (ip->family == AF_INET6)
		((struct sockaddr_in6 *)ret)->sin6_scope_id = scope;
}

/* The kernel misses a neighbour that answers faster than the wait for it begins, and looks at it
 * again only when that wait is over (drivers/infiniband/core/addr.c, queue_req; seen on veth). So
 * it is made to look again soon, then ever less often, until our own deadline. */
int attempt_resolve(struct attempt *a)
{
	struct sockaddr_storage src, dst;
	uint32_t left_ms = remaining_ms(a);

	sockaddr_of(&a->probe->src, a->probe->scope, 0, &src);
	sockaddr_of(&a->probe->dst, a->probe->scope, a->run->o->service ?: CM_SERVICE_DEFAULT, &dst);
	a->patience_ms = min_u32(a->patience_ms ? 2 * a->patience_ms : FIRST_LOOK_MS, LAST_LOOK_MS);
	int code = rdma_resolve_addr(a->conn.id, (struct sockaddr *)&src, (struct sockaddr *)&dst,
				     (int)min_u32(a->patience_ms, left_ms));
	return code < 0 ? -errno : 0;
}

int attempt_start_address(struct attempt *a, struct err *e)
{
	if (a->probe->src.family != a->probe->dst.family || !a->probe->src.family)
		return -EAFNOSUPPORT;
	if (rdma_create_id(a->run->hub.channel, &a->conn.id, &a->conn.handler,
			   a->probe->path ? RDMA_PS_UDP : RDMA_PS_TCP) < 0)
		return err_sys(e, "rdma_cm id");
	if (!a->probe->path)
		set_ack_timeout(a->conn.id, a->run->o->timeout_ms);
	return attempt_resolve(a);
}

int attempt_start_route(struct attempt *a, struct err *e)
{
	(void)e;
	snprintf(a->probe->used_device, sizeof(a->probe->used_device), "%s",
		 ibv_get_device_name(a->conn.id->verbs->device));
	return rdma_resolve_route(a->conn.id, (int)remaining_ms(a)) < 0 ? -errno : 0;
}

static uint32_t mtu_bytes(unsigned int mtu)
{
	return mtu >= IBV_MTU_256 && mtu <= IBV_MTU_4096 ? 128u << mtu : 0;
}

/* The route's path MTU; the port's where the kernel did not tell the route. */
static void read_route(struct attempt *a)
{
	const struct rdma_cm_id *id = a->conn.id;
	struct ibv_port_attr port;

	if (id->route.num_paths > 0) {
		a->probe->path_mtu = mtu_bytes(id->route.path_rec->mtu);
		a->probe->traffic_class = id->route.path_rec->traffic_class;
	}
	if (!a->probe->path_mtu && ibv_query_port(id->verbs, id->port_num, &port) == 0)
		a->probe->path_mtu = mtu_bytes(port.active_mtu);
	a->probe->payload_bytes = a->probe->path ? a->probe->path_mtu ?: UD_BYTES_MIN :
						   2 * (a->probe->path_mtu ?: 4096) + WIRE_ANSWER;
}

int attempt_start_connect(struct attempt *a, struct err *e)
{
	uint8_t data[WIRE_HELLO + TICKET_PROOF];
	struct rdma_conn_param param = { /* no reads, no writes: resources and depth are 0 */
		.private_data = data,
		.retry_count = RETRIES,
		.rnr_retry_count = 7,
	};

	read_route(a);
	wire_hello_put(&(struct wire_hello){ .version = WIRE_VERSION,
					     .payload = a->probe->payload_bytes,
					     .seed = a->seed },
		       data);
	int len = ticket_put(a->probe->ticket, &a->probe->src, &a->probe->dst, a->run->o->service ?: CM_SERVICE_DEFAULT,
			     data, WIRE_HELLO);
	if (len < 0)
		return err_set(e, len, "proof of the key: %s", strerror(-len));
	param.private_data_len = (uint8_t)len;
	if ((a->probe->path ? walk_prepare(a, e) :
			      conn_prepare(&a->run->hub, &a->conn, a->probe->payload_bytes, e)) < 0)
		return e->code;
	return rdma_connect(a->conn.id, &param) < 0 ? -errno : 0;
}

int attempt_start_send(struct attempt *a, struct err *e)
{
	(void)e;
	return payload_send(a);
}
