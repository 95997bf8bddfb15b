/* SPDX-License-Identifier: MIT */
/* INTENT options of the command line, laid over an intent. */
#include "test.h"

#include <errno.h>

#include "intent/intent.h"

static const char *names[] = { "mlx5_0", "ens*" };

static int apply(struct arena *a, const struct intent_options *o, struct intent *in, char **errors)
{
	struct diag d = { .arena = a };
	int r = intent_options_apply(o, a, in, &d);

	*errors = diag_text(&d);
	return r;
}

static void each_option_counts_as_given(void **state)
{
	const struct intent_options given[] = {
		{ .address = "" }, { .gateway = "" }, { .mtu = "" }, { .profile = "" }, { .tos = "" },
		{ .ports = { names, 1, 1 } },
	};

	(void)state;
	assert_false(intent_options_given(&(struct intent_options){ 0 }));
	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		assert_true(intent_options_given(&given[i]));
	/* it allows something, but says nothing of what is wanted */
	assert_false(intent_options_given(&(struct intent_options){ .force = { names, 1, 1 } }));
}

static void options_go_over_what_a_port_says_but_not_over_null(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { .file = "f", .has_ports = true };
	const struct intent_options o = { .gateway = "10.0.0.254", .mtu = "4200" };
	struct port_intent *pi = vec_add(&a, &in.ports);
	char *errors;

	(void)state;
	pi->number[SETTING_MTU] = (struct opt_u32){ OPT_SET, 1500 };
	pi->gateway.is = OPT_NONE;
	pi->not_ours[SETTING_MTU] = true;
	assert_int_equal(apply(&a, &o, &in, &errors), 0);
	assert_int_equal(pi->number[SETTING_MTU].is, OPT_UNSET);
	assert_int_equal(pi->gateway.is, OPT_UNSET);
	assert_true(pi->not_ours[SETTING_MTU]);
}

static void tos_and_profile_go_over_the_file(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { .file = "f", .has_ports = true, .profile.v = "lossy" };
	struct port_intent *pi = vec_add(&a, &in.ports);
	char *errors;

	(void)state;
	pi->number[SETTING_CM_TOS] = (struct opt_u32){ OPT_SET, 0 };
	assert_int_equal(apply(&a, &(struct intent_options){ .tos = "104", .profile = "lossless" }, &in, &errors), 0);
	assert_int_equal(pi->number[SETTING_CM_TOS].is, OPT_UNSET);
	assert_int_equal(in.defaults.number[SETTING_CM_TOS].v, 104);
	assert_string_equal(in.defaults.said_at[SETTING_CM_TOS].file, "--tos");
	assert_string_equal(in.profile.v, "lossless");
}

static void no_options_change_nothing(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { 0 }, zero = { 0 };
	char *errors;

	(void)state;
	assert_int_equal(apply(&a, &(struct intent_options){ 0 }, &in, &errors), 0);
	assert_memory_equal(&in, &zero, sizeof(in));
}

static void values_go_over_those_of_the_file(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { .file = "f" };
	const struct intent_options o = {
		.address = "10.0.0.1/24", .gateway = "10.0.0.254", .mtu = "4200",
	};
	char *errors, text[PREFIX_TEXT];

	(void)state;
	prefix_parse("192.168.0.1/16", &in.sequence.v);
	in.defaults.gateway.is = OPT_NONE;
	in.defaults.not_ours[SETTING_MTU] = true;
	assert_int_equal(apply(&a, &o, &in, &errors), 0);
	assert_string_equal(prefix_text(&in.sequence.v, text), "10.0.0.1/24");
	assert_string_equal(in.sequence.at.file, "--address");
	assert_int_equal(in.defaults.gateway.is, OPT_SET);
	assert_string_equal(ip_text(&in.defaults.gateway.v, text), "10.0.0.254");
	assert_string_equal(in.defaults.gateway_at.file, "--gateway");
	assert_int_equal(in.defaults.number[SETTING_MTU].is, OPT_SET);
	assert_int_equal(in.defaults.number[SETTING_MTU].v, 4200);
	assert_false(in.defaults.not_ours[SETTING_MTU]);
}

static void gateway_none_removes_one(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { .defaults.gateway.is = OPT_SET };
	char *errors;

	(void)state;
	assert_int_equal(apply(&a, &(struct intent_options){ .gateway = "none" }, &in, &errors), 0);
	assert_int_equal(in.defaults.gateway.is, OPT_NONE);
}

