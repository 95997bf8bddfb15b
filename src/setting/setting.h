/* SPDX-License-Identifier: MIT */
/* What doroce can set on a port or on the node: one row in table.c for each, one file for each kind. */
#ifndef DOROCE_SETTING_SETTING_H
#define DOROCE_SETTING_SETTING_H

#include "base/diag.h"
#include "base/opt.h"
#include "port/port.h"
#include "setting/value.h"

/* Order inside one run: what a later stage needs is done by an earlier one. */
enum stage { STAGE_QOS, STAGE_LINK, STAGE_SYSCTL, STAGE_ADDRESS, STAGE_ROUTE, STAGE_RULE, STAGE_RDMA, STAGE_FILE };

/* Of one stage and port in this order. */
enum setting_id {
	SETTING_DCBX,
	SETTING_PAUSE,
	SETTING_BUFFER,
	SETTING_CABLE_LENGTH,
	SETTING_ETS,
	SETTING_MAXRATE,
	SETTING_DSCP_PRIO,
	SETTING_TRUST,
	SETTING_PFC,
	SETTING_VLAN_EGRESS,
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
	SETTING_CM_MODE,
	SETTING_CM_TOS,
	SETTING_TRAFFIC_CLASS,
	SETTING_ECN_NP,
	SETTING_ECN_RP,
	SETTING_CNP_DSCP,
	SETTING_CNP_PRIO,
	SETTING_ACCEL_RETRANSMISSION,
	SETTING_ACCEL_TX_WINDOW,
	SETTING_ACCEL_SLOW_RESTART,
	SETTING_SELECTIVE_REPEAT,
	SETTING_RTTCC,
	SETTING_TCP_ECN,
	SETTING_FILE,
	SETTING_N
};

/* A route that shall be there (OPT_SET), or one with this key that shall not (OPT_NONE). */
struct route_wish {
	enum opt is;
	struct route route;
};

/* All that is wished of one port. number: by setting id, of the settings that are numbers.
 * list: the same of settings that are lists, LIST_ANY where a place is not ours; OPT_NONE: the intent says that it is
 * not ours, and nothing is made to follow from other wishes.
 * said_at: by setting id, where the intent says it; NULL: not known.
 * follows: by setting id, it follows from another wish; where the driver has no such thing, nothing is missing.
 * flush: it shall have no addresses but addrs and its link-local ones. */
struct wish {
	const struct port *port;
	struct opt_u32 number[SETTING_N];
	struct opt_list list[SETTING_N];
	const struct place *said_at;
	bool follows[SETTING_N];
	struct addrs addrs;
	bool flush;
	struct VEC(struct route_wish) routes;
	struct rules rules;
};

/* A file that shall be there (OPT_SET), or that shall not (OPT_NONE; text is not used). why: for the
 * operator, "netplan". owner, mode: of a new file; those of one that is there are kept.
 * edits: the file is others', and text has their lines beside ours. */
struct file_wish {
	enum opt is;
	bool edits;
	const char *path, *text, *why;
	mode_t mode;
};

struct file_wishes VEC(struct file_wish);

