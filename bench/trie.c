/* SPDX-License-Identifier: BSD-3-Clause */
/* bench/trie [-p POPULAR] [-g COUNT] [LIST]...: size, building, opening and look-ups of the trie
 * beside the index that it replaced, marisa-trie and cdb, on lists of one name a line.
 *
 * Without lists, COUNT generated names (300,000). POPULAR is a list of names that are mostly not
 * on the others, for unlisted look-ups; without it such names are generated. Times are of the
 * processor, one thread: the median of PASSES passes and their lowest and highest. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "bench/lists.h"
#include "bench/rivals.h"
#include "lib/crypto/blake2b.h"
#include "lib/trie/walk.h"

enum {
	QUERIES = 400000, /* of each kind */
	PASSES = 7,
	BATCH = 64, /* look-ups after the caches were flushed */
	BATCHES = 40,
	QUERY_KINDS = 3,
	RIVALS_MAX = 4,
};

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_doubles);
	printf(" %7.0f (%5.0f-%5.0f)", values[count / 2], values[0], values[count - 1]);
}

static size_t
look_up(const struct rival *rival, const void *made, const struct names *q, size_t from, size_t to)
{
	size_t found = 0;

	for (size_t i = from; i < to; i++)
		found += rival->find(made, q->wire + q->at[i], q->at[i + 1] - q->at[i]);
	return found;
}

/* What is known of a rival on one list, in ns a look-up. */
struct row {
	const struct rival *rival;
	void *made;
	double warm[QUERY_KINDS][PASSES]; /* all that is used often is in the caches */
	double cold[BATCHES];
	size_t found[QUERY_KINDS];
};

static void
time_warm(struct row *row, int kind, int pass, const struct names *q)
{
	double started = cpu_seconds();

	row->found[kind] = look_up(row->rival, row->made, q, 0, q->count);
	row->warm[kind][pass] = (cpu_seconds() - started) * 1e9 / (double)q->count;
}

static void
time_cold(struct row *row, size_t batch, const struct names *q)
{
	double started;

	if (row->rival->flush == NULL)
		return;
	row->rival->flush(row->made);
	started = cpu_seconds();
	look_up(row->rival, row->made, q, batch * BATCH, (batch + 1) * BATCH);
	row->cold[batch] = (cpu_seconds() - started) * 1e9 / BATCH;
}

/* The rivals take turns, so that what else the machine does falls on all of them. */
static void
time_all(struct row *rows, size_t count, const struct queries *queries)
{
	const struct names *kinds[] = { &queries->listed, &queries->unlisted, &queries->mixed };

	for (int kind = 0; kind < QUERY_KINDS; kind++) {
		for (size_t i = 0; i < count; i++)
			time_warm(&rows[i], kind, 0, kinds[kind]); /* to fill the caches */
		for (int pass = 0; pass < PASSES; pass++) {
			for (size_t i = 0; i < count; i++)
				time_warm(&rows[i], kind, pass, kinds[kind]);
		}
	}
	for (size_t batch = 0; batch < BATCHES; batch++) {
		for (size_t i = 0; i < count; i++)
			time_cold(&rows[i], batch, &queries->mixed);
	}
}

/* Seconds, and the most memory that making takes beyond what is there before, in KiB (0: unknown);
 * done in a child, whose peak is its own. */
struct cost {
	double seconds;
	long kib;
};

/* A line of /proc/self/status, such as "VmHWM:", in KiB. */
static long
status_kib(const char *field)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	long kib = 0;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, field, strlen(field)) == 0)
			kib = strtol(line + strlen(field), NULL, 10);
	}
	if (file != NULL)
		fclose(file);
	return kib;
}

/* Else making would use memory that is still counted as ours. */
static void
release_free_memory(void)
{
#if defined(__GLIBC__)
	malloc_trim(0);
#endif
}

/* Makes the peak of memory begin anew. */
static void
forget_peak(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");

	if (file == NULL)
		return;
	fputs("5", file);
	fclose(file);
}

static struct cost
cost_of_making(const struct rival *rival, const struct list *list)
{
	struct cost cost = { 0 };
	int channel[2];
	pid_t child;

	fflush(stdout);
	if (pipe(channel) != 0 || (child = fork()) < 0)
		return cost;
	if (child == 0) {
		const void *made;
		double started;
		long before;

		release_free_memory();
		forget_peak();
		before = status_kib("VmRSS:");
		started = cpu_seconds();
		made = rival->make(list);
		cost.seconds = cpu_seconds() - started;
		cost.kib = status_kib("VmHWM:") - before;
		_exit(made == NULL || write(channel[1], &cost, sizeof(cost)) != sizeof(cost));
	}
	close(channel[1]);
	if (read(channel[0], &cost, sizeof(cost)) != sizeof(cost))
		fprintf(stderr, "bench: %s cannot be built\n", rival->name);
	close(channel[0]);
	waitpid(child, NULL, 0);
	return cost;
}

