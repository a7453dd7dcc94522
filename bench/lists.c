/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of names for benchmarks. */
#include <config.h>

#include "bench/lists.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *
grab(size_t size)
{
	void *p = malloc(size);

	if (p == NULL) {
		fprintf(stderr, "bench: out of memory\n");
		exit(3);
	}
	return p;
}

uint64_t
list_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u; /* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint32_t
below(uint64_t *seed, size_t limit)
{
	return (uint32_t)((list_random(seed) >> 32) * (uint64_t)limit >> 32);
}

double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
start(struct names *names, size_t count, size_t octets)
{
	names->count = 0;
	names->at = grab((count + 1) * sizeof(*names->at));
	names->at[0] = 0;
	names->wire = grab(octets + HRD_NAME_MAX);
}

static void
append(struct names *names, const uint8_t *wire, size_t len)
{
	uint32_t at = names->at[names->count];

	memcpy(names->wire + at, wire, len);
	names->at[++names->count] = at + (uint32_t)len;
}

static void
get_name(const struct names *names, size_t i, struct hrd_name *name)
{
	name->len = (uint8_t)(names->at[i + 1] - names->at[i]);
	memcpy(name->wire, names->wire + names->at[i], name->len);
}

static void
drop(struct names *names)
{
	free(names->at);
	free(names->wire);
}

struct item {
	const uint8_t *key;
	uint32_t len, index;
};

static int
compare(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = memcmp(x->key, y->key, x->len < y->len ? x->len : y->len);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Makes a list of names in any order; takes them. */
static void
finish(struct list *list, struct names *from)
{
	size_t count = from->count, octets = from->at[count] + 1;
	struct item *items = grab((count + 1) * sizeof(*items));
	uint8_t *keys = grab(octets * 2);
	uint32_t at = 0;
	double started;

	for (size_t i = 0; i < count; i++) {
		struct hrd_name name;
		struct hrd_key key;

		get_name(from, i, &name);
		hrd_key_from_name(&key, &name);
		memcpy(keys + at, key.octets, key.len);
		items[i] = (struct item){ keys + at, key.len, (uint32_t)i };
		at += key.len;
	}
	started = cpu_seconds();
	qsort(items, count, sizeof(*items), compare);
	list->sort_seconds = cpu_seconds() - started;
	start(&list->names, count, octets);
	list->keys = grab(at + 1);
	list->key_at = grab((count + 1) * sizeof(*list->key_at));
	list->key_at[0] = at = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t index = items[i].index;

		if (i > 0 && compare(&items[i - 1], &items[i]) == 0)
			continue;
		memcpy(list->keys + at, items[i].key, items[i].len);
		at += items[i].len;
		append(&list->names, from->wire + from->at[index],
		    from->at[index + 1] - from->at[index]);
		list->key_at[list->names.count] = at;
	}
	free(items);
	free(keys);
	drop(from);
}

void
list_read(struct list *list, const char *path)
{
	FILE *file = fopen(path, "r");
	size_t count = 0, octets = 0;
	char line[1024];
	struct names names;

	if (file == NULL) {
		fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
		exit(3);
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		count++;
		octets += strlen(line) + 2;
	}
	start(&names, count, octets);
	rewind(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		struct hrd_name name;

		if (names.count < count &&
		    hrd_name_from_text(&name, line, strcspn(line, "\r\n")) == HRD_OK)
			append(&names, name.wire, name.len);
	}
	fclose(file);
	finish(list, &names);
}

void
list_free(struct list *list)
{
	drop(&list->names);
	free(list->keys);
	free(list->key_at);
}

static unsigned
word(uint64_t *seed, uint8_t *label)
{
	static const char *const parts[] = { "an", "ar", "bo", "ca", "con", "da", "de", "do", "el",
		"en", "er", "fi", "go", "ho", "in", "ka", "la", "le", "li", "ma", "me", "mo", "na",
		"net", "no", "on", "or", "pa", "pro", "ra", "re", "ro", "sa", "se", "shop", "si",
		"ta", "te", "ti", "to", "tech", "tra", "un", "ve", "web", "vi", "xi", "yo", "za" };
	unsigned len = 0;

	for (unsigned n = 2 + below(seed, 4); n > 0; n--) {
		const char *part =
		    parts[below(seed, 1 + below(seed, sizeof(parts) / sizeof(parts[0])))];

		memcpy(label + len, part, strlen(part));
		len += (unsigned)strlen(part);
		if (below(seed, 12) == 0)
			label[len++] =
			    n > 1 && below(seed, 2) == 0 ? '-' : (uint8_t)('0' + below(seed, 10));
	}
	return len;
}

