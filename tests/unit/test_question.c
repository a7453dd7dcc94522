/* SPDX-License-Identifier: BSD-3-Clause */
/* What people paste, and the name that they mean. */
#include <config.h>

#include "rpzgen/policy/question.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/check.h"

/* Reads the text; the name in it goes to shown, or "" when it is refused. */
static enum hrd_question_form
ask(const char *text, char shown[HRD_NAME_TEXT_MAX])
{
	struct hrd_question q;
	const char *why = NULL;

	shown[0] = '\0';
	if (hrd_question_read(&q, text, strlen(text), &why) != HRD_OK) {
		assert_non_null(why);
		return HRD_ASKED_NAME;
	}
	if (q.form == HRD_ASKED_ADDRESS)
		hrd_prefix_to_text(&q.address, shown);
	else
		hrd_name_to_text(&q.name, shown);
	return q.form;
}

struct paste {
	const char *text;
	enum hrd_question_form form;
	const char *name;
};

static void
check_pastes(const struct paste *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char shown[HRD_NAME_TEXT_MAX];
		enum hrd_question_form form = ask(cases[i].text, shown);

		if (form != cases[i].form || strcmp(shown, cases[i].name) != 0)
			fail_msg("%s: form %d, name \"%s\"", cases[i].text, (int)form, shown);
	}
}

TEST(every_paste_leads_to_its_name)
{
	static const struct paste cases[] = {
		{ "chat.deepseek.com", HRD_ASKED_NAME, "chat.deepseek.com" },
		{ "Chat.DeepSeek.COM.", HRD_ASKED_NAME, "chat.deepseek.com" },
		{ " chat.deepseek.com\t", HRD_ASKED_NAME, "chat.deepseek.com" },
		{ ".", HRD_ASKED_NAME, "." },
		{ "https://chat.deepseek.com/sign_in?x=1#y", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "HTTPS://Chat.deepseek.com", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "https://user:pass@chat.deepseek.com:8443/", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "https://chat.deepseek.com./", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "https://chat.deepseek.com/@someone", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "https://chat.deepseek.com?to=a@b.example", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "//chat.deepseek.com/x", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "chat.deepseek.com/sign_in", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "chat.deepseek.com:443", HRD_ASKED_PORT, "chat.deepseek.com" },
		{ "someone@deepseek.com", HRD_ASKED_MAIL, "deepseek.com" },
		{ "mailto:someone@deepseek.com?subject=x", HRD_ASKED_MAIL, "deepseek.com" },
		{ "hxxps://chat[.]deepseek[.]com/", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "chat[.]deepseek[.]com", HRD_ASKED_SAFE, "chat.deepseek.com" },
		{ "深度求索.中国", HRD_ASKED_UNICODE, "xn--wxtw61a5ibs26a.xn--fiqs8s" },
		{ "BÜCHER.example", HRD_ASKED_UNICODE, "xn--bcher-kva.example" },
		/* the dot of East Asian keyboards */
		{ "bücher。example", HRD_ASKED_UNICODE, "xn--bcher-kva.example" },
		{ "https://bücher.example/", HRD_ASKED_URL, "xn--bcher-kva.example" },
		/* what stands around a name in mails, texts and lists */
		{ "<someone@deepseek.com>", HRD_ASKED_MAIL, "deepseek.com" },
		{ "\"Some One\" <someone@deepseek.com>", HRD_ASKED_MAIL, "deepseek.com" },
		{ "deepseek.com,", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "deepseek.com;", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "(deepseek.com)", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "\"deepseek.com\"", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "`deepseek.com`", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "\u201cdeepseek.com\u201d", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "\u00abdeepseek.com\u00bb", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "<https://deepseek.com>", HRD_ASKED_URL, "deepseek.com" },
		{ "[a link](https://deepseek.com/)", HRD_ASKED_URL, "deepseek.com" },
		{ "||deepseek.com^", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "@@||deepseek.com^", HRD_ASKED_QUOTED, "deepseek.com" },
		{ "address=/deepseek.com/", HRD_ASKED_LINE, "deepseek.com" },
		{ "server=/deepseek.com/", HRD_ASKED_LINE, "deepseek.com" },
		{ "0.0.0.0 deepseek.com", HRD_ASKED_LINE, "deepseek.com" },
		{ "127.0.0.1\tdeepseek.com", HRD_ASKED_LINE, "deepseek.com" },
		{ "chat(.)deepseek{.}com", HRD_ASKED_SAFE, "chat.deepseek.com" },
		{ "chat[dot]deepseek(DOT)com", HRD_ASKED_SAFE, "chat.deepseek.com" },
		{ "deepseek.com?x=1", HRD_ASKED_URL, "deepseek.com" },
		{ "deepseek.com#part", HRD_ASKED_URL, "deepseek.com" },
		{ "https:deepseek.com", HRD_ASKED_URL, "deepseek.com" },
		{ "https:/deepseek.com/a", HRD_ASKED_URL, "deepseek.com" },
		{ "view-source:https://deepseek.com/", HRD_ASKED_URL, "deepseek.com" },
		{ "https://chat%2Edeepseek%2ecom/", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "http://deepseek.com\\@other.example/", HRD_ASKED_URL, "deepseek.com" },
		{ "192.0.2.1", HRD_ASKED_ADDRESS, "192.0.2.1/32" },
		{ "https://192.0.2.1:8443/", HRD_ASKED_ADDRESS, "192.0.2.1/32" },
		{ "https://[2001:db8::1]:8443/", HRD_ASKED_ADDRESS, "2001:db8::1/128" },
		{ "2001:db8::1", HRD_ASKED_ADDRESS, "2001:db8::1/128" },
	};

	check_pastes(cases, sizeof(cases) / sizeof(cases[0]));
}