static void
print_row(struct row *row, const struct cost *cost, const struct list *list)
{
	double names = (double)list->names.count;

	printf("%-7s %6.2f %7.2f %6.0f", row->rival->name,
	    (double)row->rival->size(row->made) / names, cost->seconds,
	    (double)cost->kib * 1024 / names);
	for (int kind = 0; kind < QUERY_KINDS; kind++)
		print_median(row->warm[kind], PASSES);
	if (row->rival->flush != NULL)
		print_median(row->cold, BATCHES);
	else
		printf("       - (no way to flush)");
	printf("\n");
}

static void
bench_rivals(const struct list *list, const struct queries *queries)
{
	struct row rows[RIVALS_MAX] = { 0 };
	struct cost costs[RIVALS_MAX];
	size_t count = 0;

	for (; rivals[count] != NULL; count++) {
		costs[count] = cost_of_making(rivals[count], list);
		rows[count].rival = rivals[count];
	}
	for (size_t i = 0; i < count; i++) {
		rows[i].made = rivals[i]->make(list);
		if (rows[i].made == NULL)
			exit(3);
	}
	time_all(rows, count, queries);
	for (size_t i = 0; i < count; i++) {
		print_row(&rows[i], &costs[i], list);
		if (memcmp(rows[i].found, rows[0].found, sizeof(rows[i].found)) != 0) {
			fprintf(stderr, "bench: %s finds other names\n", rivals[i]->name);
			exit(1);
		}
		rivals[i]->free(rows[i].made);
	}
}

static void
print_sections(const struct ours *ours, const struct list *list)
{
	double names = (double)list->names.count;
	size_t slots = (size_t)ours->trie.slot_count << ours->trie.slot_shift;
	size_t first = (size_t)(ours->trie.slots - ours->section);

	printf("  octets a name: header, code and values %.3f, slots %.3f (%.1f names each), "
	       "in memory also %.3f\n",
	    (double)first / names, (double)slots / names, names / ours->trie.slot_count,
	    (double)hrd_trie_memory(&ours->trie) / names);
}

static void
print_opening(const struct ours *ours)
{
	double open_ms[PASSES], names_ms[PASSES], digest_ms[PASSES];
	uint8_t digest[64];

	for (int pass = 0; pass < PASSES; pass++) {
		struct hrd_trie trie;
		const char *why;
		size_t offset;
		double started = cpu_seconds();

		hrd_blake2b(digest, sizeof(digest), ours->section, ours->len);
		digest_ms[pass] = (cpu_seconds() - started) * 1e3;
		started = cpu_seconds();
		if (hrd_trie_open(&trie, ours->section, ours->len, NULL, NULL, &why, &offset) !=
		    HRD_OK)
			exit(3);
		open_ms[pass] = (cpu_seconds() - started) * 1e3;
		started = cpu_seconds();
		if (hrd_trie_check_names(&trie, &why, &offset) != HRD_OK)
			exit(3);
		names_ms[pass] = (cpu_seconds() - started) * 1e3;
		hrd_trie_close(&trie);
	}
	printf("  to open, ms: digest");
	print_median(digest_ms, PASSES);
	printf(", validation");
	print_median(open_ms, PASSES);
	printf(", names (not in a server)");
	print_median(names_ms, PASSES);
	printf("\n");
}

static void
bench_list(const char *name, const struct list *list, const struct list *popular)
{
	struct ours *ours = rivals[0]->make(list);
	struct queries queries;

	if (ours == NULL)
		exit(3);
	printf("\n%s: %zu names, keys sorted in %.2f s\n", name, list->names.count,
	    list->sort_seconds);
	print_sections(ours, list);
	print_opening(ours);
	queries_make(&queries, list, popular, &ours->trie, QUERIES);
	rivals[0]->free(ours);
	printf(
	    "          B/name build s B/name  warm ns: listed         unlisted                mixed"
	    "                  cold ns: mixed\n                        peak\n");
	bench_rivals(list, &queries);
	queries_free(&queries);
}

int
main(int argc, char **argv)
{
	struct list popular, list;
	const char *popular_path = NULL;
	size_t count = 300000;
	int option;

	while ((option = getopt(argc, argv, "g:p:")) != -1) {
		if (option == 'g')
			count = strtoul(optarg, NULL, 10);
		else if (option == 'p')
			popular_path = optarg;
		else
			return 2;
	}
	if (popular_path != NULL)
		list_read(&popular, popular_path);
	else
		list_generate(&popular, 300000, 2);
	for (int i = optind; i < argc; i++) {
		list_read(&list, argv[i]);
		bench_list(argv[i], &list, &popular);
		list_free(&list);
	}
	if (optind == argc) {
		list_generate(&list, count, 1);
		bench_list("generated", &list, &popular);
		list_free(&list);
	}
	list_free(&popular);
	return 0;
}
