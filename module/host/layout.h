/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes of the host's structures, as far as the running server shows them: a patch to a server of
 * the same version may have changed one, and a module of another layout corrupts its memory.
 * Threads: in the host's init() alone, before there are workers. It only reads; the text is static.
 */
#ifndef HRD_MODULE_HOST_LAYOUT_H
#define HRD_MODULE_HOST_LAYOUT_H

#include "module/host/host.h"

/* The name of the first structure whose size is another than that of the build; NULL: none is. env
 * as init() was given it; id: of our place in its chain. A size is seen to the granularity of the
 * allocator, that of a query's state exactly. Sizes do not show an exchange of two fields.
 * Allocates, and frees it again; where it cannot, what is to be measured passes. From init(). */
const char *hrd_layout_difference(struct module_env *env, int id);

#endif
