/* SPDX-License-Identifier: BSD-3-Clause */
/* Text that came packed: gzip (RFC 1952), known by its content and not by a name.
 *
 * Packed octets are hostile: what comes out is bounded by the caller's maximum while it is
 * unpacked, and each member's check sum and length must hold, so half a file is none.
 *
 * Any thread. The result is the caller's, from malloc(). */
#ifndef HRD_RPZGEN_LIST_UNPACK_H
#define HRD_RPZGEN_LIST_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/status.h"

/* True for octets that begin as gzip does. */
bool hrd_is_packed(const char *data, size_t len);

/* Unpacks all members. *out is malloc()ed, has a NUL after its len octets, and is the caller's.
 * HRD_EINVAL: damaged, cut, or followed by other octets than zeros; HRD_ELIMIT: more than max
 * octets; HRD_ENOMEM. */
HRD_MUST_USE int hrd_unpack(const char *data, size_t len, size_t max, char **out, size_t *out_len);

#endif
