/* SPDX-License-Identifier: BSD-3-Clause */
/* Random names of every shape that is hard for somebody, in lower case as the library writes them.
 *
 * A random number generator (rng.h) decides: the same numbers give the same names everywhere. */
#ifndef HRD_TESTS_NAMES_H
#define HRD_TESTS_NAMES_H

#include <stddef.h>

#include "lib/name/name.h"
#include "tests/rng.h"

enum shape {
	SHAPE_SMALL,    /* few labels of few octets: many relations between names */
	SHAPE_DEEP,     /* up to 127 labels of few octets */
	SHAPE_LONG,     /* labels of up to 63 octets, names of up to 255 */
	SHAPE_ODD,      /* few octets, 00, 01, dots and stars among them */
	SHAPE_HOSTS,    /* what lists have: a few labels of letters and digits */
	SHAPE_DENSE,    /* short labels of five octets: most names have listed ancestors */
	SHAPE_CHAINS,   /* one chain of up to 127 labels, and few names beside it */
	SHAPE_FAMILIES, /* labels of 63 octets and nearly so, in families that differ late */
	SHAPE_OCTETS,   /* any octets in labels of any length */
	SHAPE_MIXED,    /* one of SHAPE_HOSTS and later */
	SHAPES,
};

/* A name of up to `max` octets. */
void names_random(struct rng *rng, enum shape shape, size_t max, struct hrd_name *name);

/* A label as such names have them; gives its length. Not for SHAPE_MIXED. */
size_t names_label(struct rng *rng, enum shape shape, uint8_t label[HRD_LABEL_MAX]);

/* A name of 1 to `labels` labels of one of these octets each. */
void names_of_octets(
    struct rng *rng, unsigned labels, const char *octets, size_t count, struct hrd_name *name);

#endif
