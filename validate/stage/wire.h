/* SPDX-License-Identifier: MIT */
/* What datagrams saw of a path, judged. */
#ifndef DOROCE_VALIDATE_STAGE_WIRE_H
#define DOROCE_VALIDATE_STAGE_WIRE_H

#include "validate/verify.h"

/* What is wrong with one way; FINDING_NONE: nothing. Pure.
 * ecn: marked packets are congestion, which is no fault. hops: on_link: there should be none. loss: one lost datagram
 * may happen. mtu: a larger payload than passes was seen not to. */
enum finding_id wire_dscp(const struct cm_way *w);
enum finding_id wire_ecn(const struct cm_way *w);
enum finding_id wire_hops(const struct cm_way *w, bool on_link);
enum finding_id wire_loss(const struct cm_way *w);
enum finding_id wire_mtu(const struct cm_way *w);

/* Bytes of the IP packet of a datagram: IP, UDP, BTH, DETH, payload, ICRC. */
uint32_t wire_ip_bytes(uint32_t payload, uint8_t family);

/* Bytes of the IP packets that went each way for certain. */
uint64_t wire_path_bytes(const struct cm_probe *p);

/* One result of the check for each pair that datagrams were sent to: judge fills it in, n/a where none was answered.
 * It passes until judge says otherwise. */
typedef void wire_judge(struct verify *v, struct result *r, const struct cm_probe *p);
void wire_each(struct verify *v, const struct check *c, wire_judge *judge);

/* "both ways TEXT", or what each says. */
char *wire_both(const struct verify *v, const char *to, const char *from);

/* The result has what was found the one way, or else the other; both FINDING_NONE: it stays as it is. */
void wire_found(struct result *r, enum finding_id to, enum finding_id from);

#endif
