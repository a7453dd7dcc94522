/* SPDX-License-Identifier: BSD-3-Clause */
/* What each further policy costs a query that none of them lists: the decision over the first one,
 * a third and all of the given images, for short names and for the longest that an asker can send.
 *
 *   policies IMAGE... */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/policy/policy.h"
#include "module/decide/decide.h"

enum { NAMES = 512, ROUNDS = 40, REPEATS = 7 };

struct shape {
	const char *what;
	unsigned labels, octets; /* of each label */
};

static struct hrd_layer layers[HRD_LAYERS_MAX];
static uint8_t names[NAMES][HRD_NAME_MAX];
static size_t lens[NAMES];

/* Names of random letters below a top-level name that lists have. */
static void
make_names(const struct shape *shape)
{
	static const uint8_t top[] = "\003com";

	srand(1);
	for (size_t i = 0; i < NAMES; i++) {
		uint8_t *at = names[i];

		for (unsigned label = 0; label < shape->labels; label++) {
			*at++ = (uint8_t)shape->octets;
			for (unsigned n = 0; n < shape->octets; n++)
				*at++ = (uint8_t)('a' + rand() % 26);
		}
		memcpy(at, top, sizeof(top));
		lens[i] = (size_t)(at - names[i]) + sizeof(top);
	}
}

/* Nanoseconds of processor time a decision. */
static double
measure(size_t count)
{
	struct hrd_layer_list all = { .layer = layers, .count = count };
	struct timespec began, ended;
	size_t found = 0;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < NAMES; i++) {
			struct hrd_verdict verdict;

			hrd_verdict_init(&verdict);
			found += hrd_decide_query(&all, NULL, names[i], lens[i], &verdict);
		}
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
	if (found > 0)
		fprintf(stderr, "policies: %zu of the names are listed\n", found / ROUNDS);
	return ((double)(ended.tv_sec - began.tv_sec) * 1e9 +
		   (double)(ended.tv_nsec - began.tv_nsec)) /
	       (double)(ROUNDS * NAMES);
}

static double
least(size_t count)
{
	double best = measure(count);

	for (int i = 1; i < REPEATS; i++) {
		double ns = measure(count);

		best = ns < best ? ns : best;
	}
	return best;
}

int
main(int argc, char **argv)
{
	static const struct shape shapes[] = { { "23 octets, 2 labels", 1, 17 },
		{ "240 octets, 5 labels", 4, 57 }, { "239 octets, 118 labels", 117, 1 } };
	size_t count = (size_t)argc - 1;
	size_t counts[] = { 1, count / 3, count };

	if (count < 3 || count > HRD_LAYERS_MAX) {
		fprintf(stderr, "usage: policies IMAGE... (3 to %d)\n", HRD_LAYERS_MAX);
		return 2;
	}
	for (size_t i = 0; i < count; i++) {
		struct hrd_policy *policy;
		struct hrd_fault fault;

		if (hrd_policy_read(argv[i + 1], 0, &policy, &fault) != HRD_OK) {
			fprintf(stderr, "policies: cannot read %s\n", argv[i + 1]);
			return 3;
		}
		layers[i].policy = policy;
		layers[i].info = hrd_policy_info(policy);
	}
	printf("| ns a decision |");
	for (size_t i = 0; i < 3; i++)
		printf(" %zu |", counts[i]);
	printf("\n|---|---|---|---|\n");
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		make_names(&shapes[i]);
		printf("| %s |", shapes[i].what);
		for (size_t j = 0; j < 3; j++)
			printf(" %.0f |", least(counts[j]));
		printf("\n");
	}
	return 0;
}
