/* SPDX-License-Identifier: BSD-3-Clause */
/* The companion zone. */
#include <config.h>

#include "rpzgen/zone/companion.h"

#include "lib/rules/dump.h"
#include "rpzgen/rules/copy.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/zone/write.h"

struct chooser {
	const struct hrd_ruleset *set;
	struct hrd_diag *diag;
	const struct hrd_combined *files;
};

/* True for a rule that goes into the companion. */
static bool
choose(void *ctx, enum hrd_trigger trigger, size_t i)
{
	const struct chooser *chooser = ctx;
	char owner[HRD_OWNER_TEXT_MAX];
	struct hrd_position place;
	struct hrd_rule rule;

	if (trigger == HRD_TRIGGER_QNAME || trigger == HRD_TRIGGER_RESPONSE_IP)
		return false;
	hrd_rules_get(chooser->set, trigger, i, &rule);
	if (trigger == HRD_TRIGGER_CLIENT_IP || rule.action != HRD_ACTION_TCP_ONLY)
		return true;
	place = hrd_combined_place(chooser->files, rule.line);
	place.col = 0;
	hrd_dump_owner_of(&rule, owner);
	hrd_diag(chooser->diag, HRD_WARNING, &place, "companion-tcp-only",
	    "%s: TCP-ONLY for name servers crashes Unbound before 1.19, so it is not in the "
	    "companion zone",
	    owner);
	return false;
}

static void
take_too_long(void *ctx, const char *owner)
{
	const struct chooser *chooser = ctx;
	struct hrd_position place = { chooser->files->files[0], 0, 0 };

	hrd_diag(chooser->diag, HRD_WARNING, &place, "zone-owner-length",
	    "%s: over 255 octets with the apex, so it is not in the companion zone", owner);
}

/* The chosen rules without holes, as a sealed set. */
static int
chosen(const struct hrd_ruleset *set, struct chooser *chooser, bool keep_holes,
    struct hrd_ruleset **out)
{
	struct hrd_ruleset *some = hrd_rules_new();
	struct hrd_hole_list *holes = NULL;
	struct hrd_meta_map map = { NULL, 0 };
	int status = HRD_ENOMEM;

	*out = NULL;
	if (some != NULL)
		status = hrd_rules_copy(some, set, choose, chooser, &map);
	if (status == HRD_OK)
		status = hrd_rules_seal(some, NULL, NULL);
	if (status == HRD_OK && !keep_holes)
		status = hrd_holes_find(some, &holes);
	if (holes != NULL && hrd_holes_count(holes) > 0)
		status = hrd_holes_close(holes, some, out);
	hrd_holes_free(holes);
	hrd_meta_map_clear(&map);
	if (status == HRD_OK && *out == NULL)
		*out = some;
	else
		hrd_rules_free(some);
	return status;
}

int
hrd_companion_write(FILE *out, const struct hrd_ruleset *set, const struct hrd_policy_info *info,
    struct hrd_diag *diag, const struct hrd_combined *files)
{
	static const enum hrd_trigger triggers[] = { HRD_TRIGGER_CLIENT_IP, HRD_TRIGGER_NSDNAME,
		HRD_TRIGGER_NSIP };
	struct chooser chooser = { set, diag, files };
	struct hrd_zone_writer writer = {
		.out = out, .apex = &info->apex, .too_long = take_too_long, .ctx = &chooser
	};
	struct hrd_ruleset *some;
	int status = chosen(set, &chooser, info->rfc4592, &some);

	if (status == HRD_OK) {
		fputs("; companion zone for the rpz: of Unbound beside the module\n", out);
		status = hrd_zone_write_head(&writer, info);
	}
	for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]) && status == HRD_OK; i++)
		status = hrd_zone_write_set(&writer, some, triggers[i]);
	hrd_rules_free(some);
	return status;
}
