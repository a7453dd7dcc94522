/* SPDX-License-Identifier: BSD-3-Clause */
/* The lexical layer of zone files (RFC 1035 section 5.1): entries out of a stream.
 *
 * An entry is a line, or several that parentheses hold together. It comes out flat: comments are
 * gone, parentheses and line ends inside them are blanks, quotes and escapes stay as written.
 * Nothing here knows what an entry means.
 *
 * Memory is one bounded buffer, whatever the stream holds. An entry that cannot be read costs that
 * entry alone: reading goes on at the next line, also after a parenthesis that is never closed. One
 * reader belongs to one thread. */
#ifndef HRD_RPZGEN_ZONE_TEXT_H
#define HRD_RPZGEN_ZONE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/status.h"

/* Octets of one entry: 65,535 octets of RDATA written as \DDD, and room for fields and blanks. */
#define HRD_ZONE_ENTRY_MAX (320u << 10)

/* How often an unclosed parenthesis may send the reader back to the line after it. Each time costs
 * up to HRD_ZONE_ENTRY_MAX octets of reading, so a hostile zone must not do it at every line. */
#define HRD_ZONE_REWINDS_MAX 16u

struct hrd_zonetext;

struct hrd_zone_entry {
	const char *text; /* not NUL-terminated; valid until the next call */
	size_t len;       /* without blanks at its end; over 0 */
	uint64_t line;    /* where the entry starts, from 1 */
	uint32_t col;     /* of its text in that line, from 1 */
	bool one_line;    /* so columns within the text are right as well */
	bool indented;    /* it starts with a blank: the owner is that of the entry before */
};

/* The stream stays the caller's. NULL when out of memory. */
struct hrd_zonetext *hrd_zonetext_new(FILE *stream);
void hrd_zonetext_free(struct hrd_zonetext *reader); /* NULL-safe */

/* From now on lines that begin with '#' or "//" are comments too, as lists of others write them. In
 * a zone they are owners. */
void hrd_zonetext_take_hashes(struct hrd_zonetext *reader);

/* The next entry that is not empty.
 * HRD_ENOENT: end of the stream. HRD_EINVAL: entry->line cannot be read, *why is a static text
 * that says it; call again for the next one. HRD_ELIMIT: too many unclosed parentheses, *why as
 * before; nothing more will come. HRD_EIO: errno says why. HRD_ENOMEM. */
HRD_MUST_USE int hrd_zonetext_next(
    struct hrd_zonetext *reader, struct hrd_zone_entry *entry, const char **why);

/* True when the stream ended within a line: it may have been cut. */
bool hrd_zonetext_cut(const struct hrd_zonetext *reader);

/* Takes the first field (blanks end it, but not within quotes or after a backslash) off the text.
 * False when there is none. */
bool hrd_zone_field(const char **text, size_t *len, const char **field, size_t *field_len);

/* Reads a TTL: seconds, or numbers with units as BIND reads them ("1h30m"), up to HRD_ZONE_TTL_MAX
 * (RFC 2181 section 8). */
#define HRD_ZONE_TTL_MAX 0x7fffffffu
bool hrd_zone_ttl(const char *text, size_t len, uint32_t *ttl);

#endif
