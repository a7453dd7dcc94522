/* SPDX-License-Identifier: BSD-3-Clause */
/* Folds differences into rows. */
#include <config.h>

#include "rpzgen/rules/difftable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/name/prefix.h"

/* What waits for the wildcard of its name. */
struct pending {
	struct hrd_diff *diff;
	hrd_diff_row_fn *each;
	void *ctx;
	bool full;
	struct hrd_diff_row row;
	char detail[HRD_DIFF_DETAIL_MAX];
};

static void
add_detail(char *text, const char *key, const char *before, const char *after)
{
	size_t len = strlen(text);

	if (strcmp(before, after) != 0)
		snprintf(text + len, HRD_DIFF_DETAIL_MAX - len, "%s%s %s -> %s",
		    len > 0 ? "; " : "", key, before[0] != '\0' ? before : "(none)",
		    after[0] != '\0' ? after : "(none)");
}

/* What is other in rules of both sides. */
static void
describe(const struct hrd_diff *d, const struct hrd_rule *before, const struct hrd_rule *after,
    char text[HRD_DIFF_DETAIL_MAX])
{
	struct hrd_meta a, b;
	size_t len;

	text[0] = '\0';
	if (before == NULL || after == NULL)
		return;
	hrd_rules_meta_get(d->before, before->meta, &a);
	hrd_rules_meta_get(d->after, after->meta, &b);
	if (d->meta_counts) {
		add_detail(text, "rule id", a.rule_id, b.rule_id);
		add_detail(text, "entity", a.entity, b.entity);
		add_detail(text, "relation", a.relation, b.relation);
		add_detail(text, "service", a.service, b.service);
		add_detail(text, "basis", a.basis, b.basis);
		add_detail(text, "text", a.ede, b.ede);
		add_detail(text, "category", a.category, b.category);
		add_detail(text, "description", a.description, b.description);
		add_detail(text, "reference", a.reference, b.reference);
	}
	len = strlen(text);
	if (d->records_differ)
		snprintf(
		    text + len, HRD_DIFF_DETAIL_MAX - len, "%sother records", len > 0 ? "; " : "");
}

static void
flush(struct pending *p)
{
	if (p->full)
		p->each(p->ctx, &p->row);
	p->full = false;
}

static bool
is_wildcard_of(const struct hrd_diff_row *base, const struct hrd_diff_row *row)
{
	return row->rule.wildcard && !base->rule.wildcard && !base->subtree &&
	       base->rule.trigger == row->rule.trigger && base->change == row->change &&
	       base->before == row->before && base->after == row->after &&
	       strcmp(base->entity, row->entity) == 0 && strcmp(base->basis, row->basis) == 0 &&
	       strcmp(base->detail, row->detail) == 0 &&
	       hrd_name_cmp(&base->rule.name, &row->rule.name) == 0;
}

static void
take(void *ctx, enum hrd_rule_change change, const struct hrd_rule *before,
    const struct hrd_rule *after)
{
	struct pending *p = ctx;
	const struct hrd_ruleset *set = after != NULL ? p->diff->after : p->diff->before;
	struct hrd_diff_row row = { .change = change,
		.rule = after != NULL ? *after : *before,
		.before = before != NULL ? before->action : HRD_ACTION_NONE,
		.after = after != NULL ? after->action : HRD_ACTION_NONE,
		.until = HRD_DIFF_NO_END };
	char detail[HRD_DIFF_DETAIL_MAX];
	struct hrd_meta meta;

	hrd_rules_meta_get(set, row.rule.meta, &meta);
	row.entity = meta.entity;
	row.basis = meta.basis;
	describe(p->diff, before, after, detail);
	row.detail = detail;
	if (p->full && is_wildcard_of(&p->row, &row)) {
		p->row.subtree = true;
		return;
	}
	flush(p);
	memcpy(p->detail, detail, strlen(detail) + 1);
	p->row = row;
	p->row.detail = p->detail;
	p->full = true;
}

