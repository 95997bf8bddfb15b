/* SPDX-License-Identifier: MIT */
/* A peer without manners: requests that are wrong, payload of another length than announced, many connects at once that
 * lead to nothing. Prints what became of them, one word and number a line; with "hold" it then keeps what is open until
 * its standard input ends.
 *
 *   lab-rude SOURCE DESTINATION SERVICE KIND [COUNT [hold]]
 *
 * KIND: good, magic, version, payload, truncated, oversized: what the request is; all at once, never established.
 *       silent: established, then nothing; short, long: with payload of the wrong length, one after the other. */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rdma/rdma_cma.h>
#include <rdma/rdma_verbs.h>

enum { RESOLVE_MS = 5000, PATIENCE_MS = 20000, REQUEST_MAX = 56, PAYLOAD = 1000, REASONS = 9 };

/* As in validate/cm/wire.h. */
static const char *const reasons[REASONS] = {
	"unknown", "magic", "version", "payload", "busy", "resources", "not-allowed", "wants-key", "wrong-key",
};

static const struct kind {
	const char *name;
	uint32_t magic;
	uint16_t version;
	uint32_t payload;
	int len; /* of the private data; -1: every length from 0 on in turn */
	int sends; /* bytes of payload, 0: none */
} kinds[] = {
	{ "good", 0x646f5243, 1, PAYLOAD, 16, 0 },
	{ "magic", 0x646f5242, 1, PAYLOAD, 16, 0 },
	{ "version", 0x646f5243, 2, PAYLOAD, 16, 0 },
	{ "payload", 0x646f5243, 1, UINT32_MAX, 16, 0 },
	{ "truncated", 0x646f5243, 1, PAYLOAD, -1, 0 },
	{ "oversized", 0x646f5242, 1, PAYLOAD, REQUEST_MAX, 0 },
	{ "silent", 0x646f5243, 1, PAYLOAD, 16, 0 },
	{ "short", 0x646f5243, 1, PAYLOAD, 16, 5 },
	{ "long", 0x646f5243, 1, PAYLOAD, 16, 3 * PAYLOAD },
};

static const struct kind *kind;
static struct sockaddr_in from, to;
static unsigned int accepted, lost, failed, ended, refused[REASONS];

