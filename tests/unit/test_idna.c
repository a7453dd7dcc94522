/* SPDX-License-Identifier: BSD-3-Clause */
/* Host names as people write them: what is taken, as what, and with which id the rest is refused.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "rpzgen/inventory/idna.h"
#include "tests/unit/check.h"

static int
parse(const char *text, struct hrd_name *name, const char **id)
{
	char why[HRD_IDNA_WHY_MAX] = "";
	int status;

	*id = "";
	status = hrd_idna_parse(name, text, strlen(text), id, why);
	assert_true((status == HRD_OK) == (why[0] == '\0'));
	return status;
}

TEST(taken_names_have_one_form)
{
	static const struct {
		const char *text, *ascii, *unicode;
	} cases[] = {
		{ "example.com", "example.com", NULL },
		{ "WWW.Example.COM", "www.example.com", NULL },
		{ "bücher.example", "xn--bcher-kva.example", "bücher.example" },
		{ "xn--bcher-kva.example", "xn--bcher-kva.example", "bücher.example" },
		/* IDNA 2008 keeps the sharp s, IDNA 2003 did not */
		{ "straße.example", "xn--strae-oqa.example", "straße.example" },
		{ "日本語.jp", "xn--wgv71a119e.jp", "日本語.jp" },
		{ "_dmarc.example.com", "_dmarc.example.com", NULL },
		{ "a-b--c.example", "a-b--c.example", NULL },
		{ "1.2.3.example", "1.2.3.example", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char ascii[HRD_NAME_TEXT_MAX], unicode[HRD_IDNA_TEXT_MAX];
		struct hrd_name name;
		const char *id;

		if (parse(cases[i].text, &name, &id) != HRD_OK)
			fail_msg("%s was refused: %s", cases[i].text, id);
		hrd_name_to_text(&name, ascii);
		assert_string_equal(ascii, cases[i].ascii);
		assert_int_equal(hrd_idna_to_text(&name, unicode), cases[i].unicode != NULL);
		assert_string_equal(
		    unicode, cases[i].unicode != NULL ? cases[i].unicode : cases[i].ascii);
	}
}

TEST(other_names_are_refused_with_a_stable_id)
{
	static const struct {
		const char *text, *id;
	} cases[] = {
		{ "", "name-syntax" },
		{ ".", "guard-root" },
		{ "a..example", "name-syntax" },
		{ ".example.com", "name-syntax" },
		{ "*.example.com", "name-syntax" },
		{ "https://example.com/", "name-syntax" },
		{ "example.com/path", "name-syntax" },
		{ "example.com:443", "name-syntax" },
		{ "user@example.com", "name-syntax" },
		{ "ex ample.com", "name-syntax" },
		{ "ex\tample.com", "name-syntax" },
		{ "ex\\046ample.com", "name-syntax" },
		{ "192.0.2.1", "name-address" },
		{ "2001:db8::1", "name-address" },
		{ "-a.example", "name-syntax" },
		{ "a-.example", "name-syntax" },
		{ "xn--a.example", "name-idna" },
		{ "xn--bcher-kvb.example.xn--", "name-idna" },
		{ "☃.example", "name-idna" },
		/* what would be another name once it is normalised is not taken in silence */
		{ "BÜCHER.example", "name-idna" },
		{ "bu\xcc\x88"
		  "cher.example",
		    "name-idna" },
		{ "a\xcc\x88\xcc\x88\xe2\x80\x8d.example", "name-idna" },
		{ "\xff.example", "name-idna" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hrd_name name;
		const char *id;

		if (parse(cases[i].text, &name, &id) != HRD_EINVAL)
			fail_msg("%s was taken", cases[i].text);
		if (strcmp(id, cases[i].id) != 0)
			fail_msg("%s: %s, not %s", cases[i].text, id, cases[i].id);
	}
}

/* A label of that many octets, that many times, and ".example". */
static void
repeat(char *text, const char *label, unsigned times)
{
	text[0] = '\0';
	while (times-- > 0) {
		strncat(text, label, 900 - strlen(text));
		strncat(text, ".", 2);
	}
	strncat(text, "example", 8);
}

TEST(lengths_are_met_exactly)
{
	char label[65], text[1000];
	struct hrd_name name;
	const char *id;

	memset(label, 'a', 64);
	label[63] = '\0';
	repeat(text, label, 1);
	assert_int_equal(parse(text, &name, &id), HRD_OK);
	label[63] = 'a';
	label[64] = '\0';
	repeat(text, label, 1);
	assert_int_equal(parse(text, &name, &id), HRD_EINVAL);
	assert_string_equal(id, "name-label");
	label[40] = '\0';
	repeat(text, label, 6); /* 6 * 41 + 7 = 253 octets */
	assert_int_equal(parse(text, &name, &id), HRD_OK);
	memmove(text + 1, text, strlen(text) + 1);
	assert_int_equal(parse(text, &name, &id), HRD_EINVAL);
	assert_string_equal(id, "name-length");
	/* 63 octets as a U-label are more as an A-label. */
	repeat(text, "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü", 1);
	assert_int_equal(parse(text, &name, &id), HRD_EINVAL);
}

/* Names from zones are octets: what is no name of IDNA is shown as such octets. */
TEST(any_name_can_be_shown)
{
	static const uint8_t odd[] = "\007xn--\xff\000a\002\xc3\xbc\003com";
	char text[HRD_IDNA_TEXT_MAX], plain[HRD_NAME_TEXT_MAX];
	struct hrd_name name;

	assert_int_equal(hrd_name_from_wire(&name, odd, sizeof(odd)), HRD_OK);
	assert_false(hrd_idna_to_text(&name, text));
	hrd_name_to_text(&name, plain);
	assert_string_equal(text, plain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_names_have_one_form),
		cmocka_unit_test(other_names_are_refused_with_a_stable_id),
		cmocka_unit_test(lengths_are_met_exactly),
		cmocka_unit_test(any_name_can_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
