/* SPDX-License-Identifier: BSD-3-Clause */
/* The way to Unbound's headers: include this, after <config.h>, before any header of Unbound.
 *
 * The layout of Unbound's structures depends on macros of its own config.h, which has the same
 * name as ours; the build passes its full path.  From here on PACKAGE_STRING and CONFCMDLINE are
 * the host's: the literals that the load guard looks for in the running server. */
#ifndef HRD_HOST_H
#define HRD_HOST_H

#undef PACKAGE_BUGREPORT
#undef PACKAGE_NAME
#undef PACKAGE_STRING
#undef PACKAGE_TARNAME
#undef PACKAGE_URL
#undef PACKAGE_VERSION
#include HRD_HOST_CONFIG_H

#include <util/module.h>

#endif
