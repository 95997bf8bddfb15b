/* SPDX-License-Identifier: MIT */
/* Messages of data center bridging, against bytes as `dcb` of iproute2 and the kernel exchange them. */
#include <errno.h>
#include <linux/dcbnl.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

#include "kern/dcb.h"
#include "kern/netlink.h"
#include "test.h"

enum { MAX = 4096 };

/* What the message has behind its netlink header, with a blank after every four bytes. A nest has the flag
 * 0x8000 in its type. */
static void bytes_text(struct nl_msg *m, char *text)
{
	const struct nlmsghdr *h = nlmsg_hdr(m);
	const uint8_t *at = (const uint8_t *)h + NLMSG_HDRLEN;

	for (size_t i = 0; i < h->nlmsg_len - NLMSG_HDRLEN; i++)
		text += sprintf(text, "%s%02x", i && i % 4 == 0 ? " " : "", at[i]);
}

static void assert_bytes(struct nl_msg *taken, const char *want)
{
	auto_msg *m = taken;
	char text[MAX];

	assert_non_null(m);
	bytes_text(m, text);
	assert_string_equal(text, want);
}

/* family, cmd 20 IEEE_SET or 27 IEEE_DEL; IFNAME (1) "p0" */
#define SET "00140000 07000100 70300000 "
#define DEL "001b0000 07000100 70300000 "

/* eight times four bytes */
#define ZEROS "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "

static void each_part_is_written_as_the_kernel_reads_it(void **state)
{
	struct dcb d = dcb_none();

	(void)state;
	for (uint32_t i = 0; i < PRIORITIES; i++) {
		d.prio_tc[i] = i;
		d.tsa[i] = i == 3 ? TSA_ETS : TSA_STRICT;
		d.bandwidth_pct[i] = i == 3 ? 100 : 0;
		d.prio_buffer[i] = i == 3;
		d.maxrate_kbps[i] = i == 2 ? 25000000 : 0;
	}
	d.pfc[3] = d.pfc[4] = 1;
	d.pfc_delay = 7;
	d.buffer_bytes[0] = 0x20000;
	d.buffer_bytes[1] = 0x10000;
	d.buffer_total = 0x30000;
	/* ieee_ets: willing, ets_cap, cbs, tc_tx_bw, tc_rx_bw, tc_tsa, prio_tc, tc_reco_bw, tc_reco_tsa, reco_prio_tc */
	assert_bytes(dcb_part_msg("p0", DCB_PART_ETS, &d),
		     SET "44000d80 3f000100 00000000 00006400 00000000 00006400 00000000 00000200 00000000 01020304 "
			 "05060700 00000000 00000000 00000000 00000000 00000000 00000000");
	/* ieee_pfc: pfc_cap, pfc_en, mbc, delay, requests, indications */
	assert_bytes(dcb_part_msg("p0", DCB_PART_PFC, &d),
		     SET "90000d80 8c000200 00180000 07000000 " ZEROS ZEROS ZEROS "00000000 00000000 00000000 00000000 "
			 "00000000 00000000 00000000 00000000");
	/* dcbnl_buffer: prio2buffer, buffer_size, total_size */
	assert_bytes(dcb_part_msg("p0", DCB_PART_BUFFER, &d),
		     SET "34000d80 30000a00 00000001 00000000 00000200 00000100 00000000 00000000 00000000 00000000 "
			 "00000000 00000000 00000300");
	assert_bytes(dcb_part_msg("p0", DCB_PART_MAXRATE, &d),
		     SET "48000d80 44000700 00000000 00000000 00000000 00000000 40787d01 00000000 00000000 00000000 "
			 "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000");
}

