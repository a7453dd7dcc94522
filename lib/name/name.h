/* SPDX-License-Identifier: BSD-3-Clause */
/* Domain names: wire form, presentation form, canonical order, keys.
 *
 * A name is a sequence of arbitrary octets in labels (RFC 1035 3.1), never a C
 * string: labels may hold any octet, NUL and dots included. Everything here is
 * octets only; IDNA belongs to what people write in an inventory (rpzgen/inventory/idna.h).
 *
 * Three notations of the name "Www.Example." byte for byte:
 *   wire          03 'w' 'w' 'w' 07 'e' 'x' 'a' 'm' 'p' 'l' 'e' 00     (always lower case here)
 *   text          www.example
 *   key           'e' 'x' 'a' 'm' 'p' 'l' 'e' 00 'w' 'w' 'w' 00
 *
 * The key holds the labels from the root down, each ended by 00, with the octets 00 and 01
 * of a label written as 01 01 and 01 02. memcmp() order of keys (the shorter first where
 * one is a prefix) is the canonical order of RFC 4034 section 6.1, and a key is a prefix of
 * another exactly when its name is the same or an ancestor.
 *
 * All functions are pure: no allocation, no locale, any number of threads. */
#ifndef HRD_LIB_NAME_NAME_H
#define HRD_LIB_NAME_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"

enum {
	HRD_NAME_MAX = 255,   /* octets of a wire name, root label included (RFC 1035 2.3.4) */
	HRD_LABEL_MAX = 63,   /* octets of a label (RFC 1035 2.3.4) */
	HRD_LABELS_MAX = 127, /* labels of a name, root label not counted */
	HRD_NAME_TEXT_MAX =
	    1010,          /* octets of hrd_name_to_text() with its NUL: \DDD for each octet */
	HRD_KEY_MAX = 510, /* octets of a key: every octet of the wire form escaped */
};

/* A wire name by value; lower case, uncompressed, ended by the root label. len 1 is the root. */
struct hrd_name {
	uint8_t len; /* octets used of wire, 1..255 */
	uint8_t wire[HRD_NAME_MAX];
};

/* A canonical key by value. */
struct hrd_key {
	uint16_t len; /* octets used, 0 for the root */
	uint8_t octets[HRD_KEY_MAX];
};

/* Reads presentation form (RFC 1035 5.1: \DDD and \X escapes), lower-casing A-Z. A name is taken
 * as absolute with or without the final dot; "." is the root.
 * HRD_EINVAL: empty text, empty label, bad escape. HRD_ERANGE: label over 63 or name over 255. */
HRD_MUST_USE int hrd_name_from_text(struct hrd_name *out, const char *text, size_t len);

/* Copies one uncompressed wire name that starts at wire, lower-casing A-Z. len bounds the
 * reading; octets after the root label are ignored.
 * HRD_EINVAL: no root label within len, or a compression pointer. HRD_ERANGE: over 255 octets. */
HRD_MUST_USE int hrd_name_from_wire(struct hrd_name *out, const uint8_t *wire, size_t len);

/* Writes presentation form with a NUL, without the final dot (the root is "."), and returns its
 * length without the NUL. Octets outside 21..7e and the specials . \ " ( ) ; @ $ are escaped, so
 * the text is one printable ASCII token. name must be valid. */
size_t hrd_name_to_text(const struct hrd_name *name, char text[HRD_NAME_TEXT_MAX]);

/* The same as every server reads it: all but letters, digits and - _ * / as \DDD. Knot's reader
 * takes no other octet as it is, and gives up the zone there. */
size_t hrd_name_to_portable_text(const struct hrd_name *name, char text[HRD_NAME_TEXT_MAX]);

/* Labels of the name, the root label not counted: 0..127. */
unsigned hrd_name_labels(const struct hrd_name *name);

/* The ancestor (or the name itself) that keeps the rightmost `labels` labels; labels must not
 * exceed those of name. */
void hrd_name_suffix(struct hrd_name *out, const struct hrd_name *name, unsigned labels);

/* Labels that two names have in common, from the root. Linear. */
unsigned hrd_name_common_labels(const struct hrd_name *a, const struct hrd_name *b);

/* All ancestors of a name, each by what it keeps of the wire form: the one with n labels begins at
 * octet at[n]; at[labels] is 0. For loops over ancestors, which hrd_name_suffix() makes quadratic.
 */
struct hrd_name_ancestors {
	unsigned labels;
	uint8_t at[HRD_LABELS_MAX + 1];
};
void hrd_name_ancestors(struct hrd_name_ancestors *out, const struct hrd_name *name);
void hrd_name_nth_ancestor(struct hrd_name *out, const struct hrd_name *name,
    const struct hrd_name_ancestors *of, unsigned labels);

/* Appends origin to the (relative) name: HRD_ERANGE when the result is over 255 octets. */
HRD_MUST_USE int hrd_name_append(struct hrd_name *name, const struct hrd_name *origin);

/* Puts one label in front of the name; HRD_ERANGE as above, or for a label of 0 or over 63 octets.
 */
HRD_MUST_USE int hrd_name_prepend(struct hrd_name *name, const uint8_t *label, size_t len);

/* True when name is at or below ancestor. */
bool hrd_name_is_at_or_below(const struct hrd_name *name, const struct hrd_name *ancestor);

/* Canonical order (RFC 4034 6.1): below 0, 0, above 0. */
int hrd_name_cmp(const struct hrd_name *a, const struct hrd_name *b);

/* Conversions to and from keys; hrd_key_to_name() gives HRD_EINVAL or HRD_ERANGE for octets
 * that are no key of a valid lower-case name. */
void hrd_key_from_name(struct hrd_key *out, const struct hrd_name *name);
HRD_MUST_USE int hrd_key_to_name(struct hrd_name *out, const uint8_t *key, size_t len);

/* The same for a key that is known to be of a valid name and as long as its labels, that is without
 * escapes, as nearly all are. HRD_EINVAL when a label is none. */
HRD_MUST_USE int hrd_plain_key_to_name(struct hrd_name *out, const uint8_t *key, size_t len);

#endif