TEST(a_paste_of_unusual_form_does_too)
{
	static const struct paste cases[] = {
		/* RFC 3986 3.2.3: a port may be empty, and begin with zeros */
		{ "https://chat.deepseek.com:/", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "https://chat.deepseek.com:000443/", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "chat.deepseek.com:", HRD_ASKED_PORT, "chat.deepseek.com" },
		{ "chat.deepseek.com:https", HRD_ASKED_PORT, "chat.deepseek.com" },
		/* encoded, wide, without its colon */
		{ "https%3A%2F%2Fchat.deepseek.com%2F", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "\uff48\uff54\uff54\uff50\uff53\uff1a\uff0f\uff0fchat.deepseek.com",
		    HRD_ASKED_URL, "chat.deepseek.com" },
		{ "chat\uff0edeepseek\uff61com", HRD_ASKED_UNICODE, "chat.deepseek.com" },
		{ "\u3000chat.deepseek.com\u3000", HRD_ASKED_UNICODE, "chat.deepseek.com" },
		{ "http//chat.deepseek.com", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "https:\\/\\/chat.deepseek.com\\/", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "\\\\chat.deepseek.com\\share", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "hxxps[:]//chat.deepseek.com/x", HRD_ASKED_URL, "chat.deepseek.com" },
		{ "https://chat\\.deepseek\\.com/a.html", HRD_ASKED_URL, "chat.deepseek.com" },
		/* dots and other signs disguised */
		{ "chat\\.deepseek\\.com", HRD_ASKED_SAFE, "chat.deepseek.com" },
		{ "chat\\\\.deepseek\\\\.com", HRD_ASKED_SAFE, "chat.deepseek.com" },
		{ "chat\\[.\\]deepseek\\[.\\]com", HRD_ASKED_SAFE, "chat.deepseek.com" },
		{ "chat[.deepseek[.com", HRD_ASKED_SAFE, "chat.deepseek.com" },
		{ "deepseek[.com]", HRD_ASKED_SAFE, "deepseek.com" },
		{ "chat dot deepseek DOT com", HRD_ASKED_SAFE, "chat.deepseek.com" },
		{ "a(at)deepseek(dot)com", HRD_ASKED_MAIL, "deepseek.com" },
		{ "(^|\\.)deepseek\\.com$", HRD_ASKED_QUOTED, "deepseek.com" },
		/* lines of lists and of mail */
		{ "||deepseek.com^$third-party", HRD_ASKED_LINE, "deepseek.com" },
		{ "\"deepseek.com\",1", HRD_ASKED_LINE, "deepseek.com" },
		{ "1,deepseek.com", HRD_ASKED_LINE, "deepseek.com" },
		{ "0.0.0.0 deepseek.com # text", HRD_ASKED_LINE, "deepseek.com" },
		{ "sip:user@deepseek.com;transport=tcp", HRD_ASKED_MAIL, "deepseek.com" },
		{ "MAILTO:a@deepseek.com?cc=x@y.example", HRD_ASKED_MAIL, "deepseek.com" },
		{ "J. Doe <a@deepseek.com>", HRD_ASKED_MAIL, "deepseek.com" },
		/* texts */
		{ "chat.deepseek.com\u2026", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "**chat.deepseek.com**", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "_chat.deepseek.com_", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "~~chat.deepseek.com~~", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "--chat.deepseek.com", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "- chat.deepseek.com", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "[chat.deepseek.com]", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "chat.deepseek.com]", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "[chat.deepseek.com]:443", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "\u300cchat.deepseek.com\u300d", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		/* what is not seen */
		{ "\u202achat.deepseek.com\u202c", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "\u2066chat.deepseek.com\u2069", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "chat.deepseek.com\u200e", HRD_ASKED_QUOTED, "chat.deepseek.com" },
		{ "chat.deep\u2060seek.com", HRD_ASKED_QUOTED, "chat.deepseek.com" },
	};

	check_pastes(cases, sizeof(cases) / sizeof(cases[0]));
}

/* Names are octets: what a zone may hold is never read as something else. */
TEST(octets_of_a_name_stay)
{
	static const char *const cases[][2] = {
		{ "*.deepseek.com", "*.deepseek.com" },
		{ "0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa" },
		{ "a\\@b.example", "a\\@b.example" },
		{ "a\\.b.example", "a\\.b.example" },
		{ "a\\230b.example", "a\\230b.example" },
		{ "_443._tcp.deepseek.com", "_443._tcp.deepseek.com" },
		{ "a:b.example", "a:b.example" },
		{ "10.2.0.192", "10.2.0.192/32" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char shown[HRD_NAME_TEXT_MAX];

		ask(cases[i][0], shown);
		assert_string_equal(shown, cases[i][1]);
	}
}

/* Whether the text is understood in one way alone; what is refused is not. */
static bool
is_clear(const char *text)
{
	struct hrd_question q;
	const char *why = NULL;
	int status = hrd_question_read(&q, text, strlen(text), &why);

	assert_non_null(why);
	return status == HRD_OK && !q.unclear;
}

/* That no rule is for what was found in such a text says nothing of a name that may be meant. */
TEST(what_may_mean_another_name_is_unclear)
{
	static const char *const cases[] = { "a:b.example", "chat.deepseek:com",
		"chat.deepseek,com", "chat.deepseek;com", "chat.deepseek$com", "chat.deepseek^com",
		"chat.deepseek|com", "chat.deepseek'com", "chat.deepseek(com)", "chat.deepseek@com",
		"chat\\.deepseek\\.com\\n", "chat.deepseek\\com", "chat%2Edeepseek%2Ecom",
		"chat&#46;deepseek&#46;com", "chat&period;deepseek&period;com", "[deepseek].com",
		"deepseek.[com]", "deepseek[,]com", "x*.deepseek.com",
		"chat\u00b7deepseek\u00b7com", "chat.deepseek\u2024com", "chat.deepseek.com\u2192",
		"deepseek.com&a", "domain=deepseek.com", "DNS:deepseek.com",
		"{\"n\":\"deepseek.com\"}", "/deepseek\\.com/", "^(.+\\.)?deepseek\\.com$",
		"x.example,deepseek.com", "\"x.example\",\"deepseek.com\"",
		"x.example|deepseek.com", "deepseek.com@443", "deepseek.com @192.0.2.1",
		"mailto:a@x.example,b@deepseek.com", "a@x.example b@deepseek.com",
		"address=/x.example/deepseek.com/0.0.0.0", "0.0.0.0 x.example deepseek.com",
		"https://x.example,https://deepseek.com", "x.example>deepseek.com" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (is_clear(cases[i]))
			fail_msg("%s is clear", cases[i]);
	}
}

TEST(known_forms_and_plain_names_are_clear)
{
	static const char *const cases[] = { "x.example", "*.x.example", "_443._tcp.x.example",
		"0/25.2.0.192.in-addr.arpa", "a\\@b.example", "a\\.b.example", "a\\230b.example",
		"xn--bcher-kva.example", "b\u00fccher.example", "x.example:443", "x.example:https",
		"https://x.example:/", "a@x.example", "J. Doe <a@x.example>",
		"mailto:a@x.example?cc=b@c.example", "sip:a@x.example;transport=tcp",
		"||x.example^$third-party", "\"x.example\",1", "1,x.example", "x.example\u2026",
		"address=/x.example/0.0.0.0", "0.0.0.0 x.example", "https://user:p@x.example/",
		"192.0.2.1", "[2001:db8::1]:53" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!is_clear(cases[i]))
			fail_msg("%s is not clear", cases[i]);
	}
}

TEST(what_is_no_name_is_refused)
{
	static const char *const cases[] = { "", " ", "bad..name", "a b", "https://", "https:///x",
		"someone@", "x\x1b[31m", "https://a..b/", ".example", ":443" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char shown[HRD_NAME_TEXT_MAX];

		ask(cases[i], shown);
		if (shown[0] != '\0')
			fail_msg("\"%s\" is taken for %s", cases[i], shown);
	}
}

TEST(a_text_of_any_length_is_bounded)
{
	static char text[10000];
	struct hrd_question q;
	const char *why = NULL;

	memset(text, 'a', sizeof(text));
	for (size_t len = 0; len < sizeof(text); len += 999)
		assert_true(hrd_question_read(&q, text, len, &why) != HRD_OK || len <= 63);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_paste_leads_to_its_name),
		cmocka_unit_test(a_paste_of_unusual_form_does_too),
		cmocka_unit_test(octets_of_a_name_stay),
		cmocka_unit_test(what_may_mean_another_name_is_unclear),
		cmocka_unit_test(known_forms_and_plain_names_are_clear),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(a_text_of_any_length_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
