/* SPDX-License-Identifier: BSD-3-Clause */
/* Who asks: the client's address, its group and what it is entitled to. Threads: the worker of the
 * query, between hrd_store_enter() and hrd_store_leave(), since it points into the generation. No
 * errors. */
#ifndef HRD_MODULE_QUERY_CLIENT_H
#define HRD_MODULE_QUERY_CLIENT_H

#include <stdbool.h>

#include "lib/name/prefix.h"
#include "module/host/host.h"
#include "module/reload/store.h"

struct hrd_client {
	const struct comm_reply *from;
	struct hrd_prefix address;
	bool known;                           /* address is set */
	bool validates;                       /* asks for DNSSEC records (RFC 3225) */
	const struct hrd_client_group *group; /* or NULL */
	enum hrd_mode mode;
	struct hrd_layer_list layers; /* those that apply to it */
};

/* The client that a reply goes to, and whether its query has the DO bit; behind a proxy that speaks
 * the PROXY protocol its own address. Valid as long as the generation. */
void hrd_client_of(const struct hrd_generation *generation, const struct comm_reply *from,
    bool validates, struct hrd_client *out);

/* Its address for the decision, or NULL. */
const struct hrd_prefix *hrd_client_address(const struct hrd_client *client);

/* Whether clients can differ from each other at all. */
bool hrd_clients_differ(const struct hrd_generation *generation);

#endif
