/* SPDX-License-Identifier: BSD-3-Clause */
/* A file is known by how it begins, not by words that any text can have. */
#include <config.h>

#include "lib/usage/content.h"

#include <string.h>

#include "tests/unit/check.h"

static enum hrd_content
kind_of(const char *text)
{
	return hrd_content_of(text, strlen(text));
}

TEST(a_zone_is_known_by_its_soa_or_directive)
{
	static const char *const zones[] = { "$ORIGIN rpz.example.\n", "; note\n$TTL 60\n",
		"@ IN SOA a. b. 1 2 3 4 5\n", "\tSOA\ta. b. 1 2 3 4 5\n",
		"; title: of the zone\n\nrpz.example. 3600 in soa a. b. (\n",
		"# Title: a feed\n@ 3600 SOA a. b. 1 2 3 4 5\n",
		"rpz.example. IN NS a.\nrpz.example. IN 1h SOA a. b. 1 2 3 4 5\n" };

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		assert_int_equal(kind_of(zones[i]), HRD_CONTENT_ZONE);
}

TEST(the_word_soa_in_another_text_makes_no_zone)
{
	static const char *const others[] = {
		"- {name: a.example, owner: J, reason: SOA gateway test, until: 2027-01-01}\n",
		"-\n  name: a.example\n  reason: SOA gateway\n", "  mode: observe # SOA first\n",
		"reason: >\n  the SOA gateway\n", "# of the SOA gateway\n",
		"the gateway that is called SOA in the plan\n", "SOA gateway\n",
		"bank.example # SOA\n", "! no SOA needed\nbank.example\n"
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(kind_of(others[i]), HRD_CONTENT_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_is_known_by_its_soa_or_directive),
		cmocka_unit_test(the_word_soa_in_another_text_makes_no_zone),
	};

	return cmocka_run_group_tests_name("content", tests, NULL, NULL);
}
