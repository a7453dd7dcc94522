/* SPDX-License-Identifier: BSD-3-Clause */
/* Sources that will not bear their claim for long: they move, they are old, they are a front page.
 */
#include <config.h>

#include "lib/base/day.h"
#include "rpzgen/inventory/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "rpzgen/inventory/webaddr.h"

struct watch {
	struct hrd_diag *diag;
	int32_t day; /* HRD_NO_DATE: age is not judged */
};

static void
warn(const struct watch *w, const struct hrd_item *item, const char *key, const char *id,
    const char *text)
{
	struct hrd_position place = hrd_item_place(item, key);

	hrd_diag(w->diag, HRD_WARNING, &place, id, "%s", text);
}

static long
year_of(const char *date)
{
	return strtol(date, NULL, 10);
}

/* True when the same day of the next year is past. */
static bool
is_over_a_year(int32_t retrieved, int32_t day)
{
	char then[HRD_DATE_TEXT_MAX], now[HRD_DATE_TEXT_MAX];
	long years;

	hrd_date_text(retrieved, then);
	hrd_date_text(day, now);
	years = year_of(now) - year_of(then);
	return years > 1 || (years == 1 && strcmp(now + 4, then + 4) > 0);
}

static void
check_home(const struct watch *w, const struct hrd_item *item, const char *key, const char *url)
{
	if (url != NULL && hrd_webaddr_is_home(url))
		warn(w, item, key, "inv-evidence-home",
		    "a home page, which changes; cite the page that makes the claim");
}

static void
check_source(const struct watch *w, const struct hrd_evidence *e)
{
	if (e->url != NULL && hrd_webaddr_is_moving(e->url))
		warn(w, &e->item, "url", "inv-evidence-moving",
		    "the tip of a branch, which moves; cite repository, path and commit instead");
	if (e->official)
		check_home(w, &e->item, "url", e->url);
	if (w->day != HRD_NO_DATE && e->retrieved != HRD_NO_DATE &&
	    is_over_a_year(e->retrieved, w->day))
		warn(w, &e->item, "retrieved", "inv-evidence-old",
		    "looked at more than a year ago; look again and set the new day");
}

static void
check_list(const struct watch *w, const struct hrd_evidence_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		check_source(w, &list->all[i]);
}

static void
check_entity(const struct watch *w, const struct hrd_entity *entity)
{
	check_list(w, &entity->evidence);
	for (size_t s = 0; s < entity->service_count; s++) {
		const struct hrd_service *service = &entity->services[s];

		for (size_t i = 0; i < service->name_count; i++)
			check_list(w, &service->names[i].evidence);
		for (size_t i = 0; i < service->known_count; i++)
			check_list(w, &service->known[i].evidence);
	}
}

void
hrd_inventory_check_sources(
    const struct hrd_inventory *inventory, int32_t day, struct hrd_diag *diag)
{
	const struct watch w = { diag, day };

	for (size_t s = 0; s < inventory->count; s++) {
		const struct hrd_inventory_section *section = inventory->sections[s];

		for (size_t i = 0; i < section->basis_count; i++) {
			const struct hrd_basis *basis = &section->basis[i];

			check_home(&w, &basis->item, "permalink", basis->permalink);
			check_list(&w, &basis->evidence);
		}
		for (size_t i = 0; i < section->entity_count; i++)
			check_entity(&w, &section->entities[i]);
		for (size_t i = 0; i < section->shared_count; i++)
			check_list(&w, &section->shared[i].evidence);
		for (size_t i = 0; i < section->never_count; i++)
			check_list(&w, &section->never[i].evidence);
	}
}
