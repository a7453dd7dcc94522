/* SPDX-License-Identifier: BSD-3-Clause */
/* The local allow list: what a site exempts from every policy, at once and without a publisher.
 *
 *   - name: ok.example          # and all below it
 *     owner: J. Doe             # who answers for it
 *     reason: ticket 1234
 *     until: 2026-12-31         # the last day; without it the exemption stays
 *   - name: www.example
 *     match: exact              # this name alone
 *
 * It may be several such files, of which each stands alone: where one is bad, what it said before
 * stays. The list as written is one thing, what of it is in force at a time another: a policy of
 * PASSTHRU rules, so that it is looked up as every other; owner, end and reason are their relation,
 * service and description. Both are immutable once made and counted by those who use them.
 *
 * Threads: any may read and make, for what it makes is its own until it is published; what is made
 * may be read by any number. HRD_EINVAL after a report. */
#ifndef HRD_MODULE_DECIDE_ALLOW_H
#define HRD_MODULE_DECIDE_ALLOW_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/name.h"
#include "lib/policy/policy.h"
#include "module/decide/exemption.h"

#define HRD_ALLOW_ID "local-allow"

struct hrd_allow_entry {
	struct hrd_name name;
	bool exact;
	struct hrd_exemption exemption;
	const char *file; /* that has it */
};

/* One file of the list, as written. */
struct hrd_allow_file {
	char *path;
	struct hrd_yaml *document; /* holds the entries' texts */
	struct hrd_allow_entry *entries;
	size_t count;
	uint64_t seen;     /* what the file looked like before it was read */
	uint64_t contents; /* digest of what it held */
	atomic_uint users;
};

/* All of them in order. */
struct hrd_allow_list {
	struct hrd_allow_file **files; /* one use of each */
	size_t file_count;
	struct hrd_allow_entry *entries; /* of all files; texts and names are theirs */
	size_t count;
	atomic_uint users;
};

/* What is in force of a list. */
struct hrd_allow {
	struct hrd_allow_list *list;
	struct hrd_policy *policy; /* NULL: no entry is in force */
	struct hrd_exemption_sum exemptions;
	struct hrd_span span; /* as long as that is so */
	int64_t made;         /* at what time, seconds since the epoch */
	atomic_uint users;
};

/* Reads one file; faults are logged.  *passing: the fault may pass without a change of the file.
 * HRD_EINVAL, HRD_ENOENT, HRD_EIO, HRD_ELIMIT, HRD_ENOMEM; HRD_ESTOP: the calling thread was told
 * to end, nothing is logged.  *out has one user. */
HRD_MUST_USE int hrd_allow_file_read(const char *path, bool *passing, struct hrd_allow_file **out);

/* Whether it is this file, which has not changed since. */
bool hrd_allow_file_is_current(const struct hrd_allow_file *file, const char *path);

/* Whether both say the same: of one that was only touched. */
bool hrd_allow_file_is_same(const struct hrd_allow_file *a, const struct hrd_allow_file *b);

/* The list of these files, of each of which it takes a use more. former: or NULL; it comes back
 * with one more user where it is of the same files. HRD_ENOMEM. */
HRD_MUST_USE int hrd_allow_list_make(struct hrd_allow_file *const *files, size_t count,
    struct hrd_allow_list *former, struct hrd_allow_list **out);

/* What is in force of the list at that time.  before: of the same list earlier, or NULL; it comes
 * back with one more user while it holds still. Entries that are over, end soon or have no owner,
 * reason or end are logged. HRD_EINVAL, HRD_ELIMIT, HRD_ENOMEM; HRD_ESTOP as above. */
HRD_MUST_USE int hrd_allow_make(
    struct hrd_allow_list *list, int64_t now, struct hrd_allow *before, struct hrd_allow **out);

/* Give up one use; NULL-safe. */
void hrd_allow_file_release(struct hrd_allow_file *file);
void hrd_allow_list_release(struct hrd_allow_list *list);
void hrd_allow_release(struct hrd_allow *allow);

#endif
