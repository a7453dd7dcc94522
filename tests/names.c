/* SPDX-License-Identifier: BSD-3-Clause */
/* Random names. */
#include <config.h>

#include "tests/names.h"

#include <string.h>

static void
fill(struct rng *rng, const char *octets, uint32_t count, uint8_t *label, size_t len)
{
	for (size_t i = 0; i < len; i++)
		label[i] = (uint8_t)octets[rng_below(rng, count)];
}

/* The octets of lists, the frequent ones more often. */
static size_t
host_label(struct rng *rng, uint8_t *label)
{
	static const char letters[] = "etaoinsrhldcumfpgwybvkxjqz0123456789-_";
	size_t len = 2 + rng_below(rng, 3) + rng_below(rng, 4) + rng_below(rng, 5);

	for (size_t i = 0; i < len; i++)
		label[i] =
		    (uint8_t)letters[rng_below(rng, 1 + rng_below(rng, sizeof(letters) - 1))];
	return len;
}

static size_t
odd_label(struct rng *rng, uint8_t *label)
{
	static const char odd[] = "\0\001\002.\\*\177\200\377ab@";
	size_t len = 1 + rng_below(rng, 3);

	for (size_t i = 0; i < len; i++)
		label[i] = rng_below(rng, 2) == 0 ? (uint8_t)odd[rng_below(rng, sizeof(odd) - 1)]
						  : (uint8_t)rng_below(rng, 256);
	return len;
}

static size_t
family_label(struct rng *rng, const char *few, uint8_t *label)
{
	size_t len = HRD_LABEL_MAX - (rng_below(rng, 4) == 0 ? rng_below(rng, 3) : 0);

	memset(label, 'm', len);
	label[len - 1 - rng_below(rng, 3)] = (uint8_t)few[rng_below(rng, 5)];
	return len;
}

size_t
names_label(struct rng *rng, enum shape shape, uint8_t label[HRD_LABEL_MAX])
{
	static const char few[] = "ab-\0\377";
	size_t len = 1;

	switch (shape) {
	case SHAPE_HOSTS:
		return host_label(rng, label);
	case SHAPE_ODD:
		return odd_label(rng, label);
	case SHAPE_FAMILIES:
		return family_label(rng, few, label);
	case SHAPE_DENSE:
		len = 1 + rng_below(rng, 2);
		fill(rng, few, sizeof(few) - 1, label, len);
		return len;
	case SHAPE_OCTETS:
		len = 1 + rng_below(rng, 1 + rng_below(rng, HRD_LABEL_MAX));
		for (size_t i = 0; i < len; i++)
			label[i] = (uint8_t)rng_next(rng);
		return len;
	case SHAPE_CHAINS:
		label[0] = rng_below(rng, 20) == 0 ? 'b' : 'a';
		return 1;
	case SHAPE_LONG:
		len = rng_below(rng, 3) == 0 ? 63 : 55 + rng_below(rng, 9);
		break;
	case SHAPE_SMALL:
		len = 1 + rng_below(rng, 3);
		break;
	default:
		break;
	}
	fill(rng, "abc", 3, label, len);
	return len;
}

static unsigned
depth_of(struct rng *rng, enum shape shape)
{
	switch (shape) {
	case SHAPE_HOSTS:
		return 2 + rng_below(rng, 2) * rng_below(rng, 3);
	case SHAPE_DENSE:
		return rng_below(rng, 9);
	case SHAPE_CHAINS:
		return rng_below(rng, 3) == 0 ? HRD_LABELS_MAX : rng_below(rng, HRD_LABELS_MAX + 1);
	case SHAPE_DEEP:
		return 1 + rng_below(rng, HRD_LABELS_MAX);
	default:
		return 1 + rng_below(rng, 5);
	}
}

void
names_random(struct rng *rng, enum shape shape, size_t max, struct hrd_name *name)
{
	uint8_t label[HRD_LABEL_MAX];

	if (shape == SHAPE_MIXED)
		shape = SHAPE_HOSTS + rng_below(rng, SHAPE_MIXED - SHAPE_HOSTS);
	name->wire[0] = 0;
	name->len = 1;
	for (unsigned depth = depth_of(rng, shape); depth > 0; depth--) {
		size_t len = names_label(rng, shape, label);

		if (name->len == 1 && shape == SHAPE_HOSTS)
			len = 2 + rng_below(rng, 2); /* a few top-level domains */
		if (name->len + len + 1 > max || hrd_name_prepend(name, label, len) != HRD_OK)
			return;
	}
}

void
names_of_octets(
    struct rng *rng, unsigned labels, const char *octets, size_t count, struct hrd_name *name)
{
	uint8_t label;

	name->wire[0] = 0;
	name->len = 1;
	for (unsigned n = 1 + rng_below(rng, labels); n > 0; n--) {
		fill(rng, octets, (uint32_t)count, &label, 1);
		if (hrd_name_prepend(name, &label, 1) != HRD_OK)
			return;
	}
}
