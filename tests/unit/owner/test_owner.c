/* SPDX-License-Identifier: MIT */
/* Who else sets what doroce sets: whole nodes from data/owner, and single traps. */
#include <linux/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "fake/site.h"
#include "kern/tree.h"
#include "owner/owner.h"
#include "test.h"

/* Three RoCE ports p0, p1, p2; the sequence from 10.0.0.1/24 is wished where `wished`. */
static struct owners owners_of(struct site *s, const struct tree *t, bool wished)
{
	const struct wishes none = { 0 };
	struct owners ret = { 0 };

	site_plan(s);
	owners_find(&(struct owner_in){ .arena = &s->arena, .tree = t, .node = &s->node,
					.wishes = wished ? &s->wishes : &none }, &ret);
	return ret;
}

static const char *text_of(const struct owners *os, struct arena *a)
{
	const char *text = "";

	for vec_each(o, os)
		text = arena_printf(a, "%s%s%s %s %s:%u [%s] %s; %s\n", text, o->contradicts ? "!" : " ",
				    o->port->link.name, o->name, o->file ? o->file : o->owner, o->line, o->unit,
				    o->says, o->text);
	return text;
}

/* The node below data/owner/NAME gives what is in data/owner/NAME.expected. */
static void must_be_expected(const char *name, bool wished)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");
	const char *path = arena_printf(&s->arena, "data/owner/%s.expected", name);
	struct tree t = { 0 };
	char want[16384] = "";

	tree_read(arena_printf(&s->arena, "data/owner/%s", name), owner_reads, &s->arena, &t);
	assert_true(t.n > 3);
	struct owners os = owners_of(s, &t, wished);
	const char *got = text_of(&os, &s->arena);
	auto_file f = fopen(path, "re");
	if (f)
		want[fread(want, 1, sizeof(want) - 1, f)] = '\0';
	if (strcmp(want, got) == 0)
		return;
	fputs(got, stderr); /* fail_msg() cuts */
	fail_msg("%s is not what was found", path);
}

static void ubuntu_with_netplan_networkd_and_cloud_init(void **state)
{
	(void)state;
	must_be_expected("ubuntu", true);
}

static void rhel_with_networkmanager_ifcfg_tuned_and_lldpad(void **state)
{
	(void)state;
	must_be_expected("rhel", true);
}

static void debian_with_ifupdown_and_procps(void **state)
{
	(void)state;
	must_be_expected("debian", true);
}

static void suse_with_wicked(void **state)
{
	(void)state;
	must_be_expected("suse", true);
}

static void put(struct site *s, struct tree *t, const char *path, const char *text)
{
	*vec_add(&s->arena, t) = (struct tree_file){ .path = path, .text = text, .link = "" };
}

