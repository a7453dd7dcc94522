/* SPDX-License-Identifier: BSD-3-Clause */
/* Counts suffixes of owners, and finds owners that are no names of hosts. */
#include <config.h>

#include "rpzgen/zone/owners.h"

#include <string.h>

#include "lib/name/action.h"

enum {
	SHARED_LABELS = HRD_SUFFIX_LABELS_MIN, /* fewer have all names of a top-level domain */
	FRONT_LABELS = 2, /* in front of it, at least: what is listed is a name of its own */
	OWNERS_MIN = 2,
};

static bool
names_equal(const struct hrd_name *a, const struct hrd_name *b)
{
	return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

/* Labels that two names have in common, from the root; `most` at most. */
static unsigned
common_labels(const struct hrd_name *a, const struct hrd_name *b, unsigned most)
{
	unsigned labels = hrd_name_common_labels(a, b);

	return labels < most ? labels : most;
}

/* Keeps of a suffix what the base has too, below its front. */
static void
narrow(struct hrd_name *suffix, const struct hrd_name *base, unsigned behind)
{
	unsigned most = hrd_name_labels(suffix);
	struct hrd_name shared;

	if (most > behind)
		most = behind;
	hrd_name_suffix(&shared, base, common_labels(suffix, base, most));
	*suffix = shared;
}

/* Adds to the suffix that fits; else takes the place of one that has lost all (Misra and Gries):
 * what more than half have is never lost. behind: labels behind the front; shared: labels that
 * make a suffix the same. */
static void
count(struct hrd_suffix found[HRD_SUFFIXES], const struct hrd_name *base, unsigned behind,
    unsigned shared)
{
	int empty = -1;

	for (int i = 0; i < HRD_SUFFIXES; i++) {
		if (found[i].owners == 0) {
			empty = i;
		} else if (common_labels(&found[i].name, base, shared) == shared) {
			found[i].owners++;
			narrow(&found[i].name, base, behind);
			return;
		}
	}
	if (empty >= 0) {
		found[empty].owners = 1;
		hrd_name_suffix(&found[empty].name, base, behind);
		return;
	}
	for (int i = 0; i < HRD_SUFFIXES; i++)
		found[i].owners--;
}

static bool
is_trigger_label(const uint8_t *label)
{
	for (int t = 0; t < HRD_TRIGGERS; t++) {
		const char *text = hrd_trigger_label((enum hrd_trigger)t);

		if (text != NULL && label[0] == strlen(text) &&
		    memcmp(label + 1, text, label[0]) == 0)
			return true;
	}
	return false;
}

/* Labels behind the front of an owner, which an origin may have been appended to: the front ends
 * with the label of a trigger, since what stands before that is an address or a name server. */
static unsigned
labels_behind_front(const struct hrd_name *base, unsigned labels)
{
	unsigned behind = labels > FRONT_LABELS ? labels - FRONT_LABELS : 0;
	unsigned left = labels;

	for (const uint8_t *label = base->wire; label[0] != 0; label += 1u + label[0]) {
		left--;
		if (is_trigger_label(label))
			behind = left;
	}
	return behind;
}

void
hrd_suffixes_add(struct hrd_suffixes *s, const struct hrd_name *owner)
{
	struct hrd_name base = *owner;
	unsigned labels = hrd_name_labels(owner), behind;

	if (owner->wire[0] == 1 && owner->wire[1] == '*')
		hrd_name_suffix(&base, owner, --labels);
	if (names_equal(&base, &s->last))
		return;
	s->last = base;
	s->owners++;
	behind = labels_behind_front(&base, labels);
	for (unsigned shared = SHARED_LABELS; shared <= HRD_SUFFIX_LABELS_MAX && behind >= shared;
	     shared++)
		count(s->found[shared - SHARED_LABELS], &base, behind, shared);
}

bool
hrd_suffixes_most(const struct hrd_suffixes *s, unsigned labels, struct hrd_name *suffix)
{
	const struct hrd_suffix *found = s->found[labels - SHARED_LABELS];

	for (int i = 0; i < HRD_SUFFIXES; i++) {
		if (found[i].owners >= OWNERS_MIN && 2 * found[i].owners > s->owners) {
			*suffix = found[i].name;
			return true;
		}
	}
	return false;
}

static bool
is_number(const uint8_t *label)
{
	for (unsigned i = 1; i <= label[0]; i++) {
		if (label[i] < '0' || label[i] > '9')
			return false;
	}
	return label[0] > 0;
}

static bool
is_sign(uint8_t octet)
{
	static const bool signs[UINT8_MAX + 1] = { ['/'] = true,
		['@'] = true,
		['|'] = true,
		[':'] = true,
		['^'] = true,
		['<'] = true,
		['>'] = true };

	return signs[octet];
}

/* What octets say that are meant as text. Others may be asked for: a name is of octets. */
static const char *
label_fault(const uint8_t *label)
{
	for (unsigned i = 1; i <= label[0]; i++) {
		bool pair = i < label[0] && label[i + 1] >= 0x80 && label[i + 1] < 0xc0;

		if (label[i] >= 0xc2 && label[i] < 0xf5 && pair)
			return "UTF-8; names are asked for as A-labels (xn--...)";
		if (is_sign(label[i]))
			return "a URL, a mail address or a rule of another kind";
	}
	return NULL;
}

/* True for nearly all names: no octet that label_fault() looks for, and no number in front. Octets
 * that say how long a label is are taken for signs where they are as large: the rest then looks. */
static bool
is_usual(const struct hrd_name *name)
{
	const uint8_t *front = name->wire + (name->wire[0] == 1 && name->wire[1] == '*' ? 2 : 0);
	bool odd = front[0] == 0 || (front[1] >= '0' && front[1] <= '9');

	for (unsigned i = 0; i < name->len && !odd; i++)
		odd = name->wire[i] >= 0x80 || is_sign(name->wire[i]);
	return !odd;
}

const char *
hrd_owner_fault(const struct hrd_name *relative)
{
	const uint8_t *label = relative->wire;
	const char *why = NULL;
	bool numbers = true;
	unsigned labels = 0;

	if (is_usual(relative))
		return NULL;
	if (label[0] == 1 && label[1] == '*')
		label += 2;
	for (; label[0] != 0 && why == NULL; label += 1u + label[0], labels++) {
		numbers = numbers && is_number(label);
		why = label_fault(label);
	}
	if (why == NULL && numbers && labels == 4)
		why = "an address; the rule for one is written 32.1.2.0.192.rpz-ip";
	return why;
}
