/* SPDX-License-Identifier: BSD-3-Clause */
/* The load guard: is the running server the one this module was built for?
 *
 * Unbound's structures change with its version, its distributor's patches and its configure flags,
 * and nothing in them says which they are; a module built for another layout crashes the server at
 * the first query. So before anything of the host is touched, init() asks here.
 *
 * Threads: in the host's init() alone, before there are workers. It only reads, and nothing is
 * kept. */
#ifndef HRD_MODULE_HOST_IDENTITY_H
#define HRD_MODULE_HOST_IDENTITY_H

#include "module/host/host.h"

enum {
	HRD_IDENTITY_TEXT_MAX = 1600
}; /* octets: a configure line on each side fits, else it is cut */

enum hrd_identity_verdict {
	HRD_IDENTITY_SAME,     /* the very binary of the build, by its GNU build-id */
	HRD_IDENTITY_ALIKE,    /* another binary whose version, configure line and sizes agree */
	HRD_IDENTITY_OVERRIDE, /* it differs, and HRADBA_ANY_HOST=yes says to go on all the same */
	HRD_IDENTITY_REFUSED,
};

/* Judges the main program of this process, from init(), which was given env and id. text gets one
 * line that names both sides. A host with an event loop of its own is refused whatever it is: that
 * loop calls only functions that it knows, so the caches could not be swept. Reads the environment
 * and the mapped image of the program; only where these are those of the build, sizes are
 * measured (module/host/layout.h). */
enum hrd_identity_verdict hrd_identity_check(
    struct module_env *env, int id, char text[HRD_IDENTITY_TEXT_MAX]);

#endif
