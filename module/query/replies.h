/* SPDX-License-Identifier: BSD-3-Clause */
/* The clients that wait for one query of the host: some of them answered or dropped before it ends.
 *
 * This is surgery on the host's mesh (services/mesh.h), done with its own functions, so that its
 * accounts of replies, states and connections stay right. Only in the worker of the query, while
 * the query is in one of our entry points. Replies belong to the region of the query; a list of
 * them is linked by `next`.
 *
 * Threads: the worker of the query. */
#ifndef HRD_MODULE_QUERY_REPLIES_H
#define HRD_MODULE_QUERY_REPLIES_H

#include "module/host/host.h"

/* A list, in order of addition. */
struct hrd_replies {
	struct mesh_reply *first, **end;
};
void hrd_replies_init(struct hrd_replies *replies);
void hrd_replies_add(struct hrd_replies *replies, struct mesh_reply *reply);
void hrd_replies_join(struct hrd_replies *replies, struct hrd_replies *more); /* empties more */

/* Those who wait, taken off their query. */
struct hrd_waiting {
	struct module_qstate *query;
	struct mesh_reply *all; /* as they were linked; for the taker to sort into lists */
	struct mesh_cb *callbacks;
	size_t reply_states, detached_states; /* the host's numbers as they were */
};

/* Takes all who wait off the query. What is not sent or dropped by the two functions below is to be
 * put back before the entry point returns: were a connection closed meanwhile, the host would look
 * for its replies in vain. */
void hrd_waiting_take(struct hrd_waiting *waiting, struct module_qstate *query);
void hrd_waiting_put(const struct hrd_waiting *waiting, struct hrd_replies *rest);

/* Has the host send them what return_msg, return_rcode and edns_opts_front_out of the query are
 * now. Empties the list. */
void hrd_waiting_send(const struct hrd_waiting *waiting, struct hrd_replies *replies);

/* Gives them no answer. Over a stream that takes this question alone: the connection and its other
 * questions go on (RFC 7766 section 6.2.1.1); over HTTP/2 the question's stream is reset. Empties
 * the list. */
void hrd_waiting_drop(const struct hrd_waiting *waiting, struct hrd_replies *replies);

/* Nobody finds the query's answer in a cache, and nobody joins its state from now on: unless it has
 * super or sub states by then, whose trees are sorted by what makes a state unique. */
void hrd_isolate(struct module_qstate *query);

#endif
