/* SPDX-License-Identifier: MIT */
/* Files under the names of nv-mlnxipcfg.py: its own are known and taken over, doroce's have one name at a time. */
#include "backend.h"
#include "persist/text.h"

#define NETPLAN "/etc/netplan/55-nvidia-autoconfig.yaml"
#define SYSCTL "/etc/sysctl.d/55-nvidia-arpdefaults.conf"

static const char netplan_text[] =
	"network:\n"
	"  ethernets:\n"
	"    ens1f0np0:\n"
	"      addresses:\n"
	"      - 10.8.0.1/24\n"
	"      routes:\n"
	"      - metric: 101\n"
	"        table: 101\n"
	"        to: 0.0.0.0/1\n"
	"        via: 10.8.0.254\n"
	"      - metric: 101\n"
	"        table: 101\n"
	"        to: 128.0.0.0/1\n"
	"        via: 10.8.0.254\n"
	"      routing-policy:\n"
	"      - from: 10.8.0.1\n"
	"        priority: 32761\n"
	"        table: 101\n"
	"  renderer: networkd\n"
	"  version: 2\n";

static const char sysctl_text[] = "\nnet.ipv4.conf.p0.100.arp_accept = 1\nnet.ipv4.conf.p0.100.arp_announce = 1\n"
				  "net.ipv4.conf.p0.100.arp_filter = 0\nnet.ipv4.conf.p0.100.rp_filter = 2\n"
				  "net.ipv4.conf.p0.100.arp_ignore = 1\n";

static bool is_known(const char *path, const char *text)
{
	auto_arena a = { 0 };
	const struct file f = { .path = path, .text = text, .len = strlen(text) };

	return script_wrote(&a, &f);
}

static void files_of_the_script_are_known_by_name_and_content(void **state)
{
	(void)state;
	assert_true(is_known(NETPLAN, netplan_text));
	assert_true(is_known(SYSCTL, sysctl_text));
	assert_false(is_known("/etc/netplan/50-cloud-init.yaml", netplan_text));
	assert_false(is_known("/etc/sysctl.d/60-mine.conf", sysctl_text));
	assert_false(is_known(NETPLAN, "network: {version: 2, renderer: networkd}\n"));
	assert_false(is_known(SYSCTL, ""));
	assert_false(is_known(SYSCTL, "\n\n"));
	assert_false(is_known(SYSCTL, "net.ipv4.conf.p0.arp_ignore = 1\nnet.ipv4.ip_forward = 0\n"));
	assert_false(is_known(SYSCTL, "net.ipv4.conf.p0.arp_ignore = 2\n"));
	assert_false(is_known(SYSCTL, "kernel.x.arp_ignore = 1\n"));
}

static void the_scripts_netplan_file_is_replaced_and_not_taken_for_anothers(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	pl->in.script_names = true;
	plans_seen(pl, NETPLAN, netplan_text);
	struct outcome o = outcome_of("netplan", pl);
	assert_no_note(&o);
	assert_int_equal(o.files.n, 1);
	assert_string_equal(o.files.at[0].path, NETPLAN);
	assert_true(persist_is_ours(&(struct file){ .text = o.files.at[0].text }));
	pl->in.script_names = false;
	o = outcome_of("netplan", pl);
	assert_string_equal(o.files.at[0].path, "/etc/netplan/90-doroce.yaml");
	assert_told(&o, "ens1f0np0", NETPLAN ":3: also defines ens1f0np0");
}

/* Ours under the other name goes, whichever that is. */
static void files_have_one_name_at_a_time(void **state)
{
	static const char *const names[][2] = {
		{ "/etc/netplan/90-doroce.yaml", NETPLAN },
		{ "/etc/sysctl.d/90-doroce.conf", SYSCTL },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_one_subnet(&a);
		const char *const *name = names[i / 2];
		struct outcome o = { 0 };

		pl->in.script_names = i % 2;
		plans_seen(pl, name[!(i % 2)], PERSIST_MARK "\nnetwork: {version: 2}\n");
		(i / 2 ? persist_sysctl.write : netplan_write)(&pl->in, &o.files, &o.notes);
		assert_no_note(&o);
		assert_int_equal(o.files.n, 2);
		assert_int_equal(plans_file(&o.files, name[i % 2])->is, OPT_SET);
		assert_int_equal(plans_file(&o.files, name[!(i % 2)])->is, OPT_NONE);
	}
}

/* A file that comes before the one name comes after the other: its MTU counts then. */
static void what_comes_after_depends_on_the_name(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	plans_seen(pl, "/etc/netplan/70-mtu.yaml", "network: {ethernets: {ens1f0np0: {mtu: 1500}}}\n");
	struct outcome o = outcome_of("netplan", pl);
	assert_int_equal(fatal_count(&o), 0);
	pl->in.script_names = true;
	o = outcome_of("netplan", pl);
	assert_fatal(&o, "ens1f0np0", "read after 55-nvidia-autoconfig.yaml");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_the_script_are_known_by_name_and_content),
		cmocka_unit_test(the_scripts_netplan_file_is_replaced_and_not_taken_for_anothers),
		cmocka_unit_test(files_have_one_name_at_a_time),
		cmocka_unit_test(what_comes_after_depends_on_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