void
hrd_diff_each_row(struct hrd_diff *diff, hrd_diff_row_fn *each, void *ctx)
{
	struct pending pending = { .diff = diff, .each = each, .ctx = ctx };

	diff->report = take;
	diff->ctx = &pending;
	hrd_diff(diff);
	flush(&pending);
}

/* The basis comes last: a row may be of profiles that rest on several. */
enum { TEXT_ENTITY, TEXT_DETAIL, TEXT_BASIS, TEXTS };
enum { BASES_MAX = 4096 };

struct hrd_diff_cell {
	struct hrd_diff_row row;
	uint32_t texts[TEXTS]; /* numbers of its texts */
	uint32_t profile;
};

static int
compare_owners(const struct hrd_rule *a, const struct hrd_rule *b)
{
	int order;

	if (a->trigger != b->trigger)
		return (int)a->trigger - (int)b->trigger;
	if (!hrd_trigger_has_name(a->trigger))
		return hrd_prefix_cmp(&a->prefix, &b->prefix);
	order = hrd_name_cmp(&a->name, &b->name);
	return order != 0 ? order : (int)a->wildcard - (int)b->wildcard;
}

/* Order of what happens to one owner. */
static int
compare_changes(const struct hrd_diff_cell *a, const struct hrd_diff_cell *b)
{
	int left[] = { (int)a->row.change, a->row.subtree, (int)a->row.before, (int)a->row.after };
	int right[] = { (int)b->row.change, b->row.subtree, (int)b->row.before, (int)b->row.after };

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		if (left[i] != right[i])
			return left[i] - right[i];
	}
	for (size_t i = 0; i < TEXT_BASIS; i++) {
		if (a->texts[i] != b->texts[i])
			return a->texts[i] < b->texts[i] ? -1 : 1;
	}
	return 0;
}

static int
compare_days(const struct hrd_diff_cell *a, const struct hrd_diff_cell *b)
{
	if (a->row.since != b->row.since)
		return a->row.since < b->row.since ? -1 : 1;
	return (a->row.until > b->row.until) - (a->row.until < b->row.until);
}

static bool
are_one_row(const struct hrd_diff_cell *a, const struct hrd_diff_cell *b)
{
	return compare_owners(&a->row.rule, &b->row.rule) == 0 && compare_changes(a, b) == 0 &&
	       compare_days(a, b) == 0;
}

static int
by_row(const void *left, const void *right)
{
	const struct hrd_diff_cell *a = left, *b = right;
	int order = compare_owners(&a->row.rule, &b->row.rule);

	if (order == 0)
		order = compare_days(a, b);
	if (order == 0)
		order = compare_changes(a, b);
	return order != 0 ? order : (a->profile > b->profile) - (a->profile < b->profile);
}

static uint32_t
intern(struct hrd_difftable *t, const char *text)
{
	uint32_t number = 0;
	int status = hrd_intern(&t->texts, text, strlen(text) + 1, &number);

	if (status != HRD_OK && t->status == HRD_OK)
		t->status = status;
	return number;
}

static void
push(struct hrd_difftable *t, size_t cell)
{
	size_t *next = hrd_array_reserve(t->next, &t->next_room, t->next_count + 1, sizeof(*next));

	if (next == NULL) {
		t->status = HRD_ENOMEM;
		return;
	}
	t->next = next;
	next[t->next_count++] = cell;
}

static void
add_cell(struct hrd_difftable *t, const struct hrd_diff_cell *cell)
{
	struct hrd_diff_cell *cells;

	if (t->count == HRD_DIFF_ROWS_MAX) {
		t->status = HRD_ELIMIT;
		return;
	}
	cells = hrd_array_reserve(t->cells, &t->room, t->count + 1, sizeof(*cells));
	if (cells == NULL) {
		t->status = HRD_ENOMEM;
		return;
	}
	t->cells = cells;
	cells[t->count] = *cell;
	push(t, t->count++);
}

/* Ends what was so the day before and comes before the owner (NULL: all of it). */
static void
close_before(struct hrd_difftable *t, const struct hrd_rule *owner)
{
	while (t->passed < t->open_count) {
		struct hrd_diff_cell *cell = &t->cells[t->open[t->passed]];

		if (owner != NULL && compare_owners(&cell->row.rule, owner) >= 0)
			return;
		cell->row.until = t->day;
		t->passed++;
	}
}

