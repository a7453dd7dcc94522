/* SPDX-License-Identifier: BSD-3-Clause */
/* Which addresses may be asked: the edges of every special-purpose block. */
#include <config.h>

#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "rpzgen/net/netaddr.h"
#include "tests/unit/check.h"

static bool
is_global(const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return hrd_netaddr_is_global((struct sockaddr *)&in);
	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	return hrd_netaddr_is_global((struct sockaddr *)&in6);
}

TEST(special_addresses_are_not_global)
{
	static const char *const special[] = { "0.0.0.0", "0.255.255.255", "10.0.0.1",
		"10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
		"169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.8", "192.0.2.1",
		"192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
		"198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
		"255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
		"64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
		"2002:7f00:1::", "2002:c0a8:101::1", "3fff::1", "fc00::1", "fdff::1", "fe80::1",
		"fec0::1", "ff02::1", "4000::1", "1fff::1" };

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (is_global(special[i]))
			fail_msg("%s was taken for global", special[i]);
	}
}

TEST(neighbours_of_the_special_blocks_are_global)
{
	static const char *const global[] = { "1.0.0.0", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
		"169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
		"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2001:200::1", "2001:db9::1", "2606:4700::1111", "2002:808:808::1",
		"64:ff9b::808:808", "::ffff:8.8.8.8", "3ffe::1" };

	for (size_t i = 0; i < sizeof(global) / sizeof(global[0]); i++) {
		if (!is_global(global[i]))
			fail_msg("%s was not taken for global", global[i]);
	}
}

TEST(other_families_are_not_global)
{
	const struct sockaddr local = { .sa_family = AF_UNIX };

	assert_false(hrd_netaddr_is_global(&local));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_addresses_are_not_global),
		cmocka_unit_test(neighbours_of_the_special_blocks_are_global),
		cmocka_unit_test(other_families_are_not_global),
	};

	return cmocka_run_group_tests_name("netaddr", tests, NULL, NULL);
}
