/* SPDX-License-Identifier: MIT */
/* The commands help and version. */
#include <jansson.h>
#include <netlink/version.h>
#include <string.h>
#include <yaml.h>

#include "cmd/explain.h"

int cmd_help(struct options *o, struct arena *a, char **operand)
{
	if (o->man) {
		man_print(a);
		return EXIT_OK;
	}
	if (!operand[0]) {
		help_general(stdout);
		return EXIT_OK;
	}
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, operand[0]) == 0) {
			help_command(c);
			return EXIT_OK;
		}
	}
	fprintf(stderr, "doroce help: unknown command '%s' (see: doroce help)\n", operand[0]);
	return EXIT_USAGE;
}

int cmd_version(struct options *o, struct arena *a, char **operand)
{
	(void)o;
	(void)a;
	(void)operand;
	printf("doroce %s (libnl %s, libyaml %s, jansson %s)\n", DOROCE_VERSION, LIBNL_VERSION,
	       yaml_get_version_string(), jansson_version_str());
	return EXIT_OK;
}
