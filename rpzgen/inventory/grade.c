/* SPDX-License-Identifier: BSD-3-Clause */
/* Grades: what the evidence supports at most (zones/README.md, section 1). */
#include <config.h>

#include "rpzgen/inventory/inventory.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rpzgen/base/url.h"
#include "rpzgen/inventory/idna.h"

/* Bits for the questions that a source may answer; ANY takes every source. */
#define QUESTION(supports) (1u << (supports))
#define ANY (~0u)

enum { ORIGIN_MAX = HRD_NAME_TEXT_MAX }; /* octets of an origin; what is longer is cut */
enum { ADDRESS_MAX = 4096 };             /* of what an archive copied */

/* "owner/name" out of the first two components of a path, without ".git". */
static void
take_repository(const char *path, char origin[ORIGIN_MAX])
{
	size_t owner = strcspn(path, "/"), len;

	len = path[owner] == '/' ? owner + 1 + strcspn(path + owner + 1, "/") : owner;
	if (len > owner + 5 && strncasecmp(path + len - 4, ".git", 4) == 0)
		len -= 4;
	snprintf(origin, ORIGIN_MAX, "%.*s", (int)len, path);
}

static bool
is_github(const char *host)
{
	return strcmp(host, "github.com") == 0 || strcmp(host, "raw.githubusercontent.com") == 0 ||
	       strcmp(host, "codeload.github.com") == 0;
}

/* The host in A-labels, which are one spelling of a name. */
static void
take_host(const char *host, char origin[ORIGIN_MAX])
{
	char text[HRD_NAME_TEXT_MAX];
	struct hrd_name name;

	if (hrd_idna_map(&name, host) == HRD_OK)
		hrd_name_to_text(&name, text);
	else
		snprintf(text, sizeof(text), "%s", host);
	snprintf(origin, ORIGIN_MAX, "%s", text);
}

/* "web/20260101000000/ADDRESS": the copy of an archive is what was copied. NULL for any other. */
static const char *
archived(const struct hrd_url *url)
{
	const char *stamp_end;

	if ((strcmp(url->host, "web.archive.org") != 0 && strcmp(url->host, "archive.org") != 0) ||
	    strncmp(url->path, "web/", 4) != 0)
		return NULL;
	stamp_end = strchr(url->path + 4, '/');
	return stamp_end != NULL && stamp_end[1] != '\0' ? stamp_end + 1 : NULL;
}

/* Puts the address that was archived in place of that of the copy, which may have it without scheme
 * or with one slash; as it was where that is none. */
static void
take_original(struct hrd_url *url)
{
	const char *copied = archived(url), *rest;
	char text[ADDRESS_MAX];
	struct hrd_url original;
	int len;

	if (copied == NULL)
		return;
	rest = copied + strcspn(copied, ":/");
	if (rest[0] == ':' && rest[1] == '/')
		copied = rest + 1 + strspn(rest + 1, "/");
	len = snprintf(text, sizeof(text), "https://%s", copied);
	if (len < 0 || (size_t)len >= sizeof(text) ||
	    hrd_url_parse(text, &original, NULL) != HRD_OK)
		return;
	hrd_url_clear(url);
	*url = original;
}

static void
origin_of_url(const struct hrd_url *url, bool is_repository, char origin[ORIGIN_MAX])
{
	static const char api[] = "repos/";
	const char *host = strncmp(url->host, "www.", 4) == 0 ? url->host + 4 : url->host;

	if (strcmp(host, "api.github.com") == 0 && strncmp(url->path, api, strlen(api)) == 0)
		take_repository(url->path + strlen(api), origin);
	else if (is_repository || is_github(host))
		take_repository(url->path, origin);
	else
		take_host(host, origin);
}

/* Where a source is kept: its host, or, for a repository however it is cited, "owner/name". One
 * place has one origin, whatever its spelling. */
static void
origin_of(const struct hrd_evidence *e, char origin[ORIGIN_MAX])
{
	const char *text = e->url != NULL ? e->url : e->repository;
	struct hrd_url url;

	if (hrd_url_parse(text, &url, NULL) != HRD_OK) {
		take_repository(text, origin);
		return;
	}
	take_original(&url);
	origin_of_url(&url, e->url == NULL, origin);
	hrd_url_clear(&url);
}

static bool
same_origin(const struct hrd_evidence *a, const struct hrd_evidence *b)
{
	char first[ORIGIN_MAX], second[ORIGIN_MAX];

	origin_of(a, first);
	origin_of(b, second);
	return strcasecmp(first, second) == 0;
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

/* A source of which a fault was reported might allow any grade: that report is enough. */
static bool
is_reported(const struct hrd_evidence *e)
{
	static const char *const keys[] = { "url", "repository", "path", "commit", "retrieved",
		"official" };
	enum { URL, REPOSITORY, PATH, COMMIT, RETRIEVED, OFFICIAL, KEYS };
	const struct hrd_yaml_node *value[KEYS];
	bool yes;

	for (int i = 0; i < KEYS; i++) {
		value[i] = hrd_yaml_get(e->item.node, keys[i]);
		if (value[i] == NULL && hrd_item_has(&e->item, keys[i]))
			return true; /* misspelt */
	}
	return (value[URL] != NULL && e->url == NULL) ||
	       (value[REPOSITORY] != NULL && e->repository == NULL) ||
	       (value[REPOSITORY] != NULL) != (value[PATH] != NULL) ||
	       (value[PATH] != NULL) != (value[COMMIT] != NULL) ||
	       ((value[URL] != NULL || value[REPOSITORY] != NULL) && value[RETRIEVED] == NULL) ||
	       (value[OFFICIAL] != NULL && !hrd_yaml_bool(value[OFFICIAL], &yes));
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

		if (is_reported(e))
			return HRD_CONFIRMED;
		if (!is_citable(e) || !answers(e, questions))
			continue;
		if (e->official)
			return HRD_CONFIRMED;
		if (first == NULL)
			first = e;
		else if (!same_origin(first, e))
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

	/* Evidence that is not there is reported as a key that is missing. */
	if (grade < 0 || grade >= (int)most || list->count == 0)
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
