/* SPDX-License-Identifier: BSD-3-Clause */
/* What may be printed of texts from outside: nothing that shapes or hides other text, no password.
 * Pure functions. */
#ifndef HRD_RPZGEN_BASE_SHOWN_H
#define HRD_RPZGEN_BASE_SHOWN_H

/* A copy in which everything unprintable, or not seen (lib/base/utf8.h), is \xNN, and whatever
 * looks like a user with a password in front of a host is ***; to be freed. NULL when out of
 * memory.
 */
char *hrd_sanitised(const char *text);

/* The same with all octets but the secrets as they are, for machines. */
char *hrd_without_secrets(const char *text);

#endif
