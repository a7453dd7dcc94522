/* SPDX-License-Identifier: BSD-3-Clause */
/* The policy image (".policy"): one file that holds every rule of one policy
 * (doc/policy-format.md).
 *
 * Caveats:
 *  - An image is replaced by rename() only, never written in place. Read it into private memory
 *    (hrd_policy_read()); a mapped file that somebody truncates kills the process that reads it.
 *  - It is hostile until hrd_policy_open() has returned HRD_OK. open checks size, magic and
 *    digest, then the structure, once; nothing relies on digest or signature for memory safety.
 *  - After open everything here is lock-free, allocation-free and bounded; any number of threads
 *    may use one policy until hrd_policy_free(). Pointers handed out live until then. */
#ifndef HRD_LIB_POLICY_POLICY_H
#define HRD_LIB_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "lib/name/action.h"
#include "lib/name/name.h"
#include "lib/name/prefix.h"
#include "lib/rules/rules.h"
#include "lib/trie/trie.h"

enum {
	HRD_DIGEST_LEN = 64,      /* BLAKE2b-512 over the payload */
	HRD_RULE_DIGEST_LEN = 32, /* BLAKE2b-256 over the dump lines of the rules that act */
	HRD_POLICY_FORMAT = 2,    /* of images that are read and written */
	HRD_POLICY_ID_MAX = 63,   /* octets of a policy id */
};

/* Why something is blocked, for people, in one language. Strings as in struct hrd_meta. */
struct hrd_justification {
	const char *basis;    /* basis id: for the rules that rest on it */
	const char *language; /* language tag (RFC 5646) */
	const char *text;
};

/* The header: what the image says of itself. Strings live as long as the policy (when read) or are
 * borrowed during hrd_policy_build() (when written). */
struct hrd_policy_info {
	const char *id;        /* [a-z0-9.-]{1,63} */
	const char *title;     /* "" when unknown */
	const char *publisher; /* name and contact, "" when unknown */
	struct hrd_name apex;  /* apex of the zone of the same build */
	struct hrd_name mname; /* SOA fields of the negative answers */
	struct hrd_name rname;
	uint32_t serial;    /* RFC 1982 */
	uint32_t ttl;       /* seconds: TTL of answers and SOA minimum */
	uint64_t created;   /* seconds since the epoch */
	uint64_t not_after; /* seconds since the epoch; 0 = no end */
	bool beacon;        /* _policy.<apex> TXT tells id, serial and rules */
	const struct hrd_justification
	    *justifications; /* when written; hrd_policy_justification() when read */
	size_t justification_count;
	bool rfc4592; /* compiled with --wildcards=rfc4592: holes are kept as STOP entries */
	uint64_t rules[HRD_TRIGGERS]; /* rules by trigger, STOP entries not counted; set by build */
	uint64_t observed;            /* of these, observe rules; set by build */
	uint8_t rule_digest[HRD_RULE_DIGEST_LEN]; /* set by build */
	bool has_rule_digest; /* when written: rule_digest is that of the set, build takes it */
	bool spares;          /* some rule is PASSTHRU; set by open */
};

/* Builds the payload and its digest; *out is malloc()ed. set must be sealed. Deterministic.
 * HRD_ENOMEM, HRD_ELIMIT, HRD_EINVAL (bad id or strings). */
HRD_MUST_USE int hrd_policy_build(
    const struct hrd_ruleset *set, const struct hrd_policy_info *info, uint8_t **out, size_t *len);

/* Gives an image that hrd_policy_build() made another serial and times, and its digest anew. */
void hrd_policy_restamp(
    uint8_t *image, size_t len, uint32_t serial, uint64_t created, uint64_t not_after);

/* Where and why an image was refused: a section name of doc/policy-format.md, the offset in the
 * file, and one line of text. Static strings, but that the system's words for why a file cannot be
 * read are good until the next call of the thread. */
struct hrd_fault {
	const char *section; /* "file", "header", "digest", "qname", "rules", ... */
	uint64_t offset;     /* octets from the start of the file */
	const char *reason;
};

/* The parts of a file; pointers into it. */
struct hrd_policy_parts {
	const uint8_t *payload; /* what the digest covers */
	size_t payload_len;
	const uint8_t *digest;    /* HRD_DIGEST_LEN octets */
	const uint8_t *signature; /* minisign text; length 0 when unsigned */
	size_t signature_len;
};

