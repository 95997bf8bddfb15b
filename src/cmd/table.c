/* SPDX-License-Identifier: MIT */
/* The table of commands: dispatch and help. */
#include "cmd/cmd.h"
#include "persist/persist.h"

#define INTENT_ARGS "config", "address", "port", "gateway", "mtu", "host", "profile", "tos", "flush", "force"
#define VERIFY_ARGS "peer", "stage", "timeout", "no-in-host", "service", "key-file", "all"

static const char *const show_args[] = { "json", NULL };
#define FILE_ARGS "persist", "no-persist", "root"

static const char *const look_args[] = { "owners", "lldp", "config", "root", "json", NULL };
static const char *const plan_args[] = { INTENT_ARGS, FILE_ARGS, "json", NULL };
static const char *const configure_args[] = { INTENT_ARGS, "keep", "no-probe", "verify", "keep-going", "confirm",
					      "resume", "dry-run", "parallel", FILE_ARGS, "reload", VERIFY_ARGS, "lldp", "json", NULL };
static const char *const verify_args[] = { INTENT_ARGS, FILE_ARGS, VERIFY_ARGS, "lldp", "json", "format", "output", "junit", NULL };
static const char *const watch_args[] = { INTENT_ARGS, "peer", "stage", "timeout", "no-in-host", "service", "key-file",
					  "interval", "json", NULL };
static const char *const serve_args[] = { "config", "service", "key-file", "foreground", NULL };
static const char *const history_args[] = { "root", "json", NULL };
static const char *const revert_args[] = { "all", "unconfirmed", "dry-run", "reload", "parallel", "root", "json",
					   "unless-confirmed", "after", NULL };
static const char *const mlnxipcfg_args[] = { "gateway", "force", "keep", "no-probe", FILE_ARGS, "reload", "json", NULL };
static const char *const doroce_args[] = { "force", "keep", "dry-run", "parallel", "root", "json", NULL };
static const char *const explain_args[] = { "config", "json", NULL };
static const char *const help_args[] = { "man", NULL };
static const char *const no_args[] = { NULL };

