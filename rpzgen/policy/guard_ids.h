/* SPDX-License-Identifier: BSD-3-Clause */
/* What the parts of the guards share: private to the room. Threads as guard.h says: one. */
#ifndef HRD_RPZGEN_POLICY_GUARD_IDS_H
#define HRD_RPZGEN_POLICY_GUARD_IDS_H

#include "rpzgen/policy/guard.h"

/* Every guard. Those from HRD_GUARD_ID_ADDRESS on may be lifted without a name. */
enum hrd_guard_id {
	HRD_GUARD_ID_ROOT,
	HRD_GUARD_ID_PUBLIC_SUFFIX,
	HRD_GUARD_ID_PRIVATE_SUFFIX,
	HRD_GUARD_ID_NEVER,
	HRD_GUARD_ID_SHARED,
	HRD_GUARD_ID_POPULAR,
	HRD_GUARD_ID_EMPTY,
	HRD_GUARD_ID_GROWTH,
	HRD_GUARD_ID_SHRINK,
	HRD_GUARD_ID_APEX_GONE,
	HRD_GUARD_ID_MUST_BLOCK,
	HRD_GUARD_ID_MUST_RESOLVE,
	HRD_GUARD_ID_ADDRESS,
	HRD_GUARD_ID_CLIENT,
	HRD_GUARD_ID_NAME_SERVER,
	HRD_GUARD_ID_REDIRECT,
	HRD_GUARD_IDS,
};

/* Its stable id. */
const char *hrd_guard_word(enum hrd_guard_id id);

/* No exception lifts it. */
bool hrd_guard_is_final(enum hrd_guard_id id);

/* The exceptions of the inventory; 0 without one. */
size_t hrd_guard_exception_count(const struct hrd_guard *guard);

/* True when an exception lifts the guard for one of the names (NULL: the guard speaks of none). */
bool hrd_guard_is_lifted(struct hrd_guard *guard, enum hrd_guard_id id, const struct hrd_name *name,
    const struct hrd_name *other);

/* Reports something about the set as a whole, unless an exception lifts the guard for name. */
__attribute__((format(printf, 4, 5))) void hrd_guard_report(struct hrd_guard *guard,
    enum hrd_guard_id id, const struct hrd_name *name, const char *format, ...);

/* True when the listed name is exclusive and of relation self, with evidence that can be cited. */
bool hrd_guard_is_vouched(const struct hrd_guard *guard, const struct hrd_name *name);

/* How an exception names a rule: its owner without "*.", "16.0.0.0.10.rpz-ip". */
void hrd_guard_excepted_name(const struct hrd_rule *rule, struct hrd_name *name);

/* True for data of a rule that sends whoever asks to an address or a name that is not its own. */
bool hrd_guard_redirects(const struct hrd_rule *rule, const struct hrd_rr *rr);

/* The guard that speaks against a rule about addresses, clients or name servers, which no exception
 * lifts, with the reason in why; HRD_GUARD_IDS: none does, or the rule is about a name. */
enum hrd_guard_id hrd_guard_trigger(
    struct hrd_guard *guard, const struct hrd_rule *rule, char why[HRD_GUARD_WHY_MAX]);

/* Loads the lists that do not come with an inventory; false after a report. */
bool hrd_guard_load_lists(struct hrd_guard *guard, const struct hrd_guard_files *files);

#endif
