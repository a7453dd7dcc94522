/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file is, by how it begins: files of another kind than the one that is wanted are named as
 * what they are. Any number of threads. */
#ifndef HRD_LIB_USAGE_CONTENT_H
#define HRD_LIB_USAGE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

/* The kinds that people hand in by mistake. */
enum hrd_content {
	HRD_CONTENT_UNKNOWN,
	HRD_CONTENT_ZONE,
	HRD_CONTENT_IMAGE,
	HRD_CONTENT_MANIFEST,
	HRD_CONTENT_INVENTORY,
	HRD_CONTENT_SETTINGS, /* of the module */
	HRD_CONTENT_ALLOW,    /* its local allow list */
	HRD_CONTENT_KEY,      /* a public key, or a secret one */
	HRD_CONTENT_HOST,     /* a configuration of Unbound */
	HRD_CONTENT_LIST,     /* one name a line */
	HRD_CONTENT_LOG,      /* of the module; wanted only, as the next */
	HRD_CONTENT_RECORD,   /* of check --live */
};

/* By the start of a file, which ends with NUL at text[len]. */
enum hrd_content hrd_content_of(const char *text, size_t len);

/* True for the start of a zone: a directive, or the SOA that every zone has first. */
bool hrd_content_is_zone(const char *text);

/* The start of a regular file, as text; its length, 0 when there is nothing to look at. */
size_t hrd_content_start(const char *path, char *text, size_t size);

/* "this is no inventory but a zone: rpzgen compile makes an image of it": what a file is that
 * begins so, and which program takes it. False where it is of the wanted kind, which may be
 * unknown, or cannot be known. */
enum { HRD_CONTENT_TEXT_MAX = 160 };
bool hrd_content_mistaken(
    const char *start, size_t len, enum hrd_content wanted, char text[HRD_CONTENT_TEXT_MAX]);

/* The same of a file; false where it cannot be read, too. */
bool hrd_content_file_mistaken(
    const char *path, enum hrd_content wanted, char text[HRD_CONTENT_TEXT_MAX]);

#endif
