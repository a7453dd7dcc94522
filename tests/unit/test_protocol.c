/* SPDX-License-Identifier: BSD-3-Clause */
/* By which way a client has asked, as its connection in the host tells it. */
#include <config.h>

#include "module/host/host.h"

#include "tests/unit/check.h"

static enum hrd_protocol
protocol_of(enum comm_point_type type, bool encrypted, bool streams)
{
	static char session;
	struct comm_point point = {
		.type = type, .ssl = encrypted ? (void *)&session : NULL, .use_h2 = streams
	};
	struct comm_reply client = { .c = &point };

	return hrd_host_protocol(&client);
}

TEST(plain_and_encrypted_ways_are_told_apart)
{
	assert_int_equal(protocol_of(comm_udp, false, false), HRD_PROTOCOL_UDP);
	assert_int_equal(protocol_of(comm_tcp, false, false), HRD_PROTOCOL_TCP);
	assert_int_equal(protocol_of(comm_tcp, true, false), HRD_PROTOCOL_TLS);
	assert_int_equal(protocol_of(comm_http, true, true), HRD_PROTOCOL_HTTPS);
	/* Behind a proxy that ends the encryption. */
	assert_int_equal(protocol_of(comm_http, false, false), HRD_PROTOCOL_HTTPS);
	assert_int_equal(protocol_of(comm_tcp, true, true), HRD_PROTOCOL_HTTPS);
}

TEST(a_client_without_a_connection_has_asked_by_a_datagram)
{
	struct comm_reply client = { .c = NULL };

	assert_int_equal(hrd_host_protocol(&client), HRD_PROTOCOL_UDP);
}

#if defined(HRD_HOST_QUIC)
TEST(dns_over_quic_is_a_way_of_its_own)
{
	assert_int_equal(protocol_of(comm_doq, false, false), HRD_PROTOCOL_QUIC);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_and_encrypted_ways_are_told_apart),
		cmocka_unit_test(a_client_without_a_connection_has_asked_by_a_datagram),
#if defined(HRD_HOST_QUIC)
		cmocka_unit_test(dns_over_quic_is_a_way_of_its_own),
#endif
	};

	return cmocka_run_group_tests_name("protocol", tests, NULL, NULL);
}