/* True when the octets are the start of an image of any version; 8 are enough to tell. */
bool hrd_policy_is_image(const void *data, size_t len);

/* By what the images of one policy are ordered (doc/policy-format.md section 2.1). */
struct hrd_stamp {
	uint32_t serial; /* RFC 1982 */
	uint64_t created;
	uint8_t rule_digest[HRD_RULE_DIGEST_LEN];
};

/* The stamp of a payload whose size and version have been checked (hrd_policy_split()). */
void hrd_policy_stamp(const uint8_t *payload, struct hrd_stamp *out);

/* Whether an image may follow another, or why not: a later serial may; the same serial only with
 * the same rules, created no earlier. The one order of images, and of the manifests of sets. */
enum hrd_stamp_order {
	HRD_STAMP_FOLLOWS,
	HRD_STAMP_EARLIER_SERIAL,
	HRD_STAMP_OTHER_RULES,
	HRD_STAMP_EARLIER_MADE,
};
enum hrd_stamp_order hrd_stamp_order(const struct hrd_stamp *before, const struct hrd_stamp *after);

/* The same as a line of text, static; NULL when it may follow. */
const char *hrd_stamp_fault(const struct hrd_stamp *before, const struct hrd_stamp *after);

struct hrd_policy;

enum hrd_open_flags {
	HRD_OPEN_NO_DIGEST = 1, /* for fuzzers and fixtures: structure alone must hold */
	HRD_OPEN_LOOK_UPS = 2,  /* for servers: leaves out the one check that look-ups do not rely
				 * on, that every name is a valid one (doc/trie.md section 6). A
				 * walk then leaves out a name that is none and those behind it. */
};

/* Takes a file apart and checks size, magic, version, digest and the form of the signature text,
 * but nothing within the payload: a signature can be judged before any structure is parsed.
 * HRD_ECORRUPT, HRD_EVERSION. */
HRD_MUST_USE int hrd_policy_split(const uint8_t *data, size_t len, unsigned flags,
    struct hrd_policy_parts *out, struct hrd_fault *fault);

/* Opens an image in memory. takes `data` (freed by hrd_policy_free(), also on failure) when
 * `owned` is set: it must then come from malloc(); otherwise data is borrowed and must outlive the
 * policy. HRD_ECORRUPT, HRD_EVERSION (made by a newer program), HRD_ENOMEM. */
HRD_MUST_USE int hrd_policy_open(uint8_t *data, size_t len, bool owned, unsigned flags,
    struct hrd_policy **out, struct hrd_fault *fault);

/* Reads path into private read-only memory (anonymous mapping, read, mprotect) and opens it.
 * Only a regular file is opened. HRD_EIO with errno set, also where there is none, and its words as
 * the fault's reason; HRD_ECORRUPT also for an empty file, one over HRD_IMAGE_OCTETS_MAX and one
 * that changed while it was read; and as above. */
HRD_MUST_USE int hrd_policy_read(
    const char *path, unsigned flags, struct hrd_policy **out, struct hrd_fault *fault);

/* A verdict of the caller's, on the signature for one, after size, version and digest have been
 * checked and before any structure is parsed: HRD_OK, or the status to end with. It may set fault.
 */
typedef int hrd_policy_judge_fn(
    void *ctx, const struct hrd_policy_parts *parts, struct hrd_fault *fault);

/* True to go on, false to end (HRD_ESTOP): asked several times a millisecond while the file is read
 * and digested and its names are validated for look-ups, and between sections, so that a thread
 * beside those of a server can let them have the processor, or end. */
typedef bool hrd_policy_goes_on_fn(void *ctx);

struct hrd_policy_reader {
	hrd_policy_judge_fn *judge;     /* or NULL */
	hrd_policy_goes_on_fn *goes_on; /* or NULL */
	void *ctx;                      /* of both */
};

/* The same with a reader. HRD_ESTOP: it does not go on; and as above. */
HRD_MUST_USE int hrd_policy_read_judged(const char *path, unsigned flags,
    const struct hrd_policy_reader *reader, struct hrd_policy **out, struct hrd_fault *fault);

void hrd_policy_free(struct hrd_policy *policy); /* NULL-safe */

