/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of the special-purpose address registries. */
#include <config.h>

#include "rpzgen/net/netaddr.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/bytes.h"

/* The first `bits` bits; of IPv6 no registered block needs more than 64. */
struct block {
	uint64_t bits;
	unsigned len;
};

static const struct block special4[] = {
	{ 0x00000000, 8 },  /* this network */
	{ 0x0a000000, 8 },  /* private */
	{ 0x64400000, 10 }, /* shared, carrier NAT */
	{ 0x7f000000, 8 },  /* loopback */
	{ 0xa9fe0000, 16 }, /* link-local, cloud metadata services */
	{ 0xac100000, 12 }, /* private */
	{ 0xc0000000, 24 }, /* IETF protocols */
	{ 0xc0000200, 24 }, /* documentation */
	{ 0xc0586300, 24 }, /* 6to4 relays */
	{ 0xc0a80000, 16 }, /* private */
	{ 0xc6120000, 15 }, /* benchmarks */
	{ 0xc6336400, 24 }, /* documentation */
	{ 0xcb007100, 24 }, /* documentation */
	{ 0xe0000000, 4 },  /* multicast */
	{ 0xf0000000, 4 },  /* reserved, broadcast */
};

static const struct block special6[] = {
	{ 0x2001000000000000, 23 }, /* IETF protocols, Teredo */
	{ 0x20010db800000000, 32 }, /* documentation */
	{ 0x3fff000000000000, 20 }, /* documentation */
};

static bool
is_global4(uint32_t addr)
{
	for (size_t i = 0; i < sizeof(special4) / sizeof(special4[0]); i++) {
		const struct block *b = &special4[i];

		if (((addr ^ b->bits) >> (32 - b->len)) == 0)
			return false;
	}
	return true;
}

static bool
is_global6(const uint8_t *addr)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t translated[12] = { 0x00, 0x64, 0xff, 0x9b };
	uint64_t high = hrd_be64(addr);

	if (memcmp(addr, mapped, 12) == 0 || memcmp(addr, translated, 12) == 0)
		return is_global4(hrd_be32(addr + 12));
	if (high >> 48 == 0x2002)
		return is_global4((uint32_t)(high >> 16));
	if (high >> 61 != 1)
		return false;
	for (size_t i = 0; i < sizeof(special6) / sizeof(special6[0]); i++) {
		const struct block *b = &special6[i];

		if ((high ^ b->bits) >> (64 - b->len) == 0)
			return false;
	}
	return true;
}

bool
hrd_netaddr_is_global(const struct sockaddr *addr)
{
	if (addr->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, addr, sizeof(in));
		return is_global4(ntohl(in.sin_addr.s_addr));
	}
	if (addr->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, addr, sizeof(in6));
		return is_global6(in6.sin6_addr.s6_addr);
	}
	return false;
}
