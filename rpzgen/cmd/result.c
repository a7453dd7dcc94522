/* SPDX-License-Identifier: BSD-3-Clause */
/* Common parts of what --json says. */
#include <config.h>

#include "rpzgen/cmd/result.h"

#include <stdio.h>

#include "lib/base/day.h"

void
hrd_result_time(struct hrd_json *json, const char *key, uint64_t seconds)
{
	char text[HRD_TIME_TEXT_MAX];

	if (seconds == 0)
		return;
	hrd_time_text(seconds, text);
	hrd_json_member(json, key, text);
}

void
hrd_result_rules(struct hrd_json *json, const struct hrd_ruleset *set)
{
	uint64_t acting[HRD_TRIGGERS] = { 0 }, all = 0, observed = 0;

	for (int t = 0; t < HRD_TRIGGERS; t++) {
		for (size_t i = 0; i < hrd_rules_count_of(set, (enum hrd_trigger)t); i++) {
			enum hrd_action action = hrd_rules_action(set, (enum hrd_trigger)t, i);

			observed += action == HRD_ACTION_OBSERVE ? 1 : 0;
			if (action != HRD_ACTION_OBSERVE && action != HRD_ACTION_STOP)
				acting[t]++;
		}
		all += acting[t];
	}
	hrd_json_number(json, "rules", all);
	hrd_json_key(json, "rules_by_trigger");
	hrd_json_object(json);
	for (int t = 0; t < HRD_TRIGGERS; t++)
		hrd_json_number(json, hrd_trigger_name((enum hrd_trigger)t), acting[t]);
	hrd_json_object_end(json);
	hrd_json_number(json, "observed", observed);
}

void
hrd_result_holes(struct hrd_json *json, const struct hrd_hole_list *holes, bool list)
{
	char name[HRD_NAME_TEXT_MAX];
	struct hrd_hole hole;
	size_t cursor = 0;

	hrd_json_number(json, "holes", hrd_holes_count(holes));
	if (!list)
		return;
	hrd_json_key(json, "hole_list");
	hrd_json_array(json);
	while (hrd_holes_next(holes, &cursor, &hole)) {
		hrd_name_to_text(&hole.name, name);
		hrd_json_object(json);
		hrd_json_member(json, "name", name);
		hrd_json_flag(json, "exact", hole.exact);
		hrd_json_flag(json, "below", hole.wildcard);
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
}

void
hrd_result_files(struct hrd_json *json, const struct hrd_manifest *manifest)
{
	hrd_json_key(json, "files");
	hrd_json_array(json);
	for (size_t i = 0; i < manifest->file_count; i++) {
		hrd_json_object(json);
		hrd_json_member(json, "name", manifest->files[i].name);
		hrd_json_number(json, "size", manifest->files[i].size);
		hrd_json_hex(json, "blake2b", manifest->files[i].blake2b, HRD_DIGEST_LEN);
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
}

void
hrd_result_verified(struct hrd_json *result, const struct hrd_verified *verified)
{
	static const char *const kinds[] = { "zone", "image", "manifest" };
	const struct hrd_manifest *m = &verified->manifest;

	hrd_json_member(result, "kind", kinds[verified->kind]);
	hrd_json_member(result, "id", m->id);
	hrd_json_number(result, "serial", m->serial);
	hrd_json_number(result, "rules", m->rules);
	hrd_result_time(result, "created", m->created);
	hrd_result_time(result, "not_after", m->not_after);
	hrd_json_member(result, "detail", verified->detail);
	hrd_result_files(result, m);
}

void
hrd_result_install(struct hrd_json *result, const struct hrd_install *install)
{
	hrd_json_key(result, "installed");
	hrd_json_object(result);
	hrd_json_member(result, "directory", install->dir);
	hrd_json_number(result, "generation", install->generation);
	hrd_json_number(result, "serial", install->serial);
	hrd_json_flag(result, "unchanged", install->unchanged);
	hrd_json_object_end(result);
}
