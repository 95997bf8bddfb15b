# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Two hosts with two rails: a switch and a subnet for each, no router.

in_topology gen:2x2 4
