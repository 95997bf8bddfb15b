/* SPDX-License-Identifier: MIT */
/* Network namespaces of the test's own, where it may change what it likes. */
#ifndef DOROCE_TESTS_FAKE_NETNS_H
#define DOROCE_TESTS_FAKE_NETNS_H

#include "base/util.h"

/* Move this process into a new network namespace, as root of a new user namespace where that is
 * allowed; IPv6 is off in it, lo is up. Where nothing is allowed the process ends with status 77
 * (skipped) and a sentence on stderr. Returns an fd of the namespace. */
int netns_enter(void);

/* One more network namespace beside ours, with a name to give to ip(8) ("… netns NAME"). */
int netns_new(void);
const char *netns_name(int ns, char buf[48]);

/* Leave the namespace that we are in for a new one, in which nothing of the test before is left. */
void netns_renew(void);

/* Go on in the namespace. */
void netns_in(int ns);

/* Run ip(8) with the words of the line in the namespace that we are in. Failure ends the test. */
void ip_run(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* A value below /proc/sys/net/ipv4/conf, of the namespace that we are in. */
void conf_write(const char *device, const char *name, unsigned int value);
unsigned int conf_file(const char *device, const char *name);

#endif
