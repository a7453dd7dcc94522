/* SPDX-License-Identifier: BSD-3-Clause */
/* Distinct octet strings, numbered 0, 1, ... in the order in which they were first seen.
 *
 * The numbers depend on the input alone; the hash behind them is keyed at random per table, so that
 * no input can be made to collide (without entropy it is not keyed, and works all the same).
 * Strings are copied. One owner, one thread; readers of a table that no one adds to may be many. */
#ifndef HRD_LIB_RULES_INTERN_H
#define HRD_LIB_RULES_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buffer.h"
#include "lib/base/status.h"

struct hrd_intern {
	struct hrd_buffer octets; /* all strings, one after the other, in order */
	struct hrd_buffer starts; /* uint32_t: offset of each string */
	uint32_t *slots;          /* number + 1 of a string; 0 = free */
	size_t mask;              /* slots - 1, a power of two less one */
	uint32_t last;            /* the number given last, which mostly is the next as well */
	uint64_t key[2];
};

void hrd_intern_init(struct hrd_intern *table); /* cannot fail; allocates nothing */
void hrd_intern_free(struct hrd_intern *table); /* init before the next use */

/* Gives the number of the string, adding it when it is new. HRD_ENOMEM, HRD_ELIMIT (4 GiB): the
 * table is as it was. */
HRD_MUST_USE int hrd_intern(
    struct hrd_intern *table, const void *octets, size_t len, uint32_t *number);

/* Distinct strings so far. */
uint32_t hrd_intern_count(const struct hrd_intern *table);

/* The string with a number below the count; valid until the next addition. */
const uint8_t *hrd_intern_get(const struct hrd_intern *table, uint32_t number, size_t *len);

/* Where it starts within octets.data. */
uint32_t hrd_intern_offset(const struct hrd_intern *table, uint32_t number);

#endif