static int fail(const char *what)
{
	fprintf(stderr, "lab-rude: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Request number i of the kind. Returns its length. */
static uint8_t request(uint8_t buf[REQUEST_MAX], unsigned int i)
{
	const struct { uint32_t magic; uint16_t version, zero; uint32_t payload, seed; } head = {
		htobe32(kind->magic), htobe16(kind->version), 0, htobe32(kind->payload), htobe32(i),
	};

	memset(buf, 0xff, REQUEST_MAX);
	memcpy(buf, &head, sizeof(head));
	return (uint8_t)(kind->len < 0 ? (int)(i % sizeof(head)) : kind->len);
}

static void connect_to(struct rdma_cm_id *id)
{
	uint8_t data[REQUEST_MAX];
	struct rdma_conn_param param = {
		.private_data = data, .private_data_len = request(data, (unsigned int)(uintptr_t)id->context),
		.retry_count = 6, .rnr_retry_count = 6,
	};

	/* there is no queue pair; a number that was there before is rejected as stale by the peer's kernel */
	param.qp_num = (((uint32_t)getpid() << 11) + (uint32_t)(uintptr_t)id->context + 1) & 0xffffff;
	if (rdma_connect(id, &param) < 0)
		failed++;
}

/* Ours have a reason of their own; it is counted, the kernel's are lost causes. */
static void rejected(const struct rdma_cm_event *ev)
{
	const struct { uint32_t magic; uint16_t version, reason; } *r = ev->param.conn.private_data;

	if (ev->param.conn.private_data_len >= sizeof(*r) && be32toh(r->magic) == 0x646f5243 &&
	    be16toh(r->reason) < REASONS)
		refused[be16toh(r->reason)]++;
	else
		lost++;
}

/* True: there is more to come for this one. */
static int step(const struct rdma_cm_event *ev)
{
	switch (ev->event) {
	case RDMA_CM_EVENT_ADDR_RESOLVED:
		return rdma_resolve_route(ev->id, RESOLVE_MS) == 0 || (failed++, 0);
	case RDMA_CM_EVENT_ROUTE_RESOLVED:
		connect_to(ev->id);
		return 1;
	case RDMA_CM_EVENT_CONNECT_RESPONSE:
		accepted++;
		if (strcmp(kind->name, "silent") == 0)
			(void)rdma_establish(ev->id);
		return 0;
	case RDMA_CM_EVENT_REJECTED:
		rejected(ev);
		return 0;
	case RDMA_CM_EVENT_DISCONNECTED:
		ended++;
		return 1; /* of one that was accepted */
	case RDMA_CM_EVENT_TIMEWAIT_EXIT:
		return 1;
	default:
		lost++;
		return 0;
	}
}

static void all_at_once(unsigned int n)
{
	struct rdma_event_channel *channel = rdma_create_event_channel();
	struct pollfd p = { .fd = channel ? channel->fd : -1, .events = POLLIN };
	struct rdma_cm_event *ev;

	if (!channel)
		fail("event channel");
	for (unsigned int i = 0; i < n; i++) {
		struct rdma_cm_id *id;

		if (rdma_create_id(channel, &id, (void *)(uintptr_t)i, RDMA_PS_TCP) < 0)
			fail("id");
		if (rdma_resolve_addr(id, (struct sockaddr *)&from, (struct sockaddr *)&to, RESOLVE_MS) < 0)
			fail("resolve");
	}
	for (unsigned int open = n; open && poll(&p, 1, PATIENCE_MS) > 0;) {
		if (rdma_get_cm_event(channel, &ev) < 0)
			fail("event");
		open -= !step(ev);
		rdma_ack_cm_event(ev);
	}
}

static struct rdma_cm_id *connected(void)
{
	struct ibv_qp_init_attr attr = {
		.cap = { .max_send_wr = 1, .max_recv_wr = 1, .max_send_sge = 1, .max_recv_sge = 1 },
		.qp_type = IBV_QPT_RC, .sq_sig_all = 1,
	};
	uint8_t data[REQUEST_MAX];
	struct rdma_conn_param param = {
		.private_data = data, .private_data_len = request(data, 0), .retry_count = 6, .rnr_retry_count = 6,
	};
	struct rdma_cm_id *id;

	if (rdma_create_id(NULL, &id, NULL, RDMA_PS_TCP) < 0 ||
	    rdma_resolve_addr(id, (struct sockaddr *)&from, (struct sockaddr *)&to, RESOLVE_MS) < 0 ||
	    rdma_resolve_route(id, RESOLVE_MS) < 0 || rdma_create_qp(id, NULL, &attr) < 0)
		fail("prepare");
	if (rdma_connect(id, &param) < 0)
		fail("connect");
	return id;
}

/* One connect, and payload of the wrong length. Whatever the responder says to it, it must not be "intact". */
static void misspoken(void)
{
	static uint8_t buf[4 * PAYLOAD], answer[4 * PAYLOAD];
	struct rdma_cm_id *id = connected();
	struct ibv_mr *mr = rdma_reg_msgs(id, buf, sizeof(buf)), *back = rdma_reg_msgs(id, answer, sizeof(answer));
	struct ibv_wc wc = { 0 };

	accepted++;
	if (!mr || !back || rdma_post_recv(id, NULL, answer, sizeof(answer), back) < 0 ||
	    rdma_post_send(id, NULL, buf, (size_t)kind->sends, mr, 0) < 0)
		fail("send");
	if (rdma_get_send_comp(id, &wc) < 0)
		fail("completion");
	if (wc.status != IBV_WC_SUCCESS)
		ended++;
	else if (rdma_get_recv_comp(id, &wc) < 0 || wc.status != IBV_WC_SUCCESS || answer[7] == 1)
		failed++;
	rdma_disconnect(id);
	rdma_destroy_qp(id);
	rdma_dereg_mr(mr);
	rdma_dereg_mr(back);
	rdma_destroy_id(id);
}

static void address(struct sockaddr_in *a, const char *ip, const char *service)
{
	a->sin_family = AF_INET;
	a->sin_port = htons((uint16_t)atoi(service));
	if (inet_pton(AF_INET, ip, &a->sin_addr) != 1)
		fail(ip);
}

int main(int argc, char **argv)
{
	unsigned int n = argc > 5 ? (unsigned int)atoi(argv[5]) : 1;
	char byte;

	for (size_t i = 0; argc > 4 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, argv[4]) == 0)
			kind = &kinds[i];
	if (!kind) {
		fprintf(stderr, "usage: lab-rude SOURCE DESTINATION SERVICE KIND [COUNT [hold]]\n");
		return 2;
	}
	address(&from, argv[1], "0");
	address(&to, argv[2], argv[3]);
	for (unsigned int i = 0; kind->sends && i < n; i++)
		misspoken();
	if (!kind->sends)
		all_at_once(n);
	printf("accepted %u\nlost %u\nfailed %u\nended %u\n", accepted, lost, failed, ended);
	for (unsigned int i = 0; i < REASONS; i++)
		if (refused[i])
			printf("refused-%s %u\n", reasons[i], refused[i]);
	fflush(stdout);
	while (argc > 6 && read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