static unsigned
noise(uint64_t *seed, uint8_t *label)
{
	unsigned len = 5 + below(seed, 16);

	for (unsigned i = 0; i < len; i++)
		label[i] = (uint8_t) "abcdefghijklmnopqrstuvwxyz0123456789"[below(seed, 36)];
	return len;
}

static void
prepend(struct hrd_name *name, const uint8_t *label, size_t len)
{
	if (hrd_name_prepend(name, label, len) != HRD_OK)
		abort();
}

static void
generate_name(uint64_t *seed, struct hrd_name *name)
{
	static const char *const tops[] = { "com", "net", "org", "ru", "cn", "top", "xyz", "de",
		"info", "cz", "site", "online", "biz", "co", "io", "eu", "pl", "fr", "it", "br",
		"shop", "club" };
	const char *top = tops[below(seed, 1 + below(seed, sizeof(tops) / sizeof(tops[0])))];
	uint8_t label[HRD_LABEL_MAX];

	name->wire[0] = 0;
	name->len = 1;
	prepend(name, (const uint8_t *)top, strlen(top));
	if (below(seed, 6) == 0) { /* a name below one of a few hundred domains */
		uint64_t domain = 1 + below(seed, 1 + below(seed, 300));

		prepend(name, label, word(&domain, label));
		prepend(name, label, below(seed, 2) == 0 ? noise(seed, label) : word(seed, label));
	} else {
		prepend(name, label, below(seed, 4) == 0 ? noise(seed, label) : word(seed, label));
	}
	if (below(seed, 4) == 0)
		prepend(name, label, below(seed, 3) == 0 ? noise(seed, label) : word(seed, label));
}

void
list_generate(struct list *list, size_t count, uint64_t seed)
{
	struct names names;

	start(&names, count, count * 64);
	while (names.count < count) {
		struct hrd_name name;

		generate_name(&seed, &name);
		append(&names, name.wire, name.len);
	}
	finish(list, &names);
}

static void
get(const void *ctx, size_t i, const uint8_t **key, size_t *len, uint32_t *value)
{
	const struct list *list = ctx;

	*key = list->keys + list->key_at[i];
	*len = list->key_at[i + 1] - list->key_at[i];
	*value = HRD_TRIE_EXACT | HRD_TRIE_WILD;
}

struct hrd_trie_input
list_input(const struct list *list)
{
	return (struct hrd_trie_input){ .count = list->names.count, .get = get, .ctx = list };
}

static void
listed_name(const struct list *list, uint64_t *seed, struct hrd_name *name)
{
	uint8_t label[HRD_LABEL_MAX];

	get_name(&list->names, below(seed, list->names.count), name);
	if (below(seed, 2) == 0)
		return;
	/* A name that is full stays as it is. */
	(void)!hrd_name_prepend(
	    name, label, below(seed, 2) == 0 ? noise(seed, label) : word(seed, label));
}

static void
unlisted_name(const struct list *list, const struct list *popular, uint64_t *seed,
    const struct hrd_trie *trie, struct hrd_name *name)
{
	struct hrd_trie_hit hit;

	do {
		if (below(seed, 10) < 7) {
			get_name(&popular->names, below(seed, popular->names.count), name);
		} else {
			get_name(&list->names, below(seed, list->names.count), name);
			if (name->len > 1)
				name->wire[1 + below(seed, name->wire[0])] =
				    (uint8_t)('a' + below(seed, 26));
		}
	} while (hrd_trie_find(trie, name->wire, name->len, &hit));
}

void
queries_make(struct queries *q, const struct list *list, const struct list *popular,
    const struct hrd_trie *trie, size_t count)
{
	uint64_t seed = 42;
	struct hrd_name name;

	start(&q->listed, count, count * HRD_NAME_MAX);
	start(&q->unlisted, count, count * HRD_NAME_MAX);
	start(&q->mixed, count, count * HRD_NAME_MAX);
	for (size_t i = 0; i < count; i++) {
		listed_name(list, &seed, &name);
		append(&q->listed, name.wire, name.len);
		unlisted_name(list, popular, &seed, trie, &name);
		append(&q->unlisted, name.wire, name.len);
		if (below(&seed, 20) == 0)
			listed_name(list, &seed, &name);
		else
			unlisted_name(list, popular, &seed, trie, &name);
		append(&q->mixed, name.wire, name.len);
	}
}

void
queries_free(struct queries *q)
{
	drop(&q->listed);
	drop(&q->unlisted);
	drop(&q->mixed);
}
