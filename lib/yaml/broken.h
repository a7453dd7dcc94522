/* SPDX-License-Identifier: BSD-3-Clause */
/* What people wrote where libyaml names the rule of its grammar that they broke: in plain words,
 * with the remedy, at the place where the mistake is made rather than where it is noticed.
 *
 * Pure; any number of threads. The octets are hostile. */
#ifndef HRD_LIB_YAML_BROKEN_H
#define HRD_LIB_YAML_BROKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place: its octet, and line and column (in characters) from 0, as libyaml counts them. */
struct hrd_yaml_spot {
	size_t at;
	uint32_t line, col;
};

/* Why libyaml cannot go on. */
struct hrd_yaml_stop {
	const char *data;
	size_t len;
	const char *problem, *context; /* its words; "" for none */
	struct hrd_yaml_spot here;     /* where it noticed */
	struct hrd_yaml_spot from;     /* where what it was reading began */
	struct hrd_yaml_spot flow;     /* the last [ or { that it has passed, else the start */
	struct hrd_yaml_spot open;     /* the last scalar: its first octet */
	size_t close;                  /* and the octet behind it */
	bool quoted;                   /* it was in quotes */
};

enum { HRD_YAML_BROKEN_MAX = 256 };

/* The octet of a place given as line and column is not known to the caller: the place of an octet,
 * with \n, \r\n and \r as ends of lines. */
struct hrd_yaml_spot hrd_yaml_spot(const char *data, size_t len, size_t at);

/* Names the mistake; gives its place. */
struct hrd_yaml_spot hrd_yaml_broken(
    const struct hrd_yaml_stop *stop, char text[HRD_YAML_BROKEN_MAX]);

/* The same where the octets are no text; value: the octet or character that cannot be. */
struct hrd_yaml_spot hrd_yaml_no_text(
    const char *data, size_t len, size_t at, int value, char text[HRD_YAML_BROKEN_MAX]);

#endif
