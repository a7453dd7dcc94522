/* SPDX-License-Identifier: BSD-3-Clause */
/* Which addresses of a remote host are fit to be asked. Pure. */
#ifndef HRD_RPZGEN_NET_NETADDR_H
#define HRD_RPZGEN_NET_NETADDR_H

#include <stdbool.h>
#include <sys/socket.h>

/* True for a global unicast address (IANA special-purpose registries, RFC 6890): not loopback,
 * private, link-local, shared, documentation, multicast or reserved; an IPv6 address that embeds an
 * IPv4 one is as good as that one. False for other families. */
bool hrd_netaddr_is_global(const struct sockaddr *addr);

#endif