static void a_gateway_is_one_of_its_family(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { .defaults.gateway.is = OPT_SET };
	struct port_intent entry = { .gateway.is = OPT_SET, .gateway6.is = OPT_SET };
	char *errors;

	(void)state;
	*vec_add(&a, &in.ports) = entry;
	assert_int_equal(apply(&a, &(struct intent_options){ .gateway = "fd01::fe" }, &in, &errors), 0);
	assert_int_equal(in.defaults.gateway6.v.family, AF_INET6);
	assert_int_equal(in.defaults.gateway.v.family, 0);
	assert_int_equal(in.ports.at[0].gateway6.is, OPT_UNSET);
	assert_int_equal(in.ports.at[0].gateway.is, OPT_SET);
	assert_int_equal(apply(&a, &(struct intent_options){ .gateway = "none" }, &in, &errors), 0);
	assert_int_equal(in.defaults.gateway.is, OPT_NONE);
	assert_int_equal(in.defaults.gateway6.is, OPT_NONE);
}

static void without_a_file_ports_are_entries(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { 0 };
	char *errors;

	(void)state;
	assert_int_equal(
		apply(&a, &(struct intent_options){ .ports = { names, 2, 2 } }, &in, &errors), 0);
	assert_true(in.has_ports);
	assert_int_equal(in.ports.n, 2);
	assert_string_equal(in.ports.at[1].match.any, "ens*");
	assert_string_equal(in.ports.at[1].at.file, "--port");
	assert_int_equal(in.ports.at[1].at.line, 0);
	assert_int_equal(in.only.n, 0);
}

static void beside_a_file_ports_are_a_restriction(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { .file = "f" };
	char *errors;

	(void)state;
	assert_int_equal(
		apply(&a, &(struct intent_options){ .ports = { names, 2, 2 } }, &in, &errors), 0);
	assert_false(in.has_ports);
	assert_int_equal(in.ports.n, 0);
	assert_int_equal(in.only.n, 2);
	assert_string_equal(in.only.at[0], "mlx5_0");
}

static void force_is_copied(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { 0 };
	char *errors;

	(void)state;
	assert_int_equal(
		apply(&a, &(struct intent_options){ .force = { names, 2, 2 } }, &in, &errors), 0);
	assert_int_equal(in.force.n, 2);
	assert_string_equal(in.force.at[1], "ens*");
	assert_false(in.has_ports);
}

static void wrong_values_name_their_option(void **state)
{
	static const char *empty[] = { "" };
	static const struct {
		struct intent_options o;
		const char *text;
	} cases[] = {
		{ { .mtu = "100" }, "--mtu: 100 is out of range: 1280 to 65535 B\n" },
		{ { .mtu = "big" }, "--mtu: a number (decimal digits) is wanted, not 'big'\n" },
		{ { .mtu = "" }, "--mtu: a number (decimal digits) is wanted, not ''\n" },
		{ { .address = "10.0.0.1" },
		  "--address: the prefix length is missing: 10.0.0.1/24, for example\n" },
		{ { .address = "fd01::1" },
		  "--address: the prefix length is missing: fd01::1/64, for example\n" },
		{ { .gateway = "x" },
		  "--gateway: an address such as 10.1.0.1 is wanted, not 'x'\n" },
		{ { .tos = "256" }, "--tos: 256 is out of range: 0 to 255\n" },
		{ { .profile = "lossles" }, "--profile: there is no profile 'lossles': did you mean 'lossless'? "
					    "(see: doroce explain profile)\n" },
		{ { .ports = { empty, 1, 1 } }, "--port: an empty name matches nothing\n" },
	};
	auto_arena a = { 0 };
	char *errors;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct intent in = { 0 };

		assert_int_equal(apply(&a, &cases[i].o, &in, &errors), -EINVAL);
		assert_string_equal(errors, cases[i].text);
	}
}

static void all_wrong_options_are_told(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { 0 };
	char *errors;

	(void)state;
	apply(&a, &(struct intent_options){ .address = "a", .gateway = "b", .mtu = "c" }, &in,
	      &errors);
	must_contain(errors, "--address: ");
	must_contain(errors, "--gateway: ");
	must_contain(errors, "--mtu: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_option_counts_as_given),
		cmocka_unit_test(tos_and_profile_go_over_the_file),
		cmocka_unit_test(no_options_change_nothing),
		cmocka_unit_test(values_go_over_those_of_the_file),
		cmocka_unit_test(gateway_none_removes_one),
		cmocka_unit_test(a_gateway_is_one_of_its_family),
		cmocka_unit_test(without_a_file_ports_are_entries),
		cmocka_unit_test(beside_a_file_ports_are_a_restriction),
		cmocka_unit_test(force_is_copied),
		cmocka_unit_test(options_go_over_what_a_port_says_but_not_over_null),
		cmocka_unit_test(wrong_values_name_their_option),
		cmocka_unit_test(all_wrong_options_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
