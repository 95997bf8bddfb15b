/* SPDX-License-Identifier: MIT */
/* What doroce can set on a port or on the node: one row in table.c for each, one file for each kind. */
#ifndef DOROCE_SETTING_SETTING_H
#define DOROCE_SETTING_SETTING_H

#include "base/opt.h"
#include "port/port.h"
#include "setting/value.h"

/* Order inside one run: what a later stage needs is done by an earlier one. */
enum stage { STAGE_LINK, STAGE_SYSCTL, STAGE_ADDRESS, STAGE_ROUTE, STAGE_RULE, STAGE_FILE };

enum setting_id {
	SETTING_MTU,
	SETTING_UP,
	SETTING_ARP_IGNORE,
	SETTING_ARP_ANNOUNCE,
	SETTING_ARP_FILTER,
	SETTING_ARP_ACCEPT,
	SETTING_RP_FILTER,
	SETTING_ACCEPT_RA,
	SETTING_KEEP_ADDR_ON_DOWN,
	SETTING_ADDRESS,
	SETTING_ROUTE,
	SETTING_RULE,
	SETTING_FILE,
	SETTING_N
};

/* A route that shall be there (OPT_SET), or one with this key that shall not (OPT_NONE). */
struct route_wish {
	enum opt is;
	struct route route;
};

/* All that is wished of one port. number: by setting id, of the settings that are numbers.
 * flush: it shall have no addresses but addrs and its link-local ones. */
struct wish {
	const struct port *port;
	struct opt_u32 number[SETTING_N];
	struct addrs addrs;
	bool flush;
	struct VEC(struct route_wish) routes;
	struct rules rules;
};

/* A file that shall be there (OPT_SET), or that shall not (OPT_NONE; text is not used). why: for the
 * operator, "netplan". owner, mode: of a new file; those of one that is there are kept. */
struct file_wish {
	enum opt is;
	const char *path, *text, *why;
	mode_t mode;
};

struct file_wishes VEC(struct file_wish);

/* Of all ports, in their order; files: of the node. */
struct wishes {
	struct wish *at;
	size_t n, room;
	struct file_wishes files;
};

/* One change: what is there, what shall be there. Undo is the same with both exchanged.
 * port: NULL: of the node. */
struct op {
	const struct setting *setting;
	const struct port *port;
	struct value old;
	struct value want;
};

struct ops VEC(struct op);

/* A value that no change of ours can bring about; text: what is in the way and what mends it.
 * advisory: RoCE works all the same; worth a warning, no reason to refuse. */
struct obstacle {
	const struct port *port;
	const struct setting *setting;
	char *seen;
	char *wanted;
	char *why;
	char *mend;
	bool advisory;
};

struct obstacles VEC(struct obstacle);

/* Where a plan grows. */
struct planning {
	struct arena *arena;
	const struct node *node;
	const struct wishes *wishes; /* of all ports */
	struct ops ops;
	struct obstacles obstacles;
};

/* Value of p now. */
typedef uint32_t setting_get_fn(const struct setting *s, const struct port *p);

/* Add to pl what brings w's port to the wish. Pure. */
typedef void setting_plan_fn(struct planning *pl, const struct setting *s, const struct wish *w);

/* The same of a setting of the node. */
typedef void setting_plan_node_fn(struct planning *pl, const struct setting *s, const struct wishes *ws);

/* Write `to` where `from` is; serves undo too. 0 or -errno of the kernel. */
typedef int setting_apply_fn(struct kern *k, const struct op *op, const struct value *from,
			     const struct value *to, struct err *e);

/* Write n consecutive ops of one port by one message, all or none; undo: the old values. */
typedef int setting_join_fn(struct kern *k, const struct op *op, size_t n, bool undo, struct err *e);

/* True when the effective value of a setting with a counterpart in `all` serves the wish. */
typedef bool setting_serves_fn(uint32_t wish, uint32_t effective);

/* A NULL hook takes the generic form named beside it. */
struct setting {
	const char *name;   /* in output: "mtu", "arp_ignore" */
	const char *key;    /* place in a port's intent: "mtu", "arp.ignore"; NULL: follows from others */
	const char *unit;   /* of the number, "" when it has none */
	const char *source; /* kernel interface */
	const char *why;    /* what goes wrong without it */
	enum stage stage;
	uint32_t min, max; /* of the number, both allowed */
	uint16_t conf;     /* id of a setting below net.ipv4.conf or net.ipv6.conf, see CONF6 */
	bool advisory;     /* RoCE works without it */
	setting_get_fn *get;
	setting_plan_fn *plan; /* plan_if_unequal */
	setting_plan_node_fn *plan_node; /* NULL: of a port */
	setting_apply_fn *apply;
	setting_join_fn *join; /* each op alone, by apply */
	setting_serves_fn *serves;
};

/* All settings, SETTING_N of them by enum setting_id. */
extern const struct setting settings[SETTING_N];

/* The setting with the name or with the key, else NULL. */
const struct setting *setting_by_name(const char *name);
const struct setting *setting_by_key(const char *key);

static inline enum setting_id setting_id(const struct setting *s)
{
	return (enum setting_id)(s - settings);
}

/* Note one change. */
void planning_add(struct planning *pl, const struct setting *s, const struct port *p,
		  const struct value *old, const struct value *want);

/* One change when a number is wished and is not the one that is there. */
void plan_if_unequal(struct planning *pl, const struct setting *s, const struct wish *w);

/* True when the wishes take the address off its port; the rule, which leads from such an address. */
bool address_goes(const struct planning *pl, const struct addr *ad);
bool rule_goes(const struct planning *pl, const struct rule *ru);

/* True when the port has no IPv6, which is noted as an obstacle of s. */
bool ip6_is_missing(struct planning *pl, const struct setting *s, const struct wish *w);

/* Hooks of the rows, each in the file of its kind. */
setting_get_fn mtu_get, up_get, conf_get;
setting_plan_fn mtu_plan, conf_plan, address_plan, route_plan, rule_plan;
setting_plan_node_fn file_plan;
setting_apply_fn mtu_apply, up_apply, conf_apply, address_apply, route_apply, rule_apply, file_apply;
setting_join_fn conf_join;
setting_serves_fn serves_at_least, serves_exactly, serves_one_or_two, serves_rp_filter, serves_above_zero;

#endif
