/* SPDX-License-Identifier: BSD-3-Clause */
/* The character code of the trie: symbols, the best alphabetic code for given weights, coding. */
#include <config.h>

#include "lib/trie/code.h"

#include <stdlib.h>
#include <string.h>

#include "lib/trie/format.h"

enum {
	N = HRD_CODE_SYMBOLS,
	DEPTH = HRD_CODE_BITS_MAX,
};

/* The label end comes first. The five ranges between digits, letters, '-' and '_' stand for octets
 * that names rarely have. */
const uint8_t hrd_code_octet[N] = { 0, 0x00, '-', 0x2e, '0', '1', '2', '3', '4', '5', '6', '7', '8',
	'9', 0x3a, '_', 0x60, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',
	'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0x7b };

static unsigned
symbol_of(uint8_t octet)
{
	unsigned symbol = N - 1;

	if (octet >= 'A' && octet <= 'Z')
		octet = (uint8_t)(octet + ('a' - 'A'));
	while (hrd_code_octet[symbol] > octet)
		symbol--;
	return symbol;
}

bool
hrd_code_in_range(unsigned symbol, uint8_t octet)
{
	return symbol_of(octet) == symbol;
}

/* Workspace: the cheapest tree over the symbols from..to-1 that is at most so many levels high, and
 * the first symbol of its right half; in plane ANY_HEIGHT, the cheapest of all. */
enum {
	ANY_HEIGHT = DEPTH + 1,
};

struct trees {
	uint64_t sum[N + 1]; /* of the weights before a symbol */
	uint64_t cost[ANY_HEIGHT + 1][N + 1][N + 1];
	uint8_t split[ANY_HEIGHT + 1][N + 1][N + 1];
};

#define NO_TREE (UINT64_MAX / 4)

/* The plane of the two halves of a tree of `height`. */
static unsigned
height_below(unsigned height)
{
	return height == ANY_HEIGHT ? ANY_HEIGHT : height - 1;
}

/* The lowest best split lies between those of the two ranges that are one symbol shorter, also with
 * a limited height (Wessner, Information Processing Letters 4, 1976): only those are tried. */
static void
find_split(struct trees *t, unsigned height, unsigned from, unsigned to)
{
	unsigned below = height_below(height);
	uint64_t best = NO_TREE;
	unsigned low = from + 1, high = to - 1;

	if (to - from > 2) {
		low = t->split[height][from][to - 1];
		high = t->split[height][from + 1][to];
	}
	for (unsigned mid = low; mid <= high; mid++) {
		uint64_t cost = t->cost[below][from][mid] + t->cost[below][mid][to];

		if (cost >= best)
			continue;
		best = cost;
		t->split[height][from][to] = (uint8_t)mid;
	}
	if (best < NO_TREE)
		best += t->sum[to] - t->sum[from];
	t->cost[height][from][to] = best;
}

static void
find_trees(struct trees *t, unsigned height)
{
	for (unsigned size = 1; size <= N; size++) {
		for (unsigned from = 0; from + size <= N; from++) {
			if (size == 1)
				t->cost[height][from][from + 1] = 0;
			else if (size > 1u << height)
				t->cost[height][from][from + size] = NO_TREE;
			else
				find_split(t, height, from, from + size);
		}
	}
}

/* Depths of the leaves of the best tree. Each pass opens the inner nodes of one level. False when
 * the tree has more than DEPTH levels. */
static bool
read_lengths(const struct trees *t, unsigned height, uint8_t lengths[N])
{
	uint8_t ends[N] = { N }; /* where the node that begins here ends; 0: none begins here */
	bool whole = true;

	memset(lengths, 0, N);
	for (unsigned level = 0; level <= DEPTH; level++) {
		whole = true;
		for (unsigned from = 0, to; from < N; from = to) {
			to = ends[from];
			if (to - from == 1)
				continue;
			whole = false;
			ends[t->split[height][from][to]] = (uint8_t)to;
			ends[from] = t->split[height][from][to];
			for (unsigned i = from; i < to; i++)
				lengths[i]++;
		}
		if (whole)
			return true;
		height = height_below(height);
	}
	return false;
}

/* The cheapest tree of all comes first: it takes one plane, and when it is low enough it is also
 * the one that the planes of limited heights would give, for its lowest best splits are theirs. */
static void
find_lengths(struct trees *t, const uint32_t weights[N], uint8_t lengths[N])
{
	t->sum[0] = 0;
	for (unsigned i = 0; i < N; i++)
		t->sum[i + 1] = t->sum[i] + weights[i] + 1; /* all symbols need a code */
	find_trees(t, ANY_HEIGHT);
	if (read_lengths(t, ANY_HEIGHT, lengths))
		return;
	for (unsigned height = 0; height <= DEPTH; height++)
		find_trees(t, height);
	read_lengths(t, DEPTH, lengths);
}

bool
hrd_code_make(const uint32_t weights[N][N], uint8_t lengths[HRD_CODE_OCTETS])
{
	struct trees *t = malloc(sizeof(*t));
	static const uint32_t unused[N];
	uint8_t row[N], unused_row[N];

	if (t == NULL)
		return false;
	find_lengths(t, unused, unused_row);
	for (unsigned context = 0; context < N; context++) {
		memcpy(row, unused_row, N);
		if (memcmp(weights[context], unused, sizeof(unused)) != 0)
			find_lengths(t, weights[context], row);
		for (unsigned i = 0; i < N; i += 2)
			*lengths++ = (uint8_t)(row[i] << 4 | row[i + 1]);
	}
	free(t);
	return true;
}

static unsigned
stored_length(const uint8_t *row, unsigned symbol)
{
	return symbol % 2 == 0 ? row[symbol / 2] >> 4 : row[symbol / 2] & 15;
}

/* Codes follow from their lengths: each begins where the one before it ends in the space of 15
 * bits. In a tree the start of each is a multiple of its size, and the last ends with the space. */
static bool
load_codes(uint32_t codes[N], const uint8_t *row)
{
	uint32_t start = 0;

	for (unsigned i = 0; i < N; i++) {
		unsigned len = stored_length(row, i);
		uint32_t size = 1u << (DEPTH - len);

		if (len == 0 || start % size != 0)
			return false;
		codes[i] = len << 16 | start / size;
		start += size;
	}
	return start == 1u << DEPTH;
}

static void
load_decode(uint16_t row[1u << HRD_CODE_PEEK_BITS], const uint32_t codes[N])
{
	unsigned at = 0;

	for (unsigned i = 0; i < N; i++) {
		unsigned len = codes[i] >> 16;
		bool special = i == HRD_CODE_LABEL_END || hrd_code_is_range(i);

		if (len > HRD_CODE_PEEK_BITS) {
			unsigned slot = (codes[i] & 0xffff) >> (len - HRD_CODE_PEEK_BITS);

			if (slot == at)
				row[at++] = (uint16_t)(HRD_CODE_SPECIAL | i << 8);
			continue;
		}
		for (unsigned n = 1u << (HRD_CODE_PEEK_BITS - len); n > 0; n--)
			row[at++] = (uint16_t)((special ? HRD_CODE_SPECIAL : 0) | i << 8 | len);
	}
}

void
hrd_code_load_symbols(struct hrd_code *code)
{
	for (unsigned octet = 0; octet < 256; octet++)
		code->symbol[octet] = (uint8_t)symbol_of((uint8_t)octet);
}

bool
hrd_code_load(struct hrd_code *code, const uint8_t lengths[HRD_CODE_OCTETS])
{
	hrd_code_load_symbols(code);
	for (unsigned context = 0; context < N; context++) {
		if (!load_codes(code->encode[context], lengths + (size_t)context * N / 2))
			return false;
		load_decode(code->decode + (context << HRD_CODE_PEEK_BITS), code->encode[context]);
	}
	return true;
}

/* Offsets of all labels, leftmost first; gives their number or -1 when the name is not valid. */
static int
find_labels(const uint8_t *wire, size_t len, uint8_t offsets[HRD_LABELS_MAX])
{
	unsigned n = 0, at = 0;

	if (len > HRD_NAME_MAX)
		len = HRD_NAME_MAX;
	while (at < len && wire[at] != 0) {
		if (wire[at] > HRD_LABEL_MAX || n == HRD_LABELS_MAX)
			return -1;
		offsets[n++] = (uint8_t)at;
		at += wire[at] + 1u;
	}
	return at < len ? (int)n : -1;
}

/* Bits on their way into memory: less than 8, at the top of `word`, are still to come there. */
struct sink {
	uint8_t *to;
	uint64_t word;
	unsigned bits;
};

static inline void
put(struct sink *sink, uint32_t code, unsigned len)
{
	sink->bits += len;
	sink->word |= (uint64_t)code << (64 - sink->bits);
	hrd_put_be64(sink->to, sink->word);
	sink->to += sink->bits / 8;
	sink->word <<= sink->bits / 8 * 8;
	sink->bits %= 8;
}

static inline unsigned
put_label(const struct hrd_code *code, struct sink *sink, unsigned context, const uint8_t *label)
{
	for (unsigned i = 1; i <= label[0]; i++) {
		unsigned symbol = code->symbol[label[i]];
		uint32_t entry = code->encode[context][symbol];

		put(sink, entry & 0xffff, entry >> 16);
		if (hrd_code_is_range(symbol))
			put(sink, label[i], HRD_CODE_RAW_BITS);
		context = symbol;
	}
	return context;
}

bool
hrd_code_name(const struct hrd_code *code, const uint8_t *wire, size_t len, unsigned most,
    struct hrd_coded *out)
{
	struct sink sink = { .to = out->bits };
	uint8_t offsets[HRD_LABELS_MAX];
	int labels = find_labels(wire, len, offsets);
	unsigned context = HRD_CODE_LABEL_END;
	int i;

	if (labels < 0)
		return false;
	out->ends[0] = 0;
	for (i = 1; i <= labels && out->ends[i - 1] <= most; i++) {
		if (i > 1) {
			uint32_t entry = code->encode[context][HRD_CODE_LABEL_END];

			put(&sink, entry & 0xffff, entry >> 16);
			context = HRD_CODE_LABEL_END;
		}
		context = put_label(code, &sink, context, wire + offsets[labels - i]);
		out->ends[i] = (uint16_t)((sink.to - out->bits) * 8 + sink.bits);
	}
	out->labels = (uint16_t)(i - 1);
	out->len = out->ends[i - 1];
	hrd_put_be64(sink.to, sink.word);
	hrd_put_be64(sink.to + 8, 0);
	return true;
}

unsigned
hrd_code_symbols(const struct hrd_code *code, const struct hrd_name *name,
    uint8_t symbols[HRD_CODED_SYMBOLS_MAX])
{
	uint8_t offsets[HRD_LABELS_MAX];
	int labels = find_labels(name->wire, name->len, offsets);
	unsigned n = 0;

	for (int i = labels; i > 0; i--) {
		const uint8_t *label = name->wire + offsets[i - 1];

		if (n > 0)
			symbols[n++] = HRD_CODE_LABEL_END;
		for (unsigned k = 1; k <= label[0]; k++)
			symbols[n++] = code->symbol[label[k]];
	}
	return n;
}