static const struct owner *first(const struct owners *os, const char *port, const char *name)
{
	for vec_each(o, os)
		if (strcmp(o->port->link.name, port) == 0 && strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

/* Lines of sysctl.d for p0; what counts for rp_filter, "" nobody's. */
static void each_sysctl_line_counts_as_systemd_has_it(void **state)
{
	static const struct {
		const char *early, *late, *says;
	} rows[] = {
		{ "net.ipv4.conf.p0.rp_filter=1", "net.ipv4.conf.p0.rp_filter=2", "2" },
		{ "net.ipv4.conf.p0.rp_filter=1", "net.ipv4.conf.*.rp_filter=2", "1" },
		{ "net.ipv4.conf.p*.rp_filter=1", "net/ipv4/conf/*/rp_filter = 0", "0" },
		{ "net.ipv4.conf.p*.rp_filter=1", "-net.ipv4.conf.p0.rp_filter", "" },
		{ "-net.ipv4.conf.p0.rp_filter = 1", "#net.ipv4.conf.p0.rp_filter=0", "1" },
		{ "net.ipv4.conf.p00.rp_filter=1", "net.ipv4.conf.p0/1.rp_filter=1", "" },
		{ "net.ipv4.conf.p0.rp_filter", "; comment", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_site *s = site_new(1, 0, NULL);
		struct tree t = { 0 };

		put(s, &t, "/usr/lib/sysctl.d/10-a.conf", rows[i].early);
		put(s, &t, "/etc/sysctl.d/20-b.conf", rows[i].late);
		struct owners os = owners_of(s, &t, false);
		const struct owner *o = first(&os, "p0", "rp_filter");
		if (strcmp(o ? o->says : "", rows[i].says) != 0)
			fail_msg("row %zu: %s", i, o ? o->says : "nobody");
	}
}

static void a_file_of_etc_hides_its_namesake(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct tree t = { 0 };

	(void)state;
	put(s, &t, "/usr/lib/sysctl.d/50-x.conf", "net.ipv4.conf.p0.rp_filter=1");
	put(s, &t, "/etc/sysctl.d/50-x.conf", "\nnet.ipv4.conf.p0.arp_ignore=1");
	struct owners os = owners_of(s, &t, false);
	assert_null(first(&os, "p0", "rp_filter"));
	assert_string_equal(first(&os, "p0", "arp_ignore")->file, "/etc/sysctl.d/50-x.conf");
	assert_int_equal(first(&os, "p0", "arp_ignore")->line, 2);
}

/* all and the port: the larger counts; of arp_filter either */
static void a_value_of_all_is_judged_by_its_effect(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");
	struct tree t = { 0 };

	(void)state;
	put(s, &t, "/etc/sysctl.d/1.conf", "net.ipv4.conf.all.rp_filter=1\nnet.ipv4.conf.p0.rp_filter=2\n"
					   "net.ipv4.conf.all.arp_filter=1\nnet.ipv4.conf.p0.arp_filter=0\n");
	struct owners os = owners_of(s, &t, true);
	assert_false(first(&os, "p0", "rp_filter")->contradicts);
	assert_string_equal(first(&os, "p0", "rp_filter")->text, "at boot, effective 2");
	assert_true(first(&os, "p0", "arp_filter")->contradicts);
}

static void without_an_intent_what_is_there_now_counts(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct tree t = { 0 };

	(void)state;
	fake_link(&s->fake, "p0")->conf[IPV4_DEVCONF_ARP_IGNORE] = 1;
	put(s, &t, "/etc/sysctl.d/1.conf", "net.ipv4.conf.p0.arp_ignore=1\nnet.ipv4.conf.p0.arp_announce=2\n");
	struct owners os = owners_of(s, &t, false);
	assert_false(first(&os, "p0", "arp_ignore")->contradicts);
	assert_false(first(&os, "p0", "arp_announce")->contradicts); /* 2 serves a 0 */
	fake_link(&s->fake, "p0")->conf[IPV4_DEVCONF_ARP_IGNORE] = 0;
	os = owners_of(s, &t, false);
	assert_true(first(&os, "p0", "arp_ignore")->contradicts);
}

/* A new row joins by itself: by its id below net.ipv4.conf, by its stage, by its source. */
static void every_setting_below_conf_is_found_by_its_name(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct tree t = { 0 };
	const char *text = "";

	(void)state;
	for (const struct setting *set = settings; set < settings + SETTING_N; set++)
		if (set->conf && set->get)
			text = arena_printf(&s->arena, "%s%s.p0.%s = 1\n", text, conf_group(set->conf),
					    conf_name(set->conf));
	put(s, &t, "/etc/sysctl.d/1.conf", text);
	struct owners os = owners_of(s, &t, false);
	for (const struct setting *set = settings; set < settings + SETTING_N; set++)
		if (set->conf && set->get && !first(&os, "p0", set->name))
			fail_msg("%s: nobody", set->name);
}

static void cloud_init_that_is_off_writes_nothing(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct tree t = { 0 };

	(void)state;
	put(s, &t, "/etc/netplan/50-cloud-init.yaml", "network: {ethernets: {p0: {mtu: 1500}}}\n");
	put(s, &t, "/etc/cloud/cloud.cfg", "");
	struct owners os = owners_of(s, &t, false);
	must_contain(first(&os, "p0", "mtu")->text, "cloud-init writes this file anew");
	put(s, &t, "/etc/cloud/cloud.cfg.d/99.cfg", "network: {config: disabled}\n");
	os = owners_of(s, &t, false);
	assert_null(strstr(first(&os, "p0", "mtu")->text, "cloud-init"));
}

static void broken_files_say_nothing_and_harm_nothing(void **state)
{
	static const char *const texts[] = { "", "network: [", "network:\n  ethernets: 7\n", "[Match\nName", "= = =\n",
					     "\t\n", "network: {ethernets: {p0: [1, {2: 3}]}}", "[Match]\nName=p0\n[" };
	static const char *const paths[] = { "/etc/netplan/1.yaml", "/etc/systemd/network/1.network",
					     "/etc/NetworkManager/system-connections/1", "/etc/sysctl.d/1.conf",
					     "/etc/network/interfaces", "/etc/sysconfig/network-scripts/ifcfg-p0",
					     "/var/lib/lldpad/lldpad.conf", "/etc/tuned/active_profile" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_site *s = site_new(1, 0, "10.0.0.1/24");
		struct tree t = { 0 };

		put(s, &t, "/run/systemd/units/invocation:NetworkManager.service", "");
		put(s, &t, "/run/systemd/units/invocation:systemd-networkd.service", "");
		put(s, &t, "/run/systemd/units/invocation:networking.service", "");
		put(s, &t, "/run/systemd/units/invocation:tuned.service", "");
		for (size_t k = 0; k < ARRAY_LEN(paths); k++)
			put(s, &t, paths[k], texts[i]);
		struct owners os = owners_of(s, &t, true);
		assert_null(first(&os, "p0", "mtu"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ubuntu_with_netplan_networkd_and_cloud_init),
		cmocka_unit_test(rhel_with_networkmanager_ifcfg_tuned_and_lldpad),
		cmocka_unit_test(debian_with_ifupdown_and_procps),
		cmocka_unit_test(suse_with_wicked),
		cmocka_unit_test(each_sysctl_line_counts_as_systemd_has_it),
		cmocka_unit_test(a_file_of_etc_hides_its_namesake),
		cmocka_unit_test(a_value_of_all_is_judged_by_its_effect),
		cmocka_unit_test(without_an_intent_what_is_there_now_counts),
		cmocka_unit_test(every_setting_below_conf_is_found_by_its_name),
		cmocka_unit_test(cloud_init_that_is_off_writes_nothing),
		cmocka_unit_test(broken_files_say_nothing_and_harm_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
