/* SPDX-License-Identifier: BSD-3-Clause */
/* Builds a trie section in two passes over the sorted names: the first counts what the code and the
 * value table are made from, the second codes the names and fills slot after slot. */
#include <config.h>

#include "lib/trie/trie.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/bytes.h"
#include "lib/trie/code.h"
#include "lib/trie/format.h"

/* The names with a wildcard rule that are ancestors of the present name or itself, root first:
 * where a slot begins, these are its covers. */
struct cover {
	uint16_t len; /* bits of the name */
	uint16_t labels;
	uint32_t value; /* as stored in a slot */
};
struct covers {
	unsigned count;
	struct cover list[HRD_COVERS_MAX + 1];
};

/* Drops those that are no ancestors of the next name, which shares lcp bits with the one before. */
static void
covers_next(struct covers *covers, const struct hrd_coded *name, unsigned lcp)
{
	while (covers->count > 0) {
		const struct cover *last = &covers->list[covers->count - 1];

		if (last->len <= lcp && last->labels < name->labels &&
		    name->ends[last->labels] == last->len)
			break;
		covers->count--;
	}
}

static void
covers_push(struct covers *covers, const struct hrd_coded *name, uint32_t value)
{
	struct cover *last = &covers->list[covers->count++];

	last->len = name->len;
	last->labels = name->labels;
	last->value = value;
}

/* What the first pass finds. */
struct survey {
	uint32_t weights[HRD_CODE_SYMBOLS][HRD_CODE_SYMBOLS];
	uint32_t values[HRD_TRIE_VALUES_MAX]; /* ascending */
	unsigned value_count;                 /* HRD_TRIE_VALUES_MAX + 1: too many for a table */
	uint32_t value_max;
	struct hrd_key last;
};

/* The slot being filled: its names so far. */
struct draft {
	unsigned names;
	uint16_t lcp[HRD_SLOT_NAMES_MAX], rest[HRD_SLOT_NAMES_MAX];
	uint32_t value[HRD_SLOT_NAMES_MAX];
	unsigned lcp_max, rest_max; /* behind the first name */
	struct covers covers;
	unsigned bits; /* of the names */
	uint8_t name_bits[(1u << HRD_SLOT_SHIFT_MAX) + HRD_CODED_OCTETS];
};

struct builder {
	const struct hrd_trie_input *in;
	struct survey survey;
	struct hrd_code code;
	unsigned value_bits, slot_shift;
	uint32_t slots;
	uint8_t *out;
	size_t len, room;
	size_t first_slot; /* octet offset */
	struct covers covers;
	struct hrd_coded name[2]; /* the present one and the one before, by turns */
	struct draft draft;
};

static int
input(
    const struct builder *b, size_t i, struct hrd_name *name, struct hrd_key *key, uint32_t *value)
{
	const uint8_t *octets;
	size_t len;

	b->in->get(b->in->ctx, i, &octets, &len, value);
	if (len > HRD_KEY_MAX || hrd_key_to_name(name, octets, len) != HRD_OK)
		return HRD_EINVAL;
	if (key != NULL) {
		key->len = (uint16_t)len;
		memcpy(key->octets, octets, len);
	}
	return HRD_OK;
}

static bool
is_ascending(const struct hrd_key *a, const struct hrd_key *b)
{
	int order = memcmp(a->octets, b->octets, a->len < b->len ? a->len : b->len);

	return order < 0 || (order == 0 && a->len < b->len);
}

/* Counts the pairs of symbols from the first difference to the name before: the rest is not stored.
 */
static void
count_symbols(
    struct survey *s, const uint8_t *last, unsigned last_len, const uint8_t *symbols, unsigned len)
{
	unsigned context = HRD_CODE_LABEL_END, i = 0;

	for (; i < len && i < last_len && symbols[i] == last[i]; i++)
		context = symbols[i];
	for (; i < len; i++) {
		s->weights[context][symbols[i]]++;
		context = symbols[i];
	}
}

