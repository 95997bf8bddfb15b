/* SPDX-License-Identifier: MIT */
/* IP addresses and prefixes: text, order, arithmetic. */
#ifndef DOROCE_BASE_IP_H
#define DOROCE_BASE_IP_H

#include <netinet/in.h>

#include "base/util.h"

enum { IP_TEXT = INET6_ADDRSTRLEN, PREFIX_TEXT = INET6_ADDRSTRLEN + 4, MAC_TEXT = 18, MAC_LEN = 6 };

/* family: AF_INET (bytes[0..3] count), AF_INET6, or 0: no address. Network byte order. */
struct ip {
	uint8_t family;
	uint8_t bytes[16];
};

/* len: 0..32 or 0..128. The host bits of addr may be set: "10.0.0.5/24" is a port's address. */
struct prefix {
	struct ip addr;
	uint8_t len;
};

/* Bytes of an address of the family: 4, 16, 0 for none. */
size_t ip_size(uint8_t family);
struct ip ip_of(uint8_t family, const void *bytes);
struct ip ip_of_sockaddr(const struct sockaddr *sa);
struct ip ip_of_u32(uint32_t v);   /* IPv4, host byte order */
uint32_t ip_u32(const struct ip *ip); /* the same back */

/* sockaddr of ip and port (host byte order). Returns its size. */
socklen_t ip_sockaddr(const struct ip *ip, uint16_t port, struct sockaddr_storage *ret);

/* Return 0, -EINVAL when the text is no address. prefix_parse wants "/LEN", mac_parse six pairs of digits. */
int ip_parse(const char *text, struct ip *ret);
int prefix_parse(const char *text, struct prefix *ret);
int mac_parse(const char *text, uint8_t ret[MAC_LEN]);

/* Text in buf (IP_TEXT, PREFIX_TEXT, MAC_TEXT bytes); returns buf. No address: "-". */
const char *ip_text(const struct ip *ip, char *buf);
const char *prefix_text(const struct prefix *p, char *buf);
const char *mac_text(const uint8_t mac[MAC_LEN], char *buf);

/* True for fe80::/10: it counts on one link alone. */
bool ip_is_link_local(const struct ip *ip);

bool ip_equal(const struct ip *a, const struct ip *b);
bool ip_in_prefix(const struct ip *ip, const struct prefix *p);
bool prefix_equal(const struct prefix *a, const struct prefix *b);

struct prefix prefix_network(const struct prefix *p); /* host bits zero */
struct ip prefix_first(const struct prefix *p);       /* IPv4: network address */
struct ip prefix_last(const struct prefix *p);        /* IPv4: broadcast address */

/* The address n further, within its family; false when it would pass the end of the family. */
bool ip_add(const struct ip *ip, uint64_t n, struct ip *ret);

#endif
