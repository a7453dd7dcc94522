/* SPDX-License-Identifier: BSD-3-Clause */
/* Offsets and numbers of the policy image (doc/policy-format.md, whose sections are cited); for
 * this room and tests only. Constants: pure. */
#ifndef HRD_LIB_POLICY_FORMAT_H
#define HRD_LIB_POLICY_FORMAT_H

#include <stdint.h>

#include "lib/policy/policy.h"

/* 2.1 Magic: the first octet is not ASCII and the line ends show a text-mode copy. */
#define HRD_MAGIC "\211HRD\r\n\032\n"

enum {
	/* 2.1 Fixed header */
	HEAD_MAGIC = 0,
	HEAD_VERSION = 8,       /* u32 */
	HEAD_SIZE = 12,         /* u32: octets of header and section table */
	HEAD_PAYLOAD = 16,      /* u64: octets up to the digest */
	HEAD_SECTIONS = 24,     /* u32 */
	HEAD_FLAGS = 28,        /* u32 */
	HEAD_SERIAL = 32,       /* u32 */
	HEAD_TTL = 36,          /* u32 */
	HEAD_CREATED = 40,      /* u64 */
	HEAD_NOT_AFTER = 48,    /* u64 */
	HEAD_RULES = 56,        /* 5 * u64, by trigger */
	HEAD_OBSERVED = 96,     /* u64 */
	HEAD_RULE_DIGEST = 104, /* 32 octets */
	HEAD_FIXED = 136,
	MAGIC_LEN = 8,
	FORMAT_VERSION = HRD_POLICY_FORMAT,
	FORMAT_OLDEST = 1, /* what is read besides */
	FLAG_RFC4592 = 1,
	FLAG_BEACON = 2, /* since version 2 */

	/* 2.2 Section table: SECTION_ENTRY octets each */
	SECTION_ID = 0,     /* u32 */
	SECTION_FLAGS = 4,  /* u32 */
	SECTION_OFFSET = 8, /* u32, from the start of the file */
	SECTION_LEN = 12,   /* u32 */
	SECTION_ENTRY = 16,
	SECTION_OPTIONAL = 1, /* flag: a reader that does not know the id may pass over it */
	SECTION_ALIGN = 8,
	SECTIONS_MAX = 64,

	/* 4.2 Metadata: nine u32 offsets of strings; six in version 1 */
	META_ENTRY = 36,
	META_ENTRY_1 = 24,

	/* 4.3 Justifications: three u32 offsets of strings */
	JUSTIFICATION_BASIS = 0,
	JUSTIFICATION_LANGUAGE = 4,
	JUSTIFICATION_TEXT = 8,
	JUSTIFICATION_ENTRY = 12,

	/* 5.1 Records */
	RECORD_TYPE = 0,  /* u16 */
	RECORD_RDLEN = 2, /* u16 */
	RECORD_TTL = 4,   /* u32 */
	RECORD_RDATA = 8, /* u32, offset in the RDATA section */
	RECORD_ENTRY = 12,
	/* 5.3 Data sets: a u32 each, the index behind its last record */
	DATA_ENTRY = 4,

	/* 6.1 Rows */
	ROW_ACTION = 0, /* u8; three octets 0 */
	ROW_DATA = 4,   /* u32 */
	ROW_META = 8,   /* u32 */
	ROW_ENTRY = 12,
	/* 6.2 Values */
	VALUE_EXACT = 0, /* u32: row of the exact rule, 0 = none */
	VALUE_WILD = 4,  /* u32: row of the wildcard rule, 0 = none */
	VALUE_ENTRY = 8,

	/* 7 Prefix tables */
	PREFIX_ADDR = 0,    /* 16 octets */
	PREFIX_LEN = 16,    /* u8; three octets 0 */
	PREFIX_PARENT = 20, /* u32: index of the closest entry that covers this one */
	PREFIX_ROW = 24,    /* u32 */
	PREFIX_ENTRY = 28,
};

#define PREFIX_NO_PARENT UINT32_MAX
#define TTL_MAX INT32_MAX /* RFC 2181 section 8 */

/* 2.3 Section ids; their order is that of the file. */
enum hrd_section {
	SECTION_INFO = 1,
	SECTION_STRINGS,
	SECTION_META,
	SECTION_RDATA,
	SECTION_RECORDS,
	SECTION_DATA,
	SECTION_ROWS,
	SECTION_VALUES,
	SECTION_QNAME,
	SECTION_NSDNAME,
	SECTION_CLIENT_IP,
	SECTION_RESPONSE_IP,
	SECTION_NSIP,
	SECTION_JUSTIFICATIONS, /* since version 2 */
	SECTIONS_KNOWN = SECTION_JUSTIFICATIONS,
	SECTIONS_KNOWN_1 = SECTION_NSIP, /* in version 1 */
};

_Static_assert(HEAD_OBSERVED == HEAD_RULES + 5 * 8, "rule counts by trigger");
_Static_assert(HEAD_FIXED == HEAD_RULE_DIGEST + 32, "end of the fixed header");
_Static_assert(HEAD_FIXED % SECTION_ALIGN == 0, "the table is aligned");

#endif
