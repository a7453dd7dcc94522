/* SPDX-License-Identifier: BSD-3-Clause */
/* The inside of an opened policy, for this room only. Threads as policy.h
 * says: whoever opens, then any number. */
#ifndef HRD_LIB_POLICY_PRIVATE_H
#define HRD_LIB_POLICY_PRIVATE_H

#include "lib/policy/format.h"
#include "lib/policy/policy.h"

enum hrd_ownership { HRD_BORROWED, HRD_HEAP, HRD_MAPPED };

struct hrd_section_view {
	const uint8_t *base;
	uint32_t len;
	uint32_t count; /* entries, where they have one size */
};

struct hrd_policy {
	uint8_t *data;
	size_t len;
	enum hrd_ownership ownership;
	struct hrd_policy_parts parts;
	struct hrd_policy_info info;
	uint32_t version;    /* of the format, FORMAT_OLDEST to FORMAT_VERSION */
	uint32_t meta_entry; /* octets of an entry of SECTION_META */
	struct hrd_section_view sections[SECTIONS_KNOWN + 1]; /* by id; 0 is not used */
	struct hrd_trie names[HRD_TRIGGERS];                  /* of the name triggers */
};

/* The section of a trigger's rules. */
enum hrd_section hrd_trigger_section(enum hrd_trigger trigger);

/* Octets of a file to go through between two questions. */
enum { HRD_OCTETS_A_QUESTION = 1 << 18 };

/* Judges nothing and goes on. */
extern const struct hrd_policy_reader hrd_no_reader;

static inline bool
hrd_goes_on(const struct hrd_policy_reader *reader)
{
	return reader->goes_on == NULL || reader->goes_on(reader->ctx);
}

/* Fills fault; returns HRD_ECORRUPT. Static strings. */
int hrd_refuse(struct hrd_fault *fault, const char *section, uint64_t offset, const char *reason);

/* hrd_policy_split() with a reader. */
HRD_MUST_USE int hrd_policy_take_apart(const uint8_t *data, size_t len, unsigned flags,
    const struct hrd_policy_reader *reader, struct hrd_policy_parts *out, struct hrd_fault *fault);

/* Opens data whatever its ownership; takes it as hrd_policy_open() does. */
HRD_MUST_USE int hrd_policy_adopt(uint8_t *data, size_t len, enum hrd_ownership ownership,
    unsigned flags, const struct hrd_policy_reader *reader, struct hrd_policy **out,
    struct hrd_fault *fault);

#endif
