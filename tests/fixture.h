/* SPDX-License-Identifier: BSD-3-Clause */
/* Policy images from text descriptions: good ones, and each way in which a file can lie.
 *
 * A description has one statement a line; '#' begins a comment line. Numbers are decimal, or
 *hexadecimal with 0x.
 *
 *   expect ok | corrupt SECTION TEXT | version SECTION TEXT
 *	what open must say; TEXT is the whole reason
 *   base
 *	the rules of a small policy with every trigger and action (fixture.c)
 *   rule TRIGGER exact|wild NAME ACTION [RULE-ID]
 *   rule TRIGGER prefix PREFIX ACTION [RULE-ID]
 *   record TRIGGER exact|wild NAME TYPE TTL HEX
 *	rules; ACTION as hrd_action_name(), or "stop"
 *
 * then changes of whole sections, after which the file is laid out anew:
 *
 *   append SECTION HEX	      cut SECTION OCTETS|all
 *   put SECTION OFFSET HEX   add ID FLAGS HEX
 *
 * then changes of the laid-out file. PLACE is header, table, SECTION or end, plus an offset
 *("rows+12"):
 *
 *   u8 PLACE N	  u32 PLACE N	u64 PLACE N   octets PLACE HEX
 *   digest		the digest is made after all changes above this line (default: at the end)
 *   attach TEXT	text and a line feed after the digest
 *   attach-octets HEX
 *   truncate LENGTH */
#ifndef HRD_TESTS_FIXTURE_H
#define HRD_TESTS_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

struct fixture {
	uint8_t *image; /* from malloc() */
	size_t len;
	int status; /* expected of hrd_policy_open() */
	char section[32];
	char reason[160];
};

/* Makes the image of a description. Gives 0, or -1 after a line on stderr. */
int fixture_make(const char *path, struct fixture *fixture);

/* The image of the statement "base" alone, for tests that change it by themselves. */
int fixture_base(struct fixture *fixture);

#endif
