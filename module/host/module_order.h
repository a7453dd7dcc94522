/* SPDX-License-Identifier: BSD-3-Clause */
/* Which module orders of the host are sound. Pure; the text is static. */
#ifndef HRD_MODULE_HOST_MODULE_ORDER_H
#define HRD_MODULE_HOST_MODULE_ORDER_H

/* NULL when module_config ("dynlib validator iterator") is supported, else why not: a static text.
 *
 * dynlib must come first, because whatever stands before it answers without being asked; iterator
 * last; between them any of respip, validator, subnetcache and dns64, each once. cachedb is a
 * second cache in which permitted answers would survive; python and others cannot be judged. */
const char *hrd_module_order_fault(const char *module_config);

#endif
