/* SPDX-License-Identifier: MIT */
/* The table of commands: dispatch and help. */
#include "cmd/cmd.h"

#define INTENT_ARGS "config", "address", "port", "gateway", "mtu", "force"
#define VERIFY_ARGS "peer", "stage", "timeout", "service", "all"

static const char *const show_args[] = { "json", NULL };
static const char *const plan_args[] = { INTENT_ARGS, "json", NULL };
static const char *const configure_args[] = { INTENT_ARGS, "verify", "keep-going", "dry-run", "persist",
					      "no-persist", VERIFY_ARGS, "json", NULL };
static const char *const verify_args[] = { INTENT_ARGS, VERIFY_ARGS, "json", NULL };
static const char *const serve_args[] = { "service", "foreground", NULL };
static const char *const no_args[] = { NULL };

const struct command commands[] = {
	{
		.name = "show", .summary = "the RoCE ports of this node", .args = show_args,
		.help = "Lists every port of every RDMA device: netdev, PCI address, driver, firmware, state, speed,\n"
			"MTU, MAC address, addresses, GIDs. InfiniBand ports are listed and never touched. Devices whose\n"
			"netdev is in another network namespace are not ours and only named.\n"
			"Exit status: 0, without any RDMA device too; 1 when the node can not be read.",
		.run = cmd_show,
	},
	{
		.name = "plan", .summary = "what configure would change", .args = plan_args,
		.help = "Reads the node, compares it with the intent and prints old and new value of everything\n"
			"that differs. Writes nothing.\n"
			"Exit status: 0 nothing to do, 3 something, 1 failed, 2 usage or bad intent.",
		.run = cmd_plan,
	},
	{
		.name = "configure", .summary = "makes the node as the intent says", .args = configure_args,
		.help = "Makes every change of the plan; when one fails, all are taken back. A second run finds nothing\n"
			"to do. The port that carries the default route or your SSH connection is left alone unless\n"
			"--force names it. Needs CAP_NET_ADMIN.\n"
			"Exit status: 0 done, or nothing to do; 1 failed, node as before; 2 usage or bad intent;\n"
			"3 with --verify: a check failed.",
		.run = cmd_configure,
	},
	{
		.name = "verify", .summary = "proves every port end to end", .args = verify_args,
		.help = "Checks the node in stages: settings, link, gid, route, neighbour, loop, peer. The last two make\n"
			"real rdma_cm connects from each port's own address with payload both ways. Peers are given by\n"
			"--peer or by verify.peers of the intent; `doroce serve` must run there. Without an intent every\n"
			"RoCE port is verified with the addresses that it has. Full answers need CAP_NET_ADMIN and\n"
			"CAP_NET_RAW.\n"
			"Exit status: 0 no check failed, 3 a check failed, 1 could not verify, 2 usage or bad intent.",
		.run = cmd_verify,
	},
	{
		.name = "serve", .summary = "answers peers' verify on every RoCE port", .args = serve_args,
		.help = "Runs until it is ended (SIGINT, SIGTERM). Answers rdma_cm connects with payload, and by TCP on the\n"
			"same port number which RoCE ports this node has; both only on addresses of RoCE ports.\n"
			"Exit status: 0 ended by a signal, 1 could not start.",
		.run = cmd_serve,
	},
	{
		.name = "version", .summary = "version of doroce and of the libraries", .args = no_args,
		.help = "Prints the version.", .run = cmd_version,
	},
	{
		.name = "help", .summary = "this text, or that of a command", .args = no_args, .operands = 1,
		.help = "doroce help [COMMAND]", .run = cmd_help,
	},
	{ .name = NULL },
};

void help_general(FILE *to)
{
	fputs("doroce: configures and verifies the RoCE ports of this node\n\nusage: doroce COMMAND [OPTION]...\n\n",
	      to);
	for (const struct command *c = commands; c->name; c++)
		fprintf(to, "  %-10s %s\n", c->name, c->summary);
	fputs("\ndoroce --verify is the same as doroce verify. Options of a command: doroce COMMAND --help\n"
	      "Exit status: 0 done, or nothing to do; 1 failed; 2 usage or bad intent; 3 differs (plan) or a\n"
	      "check failed (verify)\n",
	      to);
}
