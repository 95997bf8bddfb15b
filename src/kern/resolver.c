/* SPDX-License-Identifier: MIT */
/* Names and name servers, as this node's resolver knows them. */
#include "kern/resolver.h"

#include <errno.h>
#include <netdb.h>

#include "base/cleanup.h"

static int hosts_find(const char *name, int flags, struct arena *a, struct hosts *ret)
{
	/* one socket type, or each address comes three times */
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = flags }, *list = NULL;
	int r = getaddrinfo(name, NULL, &hints, &list);

	for (const struct addrinfo *ai = r ? NULL : list; ai; ai = ai->ai_next) {
		struct host h = { .ip = ip_of_sockaddr(ai->ai_addr) };

		if (h.ip.family == AF_INET6)
			h.scope = ((const struct sockaddr_in6 *)ai->ai_addr)->sin6_scope_id;
		if (h.ip.family)
			*vec_add(a, ret) = h;
	}
	if (list)
		freeaddrinfo(list);
	return r;
}

int resolver_ask(const char *name, struct arena *a, struct hosts *ret, struct err *e)
{
	size_t before = ret->n;
	int r = hosts_find(name, 0, a, ret);

	if (r || ret->n == before)
		return err_set(e, -EINVAL, "'%s': %s", name, r ? gai_strerror(r) : "no address");
	return 0;
}

void resolver_read(const char *path, struct arena *a, struct hosts *ret)
{
	auto_file f = fopen(path, "re");
	auto_free char *line = NULL;
	size_t room = 0;
	char server[80];

	while (f && getline(&line, &room, f) > 0)
		if (sscanf(line, "nameserver %79s", server) == 1)
			(void)hosts_find(server, AI_NUMERICHOST, a, ret); /* the resolver passes over others, too */
}

struct hosts resolver_servers(struct arena *a)
{
	struct ip stub = ip_of_u32(0x7f000035);
	struct hosts ret = { 0 };
	bool is_stub = false;

	resolver_read("/etc/resolv.conf", a, &ret);
	for vec_each(h, &ret)
		is_stub |= ip_equal(&h->ip, &stub);
	if (is_stub)
		resolver_read("/run/systemd/resolve/resolv.conf", a, &ret);
	return ret;
}
