/* SPDX-License-Identifier: MIT */
/* What the administrator wants: the intent file and the command line, before any port is looked at. */
#ifndef DOROCE_INTENT_INTENT_H
#define DOROCE_INTENT_INTENT_H

#include "base/diag.h"
#include "base/opt.h"
#include "base/tree.h"
#include "setting/setting.h"

/* A value and where it was written. text: with placeholders (see template.h), the value follows for each
 * port; NULL: v is it. */
struct placed_prefix {
	struct prefix v;
	struct place at;
	const char *text;
};

struct placed_text {
	const char *v;
	struct place at;
};

struct placed_ip {
	struct ip v;
	struct place at;
};

/* One more route of the port's table. via "none": there shall be no such route. Both texts may have placeholders. */
struct route_intent {
	struct place at;
	const char *to, *via;
	struct opt_u32 metric;
};

struct route_intents VEC(struct route_intent);

/* A port matches when every pattern given matches it (shell globs; NULL: not given).
 * any: one of rdma device, rdma device/port, netdev, PCI address, as --port takes it. */
struct match {
	const char *rdma, *netdev, *pci, *mac, *driver;
	const char *any;
};

/* In a list of an intent: this place is not mentioned. */
#define LIST_UNSAID (UINT32_MAX - 2)

/* Keys of one entry of `ports:`, of `defaults:`, of `qos:`, or of a profile: see layers.h. OPT_UNSET: not mentioned.
 * not_ours[]: true where the file says null: not ours, even where defaults says so. list: the same of settings that
 * are lists; LIST_ANY: not ours. said_at: where the file says something of the setting. */
struct port_intent {
	struct place at;
	struct match match;
	bool optional;
	struct opt_u32 number[SETTING_N]; /* by setting id */
	bool not_ours[SETTING_N];
	struct opt_list list[SETTING_N];
	struct place said_at[SETTING_N];
	struct opt_u32 rail;
	struct VEC(struct placed_prefix) addresses;
	bool no_addresses; /* `addresses: none` */
	struct opt_u32 flush; /* 1: addresses that are not wished are taken off */
	struct opt_ip gateway, gateway6; /* of IPv4, of IPv6; `gateway: none` is both */
	struct place gateway_at, gateway6_at;
	const char *gateway_text[2]; /* of each family: with placeholders, or "peer"; NULL: the address counts */
	struct route_intents routes;
	struct place routes_at;
	bool routes_not_ours;
	struct opt_u32 table, rule_priority;
	bool table_not_ours;
	struct place table_at, rule_priority_at;
};

/* Values under a name. base: name of the profile that it starts from, v NULL: of nothing. source: where its values
 * have been published. */
struct profile {
	const char *name, *summary, *source;
	struct placed_text base;
	struct place at;
	struct port_intent set;
};

struct profiles VEC(struct profile);

/* APP_AUTO: written where the library, or the file, is there. APP_ALWAYS: as doRoCE.sh does; not for intent files. */
enum app_wish { APP_UNSET, APP_AUTO, APP_NONE, APP_ALWAYS };

enum app_id { APP_NCCL, APP_RCCL, APP_UCX, APP_N };

/* `apps:` of an intent. how: enum app_wish by enum app_id. no_devices: nothing is said of which devices are to be
 * used. take_over: lines of doRoCE.sh go out of the files. */
struct apps_wish {
	uint32_t how[APP_N];
	struct opt_u32 gid_index;
	bool no_devices, take_over;
};

/* Where the number of this host comes from. number: as written, or filled in by intent_host(). */
struct host_wish {
	enum { HOST_OF_NUMBER, HOST_OF_NAME, HOST_OF_FILE } from;
	struct opt_u32 number;
	const char *path;
	struct place at;
};

/* A routing table that somebody has named in a file of iproute2: it is not free. */
struct table_name {
	uint32_t table;
	const char *name, *file;
	unsigned int line;
};

struct table_names VEC(struct table_name);

/* `serve:` of an intent. allow: who may ask; not said: what follows from ports, routes and peers. key_file: NULL none. */
struct serve_wish {
	bool says_allow;
	struct VEC(struct prefix) allow;
	const char *key_file;
};

