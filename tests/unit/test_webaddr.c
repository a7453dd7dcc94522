/* SPDX-License-Identifier: BSD-3-Clause */
/* Which web addresses move with a branch, and which are home pages. */
#include <config.h>

#include "rpzgen/inventory/webaddr.h"
#include "tests/unit/check.h"

static void
expect(bool (*judge)(const char *url), bool wanted, const char *const *urls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (judge(urls[i]) != wanted)
			fail_msg("%s: expected %d", urls[i], wanted);
	}
}

#define EXPECT(judge, wanted, urls) expect(judge, wanted, urls, sizeof(urls) / sizeof((urls)[0]))

TEST(the_tip_of_a_branch_moves)
{
	static const char *const urls[] = {
		"https://raw.githubusercontent.com/o/r/main/list.txt",
		"https://raw.githubusercontent.com/o/r/master/a/b.txt",
		"https://raw.githubusercontent.com/o/r/HEAD/list.txt",
		"https://raw.githubusercontent.com/o/r/refs/heads/main/list.txt",
		"https://raw.githubusercontent.com/o/r/refs/heads/next/list.txt",
		"https://raw.githack.com/o/r/main/list.txt",
		"https://github.com/o/r/blob/main/list.txt",
		"https://github.com/o/r/blob/main/list.txt#L3",
		"https://github.com/o/r/blob/master/list.txt?plain=1",
		"https://github.com/o/r/raw/refs/heads/main/list.txt",
		"https://github.com/o/r/tree/main",
		"https://github.com/o/r/tree/HEAD/folder/",
		"https://github.com/o/r/blame/master/list.txt",
		"https://github.com/o/r/archive/main.zip",
		"https://github.com/o/r/archive/refs/heads/main.tar.gz",
		"https://gitlab.com/group/sub/r/-/blob/main/list.txt",
		"https://gitlab.example/group/r/-/raw/master/list.txt",
		"https://codeberg.org/o/r/src/branch/main/list.txt",
		"https://codeberg.org/o/r/raw/branch/master/list.txt",
		"https://bitbucket.org/o/r/src/master/list.txt",
		"https://git.sr.ht/~o/r/tree/master/item/list.txt",
		"https://cdn.jsdelivr.net/gh/o/r@main/list.txt",
		"https://git.example/r.git/plain/list.txt?h=master",
		"https://git.example/r?a=1&ref=refs/heads/x",
		"HTTPS://GITHUB.COM/o/r/BLOB/Main/list.txt",
		"http://github.com//o//r//blob//main//list.txt",
	};

	EXPECT(hrd_webaddr_is_moving, true, urls);
}

TEST(what_is_pinned_or_no_code_does_not_move)
{
	static const char *const urls[] = {
		"https://raw.githubusercontent.com/o/r/5e3eab7864567d11a46efb2cd7c0d8398ba379b4/main/l.txt",
		"https://raw.githubusercontent.com/main/master/v1.0/list.txt",
		"https://raw.githubusercontent.com/o/r/refs/tags/v1/main",
		"https://github.com/o/r/blob/5e3eab7864567d11a46efb2cd7c0d8398ba379b4/src/main/java/A.java",
		"https://github.com/o/r/tree/v1.2/main",
		"https://github.com/o/main/issues/5",
		"https://github.com/o/r/pull/12/files",
		"https://github.com/o/r/commit/2d0cf41dd1900b105d74cb071f4cac35e3fb6f47",
		"https://github.com/o/r/blob/mainline/list.txt",
		"https://codeberg.org/o/r/src/commit/0123abc/src/main/list.txt",
		"https://codeberg.org/o/r/src/tag/v1/main",
		"https://cdn.jsdelivr.net/gh/o/r@1.2.3/main/list.txt",
		"https://office.example/main/decision",
		"https://office.example/master?ref=mainland&x=main",
		"https://people.example/@main/story",
		"https://office.example/?q=blob/main",
		"https://office.example/#/blob/main/x",
		"",
		"https://",
		"/////",
		"?&&=&h&h=",
	};

	EXPECT(hrd_webaddr_is_moving, false, urls);
}

TEST(a_site_without_a_page_is_a_home_page)
{
	static const char *const urls[] = {
		"https://office.example",
		"https://office.example/",
		"https://office.example//",
		"https://office.example/#news",
		"https://office.example/en",
		"https://office.example/cs/",
		"https://office.example/en-GB/",
		"https://office.example/zh_Hans/index.html",
		"https://office.example/index.php",
		"https://office.example/Default.aspx",
		"https://office.example:8443/home",
		"http://office.example/?",
	};

	EXPECT(hrd_webaddr_is_home, true, urls);
}

TEST(a_page_is_no_home_page)
{
	static const char *const urls[] = {
		"https://office.example/en/news/2280-a-warning",
		"https://office.example/act",
		"https://office.example/?p=70323",
		"https://office.example/ai",
		"https://office.example/en/fr",
		"https://office.example/index/5",
		"https://office.example/english",
		"",
		"https://",
	};

	EXPECT(hrd_webaddr_is_home, false, urls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tip_of_a_branch_moves),
		cmocka_unit_test(what_is_pinned_or_no_code_does_not_move),
		cmocka_unit_test(a_site_without_a_page_is_a_home_page),
		cmocka_unit_test(a_page_is_no_home_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
