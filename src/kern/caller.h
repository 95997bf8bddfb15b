/* SPDX-License-Identifier: MIT */
/* Who started us: the SSH connection that the operator sits on, and what we may do. */
#ifndef DOROCE_KERN_CALLER_H
#define DOROCE_KERN_CALLER_H

#include "base/ip.h"

/* Both ends of the caller's SSH connection, from SSH_CONNECTION of this process or, since sudo
 * drops it, of the nearest ancestor that has it. False: there is none. */
bool caller_ssh(struct ip *ret_client, struct ip *ret_server);

/* True when this process may change network settings (CAP_NET_ADMIN is effective). */
bool caller_is_net_admin(void);

#endif
