/* SPDX-License-Identifier: MIT */
/* Which manager runs a port: from what the managers leave under /run, and their files. */
#include <string.h>

#include "persist/detect.h"
#include "test.h"

/* A node with p0 (ifindex 10) and p1 (11), and the files named. */
struct bench {
	struct arena arena;
	struct tree tree;
	struct port port[2];
	struct wish wish[2];
	const char *why;
};

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .port = { { .link = { .ifindex = 10, .name = "p0" } },
				      { .link = { .ifindex = 11, .name = "p1" } } } };
	b.wish[0].port = &b.port[0];
	b.wish[1].port = &b.port[1];
	*state = &b;
	return 0;
}

static int bench_close(void **state)
{
	arena_done(&((struct bench *)*state)->arena);
	return 0;
}

static void file(struct bench *b, const char *path, const char *text)
{
	*vec_add(&b->arena, &b->tree) = (struct tree_file){ .path = path, .text = text, .link = "" };
}

static void unit(struct bench *b, const char *name)
{
	file(b, arena_printf(&b->arena, "/run/systemd/units/invocation:%s.service", name), "");
}

static const char *chosen(struct bench *b)
{
	const struct wishes ws = { .at = b->wish, .n = 2 };

	return detect_backend(&b->tree, &ws, &b->arena, &b->why);
}

static void must_choose(struct bench *b, const char *backend, const char *why)
{
	const char *got = chosen(b);

	if (!got || strcmp(got, backend) != 0)
		fail_msg("%s: %s", got ? got : "none", b->why);
	must_contain(b->why, why);
}

static void must_refuse(struct bench *b, const char *why)
{
	const char *got = chosen(b);

	if (got)
		fail_msg("%s: %s", got, b->why);
	must_contain(b->why, why);
}

static void networkd_that_configures_the_ports_is_taken(void **state)
{
	struct bench *b = *state;

	unit(b, "systemd-networkd");
	unit(b, "NetworkManager");
	file(b, "/run/systemd/netif/links/10", "ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/70-p0.network\n");
	file(b, "/run/systemd/netif/links/11", "ADMIN_STATE=configuring\n");
	file(b, "/run/NetworkManager/devices/10", "[device]\nmanaged=false\n");
	must_choose(b, "networkd", "systemd-networkd (configured, by /etc/systemd/network/70-p0.network)");
}

static void netplan_above_networkd_is_taken(void **state)
{
	struct bench *b = *state;

	unit(b, "systemd-networkd");
	for (int i = 0; i < 2; i++)
		file(b, i ? "/run/systemd/netif/links/11" : "/run/systemd/netif/links/10",
		     "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-p0.network\n");
	must_choose(b, "netplan", "10-netplan-p0.network");
}

static void networkmanager_is_taken_by_its_profile(void **state)
{
	struct bench *b = *state;

	unit(b, "NetworkManager");
	unit(b, "systemd-networkd");
	file(b, "/run/systemd/netif/links/10", "ADMIN_STATE=unmanaged\n");
	file(b, "/run/NetworkManager/devices/10", "[device]\nmanaged=true\nconnection-uuid=c0ffee\n");
	must_choose(b, "networkmanager", "profile c0ffee");
}

static void a_keyfile_of_networkmanager_is_named(void **state)
{
	struct bench *b = *state;

	unit(b, "NetworkManager");
	file(b, "/run/NetworkManager/devices/10", "[device]\nmanaged=true\nconnection-uuid=c0ffee\n");
	file(b, "/etc/NetworkManager/system-connections/doroce-p0.nmconnection", "[connection]\nuuid=c0ffee\n");
	must_choose(b, "networkmanager", "by /etc/NetworkManager/system-connections/doroce-p0.nmconnection");
}

static void netplan_above_networkmanager_is_taken(void **state)
{
	struct bench *b = *state;

	unit(b, "NetworkManager");
	file(b, "/run/NetworkManager/devices/10", "[device]\nmanaged=true\nconnection-uuid=c0ffee\n");
	file(b, "/run/NetworkManager/system-connections/netplan-p0.nmconnection", "[connection]\nuuid=C0FFEE\n");
	must_choose(b, "netplan", "netplan-p0.nmconnection");
}