/* Index of the value in the table, or of its place. */
static unsigned
find_value(const struct survey *s, uint32_t value)
{
	unsigned from = 0, to = s->value_count;

	while (from < to) {
		unsigned mid = (from + to) / 2;

		if (s->values[mid] < value)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static void
count_value(struct survey *s, uint32_t value)
{
	unsigned at;

	if (value > s->value_max)
		s->value_max = value;
	if (s->value_count > HRD_TRIE_VALUES_MAX)
		return;
	at = find_value(s, value);
	if (at < s->value_count && s->values[at] == value)
		return;
	if (s->value_count++ == HRD_TRIE_VALUES_MAX)
		return;
	memmove(
	    s->values + at + 1, s->values + at, (s->value_count - 1 - at) * sizeof(s->values[0]));
	s->values[at] = value;
}

static int
survey(struct builder *b)
{
	struct survey *s = &b->survey;
	uint8_t symbols[2][HRD_CODED_SYMBOLS_MAX];
	unsigned len[2] = { 0, 0 };
	struct hrd_name name;
	struct hrd_key key;
	uint32_t value;

	hrd_code_load_symbols(&b->code);
	for (size_t i = 0; i < b->in->count; i++) {
		if (input(b, i, &name, &key, &value) != HRD_OK)
			return HRD_EINVAL;
		if ((value & HRD_TRIE_FLAGS) == 0 || (i > 0 && !is_ascending(&s->last, &key)))
			return HRD_EINVAL;
		s->last.len = key.len;
		memcpy(s->last.octets, key.octets, key.len);
		len[i % 2] = hrd_code_symbols(&b->code, &name, symbols[i % 2]);
		count_symbols(
		    s, symbols[(i + 1) % 2], len[(i + 1) % 2], symbols[i % 2], len[i % 2]);
		count_value(s, value);
	}
	return HRD_OK;
}

static int
reserve(struct builder *b, size_t more)
{
	size_t room;
	uint8_t *out;

	if (more <= b->room - b->len)
		return HRD_OK;
	room = b->room + b->room / 4 + more;
	if (room > UINT32_MAX)
		return HRD_ELIMIT;
	out = realloc(b->out, room);
	if (out == NULL)
		return HRD_ENOMEM;
	b->out = out;
	b->room = room;
	return HRD_OK;
}

/* A table of values where that is smaller than the values themselves in the slots. */
static void
choose_values(struct builder *b)
{
	struct survey *s = &b->survey;
	unsigned index_bits = hrd_bit_width(s->value_count - 1),
		 own_bits = hrd_bit_width(s->value_max);

	if (s->value_count <= HRD_TRIE_VALUES_MAX &&
	    s->value_count * 32 + (uint64_t)b->in->count * index_bits <=
		(uint64_t)b->in->count * own_bits + 32) {
		b->value_bits = index_bits;
	} else {
		s->value_count = 0;
		b->value_bits = own_bits;
	}
}

static int
write_front(struct builder *b)
{
	const struct survey *s = &b->survey;
	size_t len = HRD_TRIE_HEAD_OCTETS + HRD_CODE_OCTETS + s->value_count * 4u;
	uint8_t *at;

	len = (len + HRD_TRIE_ALIGN - 1) / HRD_TRIE_ALIGN * HRD_TRIE_ALIGN;
	if (reserve(b, len + b->in->count * 7) != HRD_OK)
		return HRD_ENOMEM;
	memset(b->out, 0, len);
	at = b->out + HRD_TRIE_HEAD_OCTETS;
	if (!hrd_code_make(s->weights, at) || !hrd_code_load(&b->code, at))
		return HRD_ENOMEM;
	at += HRD_CODE_OCTETS;
	for (unsigned i = 0; i < s->value_count; i++)
		hrd_put_le32(at + (size_t)i * 4, s->values[i]);
	hrd_put_le32(b->out + HRD_TRIE_VALUES, s->value_count);
	b->out[HRD_TRIE_VALUE_BITS] = (uint8_t)b->value_bits;
	b->first_slot = len;
	return HRD_OK;
}

static int
write_end(struct builder *b)
{
	if (reserve(b, HRD_TRIE_TAIL) != HRD_OK)
		return HRD_ENOMEM;
	memset(b->out + b->len, 0, HRD_TRIE_TAIL);
	b->len += HRD_TRIE_TAIL;
	hrd_put_le32(b->out + HRD_TRIE_NAMES, (uint32_t)b->in->count);
	hrd_put_le32(b->out + HRD_TRIE_SLOTS, b->slots);
	b->out[HRD_TRIE_SLOT_SHIFT] = (uint8_t)b->slot_shift;
	return HRD_OK;
}

/* Appends a field to a slot under way: bits from pos on are zero. */
static unsigned
put_bits(uint8_t *slot, unsigned pos, uint32_t value, unsigned width)
{
	uint64_t word = hrd_be64(slot + pos / 8);

	if (width > 0)
		hrd_put_be64(slot + pos / 8, word | (uint64_t)value << (64 - width) >> pos % 8);
	return pos + width;
}

static int
write_slot(struct builder *b)
{
	const struct draft *d = &b->draft;
	size_t size = (size_t)1 << b->slot_shift;
	unsigned lcp_bits = hrd_bit_width(d->lcp_max), rest_bits = hrd_bit_width(d->rest_max),
		 pos = 0;
	int status = reserve(b, size + HRD_CODED_OCTETS);
	uint8_t *slot;

	if (status != HRD_OK)
		return status;
	slot = b->out + b->len;
	memset(slot, 0, size + HRD_CODED_OCTETS);
	pos = put_bits(slot, pos, d->names - 1, HRD_SLOT_COUNT_BITS);
	pos = put_bits(slot, pos, lcp_bits, HRD_SLOT_WIDTH_BITS);
	pos = put_bits(slot, pos, rest_bits, HRD_SLOT_WIDTH_BITS);
	pos = put_bits(slot, pos, d->covers.count, HRD_SLOT_COVER_BITS);
	pos = put_bits(slot, pos, d->rest[0], HRD_SLOT_LEN_BITS);
	for (unsigned i = 0; i < d->covers.count; i++) {
		pos = put_bits(slot, pos, d->covers.list[i].len, HRD_SLOT_LEN_BITS);
		pos = put_bits(slot, pos, d->covers.list[i].value, b->value_bits);
	}
	for (unsigned i = 1; i < d->names; i++) {
		pos = put_bits(slot, pos, d->lcp[i], lcp_bits);
		pos = put_bits(slot, pos, d->rest[i], rest_bits);
	}
	for (unsigned i = 0; i < d->names; i++)
		pos = put_bits(slot, pos, d->value[i], b->value_bits);
	hrd_copy_bits(slot, pos, d->name_bits, 0, d->bits);
	b->len += size;
	b->slots++;
	return HRD_OK;
}

/* Bits of the slot with one more name in it. */
static size_t
size_with(const struct builder *b, unsigned lcp, unsigned rest)
{
	const struct draft *d = &b->draft;
	unsigned lcp_max = lcp > d->lcp_max ? lcp : d->lcp_max;
	unsigned rest_max = rest > d->rest_max ? rest : d->rest_max;

	return HRD_SLOT_HEAD_BITS + d->covers.count * (HRD_SLOT_LEN_BITS + b->value_bits) +
	       d->names * (hrd_bit_width(lcp_max) + hrd_bit_width(rest_max)) +
	       (d->names + 1) * b->value_bits + d->bits + rest;
}

static void
append(struct draft *d, const struct hrd_coded *name, unsigned lcp, uint32_t value)
{
	unsigned rest = name->len - lcp;

	d->lcp[d->names] = (uint16_t)lcp;
	d->rest[d->names] = (uint16_t)rest;
	d->value[d->names] = value;
	hrd_copy_bits(d->name_bits, d->bits, name->bits, lcp, rest);
	d->bits += rest;
	if (d->names++ == 0)
		return;
	if (lcp > d->lcp_max)
		d->lcp_max = lcp;
	if (rest > d->rest_max)
		d->rest_max = rest;
}

/* HRD_ERANGE: the name alone is too much for a slot of this size. */
static int
add_name(struct builder *b, const struct hrd_coded *name, unsigned lcp, uint32_t value)
{
	struct draft *d = &b->draft;
	size_t slot_bits = (size_t)8 << b->slot_shift;

	covers_next(&b->covers, name, lcp);
	if (d->names > 0 && d->names < HRD_SLOT_NAMES_MAX &&
	    size_with(b, lcp, name->len - lcp) <= slot_bits) {
		append(d, name, lcp, value);
		return HRD_OK;
	}
	if (d->names > 0) {
		int status = write_slot(b);

		if (status != HRD_OK)
			return status;
	}
	d->names = d->bits = d->lcp_max = d->rest_max = 0;
	d->covers.count = b->covers.count;
	memcpy(d->covers.list, b->covers.list, b->covers.count * sizeof(b->covers.list[0]));
	if (size_with(b, 0, name->len) > slot_bits)
		return HRD_ERANGE;
	append(d, name, 0, value);
	return HRD_OK;
}

static int
fill(struct builder *b)
{
	struct hrd_name name;
	uint32_t value, stored;
	int status;

	b->covers.count = b->draft.names = b->slots = 0;
	b->len = b->first_slot;
	for (size_t i = 0; i < b->in->count; i++) {
		struct hrd_coded *now = &b->name[i % 2], *last = &b->name[(i + 1) % 2];
		unsigned lcp;

		if (input(b, i, &name, NULL, &value) != HRD_OK ||
		    !hrd_code_name(&b->code, name.wire, name.len, HRD_CODED_BITS_MAX, now))
			return HRD_EINVAL;
		lcp = hrd_common_bits(now->bits, 0, last->bits, 0,
		    i == 0                 ? 0
		    : now->len < last->len ? now->len
					   : last->len);
		stored = b->survey.value_count > 0 ? find_value(&b->survey, value) : value;
		status = add_name(b, now, lcp, stored);
		if (status != HRD_OK)
			return status;
		if ((value & HRD_TRIE_WILD) != 0)
			covers_push(&b->covers, now, stored);
	}
	return write_slot(b);
}

static int
build(struct builder *b)
{
	int status = survey(b);

	if (status != HRD_OK)
		return status;
	choose_values(b);
	status = write_front(b);
	if (status != HRD_OK)
		return status;
	b->slot_shift = HRD_SLOT_SHIFT_MIN;
	while ((status = fill(b)) == HRD_ERANGE)
		b->slot_shift++;
	return status == HRD_OK ? write_end(b) : status;
}

/* No names: a header of zeros. */
static int
build_empty(uint8_t **out, size_t *len)
{
	*out = calloc(1, HRD_TRIE_HEAD_OCTETS);
	*len = HRD_TRIE_HEAD_OCTETS;
	return *out != NULL ? HRD_OK : HRD_ENOMEM;
}

int
hrd_trie_build(const struct hrd_trie_input *in, uint8_t **out, size_t *len)
{
	struct builder *b;
	int status;

	if (in->count == 0)
		return build_empty(out, len);
	if (in->count > UINT32_MAX)
		return HRD_ELIMIT;
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		return HRD_ENOMEM;
	b->in = in;
	status = build(b);
	if (status == HRD_OK) {
		uint8_t *fitting = realloc(b->out, b->len);

		*out = fitting != NULL ? fitting : b->out;
		*len = b->len;
	} else {
		free(b->out);
	}
	free(b);
	return status;
}
