/* SPDX-License-Identifier: MIT */
/* Prints the state of a host as sorted lines: equal states are equal text. It shares nothing with doroce, and is one
 * process, since under emulation a process is what takes time.
 *
 *   snapshot FOLDER    links, addresses, routes and rules of both families, settings of net.ipv4 and net.ipv6, and
 *                      what is below the folder, with mode, owner and a checksum
 *
 * Left out is what changes by itself: lifetimes, times of use, counters, order. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* How an attribute is shown; what has no row is shown by its number, as bytes. */
enum form { LEFT_OUT, TEXT, NUMBER, ADDRESS, DEVICE };

struct shown {
	int type;
	const char *name;
	enum form form;
};

/* Of links only what is named here is looked at: the rest is counters and what no one sets. */
static const struct shown link_shown[] = {
	{ IFLA_MTU, "mtu", NUMBER },	   { IFLA_OPERSTATE, "operstate", NUMBER }, { IFLA_QDISC, "qdisc", TEXT },
	{ IFLA_TXQLEN, "txqlen", NUMBER }, { IFLA_ADDRESS, "address", NUMBER },	    { IFLA_MASTER, "master", NUMBER },
};

static const struct shown address_shown[] = {
	{ IFA_ADDRESS, "address", ADDRESS }, { IFA_LOCAL, "local", ADDRESS }, { IFA_BROADCAST, "broadcast", ADDRESS },
	{ IFA_LABEL, "label", TEXT },	     { IFA_FLAGS, "flags", NUMBER },  { IFA_CACHEINFO, "", LEFT_OUT },
};

static const struct shown route_shown[] = {
	{ RTA_DST, "to", ADDRESS },	    { RTA_OIF, "dev", DEVICE },	       { RTA_GATEWAY, "via", ADDRESS },
	{ RTA_PRIORITY, "metric", NUMBER }, { RTA_PREFSRC, "src", ADDRESS },   { RTA_METRICS, "metrics", NUMBER },
	{ RTA_TABLE, "table", NUMBER },	    { RTA_CACHEINFO, "", LEFT_OUT },
};

static const struct shown rule_shown[] = {
	{ FRA_SRC, "from", ADDRESS },	 { FRA_DST, "to", ADDRESS },	    { FRA_PRIORITY, "priority", NUMBER },
	{ FRA_TABLE, "table", NUMBER }, { FRA_PROTOCOL, "proto", NUMBER }, { FRA_IIFNAME, "iif", TEXT },
};

static char **lines;
static size_t n_lines;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes the line over. */
static void line_add(char *line)
{
	lines = realloc(lines, (n_lines + 1) * sizeof(*lines));
	if (!lines || !line)
		die("memory");
	lines[n_lines++] = line;
}

static const char *device(int index)
{
	static char name[IF_NAMESIZE];

	return if_indextoname((unsigned)index, name) ? name : "-";
}

static void bytes_print(FILE *out, const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		fprintf(out, "%02x", bytes[i]);
}

static void number_print(FILE *out, const struct rtattr *a)
{
	uint32_t number;

	if (RTA_PAYLOAD(a) != sizeof(number))
		return bytes_print(out, RTA_DATA(a), RTA_PAYLOAD(a));
	memcpy(&number, RTA_DATA(a), sizeof(number));
	fprintf(out, "%u", number);
}

static void value_print(FILE *out, const struct rtattr *a, enum form form)
{
	char text[INET6_ADDRSTRLEN];

	if (form == TEXT)
		fprintf(out, "%.*s", (int)RTA_PAYLOAD(a), (const char *)RTA_DATA(a));
	else if (form == DEVICE)
		fputs(device(*(const int *)RTA_DATA(a)), out);
	else if (form == ADDRESS && (RTA_PAYLOAD(a) == 4 || RTA_PAYLOAD(a) == 16))
		fputs(inet_ntop(RTA_PAYLOAD(a) == 4 ? AF_INET : AF_INET6, RTA_DATA(a), text, sizeof(text)), out);
	else
		number_print(out, a);
}

/* unnamed: those without a row, too. */
static void attributes_print(FILE *out, const struct rtattr *a, int left, const struct shown *shown, size_t n, bool unnamed)
{
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		size_t i = 0;

		while (i < n && shown[i].type != (a->rta_type & NLA_TYPE_MASK))
			i++;
		if (i < n && shown[i].form != LEFT_OUT) {
			fprintf(out, " %s ", shown[i].name);
			value_print(out, a, shown[i].form);
		} else if (i == n && unnamed) {
			fprintf(out, " %d ", a->rta_type & NLA_TYPE_MASK);
			number_print(out, a);
		}
	}
}

static void link_print(FILE *out, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);

	fprintf(out, "link %s flags %x", device(m->ifi_index), m->ifi_flags);
	attributes_print(out, IFLA_RTA(m), (int)IFLA_PAYLOAD(h), link_shown, LEN(link_shown), false);
}

static void address_print(FILE *out, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *m = NLMSG_DATA(h);

	fprintf(out, "address dev %s prefix %u scope %u", device((int)m->ifa_index), m->ifa_prefixlen, m->ifa_scope);
	attributes_print(out, IFA_RTA(m), (int)IFA_PAYLOAD(h), address_shown, LEN(address_shown), true);
}