static void networkmanager_with_ifcfg_files_is_ifcfg(void **state)
{
	struct bench *b = *state;

	unit(b, "NetworkManager");
	file(b, "/run/NetworkManager/devices/10", "[device]\nmanaged=true\nconnection-uuid=c0ffee\n");
	file(b, "/etc/sysconfig/network-scripts/ifcfg-p0", "DEVICE=p0\nUUID=\"c0ffee\"\n");
	must_choose(b, "ifcfg", "/etc/sysconfig/network-scripts/ifcfg-p0");
}

static void wicked_ifupdown_and_network_scripts_are_taken(void **state)
{
	static const struct {
		const char *unit, *path, *text, *backend;
	} rows[] = {
		{ "wickedd", "/etc/sysconfig/network/ifcfg-p0", "STARTMODE=auto\n", "wicked" },
		{ "networking", "/run/network/ifstate", "lo=lo\np0=p0\n", "ifupdown" },
		{ "network", "/etc/sysconfig/network-scripts/ifcfg-p0", "DEVICE=p0\n", "ifcfg" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bench *b = *state;

		b->tree.n = 0;
		unit(b, rows[i].unit);
		file(b, rows[i].path, rows[i].text);
		must_choose(b, rows[i].backend, rows[i].path);
	}
}

/* files of a manager that has been stopped, or of /etc of one that was never started */
static void a_manager_that_does_not_run_does_not_count(void **state)
{
	struct bench *b = *state;

	unit(b, "sshd");
	file(b, "/run/systemd/netif/links/10", "ADMIN_STATE=configured\n");
	file(b, "/etc/sysconfig/network-scripts/ifcfg-p0", "DEVICE=p0\n");
	file(b, "/run/network/ifstate", "p0=p0\n");
	must_refuse(b, "no network manager runs here");
	assert_null(port_manager(&b->tree, &b->port[0].link, &b->arena).manager);
}

static void without_systemd_a_managers_trace_counts(void **state)
{
	struct bench *b = *state;

	file(b, "/run/network/ifstate", "lo=lo\np0=p0\n");
	must_choose(b, "ifupdown", "/run/network/ifstate");
}

static void ports_nobody_runs_go_to_the_only_manager(void **state)
{
	struct bench *b = *state;

	unit(b, "systemd-networkd");
	file(b, "/run/systemd/netif/links/10", "ADMIN_STATE=unmanaged\n");
	must_choose(b, "networkd", "systemd-networkd is the only network manager here");
	file(b, "/etc/netplan/50-cloud-init.yaml", "network: {version: 2}\n");
	must_choose(b, "netplan", "nobody runs the ports yet");
}

static void with_several_managers_and_no_claim_it_is_asked_for(void **state)
{
	struct bench *b = *state;

	unit(b, "systemd-networkd");
	unit(b, "NetworkManager");
	file(b, "/run/NetworkManager/devices/10", "[device]\nmanaged=false\n");
	must_refuse(b, "systemd-networkd (--persist=networkd), NetworkManager (--persist=networkmanager)");
	struct port_manager pm = port_manager(&b->tree, &b->port[0].link, &b->arena);
	assert_null(pm.manager);
	assert_string_equal(pm.why, "nobody (NetworkManager leaves it alone)");
}

static void ports_of_different_managers_are_named(void **state)
{
	struct bench *b = *state;

	unit(b, "systemd-networkd");
	unit(b, "NetworkManager");
	file(b, "/run/systemd/netif/links/10", "ADMIN_STATE=configured\n");
	file(b, "/run/NetworkManager/devices/11", "[device]\nmanaged=true\nconnection-uuid=c0ffee\n");
	must_refuse(b, "p0: systemd-networkd (configured): --persist=networkd; "
		       "p1: NetworkManager (profile c0ffee): --persist=networkmanager");
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(networkd_that_configures_the_ports_is_taken),
		bench_test(netplan_above_networkd_is_taken),
		bench_test(networkmanager_is_taken_by_its_profile),
		bench_test(a_keyfile_of_networkmanager_is_named),
		bench_test(netplan_above_networkmanager_is_taken),
		bench_test(networkmanager_with_ifcfg_files_is_ifcfg),
		bench_test(wicked_ifupdown_and_network_scripts_are_taken),
		bench_test(a_manager_that_does_not_run_does_not_count),
		bench_test(without_systemd_a_managers_trace_counts),
		bench_test(ports_nobody_runs_go_to_the_only_manager),
		bench_test(with_several_managers_and_no_claim_it_is_asked_for),
		bench_test(ports_of_different_managers_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