const struct hrd_policy_info *hrd_policy_info(const struct hrd_policy *policy);
size_t hrd_policy_memory(const struct hrd_policy *policy); /* octets held */

/* The payload (what the digest covers), its digest, and the minisign text after it (length 0 when
 * unsigned). */
void hrd_policy_payload(const struct hrd_policy *policy, const uint8_t **payload, size_t *len,
    const uint8_t **digest, const uint8_t **signature, size_t *signature_len);

/* One decision. */
struct hrd_match {
	enum hrd_trigger trigger;
	enum hrd_action action;   /* never NONE or STOP */
	bool wildcard;            /* names: matched by the wildcard of the base name */
	unsigned labels;          /* names: labels of the base name, a suffix of what was asked */
	struct hrd_prefix prefix; /* IP triggers: the matching prefix */
	struct hrd_prefix addr;   /* IP triggers: the address that was looked for */
	uint32_t data;            /* local data: index for hrd_policy_rr() */
	uint32_t meta;            /* index for hrd_policy_meta(); 0 = none */
};

/* The rule that applies to a name (QNAME or NSDNAME): the deepest that acts. Rules that only
 * observe are passed over; where none acts, the deepest of them is given. False: none. */
bool hrd_policy_find(const struct hrd_policy *policy, enum hrd_trigger trigger, const uint8_t *wire,
    size_t len, struct hrd_match *match);

/* The rule of the longest prefix that covers the address and acts (the IP triggers), or as above.
 */
bool hrd_policy_find_addr(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const struct hrd_prefix *addr, struct hrd_match *match);

/* Whether one of the rules at or below the name has this action; of a name with thousands of names
 * below it only the first ones, in canonical order, are looked at. */
enum { HRD_POLICY_BELOW_MAX = 1024 };
bool hrd_policy_has_below(const struct hrd_policy *policy, enum hrd_trigger trigger,
    enum hrd_action action, const struct hrd_name *name);

/* Step by step, for a caller that counts what is passed over: the first rule in this order,
 * whatever its action, and the one behind *match, which a former call gave. */
bool hrd_policy_find_first(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const uint8_t *wire, size_t len, struct hrd_match *match);
bool hrd_policy_find_next(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const uint8_t *wire, size_t len, struct hrd_match *match);
bool hrd_policy_find_addr_first(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const struct hrd_prefix *addr, struct hrd_match *match);
bool hrd_policy_find_addr_next(const struct hrd_policy *policy, enum hrd_trigger trigger,
    const struct hrd_prefix *addr, struct hrd_match *match);

/* Records of local data: the n-th of `data`, or false past the last one. */
bool hrd_policy_rr(const struct hrd_policy *policy, uint32_t data, size_t n, struct hrd_rr *rr);

/* Metadata by the index of a match; all "" for 0 and for an index that there is not. */
void hrd_policy_meta(const struct hrd_policy *policy, uint32_t meta, struct hrd_meta *out);

/* How many there are, that of index 0, which is empty, included. */
uint32_t hrd_policy_meta_count(const struct hrd_policy *policy);

/* The i-th justification; false past the last one. Images of format version 1 have none. */
bool hrd_policy_justification(
    const struct hrd_policy *policy, size_t i, struct hrd_justification *out);

/* Writes the rule id of a match: the stored one, else policy id ':' owner ("*." in front for a
 * wildcard); always NUL-terminated, cut at size, which is over 0, between octets and not between
 * characters. Returns its length. base: the base name of the match; IP triggers need none. */
size_t hrd_rule_id(const struct hrd_policy *policy, const struct hrd_match *match,
    const struct hrd_name *base, char *text, size_t size);

/* Every rule in the order of the rule set (lib/rules/rules.h), STOP entries included. By value; no
 * clean-up. */
struct hrd_policy_walk {
	const struct hrd_policy *policy;
	enum hrd_trigger trigger;
	size_t next;
	struct hrd_trie_walk trie;
	struct hrd_name name;
	uint32_t value;
	bool wildcard_due;
};
void hrd_policy_walk_init(struct hrd_policy_walk *walk, const struct hrd_policy *policy);
/* name is set for the name triggers, match always. */
bool hrd_policy_walk_next(
    struct hrd_policy_walk *walk, struct hrd_name *name, struct hrd_match *match);

#endif
