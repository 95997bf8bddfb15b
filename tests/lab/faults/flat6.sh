# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Two hosts, two ports each, IPv6 alone, one prefix on one switch.

in_topology two-hosts 6

has_link_local() {
	[[ $(on "$1" ip -6 address show dev "p$2" scope link -tentative) ]]
}

# None of the port is tentative.
is_settled() {
	[[ ! $(on "$1" ip -6 address show dev "p$2" tentative) ]]
}

has_failed() {
	[[ $(on "$1" ip -6 address show dev "p$2" dadfailed) ]]
}
