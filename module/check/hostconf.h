/* SPDX-License-Identifier: BSD-3-Clause */
/* What of an unbound.conf(5) matters to the module: as whom and where the server runs, in which
 * order modules are asked, and which names are answered before any of them.
 *
 * A reader of its own, since the host's is part of the host: clauses, keys, quotes, comments and
 * include files as unbound.conf(5) has them; keys that do not matter are passed over. The host's
 * unbound-checkconf judges the rest. One thread. */
#ifndef HRD_MODULE_CHECK_HOSTCONF_H
#define HRD_MODULE_CHECK_HOSTCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name/name.h"
#include "lib/base/status.h"

/* A name that the server answers by itself. */
struct hrd_host_name {
	const char *kind; /* "local-zone", "local-data", "auth-zone"; static text */
	struct hrd_name name;
	bool subtree;     /* and all below it */
	const char *view; /* the view that it belongs to, or NULL; until hrd_hostconf_clear() */
	const char *file; /* where it stands, likewise; NULL: the server's default */
	uint32_t line;
};

struct hrd_hostconf {
	char *user;               /* NULL: not said */
	char *chroot;             /* NULL: not said */
	char *modules;            /* of the last module-config, which counts; NULL: not said */
	const char *modules_file; /* where that stands; until hrd_hostconf_clear() */
	uint32_t modules_line;
	bool dynlib; /* there is a dynlib-file */
	struct hrd_host_name *names;
	size_t count, space;
	char **texts; /* that the above point to */
	size_t text_count, text_space;
};

/* Gets each fault of reading: the file, its line (0: the whole), what is wrong. */
typedef void hrd_hostconf_fault_fn(void *ctx, const char *file, uint32_t line, const char *text);

/* Reads the file with all that it includes but the one at `without`, if any. HRD_EIO where one
 * cannot be read, HRD_ELIMIT for too many or too deep includes, both reported; HRD_ENOMEM.  *out is
 * to be cleared in any case. */
HRD_MUST_USE int hrd_hostconf_read(struct hrd_hostconf *out, const char *path, const char *without,
    hrd_hostconf_fault_fn *fault, void *ctx);

/* Frees what it holds; zeroed it holds nothing. */
void hrd_hostconf_clear(struct hrd_hostconf *conf);

#endif