/* Of all ports, in their order; node, files: of the node. */
struct wishes {
	struct wish *at;
	size_t n, room;
	struct wish node;
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

/* What was read of a setting: its value now; why: there is none to be had, for the operator ("the driver
 * veth has no PFC"). derived: it follows from other settings and can not be written by itself. cap: priorities that
 * can have PFC, traffic classes that there are, bytes of all buffers; 0: not known, or as many as there are. */
struct setting_seen {
	struct value value;
	const char *why;
	bool derived;
	uint32_t cap;
};

/* Read from the kernel what node_read() does not: the setting s, and those that come by the same reading, into
 * seen (by setting id). p: the port; NULL: of the node. */
typedef void setting_read_fn(struct kern *k, struct arena *a, const struct setting *s, const struct port *p,
			     struct setting_seen *seen);

/* A value as its users write it. buf has VALUE_TEXT bytes; returns buf. */
typedef const char *setting_text_fn(const struct value *v, char *buf);

/* Value of p now. */
typedef uint32_t setting_get_fn(const struct setting *s, const struct port *p);

/* Add to pl what brings w's port to the wish. Pure. */
typedef void setting_plan_fn(struct planning *pl, const struct setting *s, const struct wish *w);

/* The same of a setting of the node. */
typedef void setting_plan_node_fn(struct planning *pl, const struct setting *s, const struct wishes *ws);

/* Write `to` where `from` is; serves undo too. 0 or -errno of the kernel. */
typedef int setting_apply_fn(struct kern *k, const struct op *op, const struct value *from,
			     const struct value *to, struct err *e);

/* Write n consecutive ops of one port, or of the node, at once; undo: the old values. By one message it is all or
 * none; of files some may be written when one of them fails. */
typedef int setting_join_fn(struct kern *k, const struct op *op, size_t n, bool undo, struct err *e);

/* True when two numbers say the same in one place of the list (0 where it is none): hardware rounds what it takes. */
typedef bool setting_same_fn(uint32_t x, uint32_t y, size_t place);

/* True when the effective value of a setting with a counterpart in `all` serves the wish. */
typedef bool setting_serves_fn(uint32_t wish, uint32_t effective);

/* A NULL hook takes the generic form named beside it. */
struct setting {
	const char *name;   /* in output: "mtu", "arp_ignore" */
	const char *key;    /* place in a port's intent: "mtu", "arp.ignore"; NULL: follows from others */
	const char *unit;   /* of the number, "" when it has none */
	const char *source; /* kernel interface */
	const char *what;   /* what it is, in one line */
	const char *why;    /* what goes wrong without it */
	enum stage stage;
	uint32_t min, max; /* of the number, of each of the list; both allowed */
	size_t count; /* places of a list; 0: it is a number */
	bool whole; /* the places of the list say something together alone: none of them is written or kept by itself */
	const char *flaps; /* what happens to the port's link when it is written, NULL: nothing */
	const char *const *words; /* of the numbers from 0 on, NULL at the end */
	const char *const *kernel_words; /* the same, as the kernel has them in its file */
	const char *place; /* file or attribute that holds it, see the hooks */
	bool of_cm; /* place is a file of rdma_cm, in the folder of the port in configfs */
	const char *elsewhere; /* the same of other drivers; NULL: none */
	const char *unset; /* beside `elsewhere`: not 0 there: the number counts for nothing; NULL: it always counts */
	const char *absent; /* for the operator when neither is there, "" nothing */
	unsigned int part, off; /* of DCB: enum dcb_part, the first number in struct dcb */
	bool of_node;
	uint16_t conf;     /* id of a setting below net.ipv4.conf or net.ipv6.conf, see CONF6 */
	bool advisory;     /* RoCE works without it */
	setting_read_fn *read; /* NULL: get, of what node_read() has read */
	setting_get_fn *get;
	setting_text_fn *text; /* words, else value_text */
	setting_same_fn *same; /* equal */
	setting_plan_fn *plan; /* plan_if_unequal, with read: plan_seen */
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

/* Where the intent says it; NULL: nowhere, or not known. w NULL: nothing is wished. */
const struct place *wish_said_at(const struct wish *w, enum setting_id id);

/* The wish of the netdev, else NULL. */
const struct wish *wishes_find(const struct wishes *ws, int ifindex);

/* MTU in B that is wished for the netdev, 0: none is. */
uint32_t wishes_mtu(const struct wishes *ws, int ifindex);

/* Numbers that its value has. */
static inline size_t setting_places(const struct setting *s)
{
	return s->count ? s->count : 1;
}

/* Note one change. */
void planning_add(struct planning *pl, const struct setting *s, const struct port *p,
		  const struct value *old, const struct value *want);

/* One change when a number is wished and is not the one that is there. */
void plan_if_unequal(struct planning *pl, const struct setting *s, const struct wish *w);

/* Read what the wishes are about and node_read() does not read, into n. */
void settings_read(struct kern *k, struct arena *a, struct node *n, const struct wishes *ws);

/* The wishes that files hold, of settings too: what can be read and written in a copy of a node. */
struct wishes wishes_in_files(const struct wishes *ws, struct arena *a);

/* The same of one setting of one port, NULL: of the node. Needs p in n->ports. */
void setting_read(struct kern *k, struct arena *a, struct node *n, const struct setting *s, const struct port *p);

/* What was read of it; NULL: it was not. p NULL: of the node. */
const struct setting_seen *setting_seen(const struct setting *s, const struct node *n, const struct port *p);

/* The number or the list as it is by what was read; VALUE_NONE: there is none. */
struct value setting_now(const struct setting *s, const struct node *n, const struct port *p);

/* The number, or the list of s->count of them, that stands there; a list it must not outlive. */
struct value setting_value(const struct setting *s, const uint32_t *at);

/* True when the wish mentions it. */
bool setting_is_wished(const struct setting *s, const struct wish *w);

/* True when both say the same, as far as the hardware tells them apart. */
bool setting_same(const struct setting *s, const struct value *x, const struct value *y);

/* True when a change from `from` to `to` writes this place of the list: others may be somebody else's. */
bool setting_writes(const struct setting *s, const struct value *from, const struct value *to, size_t place);

/* True when `now` has what `to` says in each place that the change from `from` writes. */
bool setting_is_made(const struct setting *s, const struct value *from, const struct value *to,
		     const struct value *now);

/* True when each of these places has the one or the other. */
bool setting_is_half_made(const struct setting *s, const struct value *from, const struct value *to,
			  const struct value *now);

/* The value as in `old`, but where the wish says something. */
struct value setting_wanted(const struct setting *s, const struct wish *w, const struct value *old, struct arena *a);

/* A value of the setting for people: see setting_text_fn. s NULL: value_text. */
const char *setting_text(const struct setting *s, const struct value *v, char *buf);

/* The number or the list as it will be: what is wished, and what is there beside it. VALUE_NONE: not known.
 * w NULL: nothing is wished. */
struct value setting_later(const struct setting *s, const struct node *n, const struct port *p, const struct wish *w,
			   struct arena *a);

/* One change when what was read is not as wished; an obstacle when nothing could be read. */
void plan_seen(struct planning *pl, const struct setting *s, const struct wish *w);

/* True when the wishes take the address off its port; the rule, which leads from such an address. */
bool address_goes(const struct planning *pl, const struct addr *ad);
bool rule_goes(const struct planning *pl, const struct rule *ru);

/* True when the port has no IPv6, which is noted as an obstacle of s. */
bool ip6_is_missing(struct planning *pl, const struct setting *s, const struct wish *w);

/* True when a program that reads and writes registers of firmware can be started. */
bool reg_tool_is_there(struct kern *k, const struct port *p);

/* By enum tsa; NULL where there is none of this number. */
extern const char *const tsa_words[TSA_VENDOR + 1];

/* Hooks of the rows, each in the file of its kind. */
setting_get_fn mtu_get, up_get, conf_get;
setting_plan_fn mtu_plan, conf_plan, address_plan, route_plan, rule_plan, dcbx_plan, trust_plan;
setting_plan_node_fn file_plan;
setting_read_fn dcb_read, pause_read, kernfile_read, vlan_egress_read, accl_read, rttcc_read;
setting_text_fn dcbx_text, trust_text, prios_text, dscp_prio_text, ets_text, buffer_text, map_text;
setting_same_fn dcbx_same, buffer_same, maxrate_same;
setting_apply_fn mtu_apply, up_apply, conf_apply, address_apply, route_apply, rule_apply, file_apply, dcb_apply,
	pause_apply, kernfile_apply, vlan_egress_apply, accl_apply, rttcc_apply;
setting_join_fn conf_join, file_join;
setting_serves_fn serves_at_least, serves_exactly, serves_one_or_two, serves_rp_filter, serves_above_zero;

#endif