const struct command commands[] = {
	{
		.name = "show", .summary = "the RoCE ports of this node", .args = look_args,
		.help = "Lists every port of every RDMA device: netdev, PCI address, driver, firmware, state, speed,\n"
			"MTU, MAC address, addresses, GIDs. InfiniBand ports are listed and never touched. Devices whose\n"
			"netdev is in another network namespace are not ours and only named.\n"
			"With --lldp: for each RoCE port what the switch says of itself: name, port, VLAN, frame size, PFC, ETS,\n"
			"priorities of DSCPs. A malformed frame is told by its place and not used. Needs CAP_NET_RAW.\n"
			"With --owners: for each setting of each RoCE port who else sets it, by file and line or unit: sysctl.d,\n"
			"tuned, netplan, systemd-networkd, NetworkManager, ifcfg, ifupdown, wicked, cloud-init, lldpad; a ! where\n"
			"that is not what the intent wishes, or, without an intent, not what is there now. --root DIR looks at\n"
			"a copy of the files.\n"
			"Exit status: 0, without any RDMA device too; 1 when the node can not be read.",
		.run = cmd_show,
	},
	{
		.name = "plan", .summary = "what configure would change", .args = plan_args,
		.help = "Reads the node, compares it with the intent and prints old and new value of everything\n"
			"that differs, of files the lines. Writes nothing.\n"
			"Exit status: 0 nothing to do, 3 something, 1 failed, 2 usage or bad intent.",
		.run = cmd_plan,
	},
	{
		.name = "configure", .summary = "makes the node as the intent says", .args = configure_args,
		.help = "Makes every change of the plan; when one fails, all are taken back. A second run finds nothing\n"
			"to do. The port that carries the default route or your SSH connection is left alone unless\n"
			"--force names it. Every change is in a journal under /var/lib/doroce before it is made: see revert and\n"
			"history. With --confirm SECONDS all is taken back unless `doroce confirm` comes in time; that holds\n"
			"when this process, its terminal or the network is gone, too. Needs CAP_NET_ADMIN.\n"
			"With persist: in the intent, or --persist, the files from which the network manager makes the same at\n"
			"boot are written with it, all or nothing; the manager reads them when it starts, or with --reload at\n"
			"once. A file that doroce has not written, a symbolic link, one of another user or above 1 MB is named\n"
			"and nothing is written. --root DIR writes files below DIR and changes nothing else; its journal is\n"
			"below DIR, too: take it back with revert --root DIR.\n"
			"Exit status: 0 done, or nothing to do; 1 failed, node as before; 2 usage or bad intent;\n"
			"3 with --verify: a check failed.",
		.settles = true, .run = cmd_configure,
	},
	{
		.name = "verify", .summary = "proves every port end to end", .args = verify_args,
		.help = "Checks the node in stages: settings, link, gid, route, neighbour, loop, peer. The last two make\n"
			"real rdma_cm connects from each port's own address with payload both ways. Peers are given by\n"
			"--peer or by verify.peers of the intent; `doroce serve` must run there. Without an intent every\n"
			"RoCE port is verified with the addresses that it has. Full answers need CAP_NET_ADMIN and\n"
			"CAP_NET_RAW.\n"
			"--lldp, or verify.lldp_s of the intent, adds stage switch: it waits for a frame of the switch on each port, and\n"
			"compares frame size, PFC, ETS and priorities of DSCPs with the port's own.\n"
			"--format prometheus --output /var/lib/node_exporter/textfile/doroce.prom leaves the last result to\n"
			"node_exporter. Whoever reads a file of --output or --junit finds the old one or the new one, whole.\n"
			"Exit status: 0 no check failed, 3 a check failed, 1 could not verify, 2 usage or bad intent.",
		.run = cmd_verify,
	},
	{
		.name = "watch", .summary = "stays, and tells what becomes worse or better", .args = watch_args,
		.help = "Verifies the node, prints what fails, and stays: it looks again when the kernel tells of a change that\n"
			"concerns the RoCE ports (links, addresses, routes, rules, neighbours, rp_filter, DCB, GIDs, RDMA devices),\n"
			"0.2 s after the last of a burst, and prints each change once: when a check fails, fails otherwise, passes\n"
			"again. What the kernel does not tell (other sysctls, ToS of rdma_cm, registers of the NIC) is seen every\n"
			"--interval seconds. What follows from another finding is not told, nor are files. A port that goes is\n"
			"link.present. Without --stage nothing connects: settings, link, gid, route, neighbour and qos. With --peer,\n"
			"stage peer as well; it is run at each look.\n"
			"SIGHUP reads the intent again; if that fails, the one before is kept. In the journal each line has its\n"
			"priority: err, warning, notice. Needs CAP_NET_ADMIN and CAP_NET_RAW for neighbours. doroce-watch.service\n"
			"runs it.\n"
			"Exit status: 0 ended by SIGINT or SIGTERM, 1 could not start, 2 usage or bad intent.",
		.run = cmd_watch,
	},
	{
		.name = "serve", .summary = "answers peers' verify on every RoCE port", .args = serve_args,
		.help = "Runs until it is ended (SIGINT, SIGTERM). Answers rdma_cm connects with payload, and by TCP on the\n"
			"same port number which RoCE ports this node has: only on addresses of RoCE ports, and only those in their\n"
			"subnets, where their routes lead and in verify.peers of the intent, or in serve.allow of it (a list of\n"
			"prefixes, in place of all that). With a key, --key-file or serve.key_file, only to those that prove to have\n"
			"it. Whom it refuses it names on stderr, once a second at most. Started as root it goes on as user 65534\n"
			"without capabilities. doroce-serve.service runs it at boot.\n"
			"Exit status: 0 ended by a signal, 1 could not start.",
		.run = cmd_serve,
	},
	{
		.name = "revert", .summary = "puts back what a configure changed", .args = revert_args,
		.operands = 1, .settles = true,
		.help = "doroce revert [ID]\n\n"
			"Takes back the newest configure that stands or was not finished, or the one with the ID (see: doroce\n"
			"history); --all: every one, newest first, up to the state before the first. Each value is put back\n"
			"only where it still is what doroce has written: what somebody else has changed since is kept and\n"
			"named. One of an earlier boot stands as long as its files do: these are taken back, and of the\n"
			"settings those that are again as it had made them. The network manager does not read its files\n"
			"again unless --reload is given or that configure had it. May be repeated after any interruption.\n"
			"Needs CAP_NET_ADMIN.\n"
			"Exit status: 0 done, or nothing to do; 3 done, and values of others were kept; 1 something could\n"
			"not be put back; 2 usage.",
		.run = cmd_revert,
	},
	{
		.name = "reapply", .summary = "makes again what a boot or a new port has lost", .args = no_args,
		.help = "Makes again, where it differs, what the last configure --persist has made and nobody has taken back: after a\n"
			"boot, and when a port comes or comes back. It reads " PERSIST_BOOT ", which is written and taken back with\n"
			"the network manager's files; a port that is not there is passed over. It looks again until all stays as\n"
			"wished for a while, since managers are at work at the same time. doroce.service and the udev rules run it;\n"
			"one that finds another one waiting leaves the work to that. `doroce revert` takes its changes back with those\n"
			"of the configure. Needs CAP_NET_ADMIN.\n"
			"Exit status: 0 done, or nothing to do; 1 failed, node as before; 2 a wish no longer fits the node.",
		.run = cmd_reapply,
	},
	{
		.name = "confirm", .summary = "keeps what configure --confirm changed", .args = show_args,
		.operands = 1, .settles = true,
		.help = "doroce confirm [ID]\n\n"
			"Keeps the changes of the newest `doroce configure --confirm`, or of the one with the ID.\n"
			"Exit status: 0 confirmed; 1 there is nothing to confirm, or it has been taken back; 2 usage.",
		.run = cmd_confirm,
	},
	{
		.name = "history", .summary = "what has been configured here", .args = history_args,
		.operands = 1,
		.help = "doroce history [ID]\n\n"
			"Lists every configure in the journal, newest first: ID, time, where it stands, ports, command. With\n"
			"an ID: each of its changes, old and new value, of files the lines. With --json path, mode and whole text of\n"
			"each file before and after: old.text is the backup, for example\n"
			"  doroce history 3 --json | jq -r '.journals[].changes[] | select(.setting == \"file\") | .old.text'\n"
			"Exit status: 0; 1 the journal can not be read (only root may); 2 usage.",
		.run = cmd_history,
	},
	{
		.name = "explain", .summary = "what a stage, check, finding, setting or profile is", .args = explain_args,
		.operands = 2,
		.help = "doroce explain [NAME]\n"
			"doroce explain stage|check|finding|setting|profile [NAME]\n\n"
			"Without a name lists every stage, check and finding of verify, every setting, every profile; with one: what it\n"
			"is, why it matters, how to mend it, where its value is from, its keys in the intent and what they may\n"
			"have. A setting is found by its key, too. Of a profile, those of the intent file included: each key with\n"
			"its value, what follows from them, and where they have been published; it is meant by `profile: NAME`\n"
			"or --profile NAME.\n"
			"Exit status: 0; 2 usage, or there is no such name.",
		.run = cmd_explain,
	},
	{
		.name = "nv-mlnxipcfg", .summary = "configure by the options of nv-mlnxipcfg.py", .args = mlnxipcfg_args,
		.rows = mlnxipcfg_rows, .program = true, .settles = true,
		.help = "nv-mlnxipcfg -i A/LEN [-d A,B] [-f] [-r] [-v]\nnv-mlnxipcfg --remove [-r]\n\n"
			"What nv-mlnxipcfg.py did, as one transaction of doroce: address A, A+1, … for the ports in order of\n"
			"PCI address, for each its own routing table (101, 102, …) with the connected route and a default route\n"
			"by the gateway, the rule that leads from its address there, the ARP settings, and the files of the\n"
			"network manager under the script's names, whose own files are replaced. The gateway is broadcast - 1,\n"
			"where that can be one; else, and with IPv6, nothing is written until --gateway says it. The port that\n"
			"carries the default route or your SSH connection is left alone unless --force names it. See: doroce\n"
			"help configure, doroce history, and the section \"Coming from nv-mlnxipcfg.py\" of the README.\n"
			"--remove takes back every run of nv-mlnxipcfg that stands, files included, and nothing else.\n"
			"Exit status: 0 done, or nothing to do; 1 failed or no RoCE port, node as before; 2 usage, or what is\n"
			"wished can not be; 3 with --remove: values of others were kept.",
		.run = cmd_mlnxipcfg,
	},
	{
		.name = "doRoCE", .summary = "configure by the options of doRoCE.sh", .args = doroce_args,
		.rows = doroce_rows, .program = true, .settles = true,
		.help = "doRoCE [--run_once] [-d A,B] [-t TOS] [-m BYTES] [-g N] [-l | -s] [-c] [-r] [-y | -n]\n"
			"doRoCE -b | --uninstall\n\n"
			"What doRoCE.sh did, as one transaction of doroce: on every RoCE port, or those of -d, trust DSCP, the ToS's\n"
			"DSCP on the priority ToS / 32, PFC there and global pause off, other priorities left alone; the\n"
			"accelerations for lossy fabrics; the ToS of rdma_cm and, where the driver has it, of verbs; NCCL's lines in\n"
			"/etc/nccl.conf. The intent file is not read. Without --run_once it is made again after a boot, from\n"
			PERSIST_BOOT_SCRIPT ", and what doRoCE.sh has put into the boot goes. Where something is\n"
			"missing (no mstreg, no DCB, no configfs) it asks, or does as -y or -n says; without a terminal nothing is\n"
			"written. What a device can not do is told, and the rest of it done. See: doroce help configure, and the\n"
			"section \"Coming from doRoCE.sh\" of the README.\n"
			"-b takes every run of doRoCE back that stands, files included; where there has been none it sets what\n"
			"doRoCE.sh -b did: trust PCP, no PFC on the priority, ToS 0, accelerations off, global pause on.\n"
			"Exit status: 0 done, or nothing to do; 1 failed, no RoCE port, or something is missing: node as before;\n"
			"2 usage, or what is wished can not be; 3 with -b: values of others were kept.",
		.run = cmd_doroce,
	},
	{
		.name = "version", .summary = "version of doroce and of the libraries", .args = no_args,
		.help = "Prints the version.", .run = cmd_version,
	},
	{
		.name = "help", .summary = "this text, or that of a command", .args = help_args, .operands = 1,
		.help = "doroce help [COMMAND]\ndoroce help --man", .run = cmd_help,
	},
	{ .name = NULL },
};

const struct exit_row exit_rows[] = {
	{ EXIT_OK, "done, or nothing to do" },
	{ EXIT_FAILED, "failed" },
	{ EXIT_USAGE, "usage or bad intent" },
	{ EXIT_DIFFERS, "differs (plan), a check failed (verify), or values of others were kept (revert)" },
	{ 0, NULL },
};

void help_general(FILE *to)
{
	fputs("doroce: configures and verifies the RoCE ports of this node\n\nusage: doroce COMMAND [OPTION]...\n\n",
	      to);
	for (const struct command *c = commands; c->name; c++)
		fprintf(to, "  %-12s %s\n", c->name, c->summary);
	fputs("\ndoroce --verify is the same as doroce verify. Options of a command: doroce COMMAND --help\n"
	      "Exit status:\n", to);
	for (const struct exit_row *r = exit_rows; r->means; r++)
		fprintf(to, "  %d  %s\n", r->status, r->means);
}
