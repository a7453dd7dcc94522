/* SPDX-License-Identifier: BSD-3-Clause */
/* Address prefixes: the owners of the RPZ draft, text, cover and order. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "lib/name/prefix.h"
#include "tests/rng.h"
#include "tests/unit/check.h"

static int
from_owner(struct hrd_prefix *prefix, const char *text, const char **why)
{
	struct hrd_name name;

	assert_int_equal(hrd_name_from_text(&name, text, strlen(text)), HRD_OK);
	*why = NULL;
	return hrd_prefix_from_owner(prefix, &name, why);
}

static void
assert_owner(const struct hrd_prefix *prefix, const char *expected)
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name name;

	hrd_prefix_to_owner(prefix, &name);
	hrd_name_to_text(&name, text);
	assert_string_equal(text, expected);
}

TEST(owners_read_and_write_back)
{
	/* The owner as BIND writes it, and the prefix. */
	static const char *const pairs[][2] = {
		{ "24.0.2.0.192", "192.0.2.0/24" },
		{ "32.1.2.0.192", "192.0.2.1/32" },
		{ "0.0.0.0.0", "0.0.0.0/0" },
		{ "8.0.0.0.10", "10.0.0.0/8" },
		{ "32.255.100.99.9", "9.99.100.255/32" },
		{ "0.zz", "::/0" },
		{ "128.1.zz", "::1/128" },
		{ "48.zz.2.2001", "2001:2::/48" },
		{ "128.1.zz.db8.2001", "2001:db8::1/128" },
		{ "128.1.0.0.1.zz.1", "1::1:0:0:1/128" },
		{ "64.zz.1.0.db8.2001", "2001:db8:0:1::/64" },
		{ "128.8.7.6.5.4.3.2.1", "1:2:3:4:5:6:7:8/128" },
	};
	struct hrd_prefix prefix;
	char text[HRD_PREFIX_TEXT_MAX];
	const char *why;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		assert_int_equal(from_owner(&prefix, pairs[i][0], &why), HRD_OK);
		hrd_prefix_to_text(&prefix, text);
		assert_string_equal(text, pairs[i][1]);
		assert_owner(&prefix, pairs[i][0]);
		prefix = prefix_of(pairs[i][1]);
		assert_owner(&prefix, pairs[i][0]);
	}
}

TEST(zz_may_stand_for_any_run)
{
	struct hrd_prefix prefix;
	const char *why;

	assert_int_equal(from_owner(&prefix, "128.1.0.zz.db8.2001", &why), HRD_OK);
	assert_owner(&prefix, "128.1.zz.db8.2001");
	assert_int_equal(from_owner(&prefix, "128.1.0.0.0.0.0.db8.2001", &why), HRD_OK);
	assert_owner(&prefix, "128.1.zz.db8.2001");
	assert_int_equal(from_owner(&prefix, "128.8.7.zz.5.4.3.2.1", &why), HRD_OK);
	assert_owner(&prefix, "128.8.7.0.5.4.3.2.1");
	/* Of two equal runs the front one is shortened. */
	assert_int_equal(from_owner(&prefix, "128.1.zz.1.0.0.0.1", &why), HRD_OK);
	assert_owner(&prefix, "128.1.0.0.1.zz.1");
}

TEST(bad_owners_are_refused_with_a_reason)
{
	static const char *const bad[][2] = {
		{ ".", "no address" },
		{ "24", "no address" },
		{ "0.2.0.192", "missing prefix length" },
		{ "33.0.2.0.192", "prefix length" },
		{ "024.0.2.0.192", "prefix length" },
		{ "x.0.2.0.192", "prefix length" },
		{ "129.zz", "prefix length" },
		{ "24.0.2.0.256", "octet" },
		{ "24.0.2.0.0192", "octet" },
		{ "24.0.2.0.x", "octet" },
		{ "24.0.2.0.+1", "octet" },
		{ "24.1.2.0.192", "host bits" },
		{ "0.1.2.0.192", "host bits" },
		{ "32.1.zz.db8.2001", "host bits" },
		{ "47.zz.1.db8.2001", "host bits" },
		{ "48.zz.zz.2001", "two zz" },
		{ "48.zz.db8.20011", "hexadecimal" },
		{ "48.zz.db8.200g", "hexadecimal" },
		{ "48.0.db8.2001", "missing prefix length" },
		{ "48.0.0.db8.2001", "octet" },
		{ "48.0.0.0.0.db8.2001", "fewer" },
		{ "128.1.2.3.4.5.6.7.8.9", "more than eight" },
		{ "128.201.c000.ffff.zz", "write it as IPv4" },
		{ "96.zz.ffff.0.0.0.0.0", "write it as IPv4" },
	};
	struct hrd_prefix prefix;
	const char *why;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(from_owner(&prefix, bad[i][0], &why), HRD_EINVAL);
		assert_non_null(why);
		if (strstr(why, bad[i][1]) == NULL)
			fail_msg("%s: %s", bad[i][0], why);
	}
}

