/* SPDX-License-Identifier: BSD-3-Clause */
/* The scan of a reply: query name, alias owners and targets in order, then addresses.
 *
 * A reply is what the network gave: rdata is read within its own length, names are checked before
 * they are used, and the work is linear in the size of the answer section.
 *
 * Pure in any number of threads, but for hrd_chain_set_dns64(), which comes before there are
 * workers. Everything borrows layers and reply. */
#ifndef HRD_MODULE_CACHE_CHAIN_H
#define HRD_MODULE_CACHE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/decide/question.h"
#include "module/host/host.h"

/* Where in a reply a verdict was reached. */
struct hrd_chain_owner {
	size_t keep; /* rrsets of the answer section that lead there and stay */
	/* the name that the action answers for; points into the query or the reply */
	uint8_t *owner;
	size_t owner_len;
};

/* The prefix of the host's dns64 ("64:ff9b::/96"; NULL: the well-known one): of an address in it
 * the embedded IPv4 address is looked up too. Call before threads start. */
void hrd_chain_set_dns64(const char *prefix);

/* Starts a place: the query itself. */
void hrd_chain_owner_init(struct hrd_chain_owner *place, const struct query_info *query);

/* Alias and address stages over the answer section of rep; the query stage is the caller's, before.
 * True when there is a decision, PASSTHRU included; place is set then. */
bool hrd_chain_decide(const struct hrd_layer_list *layers, const struct query_info *query,
    const struct reply_info *rep, struct hrd_verdict *verdict, struct hrd_chain_owner *place);

/* Whether any part of the answer section would be refused to some client who asks for it directly,
 * whatever PASSTHRU says of the query as a whole. */
bool hrd_chain_listed(const struct hrd_layer_list *layers, const struct reply_info *rep);

/* Walks the names of the chain: the query name, then each alias target in order. For removal of
 * the messages that hold a part of the chain. */
struct hrd_chain_walk {
	const struct reply_info *rep;
	size_t next;
	uint8_t *name;
	size_t len;
};
void hrd_chain_walk_init(struct hrd_chain_walk *walk, const struct reply_info *rep);
bool hrd_chain_walk_next(struct hrd_chain_walk *walk); /* sets name and len */

#endif