static void what_is_trusted_is_a_list_of_selectors(void **state)
{
	static const struct {
		enum trust trust;
		const char *bytes; /* DSCP 5 in attribute 1, PCP 255 in attribute 2 */
	} rows[] = {
		{ TRUST_PCP, SET "10000d80 0c000b80 05000200 ff000000" },
		{ TRUST_DSCP, SET "10000d80 0c000b80 05000100 05000000" },
		{ TRUST_DSCP_PCP, SET "18000d80 14000b80 05000100 05000000 05000200 ff000000" },
		{ TRUST_PCP_DSCP, SET "18000d80 14000b80 05000200 ff000000 05000100 05000000" },
		{ TRUST_NONE, SET "08000d80 04000b80" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dcb d = dcb_none();

		d.trust = rows[i].trust;
		assert_bytes(dcb_part_msg("p0", DCB_PART_TRUST, &d), rows[i].bytes);
	}
}

static void entries_that_are_there_are_not_written_again(void **state)
{
	struct dcb now = dcb_none(), want = dcb_none();

	(void)state;
	now.dscp_prio[26] = want.dscp_prio[26] = 3;
	want.dscp_prio[48] = 6;
	now.dscp_prio[10] = 1;
	/* dcb_app: selector 5, priority, protocol */
	assert_bytes(dcb_apps_msg("p0", false, &want, &now), SET "10000d80 0c000380 08000100 05063000");
	assert_bytes(dcb_apps_msg("p0", true, &now, &want), DEL "10000d80 0c000380 08000100 05010a00");
	assert_null(dcb_apps_msg("p0", false, &now, &now));
}

/* An answer of the kernel: the nest of attributes, and DCBX (14) behind it where it is not 0. */
static struct nl_msg *answer(const struct nlattr *more, size_t len, uint8_t dcbx)
{
	struct dcbmsg head = { .cmd = DCB_CMD_IEEE_GET };
	struct nl_msg *m = netlink_msg(RTM_GETDCB, 0, &head, sizeof(head));

	nla_put(m, DCB_ATTR_IEEE, (int)len, more);
	if (dcbx)
		nla_put_u8(m, DCB_ATTR_DCBX, dcbx);
	return m;
}

static struct dcb read_answer(struct nl_msg *taken)
{
	auto_msg *m = taken;
	struct dcb d = dcb_none();
	struct err e = { 0 };

	assert_int_equal(dcb_of_msg(nlmsg_hdr(m), &d, &e), 0);
	return d;
}

/* Every part is set to something distinct, and comes back. */
static void what_is_written_is_read_as_it_was(void **state)
{
	static const enum dcb_part parts[] = { DCB_PART_ETS, DCB_PART_PFC, DCB_PART_BUFFER, DCB_PART_MAXRATE, DCB_PART_TRUST };
	struct dcb want = dcb_none(), none = dcb_none();
	auto_msg *all = nlmsg_alloc();
	uint32_t *numbers[] = { want.prio_tc, want.tsa, want.bandwidth_pct, want.prio_buffer, want.buffer_bytes, want.maxrate_kbps };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		for (uint32_t j = 0; j < PRIORITIES; j++)
			numbers[i][j] = 1 + (uint32_t)i * PRIORITIES + j;
	for (size_t i = 0; i < PRIORITIES; i += 2)
		want.tsa[i] = TSA_ETS; /* of others a bandwidth is not read */
	for (size_t i = 1; i < PRIORITIES; i += 2)
		want.bandwidth_pct[i] = 0;
	want.pfc[2] = want.pfc[7] = 1;
	want.pfc_delay = 300;
	want.buffer_total = 900;
	want.trust = TRUST_DSCP_PCP;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		auto_msg *m = dcb_part_msg("p0", parts[i], &want);
		struct nlattr *ieee = nlmsg_find_attr(nlmsg_hdr(m), sizeof(struct dcbmsg), DCB_ATTR_IEEE);

		nlmsg_append(all, nla_data(ieee), (size_t)nla_len(ieee), 4);
	}
	want.dscp_prio[26] = 3;
	want.dscp_prio[0] = 7;
	auto_msg *m = dcb_apps_msg("p0", false, &want, &none);
	struct nlattr *ieee = nlmsg_find_attr(nlmsg_hdr(m), sizeof(struct dcbmsg), DCB_ATTR_IEEE);
	nlmsg_append(all, nla_data(ieee), (size_t)nla_len(ieee), 4);
	struct dcb got = read_answer(answer(nlmsg_data(nlmsg_hdr(all)), (size_t)nlmsg_datalen(nlmsg_hdr(all)), 9));
	want.has = DCB_PART_ETS | DCB_PART_PFC | DCB_PART_BUFFER | DCB_PART_MAXRATE | DCB_PART_TRUST | DCB_PART_APP |
		   DCB_PART_DCBX;
	want.dcbx = DCBX_HOST | DCBX_IEEE;
	assert_memory_equal(&got, &want, sizeof(got));
}

static void a_driver_without_a_part_has_not_got_it(void **state)
{
	struct dcb got = read_answer(answer(NULL, 0, 0));

	(void)state;
	assert_int_equal(got.has, DCB_PART_APP);
	assert_int_equal(got.trust, TRUST_PCP);
	assert_int_equal(got.dscp_prio[26], DSCP_UNMAPPED);
}

/* Other selectors are nobody's DSCP; of two priorities the larger one counts, as in the kernel. */
static void entries_of_a_table_are_told_apart(void **state)
{
	static const struct {
		struct nlattr table, head;
		struct dcb_app app[1];
		struct nlattr head2;
		struct dcb_app app2[1];
		struct nlattr head3;
		struct dcb_app app3[1];
	} t = {
		{ sizeof(t), DCB_ATTR_IEEE_APP_TABLE }, { 8, DCB_ATTR_IEEE_APP }, { { 5, 2, 26 } },
		{ 8, DCB_ATTR_IEEE_APP }, { { 5, 4, 26 } }, { 8, DCB_ATTR_IEEE_APP }, { { 2, 5, 48 } },
	};
	struct dcb got = read_answer(answer(&t.table, sizeof(t), 0));

	(void)state;
	assert_int_equal(got.dscp_prio[26], 4);
	assert_int_equal(got.dscp_prio[48], DSCP_UNMAPPED);
	assert_int_equal(got.trust, TRUST_DSCP); /* by the entries: this driver tells no list */
}

static void what_is_cut_short_is_not_read(void **state)
{
	static const struct {
		struct nlattr head;
		uint8_t bytes[8];
	} ets = { { 12, DCB_ATTR_IEEE_ETS }, { 0 } };
	struct dcbmsg head = { .cmd = DCB_CMD_IEEE_GET };
	auto_msg *m = netlink_msg(RTM_GETDCB, 0, &head, sizeof(head));
	struct dcb d = dcb_none();
	struct err e = { 0 };

	(void)state;
	assert_false(read_answer(answer(&ets.head, sizeof(ets), 0)).has & DCB_PART_ETS);
	assert_int_equal(dcb_of_msg(nlmsg_hdr(m), &d, &e), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_part_is_written_as_the_kernel_reads_it),
		cmocka_unit_test(what_is_trusted_is_a_list_of_selectors),
		cmocka_unit_test(entries_that_are_there_are_not_written_again),
		cmocka_unit_test(what_is_written_is_read_as_it_was),
		cmocka_unit_test(a_driver_without_a_part_has_not_got_it),
		cmocka_unit_test(entries_of_a_table_are_told_apart),
		cmocka_unit_test(what_is_cut_short_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