TEST(text_is_strict)
{
	static const char *const bad[] = { "", "/", "/8", "192.0.2.0/", "192.0.2.0/33",
		"192.0.2.1/24", "192.0.2/24", "2001:db8::/129", "2001:db8::1/32", "2001:db8::/032",
		"::ffff:192.0.2.1", "::ffff:0:0/96", "192.0.2.0/24/1", " 192.0.2.1", "192.0.2.1 ",
		"2001:0db8:0000:0000:0000:0000:0000:0000:0001", "fe80::1%eth0" };
	struct hrd_prefix prefix;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(hrd_prefix_from_text(&prefix, bad[i], strlen(bad[i])), HRD_EINVAL);
	assert_int_equal(hrd_prefix_from_text(&prefix, "192.0.2.1\0", 10), HRD_EINVAL);
	prefix = prefix_of("192.0.2.1");
	assert_int_equal(prefix.len, 128);
	prefix = prefix_of("::fffe:0:0/95");
	assert_false(hrd_prefix_is_ipv4(&prefix));
}

TEST(addresses_share_one_space)
{
	static const uint8_t four[4] = { 192, 0, 2, 1 };
	static const uint8_t six[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 };
	struct hrd_prefix a, b;

	assert_int_equal(hrd_prefix_from_addr(&a, four, 4), HRD_OK);
	assert_int_equal(hrd_prefix_from_addr(&b, six, 16), HRD_OK);
	assert_int_equal(hrd_prefix_cmp(&a, &b), 0);
	assert_true(hrd_prefix_is_ipv4(&b));
	assert_int_equal(hrd_prefix_from_addr(&a, six, 15), HRD_EINVAL);
	assert_int_equal(hrd_prefix_from_addr(&a, six, 0), HRD_EINVAL);
}

/* Cover, bit by bit. */
static bool
naive_covers(const struct hrd_prefix *p, const struct hrd_prefix *inner)
{
	if (p->len > inner->len)
		return false;
	for (unsigned bit = 0; bit < p->len; bit++) {
		if (((p->addr[bit / 8] ^ inner->addr[bit / 8]) >> (7 - bit % 8) & 1) != 0)
			return false;
	}
	return true;
}

static void
random_prefix(struct rng *rng, const struct hrd_prefix *near, struct hrd_prefix *p)
{
	*p = *near;
	p->len = (uint8_t)rng_below(rng, 129);
	if (rng_below(rng, 2) == 0)
		p->addr[rng_below(rng, 16)] ^= (uint8_t)(1 << rng_below(rng, 8));
	for (unsigned bit = p->len; bit < 128; bit++)
		p->addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

TEST(cover_order_and_owner_agree_with_bits)
{
	struct rng rng = { .state = 3 };
	struct hrd_prefix a, b, back, seed;
	struct hrd_name owner;
	const char *why;

	for (int i = 0; i < 20000; i++) {
		for (unsigned n = 0; n < 16; n++)
			seed.addr[n] = rng_below(&rng, 2) == 0 ? 0 : (uint8_t)rng_below(&rng, 256);
		random_prefix(&rng, &seed, &a);
		random_prefix(&rng, &seed, &b);
		assert_int_equal(hrd_prefix_covers(&a, &b), naive_covers(&a, &b));
		assert_true(hrd_prefix_covers(&a, &a));
		if (hrd_prefix_covers(&a, &b) && a.len < b.len)
			assert_true(hrd_prefix_cmp(&a, &b) < 0);
		hrd_prefix_to_owner(&a, &owner);
		assert_int_equal(hrd_prefix_from_owner(&back, &owner, &why), HRD_OK);
		assert_int_equal(hrd_prefix_cmp(&a, &back), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owners_read_and_write_back),
		cmocka_unit_test(zz_may_stand_for_any_run),
		cmocka_unit_test(bad_owners_are_refused_with_a_reason),
		cmocka_unit_test(text_is_strict),
		cmocka_unit_test(addresses_share_one_space),
		cmocka_unit_test(cover_order_and_owner_agree_with_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
