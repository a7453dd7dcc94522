/* SPDX-License-Identifier: BSD-3-Clause */
/* What a notation of rules says of the policy as a whole, as texts that can be compared: title,
 * publisher, justifications, exceptions and so on. One thread. */
#ifndef HRD_RPZGEN_RULES_FACTS_H
#define HRD_RPZGEN_RULES_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/status.h"

/* Of a group that a notation has, what is missing is not there; another notation leaves it open, as
 * all do of the head: there only what both sides have is compared. */
enum hrd_fact_group {
	HRD_FACTS_HEAD,
	HRD_FACTS_JUSTIFICATIONS,
	HRD_FACTS_EXCEPTIONS,
	HRD_FACT_GROUPS,
};

struct hrd_fact {
	enum hrd_fact_group group;
	char *key, *value;
};

/* Zeroed it holds nothing. */
struct hrd_fact_list {
	struct hrd_fact *all;
	size_t count, room;
	bool complete[HRD_FACT_GROUPS]; /* groups that the notation has, but the head; the caller's
					 */
	bool nomem;                     /* some could not be kept */
};

/* Keeps copies of both texts, or sets nomem. */
void hrd_fact_list_add(
    struct hrd_fact_list *facts, enum hrd_fact_group group, const char *key, const char *value);

/* Takes a difference; before or after is NULL where there is no such fact. The texts are those of
 * the facts. */
typedef void hrd_fact_change_fn(void *ctx, const char *key, const char *before, const char *after);

/* Gives all differences, by group and key. Sorts both. */
void hrd_fact_list_compare(
    struct hrd_fact_list *before, struct hrd_fact_list *after, hrd_fact_change_fn *each, void *ctx);

/* Frees what it holds; it may be used anew. */
void hrd_fact_list_clear(struct hrd_fact_list *facts);

#endif
