/* SPDX-License-Identifier: BSD-3-Clause */
/* What the radix trie replaced, for comparison: a tree of windows (the first 64 bits of the first
 * name of each slot, and of every eighth of these above) with halving where windows are equal. It
 * finds in the slots of an opened trie. */
#ifndef HRD_BENCH_WINDOWS_H
#define HRD_BENCH_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/trie/trie.h"

struct windows;

/* Borrows the trie, which is not empty; NULL when out of memory. */
struct windows *windows_make(const struct hrd_trie *trie);
void windows_free(struct windows *w);
size_t windows_octets(const struct windows *w);
bool windows_find(const struct windows *w, const uint8_t *wire, size_t len);

#endif
