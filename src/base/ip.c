/* SPDX-License-Identifier: MIT */
/* IP addresses and prefixes: text, order, arithmetic. */
#include "base/ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t ip_size(uint8_t family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

struct ip ip_of(uint8_t family, const void *bytes)
{
	struct ip ip = { .family = family };

	memcpy(ip.bytes, bytes, ip_size(family));
	return ip;
}

struct ip ip_of_sockaddr(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return ip_of(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr);
	if (sa->sa_family == AF_INET6)
		return ip_of(AF_INET6, &((const struct sockaddr_in6 *)sa)->sin6_addr);
	return (struct ip){ 0 };
}

struct ip ip_of_u32(uint32_t v)
{
	uint32_t be = htonl(v);

	return ip_of(AF_INET, &be);
}

uint32_t ip_u32(const struct ip *ip)
{
	uint32_t be;

	memcpy(&be, ip->bytes, sizeof(be));
	return ntohl(be);
}

socklen_t ip_sockaddr(const struct ip *ip, uint16_t port, struct sockaddr_storage *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (ip->family == AF_INET6) {
		struct sockaddr_in6 *s = (struct sockaddr_in6 *)ret;

		s->sin6_family = AF_INET6;
		s->sin6_port = htons(port);
		memcpy(&s->sin6_addr, ip->bytes, 16);
		return sizeof(*s);
	}
	struct sockaddr_in *s = (struct sockaddr_in *)ret;

	s->sin_family = AF_INET;
	s->sin_port = htons(port);
	memcpy(&s->sin_addr, ip->bytes, 4);
	return sizeof(*s);
}

int ip_parse(const char *text, struct ip *ret)
{
	uint8_t bytes[16];
	uint8_t family = strchr(text, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, text, bytes) != 1)
		return -EINVAL;
	*ret = ip_of(family, bytes);
	return 0;
}

/* digits without a leading zero, which others read as octal */
static bool is_length(const char *text)
{
	return text[0] >= '0' && text[0] <= '9' && (text[0] != '0' || !text[1]);
}

int prefix_parse(const char *text, struct prefix *ret)
{
	char addr[IP_TEXT] = "", *end;
	const char *slash = strchr(text, '/');
	struct prefix p;

	if (!slash || (size_t)(slash - text) >= sizeof(addr) || !is_length(slash + 1))
		return -EINVAL;
	memcpy(addr, text, (size_t)(slash - text));
	unsigned long len = strtoul(slash + 1, &end, 10);
	if (*end || ip_parse(addr, &p.addr) < 0 || len > 8 * ip_size(p.addr.family))
		return -EINVAL;
	p.len = (uint8_t)len;
	*ret = p;
	return 0;
}

int mac_parse(const char *text, uint8_t ret[MAC_LEN])
{
	static const char digits[] = "0123456789abcdefABCDEF";
	uint8_t mac[MAC_LEN];

	if (strlen(text) != MAC_TEXT - 1)
		return -EINVAL;
	for (size_t i = 0; i < MAC_LEN; i++) {
		const char *pair = text + 3 * i;

		/* strtoul alone would take a sign, a space or "0x" */
		if (strspn(pair, digits) != 2 || (pair[2] && pair[2] != ':'))
			return -EINVAL;
		mac[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	memcpy(ret, mac, MAC_LEN);
	return 0;
}

const char *ip_text(const struct ip *ip, char *buf)
{
	if (!ip->family || !inet_ntop(ip->family, ip->bytes, buf, IP_TEXT))
		snprintf(buf, IP_TEXT, "-");
	return buf;
}

const char *prefix_text(const struct prefix *p, char *buf)
{
	char addr[IP_TEXT];

	snprintf(buf, PREFIX_TEXT, "%s/%u", ip_text(&p->addr, addr), p->len);
	return buf;
}

const char *mac_text(const uint8_t mac[MAC_LEN], char *buf)
{
	snprintf(buf, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return buf;
}

bool ip_is_link_local(const struct ip *ip)
{
	return ip->family == AF_INET6 && ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, ip_size(a->family)) == 0;
}

/* p with its host bits set to all ones or all zeroes */
static struct ip host_bits(const struct prefix *p, bool ones)
{
	struct ip ip = p->addr;

	for (unsigned int bit = p->len; bit < 8 * ip_size(ip.family); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> (bit % 8));

		ip.bytes[bit / 8] =
			(uint8_t)(ones ? ip.bytes[bit / 8] | mask : ip.bytes[bit / 8] & ~mask);
	}
	return ip;
}

struct ip prefix_first(const struct prefix *p)
{
	return host_bits(p, false);
}

struct ip prefix_last(const struct prefix *p)
{
	return host_bits(p, true);
}

struct prefix prefix_network(const struct prefix *p)
{
	return (struct prefix){ .addr = prefix_first(p), .len = p->len };
}

bool ip_in_prefix(const struct ip *ip, const struct prefix *p)
{
	struct prefix q = { .addr = *ip, .len = p->len };
	struct ip a = prefix_first(&q), b = prefix_first(p);

	return ip_equal(&a, &b);
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && ip_equal(&a->addr, &b->addr);
}

bool ip_add(const struct ip *ip, uint64_t n, struct ip *ret)
{
	struct ip sum = *ip;
	unsigned int carry = 0;

	for (size_t i = ip_size(ip->family); i-- > 0; n >>= 8) {
		carry += sum.bytes[i] + (unsigned int)(n & 0xff);
		sum.bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (n || carry)
		return false;
	*ret = sum;
	return true;
}
