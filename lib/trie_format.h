/* SPDX-License-Identifier: BSD-3-Clause */
/* Offsets within a name section (doc/policy-format.md section 8); for trie_build.c and trie_read.c
 * only. */
#ifndef HRD_LIB_TRIE_FORMAT_H
#define HRD_LIB_TRIE_FORMAT_H

enum {
	/* 8.1 Head */
	TRIE_COUNT = 0,    /* u32: names */
	TRIE_KEYS_LEN = 4, /* u32: octets of all keys */
	TRIE_HEAD = 8,
	/* 8.2 Entries: TRIE_ENTRY octets a name, in order */
	TRIE_ENTRY_END = 0,   /* u32: end of its key within the keys */
	TRIE_ENTRY_VALUE = 4, /* u32 */
	TRIE_ENTRY = 8,
	/* 8.3 Keys follow the entries */
};

#endif
