/* SPDX-License-Identifier: BSD-3-Clause */
/* Grades: what the evidence supports at most (zones/README.md, section 1). */
#include <config.h>

#include "rpzgen/inventory/inventory.h"

#include <string.h>
#include <strings.h>

/* Bits for the questions that a source may answer; ANY takes every source. */
#define QUESTION(supports) (1u << (supports))
#define ANY (~0u)

/* Where a source is kept: host or repository, without what does not tell origins apart. */
struct origin {
	const char *text;
	size_t len;
};

static struct origin
skip(struct origin from, const char *prefix)
{
	size_t len = strlen(prefix);

	if (from.len >= len && strncasecmp(from.text, prefix, len) == 0)
		return (struct origin){ from.text + len, from.len - len };
	return from;
}

/* The first `parts` path components of a text. */
static struct origin
cut(struct origin from, unsigned parts)
{
	for (size_t i = 0; i < from.len; i++) {
		if ((from.text[i] == '/' && --parts == 0) || from.text[i] == '?' ||
		    from.text[i] == '#')
			return (struct origin){ from.text, i };
	}
	return from;
}

/* A repository, also when it is cited by an address of GitHub, is "owner/name"; any other address
 * is its host. */
static struct origin
origin_of(const struct hrd_evidence *e)
{
	const char *text = e->url != NULL ? e->url : e->repository;
	struct origin all = { text, strlen(text) };
	struct origin rest = skip(skip(all, "https://"), "http://");
	struct origin github = skip(skip(rest, "github.com/"), "raw.githubusercontent.com/");

	if (e->url == NULL || github.len != rest.len)
		return cut(github, 2);
	return skip(cut(rest, 1), "www.");
}

static bool
same_origin(struct origin a, struct origin b)
{
	return a.len == b.len && strncasecmp(a.text, b.text, a.len) == 0;
}

/* By the keys that are there: a bad value is reported once, where it stands. */
static bool
is_citable(const struct hrd_evidence *e)
{
	const struct hrd_yaml_node *node = e->item.node;
	bool repository = e->repository != NULL && hrd_yaml_get(node, "path") != NULL &&
			  hrd_yaml_get(node, "commit") != NULL;

	return (e->url != NULL || repository) && hrd_yaml_get(node, "retrieved") != NULL;
}

static bool
answers(const struct hrd_evidence *e, unsigned questions)
{
	return e->supports < 0 || (questions & QUESTION(e->supports)) != 0;
}

/* The best grade that the sources allow: they count by origin, an official one alone is enough. */
static enum hrd_grade
ceiling(const struct hrd_evidence_list *list, unsigned questions)
{
	const struct hrd_evidence *first = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct hrd_evidence *e = &list->all[i];

		if (!is_citable(e) || !answers(e, questions))
			continue;
		if (e->official)
			return HRD_CONFIRMED;
		if (first == NULL)
			first = e;
		else if (!same_origin(origin_of(first), origin_of(e)))
			return HRD_CONFIRMED;
	}
	return first != NULL ? HRD_PROBABLE : HRD_UNVERIFIED;
}

static const char *
needs(int grade)
{
	return grade == HRD_CONFIRMED ? "two independent citable sources or an official one"
				      : "one citable source";
}

/* Holds a grade against the ceiling of its evidence; false when it was reported. */
static bool
check_grade(struct hrd_diag *diag, const struct hrd_item *item, const char *key, int grade,
    const struct hrd_evidence_list *list, unsigned questions)
{
	struct hrd_position place = hrd_item_place(item, key);
	enum hrd_grade most = ceiling(list, questions);

	if (grade < 0 || grade >= (int)most)
		return true;
	hrd_diag(diag, HRD_ERROR, &place, "grade-evidence",
	    "%s \"%s\" needs %s; the evidence allows \"%s\" at most", key, hrd_grade_words[grade],
	    needs(grade), hrd_grade_words[most]);
	return false;
}

/* No grade is better than one it rests on. */
static void
check_lowest(
    struct hrd_diag *diag, const struct hrd_item *item, int grade, int base, const char *what)
{
	struct hrd_position place = hrd_item_place(item, "confidence");

	if (grade < 0 || base < 0 || grade >= base)
		return;
	hrd_diag(diag, HRD_ERROR, &place, "grade-lowest",
	    "confidence \"%s\" is better than the %s, \"%s\"; it is the lowest of entity, "
	    "ownership and use",
	    hrd_grade_words[grade], what, hrd_grade_words[base]);
}

static void
check_listed(
    struct hrd_diag *diag, const struct hrd_entity *entity, const struct hrd_listed *listed)
{
	const struct hrd_item *item = &listed->item;
	const char *ownership = listed->ownership < 0 ? "confidence" : "ownership";
	const char *use = listed->use < 0 ? "confidence" : "use";
	bool fine = check_grade(diag, item, ownership,
	    listed->ownership < 0 ? listed->confidence : listed->ownership, &listed->evidence,
	    QUESTION(HRD_SUPPORTS_OWNERSHIP));

	/* One line is enough where both fall back on the same grade. */
	if (fine || listed->ownership >= 0 || listed->use >= 0)
		check_grade(diag, item, use, listed->use < 0 ? listed->confidence : listed->use,
		    &listed->evidence,
		    QUESTION(HRD_SUPPORTS_USE) | QUESTION(HRD_SUPPORTS_EXISTENCE));
	check_lowest(diag, item, listed->confidence, entity->confidence, "entity's confidence");
	check_lowest(diag, item, listed->confidence, listed->ownership, "ownership");
	check_lowest(diag, item, listed->confidence, listed->use, "use");
}

static void
check_entity(struct hrd_diag *diag, const struct hrd_entity *entity)
{
	unsigned questions = QUESTION(HRD_SUPPORTS_RELATION);

	if (entity->relation == HRD_SELF)
		questions |= QUESTION(HRD_SUPPORTS_EXISTENCE);
	check_grade(
	    diag, &entity->item, "confidence", entity->confidence, &entity->evidence, questions);
	for (size_t s = 0; s < entity->service_count; s++) {
		const struct hrd_service *service = &entity->services[s];

		for (size_t i = 0; i < service->name_count; i++)
			check_listed(diag, entity, &service->names[i]);
		for (size_t i = 0; i < service->known_count; i++) {
			const struct hrd_known *known = &service->known[i];

			check_grade(diag, &known->item, "confidence", known->confidence,
			    &known->evidence, ANY);
			check_lowest(diag, &known->item, known->confidence, entity->confidence,
			    "entity's confidence");
		}
	}
}

void
hrd_inventory_check_grades(const struct hrd_inventory *inventory, struct hrd_diag *diag)
{
	struct hrd_cursor at = { 0 };
	const struct hrd_entity *entity;

	while ((entity = hrd_next_entity(inventory, &at)) != NULL)
		check_entity(diag, entity);
	for (size_t s = 0; s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->shared_count; i++)
			check_grade(diag, &section->shared[i].item, "confidence",
			    section->shared[i].confidence, &section->shared[i].evidence, ANY);
	}
}
