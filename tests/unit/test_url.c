/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of the web, taken apart. */
#include <config.h>

#include "rpzgen/base/url.h"

#include <string.h>

#include "tests/unit/check.h"

static void
expect(const char *text, const char *host, const char *port, const char *path, const char *query)
{
	struct hrd_url url;

	assert_int_equal(hrd_url_parse(text, &url, NULL), HRD_OK);
	assert_string_equal(url.host, host);
	assert_string_equal(url.port, port);
	assert_string_equal(url.path, path);
	assert_string_equal(url.query, query);
	hrd_url_clear(&url);
}

TEST(one_address_has_one_spelling)
{
	expect("https://office.example", "office.example", "", "", "");
	expect("https://office.example/", "office.example", "", "", "");
	expect("HTTPS://Office.EXAMPLE:443/Act", "office.example", "", "Act", "");
	expect("https://office.example./a/../b", "office.example", "", "b", "");
	expect("http://office.example:80/?q=1#part", "office.example", "", "", "q=1");
	expect("https://office.example:8443/a", "office.example", "8443", "a", "");
	expect("https://[2001:db8::1]/a", "[2001:db8::1]", "", "a", "");
}

TEST(what_is_no_web_address_is_refused_with_the_reason)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "no https:// or http:// address" },
		{ "office.example", "no https:// or http:// address" },
		{ "ftp://office.example/", "no https:// or http:// address" },
		{ "file:///etc/passwd", "an address without a host name" },
		{ "https://", "an address without a host name" },
		{ "https:///path", "an address without a host name" },
		{ "https:/office.example/", "an address without a host name" },
		{ "https://office..example/", "an address without a host name" },
		{ "https://./path", "an address without a host name" },
		{ "https://user@office.example/", "a user or password in an address" },
		{ "https://user:secret@office.example/", "a user or password in an address" },
		{ "https://office.example:99999/", "a bad port in an address" },
		{ "https://office.example:x/", "a bad port in an address" },
		{ "https://office.example/a b", "white space in an address" },
		{ "https://office.example/a\nb", "white space in an address" },
		{ "https://office.example/\033[1m", "white space in an address" },
	};
	const char *why;
	struct hrd_url url;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (hrd_url_parse(cases[i].text, &url, &why) != HRD_EINVAL)
			fail_msg("%s was taken", cases[i].text);
		if (strcmp(why, cases[i].why) != 0)
			fail_msg("%s: %s", cases[i].text, why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_has_one_spelling),
		cmocka_unit_test(what_is_no_web_address_is_refused_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
