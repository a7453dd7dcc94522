/* SPDX-License-Identifier: BSD-3-Clause */
/* Publications in the history of a git clone, read by the git program: what was published is what
 * was committed, one commit after the other. Nothing is checked out, no hook runs, nothing is
 * fetched. One thread. */
#ifndef HRD_RPZGEN_DELIVER_GITSTORE_H
#define HRD_RPZGEN_DELIVER_GITSTORE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/status.h"
#include "rpzgen/base/diag.h"

/* True for the top directory of a clone, with or without a work tree. */
bool hrd_git_is_clone(const char *directory);

/* Gives each commit that has added or changed a file manifest.json, and the file's path in the
 * clone, the oldest first. each() is given borrowed text and goes on with true. False after a
 * report, or when each() has given false. */
typedef bool hrd_git_publication_fn(void *ctx, const char *commit, const char *path);
bool hrd_git_publications(
    const char *directory, hrd_git_publication_fn *each, void *ctx, struct hrd_diag *diag);

/* A file as it is in a commit; *data is malloc()ed and has a NUL behind its octets. HRD_ENOENT: it
 * is not there, or git failed. HRD_ELIMIT, HRD_ENOMEM. */
HRD_MUST_USE int hrd_git_read(const char *directory, const char *commit, const char *path,
    size_t max, char **data, size_t *len);

#endif