static void
take_row(void *ctx, const struct hrd_diff_row *row)
{
	struct hrd_difftable *t = ctx;
	struct hrd_diff_cell cell = { .row = *row, .profile = t->profile };
	struct hrd_diff_cell *open;

	if (t->status != HRD_OK)
		return;
	cell.row.since = t->day;
	cell.texts[TEXT_ENTITY] = intern(t, row->entity);
	cell.texts[TEXT_BASIS] = intern(t, row->basis);
	cell.texts[TEXT_DETAIL] = intern(t, row->detail);
	close_before(t, &row->rule);
	if (t->passed < t->open_count) {
		open = &t->cells[t->open[t->passed]];
		if (compare_owners(&open->row.rule, &row->rule) == 0 &&
		    compare_changes(open, &cell) == 0) {
			push(t, t->open[t->passed++]);
			return;
		}
	}
	add_cell(t, &cell);
}

int
hrd_difftable_add(
    struct hrd_difftable *t, struct hrd_diff *diff, uint32_t profile, uint32_t day, bool lasting)
{
	size_t *swap = t->open, room = t->open_room;

	if (t->count == 0 && t->texts.slots == NULL)
		hrd_intern_init(&t->texts);
	if (profile != t->profile || !lasting)
		t->open_count = 0;
	t->profile = profile;
	t->day = day;
	t->passed = t->next_count = 0;
	hrd_diff_each_row(diff, take_row, t);
	close_before(t, NULL);
	t->open = t->next;
	t->open_count = t->next_count;
	t->open_room = t->next_room;
	t->next = swap;
	t->next_room = room;
	return t->status;
}

static const char *
text_of(const struct hrd_difftable *t, uint32_t number)
{
	size_t len;

	return (const char *)hrd_intern_get(&t->texts, number, &len);
}

/* The bases of cells that are one row, each once: "a, b". */
static void
join_bases(const struct hrd_difftable *t, const struct hrd_diff_cell *cells, size_t count,
    char text[BASES_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		const char *basis = text_of(t, cells[i].texts[TEXT_BASIS]);
		size_t len = strlen(text), j = 0;

		while (j < i && cells[j].texts[TEXT_BASIS] != cells[i].texts[TEXT_BASIS])
			j++;
		if (j == i && basis[0] != '\0')
			snprintf(text + len, BASES_MAX - len, "%s%s", len > 0 ? ", " : "", basis);
	}
}

int
hrd_difftable_report(struct hrd_difftable *t, hrd_diff_row_fn *each, void *ctx)
{
	char bases[BASES_MAX];

	if (t->count == 0)
		return HRD_OK;
	if (t->members == NULL)
		t->members = calloc(t->count, sizeof(*t->members));
	if (t->members == NULL)
		return HRD_ENOMEM;
	qsort(t->cells, t->count, sizeof(*t->cells), by_row);
	for (size_t i = 0; i < t->count; i++)
		t->members[i] = t->cells[i].profile;
	for (size_t i = 0, next; i < t->count; i = next) {
		struct hrd_diff_cell *cell = &t->cells[i];
		struct hrd_diff_row row = cell->row;

		for (next = i + 1; next < t->count && are_one_row(cell, &t->cells[next]); next++)
			;
		row.entity = text_of(t, cell->texts[TEXT_ENTITY]);
		join_bases(t, cell, next - i, bases);
		row.basis = bases;
		row.detail = text_of(t, cell->texts[TEXT_DETAIL]);
		row.profiles = &t->members[i];
		row.profile_count = next - i;
		each(ctx, &row);
	}
	return HRD_OK;
}

void
hrd_difftable_clear(struct hrd_difftable *t)
{
	free(t->cells);
	free(t->members);
	free(t->open);
	free(t->next);
	hrd_intern_free(&t->texts);
	memset(t, 0, sizeof(*t));
}