/* sequence: has no family when there is none. peers, timeout_ms: for verify; 0: not mentioned.
 * persist: "auto", "none" or the name of a backend; v NULL: not mentioned, files are left alone.
 * only: --port beside a file: ports that match none of them are left alone.
 * force: names of ports that may be changed although they are guarded. */
struct intent {
	const char *file; /* NULL: the command line alone */
	struct placed_prefix sequence;
	struct host_wish host;
	struct table_names table_names;
	struct placed_text profile; /* v NULL, "none": none */
	struct profiles profiles;   /* of the file */
	struct port_intent qos;     /* for all ports, below defaults */
	struct port_intent defaults;
	struct VEC(struct port_intent) ports;
	bool has_ports; /* false: `ports:` is not there, every RoCE port is meant */
	struct VEC(struct placed_ip) peers;
	uint32_t lldp_s; /* for verify: listen so long for the switch; 0: not */
	uint32_t timeout_ms;
	bool no_in_host; /* `verify.in_host: false` */
	const char *key_file; /* of verify, NULL: none */
	struct serve_wish serve;
	struct placed_text persist;
	struct apps_wish apps;
	bool only_look; /* for verify: a port that is missing, an address in the wrong place are findings, no errors of the intent */
	struct VEC(const char *) only;
	struct VEC(const char *) force;
};

/* Read the YAML text of `file` (a name for messages). Every error goes to d, none is printed.
 * Memory and strings in a. Returns 0, or -EINVAL with d filled; *ret is then not usable. */
int intent_read(const char *file, const char *text, struct arena *a, struct intent *ret,
		struct diag *d);

/* The same from a path. -errno of open or read is told in e, what is wrong in the text in d. */
int intent_read_file(const char *path, struct arena *a, struct intent *ret, struct diag *d,
		     struct err *e);

/* INTENT options of the command line; NULL or n 0: not given. */
struct intent_options {
	const char *address, *gateway, *mtu, *host, *profile, *tos;
	bool flush;
	struct VEC(const char *) ports;
	struct VEC(const char *) force;
};

/* True when the options say what is wanted; flush and force alone do not. */
bool intent_options_given(const struct intent_options *o);

/* Lay the options over in (from a file, or all zero): over what its ports say, too, unless that is null.
 * Errors name the option. 0, -EINVAL. */
int intent_options_apply(const struct intent_options *o, struct arena *a, struct intent *in,
			 struct diag *d);

/* Find the number of the host, where the intent has it from the host name or a file. copy: k reads a copy of
 * a node. 0, -EINVAL with d filled. */
int intent_host(struct intent *in, struct kern *k, bool copy, struct arena *a, struct diag *d);

/* The names of routing tables that iproute2 knows, of its files in t; what is to be read for that. */
extern const char *const table_name_files[];
void intent_table_names(const struct tree *t, struct arena *a, struct table_names *ret);

/* One line for the operator that is no error: a table skipped, a port left alone (no wish is made of it).
 * missing: the entry that stands there matches no port. */
struct remark {
	const struct port *port;
	char *text;
	bool left_alone;
	const struct place *missing;
};

struct remarks VEC(struct remark);

/* The wishes of every matched port of n, with addresses, tables and rules worked out and checked.
 * ret: in the order of the ports; a guarded port has no wish unless forced, but keeps its place in
 * the sequence. Pure: reads n, writes nothing. 0, -EINVAL with d filled. */
int intent_resolve(const struct intent *in, const struct node *n, struct arena *a,
		   struct wishes *ret, struct remarks *remarks, struct diag *d);

enum {
	TABLE_DEFAULT = 101,
	RULE_PRIORITY_DEFAULT = 32761, /* before main (32766), after local (0) */
	RULE_PRIORITY_MIN = 1,
	RULE_PRIORITY_MAX = 32765,
	TIMEOUT_MS_DEFAULT = 10000, /* rdma_cm sends a request again after 4.3 s and 8.6 s: a lost one is no finding */
	HOST_MAX = 65535,
};

#endif
