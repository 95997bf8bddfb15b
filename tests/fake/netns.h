/* SPDX-License-Identifier: MIT */
/* Network namespaces of the test's own, where it may change what it likes. */
#ifndef DOROCE_TESTS_FAKE_NETNS_H
#define DOROCE_TESTS_FAKE_NETNS_H

#include "kern/kern.h"

/* Move this process into a new network namespace, as root of a new user namespace where that is
 * allowed; IPv6 is off in it, lo is up. Where nothing is allowed the process ends with status 77
 * (skipped) and a sentence on stderr. Returns an fd of the namespace. */
int netns_enter(void);

/* The same as cmocka's setup of a group. */
int netns_group(void **state);

enum { PORTS_IPV6 = 1, PORTS_ROCE = 2 };

/* Leave for a new namespace with n veth pairs in it: pI, down, and the other end of its wire qI, up. Without
 * link-local addresses, which come late (duplicates are looked for). flags: with IPv6; pI is told as a RoCE port.
 * The kernel as it is seen there; NULL: e. */
struct kern *netns_ports(int n, unsigned int flags, struct err *e);

/* One more network namespace beside ours, with a name to give to ip(8) ("… netns NAME"). */
int netns_new(void);
const char *netns_name(int ns, char buf[48]);

/* Leave the namespace that we are in for a new one, in which nothing of the test before is left. */
void netns_renew(void);

/* Go on in the namespace. */
void netns_in(int ns);

/* Run ip(8) with the words of the line in the namespace that we are in. Failure ends the test. */
void ip_run(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* What "ip -json" tells about the words ("route show table all", "address"), an object a line, sorted, so
 * that two such texts are equal when the same is there. An address is an object with its device's name.
 * Without lifetimes, counters and timers. */
char *ip_told(struct arena *a, const char *words);

/* The lines of two such texts that are in one alone, with - and +; "": they are the same. */
char *told_difference(struct arena *a, const char *before, const char *after);

/* IPv6 on in this namespace and for its new devices (netns_enter turned it off). */
void ipv6_on(void);

/* Before the device is set up: IPv6 looks for duplicates on it within 0.1 s instead of up to 2. */
void ipv6_quick(const char *device);

/* Wait until the device has carrier or not, 5 s at most. */
void wait_carrier(const char *device, bool carrier);

/* For kern.rdma_ports: veths have no RDMA devices; one is told for each device pN, as rdma_rxe would make it. */
int veth_ports(struct kern *k, struct arena *a, struct rdma_ports *ret, struct err *e);

/* A value below /proc/sys/net/ipv4/conf, of the namespace that we are in. */
void conf_write(const char *device, const char *name, unsigned int value);
unsigned int conf_file(const char *device, const char *name);

#endif
