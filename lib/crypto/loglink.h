/* SPDX-License-Identifier: BSD-3-Clause */
/* The links of a log: each line holds a digest of itself and of the line before (doc/events.md,
 * section "Integrity").
 *
 *   link = BLAKE2b-256(link of the line before, octets of the line before `,"hash":"`)
 *
 * A line ends with `,"hash":"LINK"}}` and says earlier which one it is: `"hradba":{"line":N}`, and
 * with a key `"hradba":{"line":N,"key":M}`, where the BLAKE2b is keyed with the M-th key. The key
 * of number M + 1 is a digest of that of number M, which is then forgotten: who gets hold of one
 * cannot make links of those before.
 *
 * Pure, but for the state in the caller's struct; any number of threads, each with its own. */
#ifndef HRD_LIB_CRYPTO_LOGLINK_H
#define HRD_LIB_CRYPTO_LOGLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"

enum {
	HRD_LINK_LEN = 32,
	HRD_LINK_TEXT = 64, /* digits of a link */
	HRD_LOG_KEY_LEN = 32,
	HRD_LOG_KEY_ID_LEN = 8,
	HRD_LINK_TAIL = 64 + 13, /* octets of what ends a line, with its LF */
};

/* Where a log stands. */
struct hrd_log_link {
	uint8_t link[HRD_LINK_LEN]; /* of the last line; zeros before the first */
	uint64_t line;              /* its number; 0: none yet */
	bool keyed;
	uint64_t key_number; /* from 0 */
	uint8_t key[HRD_LOG_KEY_LEN];
};

/* Before the first line. key: of number 0, or NULL. */
void hrd_log_link_init(struct hrd_log_link *state, const uint8_t *key);

/* The link of the next line, by its octets before `,"hash":"`; the state goes on. */
void hrd_log_link_next(struct hrd_log_link *state, const void *body, size_t len);

/* Takes the key of the next number and forgets this one. */
void hrd_log_key_next(struct hrd_log_link *state);

/* Names a key of number 0 without telling it. */
void hrd_log_key_id(const uint8_t key[static HRD_LOG_KEY_LEN], uint8_t id[HRD_LOG_KEY_ID_LEN]);

/* A line taken apart. */
struct hrd_linked_line {
	size_t body; /* octets before `,"hash":"` */
	uint64_t line;
	bool keyed;
	uint64_t key_number;
	uint8_t link[HRD_LINK_LEN];
};

/* Takes a line apart, given without its LF. HRD_ENOENT: it has no link; HRD_EINVAL: it has one that
 * no program of ours writes. */
HRD_MUST_USE int hrd_linked_line_parse(const char *text, size_t len, struct hrd_linked_line *out);

#endif