static void route_print(FILE *out, const struct nlmsghdr *h)
{
	const struct rtmsg *m = NLMSG_DATA(h);

	if (m->rtm_flags & RTM_F_CLONED)
		return;
	fprintf(out, "route inet%u type %u proto %u scope %u tos %u flags %x length %u from %u", m->rtm_family == AF_INET ? 4 : 6,
		m->rtm_type, m->rtm_protocol, m->rtm_scope, m->rtm_tos, m->rtm_flags, m->rtm_dst_len, m->rtm_src_len);
	attributes_print(out, RTM_RTA(m), (int)RTM_PAYLOAD(h), route_shown, LEN(route_shown), true);
}

static void rule_print(FILE *out, const struct nlmsghdr *h)
{
	const struct fib_rule_hdr *m = NLMSG_DATA(h);

	fprintf(out, "rule inet%u length %u %u tos %u action %u flags %x", m->family == AF_INET ? 4 : 6, m->src_len, m->dst_len,
		m->tos, m->action, m->flags);
	attributes_print(out, (const struct rtattr *)((const char *)m + NLMSG_ALIGN(sizeof(*m))),
			 (int)(h->nlmsg_len - NLMSG_SPACE(sizeof(*m))), rule_shown, LEN(rule_shown), true);
}

static const struct object {
	int get;
	unsigned char family;
	void (*print)(FILE *out, const struct nlmsghdr *h);
} objects[] = {
	{ RTM_GETLINK, AF_UNSPEC, link_print },	   { RTM_GETADDR, AF_UNSPEC, address_print },
	{ RTM_GETROUTE, AF_INET, route_print },	   { RTM_GETROUTE, AF_INET6, route_print },
	{ RTM_GETRULE, AF_INET, rule_print },	   { RTM_GETRULE, AF_INET6, rule_print },
};

static void object_add(const struct object *o, const struct nlmsghdr *h)
{
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		die("memory");
	o->print(out, h);
	fclose(out);
	if (size > 0)
		line_add(line);
}

/* False at the end of the dump. */
static bool dump_part(int fd, const struct object *o)
{
	static char buf[1 << 17];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_TRUNC);

	if (n < 0 || (size_t)n > sizeof(buf))
		die("recv");
	for (const struct nlmsghdr *h = (void *)buf; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return false;
		if (h->nlmsg_type == NLMSG_ERROR)
			die("dump");
		object_add(o, h);
	}
	return true;
}

static void dump(int fd, const struct object *o)
{
	struct {
		struct nlmsghdr h;
		union {
			unsigned char family;
			struct ifinfomsg longest;
		} m;
	} request = { .h = { .nlmsg_len = sizeof(request), .nlmsg_type = (unsigned short)o->get,
			     .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		      .m.family = o->family };

	if (send(fd, &request, sizeof(request), 0) < 0)
		die("send");
	while (dump_part(fd, o))
		;
}

static void settings_add(const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char text[64] = "", *line = NULL;
		int fd = open(found.gl_pathv[i], O_RDONLY);

		if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
			die(found.gl_pathv[i]);
		close(fd);
		if (asprintf(&line, "%s %.*s", found.gl_pathv[i], (int)strcspn(text, "\n"), text) < 0)
			die("memory");
		line_add(line);
	}
	globfree(&found);
}

/* FNV-1a, 64 bits */
static uint64_t checksum(const char *path)
{
	uint64_t sum = 0xcbf29ce484222325;
	unsigned char buf[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			sum = (sum ^ buf[i]) * 0x100000001b3;
	if (n < 0)
		die(path);
	close(fd);
	return sum;
}

static int file_add(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	char link[256] = "", *line = NULL;

	(void)at;
	if (kind == FTW_D)
		return 0;
	if (S_ISLNK(s->st_mode) && readlink(path, link, sizeof(link) - 1) < 0)
		die(path);
	uint64_t sum = S_ISREG(s->st_mode) ? checksum(path) : 0;
	if (asprintf(&line, "%s mode %o owner %u:%u size %lld sum %016llx link %s", path, s->st_mode, s->st_uid, s->st_gid,
		     S_ISREG(s->st_mode) ? (long long)s->st_size : 0LL, (unsigned long long)sum, link) < 0)
		die("memory");
	line_add(line);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const settings[] = {
		"/proc/sys/net/ipv4/conf/*/arp_*",	 "/proc/sys/net/ipv4/conf/*/rp_filter",
		"/proc/sys/net/ipv4/conf/*/accept_local", "/proc/sys/net/ipv6/conf/*/mtu",
		"/proc/sys/net/ipv6/conf/*/disable_ipv6", "/proc/sys/net/ipv6/conf/*/accept_ra",
		"/proc/sys/net/ipv6/conf/*/keep_addr_on_down",
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0 || argc != 2)
		die("usage: snapshot FOLDER");
	for (size_t i = 0; i < LEN(objects); i++)
		dump(fd, &objects[i]);
	for (size_t i = 0; i < LEN(settings); i++)
		settings_add(settings[i]);
	if (nftw(argv[1], file_add, 16, FTW_PHYS) != 0)
		die(argv[1]);
	qsort(lines, n_lines, sizeof(*lines), by_text);
	for (size_t i = 0; i < n_lines; i++)
		puts(lines[i]);
	return 0;
}
