/* SPDX-License-Identifier: BSD-3-Clause */
/* The way to Unbound's headers, and the one place that knows how its versions differ.
 *
 * Include this after <config.h>; it brings every header of the host that the module uses. The
 * layout of Unbound's structures depends on macros of its own config.h, which has the same name as
 * ours; the build passes its full path. From here on PACKAGE_STRING and CONFCMDLINE are the
 * host's: the literals that the load guard looks for in the running server.
 *
 * configure tries each difference against the host's tree, so a distribution that has taken a
 * change into an older version is served as well:
 *   HRD_HOST_ATTACH_SUB_CINFO  attach_sub() takes the client's respip information (2025-09)
 *   HRD_HOST_QUIC              comm_points can be of DNS over QUIC (2024-10)
 *   HRD_HOST_REMOVE_STREAM     mesh_state_remove_reply() takes the streams of a reply (2026-07)
 *
 * Threads: what takes a query, a reply or a state is for the worker whose it is; the rest is pure.
 * Nothing is kept and nothing owned. */
#ifndef HRD_MODULE_HOST_HOST_H
#define HRD_MODULE_HOST_HOST_H

#undef PACKAGE_BUGREPORT
#undef PACKAGE_NAME
#undef PACKAGE_STRING
#undef PACKAGE_TARNAME
#undef PACKAGE_URL
#undef PACKAGE_VERSION
#include HRD_HOST_CONFIG_H

#include <daemon/worker.h>
#include <dynlibmod/dynlibmod.h>
#include <respip/respip.h>
#include <services/cache/dns.h>
#include <services/cache/rrset.h>
#include <services/listen_dnsport.h>
#include <services/mesh.h>
#include <sldns/rrdef.h>
#include <sldns/wire2str.h>
#include <util/alloc.h>
#include <util/config_file.h>
#include <util/data/dname.h>
#include <util/data/msgencode.h>
#include <util/data/msgreply.h>
#include <util/data/packed_rrset.h>
#include <util/log.h>
#include <util/module.h>
#include <util/net_help.h>
#include <util/netevent.h>
#include <util/regional.h>
#include <util/storage/lruhash.h>
#include <util/storage/slabhash.h>
#include <util/ub_event.h>

#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "lib/name/prefix.h"
#include "module/base/protocol.h"

#if !defined(HAVE_PTHREAD)
#error "the host was configured without threads: the module's locks and loader need them"
#endif

#if defined(USE_MINI_EVENT)
#error "the host was configured without --with-libevent: its own event loop cannot sweep the caches"
#endif

/* Asks for the answer of qinfo on behalf of qstate; its result comes to inform_super().
 * *newq is set when the query is new. 0 on failure. */
static inline int
hrd_host_attach(struct module_qstate *qstate, struct query_info *qinfo, struct module_qstate **newq)
{
	uint16_t flags = (uint16_t)(BIT_RD | (qstate->query_flags & BIT_CD));
#if defined(HRD_HOST_ATTACH_SUB_CINFO)
	return qstate->env->attach_sub(qstate, qinfo, NULL, flags, 0, 0, newq);
#else
	return qstate->env->attach_sub(qstate, qinfo, flags, 0, 0, newq);
#endif
}

/* Takes a reply off the state's list and out of the host's accounts. */
static inline void
hrd_host_remove_reply(struct mesh_state *state, struct mesh_reply *reply)
{
#if defined(HRD_HOST_REMOVE_STREAM)
	mesh_state_remove_reply(state->s.env->mesh, state, reply->query_reply.c, reply->h2_stream,
	    reply->query_reply.doq_stream);
#else
	mesh_state_remove_reply(state->s.env->mesh, state, reply->query_reply.c);
#endif
}

/* How a client asked. */
static inline enum hrd_protocol
hrd_host_protocol(const struct comm_reply *client)
{
	const struct comm_point *c = client->c;

	if (c == NULL || c->type == comm_udp)
		return HRD_PROTOCOL_UDP;
#if defined(HRD_HOST_QUIC)
	if (c->type == comm_doq)
		return HRD_PROTOCOL_QUIC;
#endif
	if (c->type == comm_http || c->use_h2)
		return HRD_PROTOCOL_HTTPS;
	return c->ssl != NULL ? HRD_PROTOCOL_TLS : HRD_PROTOCOL_TCP;
}

/* The client's place in the query that it waits for: of a reply on the list of a query's state. */
static inline const struct mesh_reply *
hrd_host_reply_of(const struct comm_reply *client)
{
	return (const struct mesh_reply *)(const void *)((const char *)client -
							 offsetof(struct mesh_reply, query_reply));
}

/* The id of the client's message. waits: it is on the list of a query's state; else the message is
 * still in the buffer that it was read into. */
static inline bool
hrd_host_message_id(bool waits, const struct comm_reply *client, uint16_t *id)
{
	if (waits) {
		*id = ntohs(hrd_host_reply_of(client)->qid);
		return true;
	}
	if (client->c == NULL || client->c->buffer == NULL ||
	    sldns_buffer_limit(client->c->buffer) < sizeof(*id))
		return false;
	*id = sldns_buffer_read_u16_at(client->c->buffer, 0);
	return true;
}

/* The address of a listening socket, which is one of two types by the version of the host. */
static inline const struct sockaddr *
hrd_host_of_addrinfo(const struct addrinfo *address)
{
	return address != NULL ? address->ai_addr : NULL;
}

static inline const struct sockaddr *
hrd_host_of_sockaddr(const struct sockaddr *address)
{
	return address;
}

#define HRD_HOST_SOCKET_ADDRESS(socket)                    \
	_Generic((socket)->addr, struct addrinfo *         \
		 : hrd_host_of_addrinfo, struct sockaddr * \
		 : hrd_host_of_sockaddr)((socket)->addr)

/* The address and port that the client asked, as far as the listening socket knows them: len 0 and
 * port 0 where it does not. */
static inline void
hrd_host_server(const struct comm_reply *client, struct hrd_prefix *address, uint16_t *port)
{
	const struct comm_point *c = client->c;
	const struct sockaddr *asked;
	struct sockaddr_in6 in6;
	struct sockaddr_in in4;
	const uint8_t *addr = NULL;
	size_t len = 0;

	address->len = 0;
	*port = 0;
	asked = c != NULL && c->socket != NULL ? HRD_HOST_SOCKET_ADDRESS(c->socket) : NULL;
	if (asked == NULL)
		return;
	if (asked->sa_family == AF_INET) {
		memcpy(&in4, asked, sizeof(in4));
		*port = ntohs(in4.sin_port);
		addr = (const uint8_t *)&in4.sin_addr;
		len = in4.sin_addr.s_addr != INADDR_ANY ? sizeof(in4.sin_addr) : 0;
	} else if (asked->sa_family == AF_INET6) {
		memcpy(&in6, asked, sizeof(in6));
		*port = ntohs(in6.sin6_port);
		addr = (const uint8_t *)&in6.sin6_addr;
		len = !IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr) ? sizeof(in6.sin6_addr) : 0;
	}
	if (len > 0 && hrd_prefix_from_addr(address, addr, len) != HRD_OK)
		address->len = 0;
}

#endif
