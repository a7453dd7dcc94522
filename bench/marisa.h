/* SPDX-License-Identifier: BSD-3-Clause */
/* marisa-trie from C. Keys are names from the top-level label down, each label ended by a dot, so
 * that an ancestor is a prefix. */
#ifndef HRD_BENCH_MARISA_H
#define HRD_BENCH_MARISA_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench_marisa;

/* Keys are taken by get(ctx, i, &len), in order; each must live until the next call only. NULL on
 * failure. */
struct bench_marisa *bench_marisa_make(
    size_t count, const char *(*get)(const void *ctx, size_t i, size_t *len), const void *ctx);

/* True when a listed key is a prefix of the given one. One thread. */
bool bench_marisa_find(const struct bench_marisa *made, const char *key, size_t len);

/* The memory that finding reads, which is the file too. */
const void *bench_marisa_octets(const struct bench_marisa *made, size_t *len);
void bench_marisa_free(struct bench_marisa *made);

#ifdef __cplusplus
}
#endif

#endif
