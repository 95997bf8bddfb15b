/* SPDX-License-Identifier: MIT */
/* What the kinds of owners have in common. */
#ifndef DOROCE_OWNER_KINDS_H
#define DOROCE_OWNER_KINDS_H

#include "owner/owner.h"

/* Kinds of settings that an owner speaks of, where it is not a sysctl. */
enum owned { OWNED_OTHER, OWNED_SYSCTL, OWNED_MTU, OWNED_ADDRESS, OWNED_ROUTE, OWNED_RULE, OWNED_DCB };

enum owned owned_by(const struct setting *s);

/* The search for one port. */
struct search {
	const struct owner_in *in;
	const struct port *port;
	const struct wish *wish; /* NULL: nothing is wished of it */
	struct owners *ret;
};

/* Where something is said. */
struct spot {
	const char *owner, *file, *unit;
	unsigned int line;
};

/* Add the owner to every setting of the kind. text NULL: by contradiction alone. */
void owner_add(const struct search *s, enum owned kind, const struct spot *at, const char *says, bool contradicts,
	       const char *text);

/* What a contradiction is called: of a wish, or of what is there now. */
const char *wrong_text(bool wished);

/* The same of an address ("10.0.0.1/24", "dhcp") and of an MTU, judged by what is wished or there. */
void owner_add_address(const struct search *s, const struct spot *at, const char *says);
void owner_add_mtu(const struct search *s, const struct spot *at, const char *says);

/* Why this effective value of a setting below net.ipv4.conf would be wrong for the port, NULL: it serves. */
const char *conf_wrong(const struct search *s, const struct setting *set, uint32_t effective);

/* True when the unit runs or is enabled. */
bool unit_is_used(const struct tree *t, const char *unit);

/* Files of the directories, as drop-ins are read: by name over all of them, the earlier directory hides the later,
 * and a link to /dev/null hides all. Ends of both lists: NULL. */
struct tree_files VEC(const struct tree_file *);
struct tree_files drop_ins(const struct tree *t, const char *const *dirs, const char *glob, struct arena *a);

/* Lines `key = value` below `[section]`. Begin with text and zeros. */
struct ini {
	const char *text;
	unsigned int line;
	char section[128], buf[1024];
	char *key, *value;
};

bool ini_next(struct ini *it);

/* True when one of the words fits (globs, `!word`: none of these), as systemd's [Match] has it. */
bool words_fit(const char *words, const char *name);

/* "yes", "true", "on", "1" */
bool is_yes(const char *text);

/* True when the text is the MAC address of the port. */
bool is_mac(const char *text, const struct port *p);

/* True when an ifcfg file of network-scripts is the port's. */
bool ifcfg_binds(const struct tree *t, const struct port *p);

typedef void owner_kind_fn(const struct search *s);
owner_kind_fn sysctl_owners, networkd_owners, networkmanager_owners, netplan_owners, ifcfg_owners, wicked_owners,
	ifupdown_owners, dcb_owners;

#endif
