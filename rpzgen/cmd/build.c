/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen build: an inventory to a zone, a policy image and their manifest, all or none. */
#include <config.h>

#include "lib/base/day.h"
#include "rpzgen/cmd/commands.h"
#include "lib/base/serial.h"
#include "rpzgen/cmd/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buffer.h"
#include "lib/crypto/blake2b.h"
#include "lib/policy/beacon.h"
#include "lib/rules/dump.h"
#include "rpzgen/base/now.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/base/parallel.h"
#include "rpzgen/policy/derive.h"
#include "rpzgen/policy/feedlife.h"
#include "rpzgen/policy/guard.h"
#include "rpzgen/policy/manifest.h"
#include "rpzgen/zone/consumer.h"
#include "rpzgen/zone/readback.h"
#include "rpzgen/zone/write.h"

enum {
	OPT_OUT,
	OPT_PROFILE,
	OPT_DATE,
	OPT_PREVIOUS,
	OPT_POPULAR,
	OPT_CACHE,
	OPT_PROXY,
	OPT_CA_FILE,
	OPT_ALLOW_PRIVATE,
	OPT_CHANGE_PROFILE,
	OPT_FOR,
	OPT_FEED_MAX_AGE,
	OPT_ACCEPT_FEED,
};

static const struct hrd_option options[] = {
	{ "output", 'o', "DIR", "where the files go; made when missing" },
	{ "profile", 0, "ID", "profile of the inventory (default: its first)" },
	{ "date", 0, "DATE", "day on which the rules are in force (default: today)" },
	{ "previous", 0, "MANIFEST", "last published manifest (default: that in DIR)" },
	{ "popular", 0, "FILE", "further names that must not be blocked, one a line" },
	{ "cache", 0, "DIR", "keep fetched feeds there, and use them when a fetch fails" },
	{ "proxy", 0, "URL", "fetch feeds through this proxy (the environment is not asked)" },
	{ "ca-file", 0, "FILE", "trust these certificates (PEM) instead of the system's" },
	{ "allow-private", 0, NULL, "fetch feeds from loopback and private addresses too" },
	{ "change-profile", 0, NULL,
	    "let the rules of another profile follow under the same id, this once" },
	{ "for", 0, "unbound|bind|recursor|knot5|knot6[,...]",
	    "warn of each rule that this resolver cannot express" },
	{ "feed-max-age", 0, "DAYS", "refuse feeds that were not fetched for so long" },
	{ "accept-feed", 0, "ID",
	    "take a feed that has collapsed or exploded since the last manifest, this once" },
	{ NULL, 0, NULL, NULL },
};

enum { ZONE_CHUNK = 64 << 10 };

static const char manifest_name[] = "manifest.json";

struct build {
	struct hrd_args *args;
	struct hrd_diag *diag;
	struct hrd_inventory *inventory;
	struct hrd_feed_set feeds;
	struct hrd_scope scope;
	struct hrd_ruleset *rules;
	struct hrd_policy_info info;
	struct hrd_guard guard;
	struct hrd_justification *justifications; /* of the act, for the image */
	struct hrd_manifest *manifest, *previous; /* previous: NULL = there is none */
	char *zone, *image;                       /* file names */
	struct hrd_policy *policy;                /* the image, opened */
	uint8_t *image_data;
	size_t image_len;
	struct hrd_buffer zone_text;
	int image_status, zone_status;
	struct hrd_outset *outputs;
	bool consumers[HRD_CONSUMERS]; /* of --for */
	bool serial_stays;             /* unless zone or image turn out to differ */
	uint64_t feed_max_age;         /* days; 0: each feed has its own, or none */
};

static struct hrd_feed_options
feed_options(const struct build *b)
{
	return (struct hrd_feed_options){
		.online = true,
		.allow_private = hrd_arg_value(b->args, OPT_ALLOW_PRIVATE) != NULL,
		.quiet = b->args->quiet,
		.cache = hrd_arg_value(b->args, OPT_CACHE),
		.proxy = hrd_arg_value(b->args, OPT_PROXY),
		.ca_file = hrd_arg_value(b->args, OPT_CA_FILE),
	};
}

static bool
load_feeds(struct build *b)
{
	const struct hrd_feed_options how = feed_options(b);

	return hrd_feeds_load(&b->feeds, b->inventory, &how, b->diag);
}

static bool
accepts_feed(void *ctx, const char *id)
{
	const struct build *b = ctx;
	const char *accepted;

	for (size_t n = 0; (accepted = hrd_arg_nth(b->args, OPT_ACCEPT_FEED, n)) != NULL; n++) {
		if (strcmp(accepted, id) == 0)
			return true;
	}
	return false;
}

static struct hrd_feedlife
life_of(struct build *b)
{
	return (struct hrd_feedlife){ .scope = &b->scope,
		.feeds = &b->feeds,
		.previous = b->previous,
		.now = b->info.created,
		.max_age_days = b->feed_max_age,
		.diag = b->diag,
		.is_accepted = accepts_feed,
		.ctx = b };
}

/* Feeds against the builds before; where a last good body took the place of a new one, its rules do
 * as well. */
static bool
judge_feeds(struct build *b)
{
	const struct hrd_feedlife life = life_of(b);

	if (hrd_feedlife_judge_sizes(&life)) {
		hrd_rules_free(b->rules);
		b->rules = hrd_derive(&b->scope, b->diag);
		/* What was kept has passed once, but before builds that are remembered here. */
		hrd_feedlife_judge_sizes(&life);
	}
	hrd_feedlife_judge_ages(&life);
	return b->rules != NULL && hrd_diag_errors(b->diag) == 0;
}

/* What was read and has passed the guards is good from now on. */
static void
keep_feeds(struct build *b)
{
	const struct hrd_feed_options how = feed_options(b);

	for (size_t i = 0; i < b->feeds.count; i++) {
		if (hrd_scope_takes_feed(&b->scope, b->feeds.all[i].feed))
			hrd_feed_keep(&b->feeds.all[i], &how, b->diag);
	}
}

static bool
read_inventory(struct build *b)
{
	b->inventory = hrd_inventory_read(b->args->argv[0], b->diag);
	if (b->inventory == NULL)
		return false;
	hrd_inventory_check(b->inventory, b->diag);
	hrd_inventory_check_grades(b->inventory, b->diag);
	return hrd_diag_errors(b->diag) == 0 && load_feeds(b);
}

static bool
derive(struct build *b)
{
	const char *profile = hrd_arg_value(b->args, OPT_PROFILE);
	const struct hrd_guard_files files = { .popular = hrd_arg_value(b->args, OPT_POPULAR) };
	int32_t date;

	if (!hrd_date_option(hrd_arg_value(b->args, OPT_DATE), b->diag, &date) ||
	    !read_inventory(b) ||
	    !hrd_scope_init(&b->scope, b->inventory, &b->feeds, profile, date, b->diag))
		return false;
	/* The guard judges lines of feeds before they become rules. */
	if (!hrd_guard_init(&b->guard, b->diag, HRD_ERROR, b->args->argv[0], &b->scope, &files))
		return false;
	b->scope.guard = &b->guard;
	b->rules = hrd_derive(&b->scope, b->diag);
	return b->rules != NULL && hrd_diag_errors(b->diag) == 0;
}

/* One word of --for, which ends at a comma. */
static bool
read_consumer(struct build *b, const char *list, size_t len)
{
	char word[32];
	int consumer;

	snprintf(word, sizeof(word), "%.*s", (int)len, list);
	consumer = len < sizeof(word) ? hrd_consumer_from_word(word) : -1;
	if (consumer < 0) {
		hrd_diag_usage(b->diag,
		    "--for knows unbound, bind, recursor, knot5 and knot6, not \"%.*s\"", (int)len,
		    list);
		return false;
	}
	b->consumers[consumer] = true;
	return true;
}

static bool
read_consumers(struct build *b)
{
	const char *list;

	for (size_t n = 0; (list = hrd_arg_nth(b->args, OPT_FOR, n)) != NULL; n++) {
		size_t len = strcspn(list, ",");

		while (read_consumer(b, list, len) && list[len] == ',') {
			list += len + 1;
			len = strcspn(list, ",");
		}
	}
	return hrd_diag_status(b->diag) == HRD_EXIT_OK;
}

/* What a resolver makes of the i-th rule of a trigger, where that is not what is meant. */
static void
judge_rule(struct build *b, enum hrd_consumer consumer, enum hrd_trigger trigger, size_t i)
{
	struct hrd_position place;
	char owner[HRD_OWNER_TEXT_MAX];
	struct hrd_rule rule;
	const char *why = NULL;
	bool takes;

	hrd_rules_get(b->rules, trigger, i, &rule);
	if (rule.action == HRD_ACTION_OBSERVE)
		return;
	takes = hrd_consumer_takes(consumer, b->rules, trigger, i, &b->info.apex, &why);
	if (why == NULL)
		return;
	place = hrd_scope_place(&b->scope, rule.line);
	hrd_dump_owner_of(&rule, owner);
	hrd_diag(b->diag, HRD_WARNING, &place, "consumer", "%s: %s: %s%s",
	    hrd_consumer_word(consumer), owner,
	    takes ? "" : "not for this zone (dump --for leaves it out); ", why);
}

/* The zone is the same for all; --for says who would read it otherwise. */
static void
judge_for_consumers(struct build *b)
{
	for (int c = 0; c < HRD_CONSUMERS; c++) {
		for (int t = 0; b->consumers[c] && t < HRD_TRIGGERS; t++) {
			size_t count = hrd_rules_count_of(b->rules, (enum hrd_trigger)t);

			for (size_t i = 0; i < count; i++)
				judge_rule(b, (enum hrd_consumer)c, (enum hrd_trigger)t, i);
		}
	}
}

static char *
join(struct build *b, const char *a, const char *separator, const char *c)
{
	size_t size = strlen(a) + strlen(separator) + strlen(c) + 1;
	char *text = malloc(size);

	if (text == NULL)
		hrd_diag_nomem(b->diag);
	else
		snprintf(text, size, "%s%s%s", a, separator, c);
	return text;
}

/* The manifest that this build follows: the named one must be there, that in the output directory
 * may be. */
static bool
read_previous(struct build *b)
{
	const char *named = hrd_arg_value(b->args, OPT_PREVIOUS);
	char *path = named != NULL ? join(b, named, "", "")
				   : join(b, hrd_arg_value(b->args, OPT_OUT), "/", manifest_name);
	bool good = path != NULL;

	if (good && (named != NULL || access(path, F_OK) == 0)) {
		b->previous = calloc(1, sizeof(*b->previous));
		good = b->previous != NULL && hrd_manifest_read(path, b->diag, b->previous);
		if (b->previous == NULL)
			hrd_diag_nomem(b->diag);
	}
	if (good && b->previous != NULL && strcmp(b->previous->id, b->info.id) != 0) {
		struct hrd_position place = { path, 0, 0 };

		hrd_diag(b->diag, HRD_ERROR, &place, "manifest-id",
		    "the previous manifest is of policy \"%s\", this one is \"%s\"; name the "
		    "right one with --previous",
		    b->previous->id, b->info.id);
		good = false;
	} else if (good && b->previous != NULL && b->previous->profile[0] != '\0' &&
		   strcmp(b->previous->profile, b->scope.profile->id) != 0 &&
		   hrd_arg_value(b->args, OPT_CHANGE_PROFILE) == NULL) {
		struct hrd_position place = { path, 0, 0 };

		hrd_diag(b->diag, HRD_ERROR, &place, "manifest-profile",
		    "the last manifest is of profile \"%s\", this one is of \"%s\": build into "
		    "another directory, or give --change-profile",
		    b->previous->profile, b->scope.profile->id);
		good = false;
	}
	free(path);
	return good;
}

/* To the time, or by one where the time is not later. */
static void
raise_serial(struct build *b)
{
	b->info.serial = (uint32_t)b->info.created;
	if (b->previous != NULL && !hrd_serial_is_later(b->info.serial, b->previous->serial))
		b->info.serial = b->previous->serial + 1;
	b->manifest->serial = b->info.serial;
}

/* The serial rises when the rules change, and when a consumer would see any other difference, which
 * shows when zone and image are made. */
static void
set_serial(struct build *b)
{
	const struct hrd_manifest *previous = b->previous;

	raise_serial(b);
	b->serial_stays =
	    previous != NULL &&
	    memcmp(previous->rule_digest, b->manifest->rule_digest, HRD_RULE_DIGEST_LEN) == 0;
	if (b->serial_stays)
		b->info.serial = b->manifest->serial = previous->serial;
}

/* The subtrees of relation self that are blocked: the next build must not lose one unnoticed. */
static void
set_apexes(struct build *b)
{
	struct hrd_manifest *m = b->manifest;

	for (size_t i = 0; i < b->scope.decided_count; i++) {
		const struct hrd_decided *at = &b->scope.decided[i];

		if (at->entity->relation == HRD_SELF && at->listed->match == HRD_SUBTREE &&
		    at->decision.action != HRD_ACTION_NONE &&
		    at->decision.action != HRD_ACTION_OBSERVE &&
		    m->apex_count < HRD_MANIFEST_APEXES_MAX)
			m->apexes[m->apex_count++] = *at->listed->name;
	}
}

static uint64_t
count_acting(const struct hrd_ruleset *rules)
{
	uint64_t count = 0;

	for (int t = 0; t < HRD_TRIGGERS; t++) {
		for (size_t i = 0; i < hrd_rules_count_of(rules, (enum hrd_trigger)t); i++) {
			enum hrd_action action = hrd_rules_action(rules, (enum hrd_trigger)t, i);

			count += action != HRD_ACTION_OBSERVE ? 1 : 0;
		}
	}
	return count;
}

static bool
fill_manifest(struct build *b)
{
	struct hrd_manifest *m = b->manifest;
	uint64_t days = hrd_inventory_policy(b->inventory)->valid_days;

	const struct hrd_feedlife life = life_of(b);

	b->info.not_after = b->info.created + days * HRD_DAY_SECONDS;
	hrd_dump_digest(b->rules, m->rule_digest);
	memcpy(b->info.rule_digest, m->rule_digest, sizeof(m->rule_digest));
	b->info.has_rule_digest = true;
	m->rules = count_acting(b->rules);
	set_serial(b);
	set_apexes(b);
	snprintf(m->id, sizeof(m->id), "%s", b->info.id);
	snprintf(m->profile, sizeof(m->profile), "%s", b->scope.profile->id);
	hrd_date_text(b->scope.date, m->date);
	m->created = b->info.created;
	m->not_after = b->info.not_after;
	hrd_inventory_digest(b->inventory, m->inventory_digest);
	return hrd_feedlife_describe(&life, m);
}

static bool
run_guards(struct build *b)
{
	hrd_guard_rules(&b->guard, b->rules);
	if (b->previous != NULL)
		hrd_guard_change(&b->guard, b->previous, b->manifest);
	if (hrd_diag_errors(b->diag) == 0)
		return hrd_guard_grant(&b->guard, b->manifest);
	hrd_guard_exceptions(&b->guard);
	return false;
}

static bool
report_write(struct build *b, const char *name)
{
	const char *dir = hrd_arg_value(b->args, OPT_OUT);
	int error = errno;
	char *path = strcmp(name, dir) == 0 ? NULL : join(b, dir, "/", name);

	hrd_diag_system(b->diag, path != NULL ? path : name, error);
	free(path);
	return false;
}

static void
describe(struct build *b, const char *name, const void *data, size_t len)
{
	struct hrd_manifest_file *file = &b->manifest->files[b->manifest->file_count++];

	snprintf(file->name, sizeof(file->name), "%s", name);
	file->size = len;
	hrd_blake2b(file->blake2b, HRD_DIGEST_LEN, data, len);
}

/* What the act says to people, for the image. */
static bool
take_justifications(struct build *b)
{
	const struct hrd_basis *basis = b->scope.basis;

	b->justifications = calloc(basis->justification_count + 1, sizeof(*b->justifications));
	if (b->justifications == NULL) {
		hrd_diag_nomem(b->diag);
		return false;
	}
	for (size_t i = 0; i < basis->justification_count; i++)
		b->justifications[i] = (struct hrd_justification){ basis->id,
			basis->justification[i].language, basis->justification[i].text };
	b->info.justifications = b->justifications;
	b->info.justification_count = basis->justification_count;
	return true;
}

/* The image, opened again: what is published must open. */
static void
make_image(void *ctx)
{
	struct build *b = ctx;
	struct hrd_fault fault;

	b->image_status = hrd_policy_build(b->rules, &b->info, &b->image_data, &b->image_len);
	if (b->image_status == HRD_OK)
		b->image_status =
		    hrd_policy_open(b->image_data, b->image_len, false, 0, &b->policy, &fault);
}

static bool
write_zone(struct build *b, FILE *out)
{
	struct hrd_zone_writer writer = { .out = out, .apex = &b->info.apex };
	char beacon[HRD_BEACON_TEXT_MAX] = "";

	if (hrd_zone_write_head(&writer, &b->info) != HRD_OK)
		return false;
	for (int trigger = 0; trigger < HRD_TRIGGERS; trigger++) {
		if (hrd_zone_write_set(&writer, b->rules, (enum hrd_trigger)trigger) != HRD_OK)
			return false;
	}
	if (b->info.beacon)
		hrd_beacon_text(b->info.id, b->info.serial, b->manifest->rules, beacon);
	return hrd_zone_write_beacon(&writer, beacon) == HRD_OK;
}

static ssize_t
keep_text(void *ctx, const char *text, size_t len)
{
	return hrd_buffer_add(ctx, text, len) == HRD_OK ? (ssize_t)len : 0;
}

/* The zone, and that it holds the rules. It goes through memory: its digest is in the manifest. (A
 * memory stream of libc's clears all memory that it takes.) */
static void
make_zone(void *ctx)
{
	struct build *b = ctx;
	FILE *memory =
	    fopencookie(&b->zone_text, "w", (cookie_io_functions_t){ .write = keep_text });
	bool good = memory != NULL && setvbuf(memory, NULL, _IOFBF, ZONE_CHUNK) == 0 &&
		    write_zone(b, memory);

	if (memory != NULL && fclose(memory) != 0)
		good = false;
	b->zone_status = good ? hrd_readback(b->rules, b->zone, (const char *)b->zone_text.data,
				    b->zone_text.len, b->diag)
			      : HRD_ENOMEM;
}

static bool
judge_image(struct build *b)
{
	struct hrd_position place = { b->image, 0, 0 };
	bool good =
	    b->image_status == HRD_OK && memcmp(hrd_policy_info(b->policy)->rule_digest,
					     b->manifest->rule_digest, HRD_RULE_DIGEST_LEN) == 0;

	if (b->image_status == HRD_ENOMEM)
		hrd_diag_nomem(b->diag);
	else if (!good)
		hrd_diag(b->diag, HRD_ERROR, &place, "build-image", "the image cannot be made: %s",
		    b->image_status != HRD_OK ? hrd_strstatus(b->image_status)
					      : "it does not hold the rules of the zone");
	else
		hrd_guard_image(&b->guard, b->policy);
	hrd_guard_exceptions(&b->guard);
	return good;
}

static bool
judge_zone(struct build *b)
{
	struct hrd_position place = { b->zone, 0, 0 };

	if (b->zone_status == HRD_ENOMEM)
		hrd_diag_nomem(b->diag);
	else if (b->zone_status != HRD_OK)
		hrd_diag(b->diag, HRD_ERROR, &place, "build-zone",
		    "the zone, read back, does not hold the rules that were meant");
	return b->zone_status == HRD_OK;
}

/* Whether octets are those of a file of the previous manifest. */
static bool
was_published(const struct build *b, const char *name, const void *data, size_t len)
{
	const struct hrd_manifest *m = b->previous;
	uint8_t digest[HRD_DIGEST_LEN];

	for (size_t i = 0; i < m->file_count; i++) {
		if (strcmp(m->files[i].name, name) != 0 || m->files[i].size != len)
			continue;
		hrd_blake2b(digest, sizeof(digest), data, len);
		return memcmp(digest, m->files[i].blake2b, sizeof(digest)) == 0;
	}
	return false;
}

/* Whether a consumer would see no difference: the zone is the same, and the image but for its
 * times.
 */
static bool
is_unchanged(struct build *b)
{
	const struct hrd_manifest *m = b->previous;
	bool same;

	if (!was_published(b, b->zone, b->zone_text.data, b->zone_text.len))
		return false;
	hrd_policy_restamp(b->image_data, b->image_len, m->serial, m->created, m->not_after);
	same = was_published(b, b->image, b->image_data, b->image_len);
	hrd_policy_restamp(
	    b->image_data, b->image_len, b->info.serial, b->info.created, b->info.not_after);
	return same;
}

static void
drop_files(struct build *b)
{
	hrd_policy_free(b->policy);
	free(b->image_data);
	hrd_buffer_free(&b->zone_text);
	b->policy = NULL;
	b->image_data = NULL;
}

/* Both are made of rules that nobody changes any more; only the zone's thread reports. */
static bool
make_files(struct build *b)
{
	hrd_side_by_side(make_image, make_zone, b);
	if (b->serial_stays && b->image_status == HRD_OK && b->zone_status == HRD_OK &&
	    !is_unchanged(b)) {
		drop_files(b);
		raise_serial(b);
		hrd_side_by_side(make_image, make_zone, b);
	}
	return judge_image(b) && judge_zone(b) && hrd_diag_errors(b->diag) == 0;
}

static bool
write_file(struct build *b, struct hrd_outset *set, const char *name, const void *data, size_t len)
{
	FILE *file = hrd_outset_add(set, name);

	if (file == NULL)
		return report_write(b, name);
	fwrite(data, 1, len, file); /* the commit notices */
	describe(b, name, data, len);
	return true;
}

/* The manifest's link to the one before. The same set built again is no other publication, so its
 * manifest stays the same octets. */
static void
link_previous(struct build *b)
{
	struct hrd_manifest *m = b->manifest;
	const struct hrd_manifest *before = b->previous;

	if (before == NULL)
		return;
	m->has_previous = true;
	memcpy(m->previous, before->digest, HRD_DIGEST_LEN);
	if (before->created != m->created || before->serial != m->serial ||
	    memcmp(before->inventory_digest, m->inventory_digest, HRD_DIGEST_LEN) != 0 ||
	    strcmp(before->date, m->date) != 0 || strcmp(before->profile, m->profile) != 0)
		return;
	m->has_previous = before->has_previous;
	memcpy(m->previous, before->previous, HRD_DIGEST_LEN);
}

static bool
write_files(struct build *b, struct hrd_outset *set)
{
	const char *what;
	FILE *file;

	if (!write_file(b, set, b->zone, b->zone_text.data, b->zone_text.len) ||
	    !write_file(b, set, b->image, b->image_data, b->image_len))
		return false;
	file = hrd_outset_add(set, manifest_name);
	if (file == NULL)
		return report_write(b, manifest_name);
	link_previous(b);
	(void)!hrd_manifest_write(file, b->manifest); /* the commit notices */
	if (hrd_outset_commit(set, &what) != HRD_OK) {
		b->args->closing = hrd_outset_closing(set);
		return report_write(b, what);
	}
	return true;
}

/* One build at a time in a directory, from the manifest that this one follows to its own. */
static bool
open_outputs(struct build *b)
{
	b->outputs = hrd_outset_new(hrd_arg_value(b->args, OPT_OUT));
	if (b->outputs == NULL)
		hrd_diag_nomem(b->diag);
	else if (hrd_outset_lock(b->outputs))
		return true;
	else
		hrd_diag_system(b->diag, hrd_arg_value(b->args, OPT_OUT), errno);
	return false;
}

static bool
build(struct build *b)
{
	if (!derive(b))
		return false;
	hrd_scope_info(&b->scope, &b->info);
	if (!take_justifications(b))
		return false;
	b->manifest = calloc(1, sizeof(*b->manifest));
	b->zone = join(b, b->info.id, ".", "rpz");
	b->image = join(b, b->info.id, ".", "policy");
	if (b->manifest == NULL || b->zone == NULL || b->image == NULL) {
		hrd_diag_nomem(b->diag);
		return false;
	}
	if (!open_outputs(b) || !read_previous(b) || hrd_now(b->diag, &b->info.created) != HRD_OK ||
	    !judge_feeds(b) || !fill_manifest(b) || !run_guards(b) || !make_files(b))
		return false;
	judge_for_consumers(b);
	keep_feeds(b);
	return write_files(b, b->outputs);
}

/* What each feed was read as, and gave. */
static void
report_feeds(const struct build *b)
{
	for (size_t i = 0; i < b->feeds.count; i++) {
		const struct hrd_feed_body *body = &b->feeds.all[i];

		if (hrd_scope_takes_feed(&b->scope, body->feed))
			printf("feed %s: %s, %llu lines taken, %llu exempt\n", body->feed->id,
			    hrd_feed_form_word(body->form), (unsigned long long)body->taken,
			    (unsigned long long)body->exempted);
	}
}

static void
report_done(const struct build *b)
{
	const struct hrd_manifest *m = b->manifest;

	if (b->args->quiet || b->args->json)
		return;
	report_feeds(b);
	printf("%s: %llu rules of profile %s on %s, serial %u%s\n", m->id,
	    (unsigned long long)m->rules, m->profile, m->date, m->serial,
	    b->previous == NULL                ? ""
	    : b->previous->serial == m->serial ? ", rules unchanged"
	    : b->serial_stays                  ? ", rules unchanged, other parts changed"
					       : ", rules changed");
}

static void
write_result(struct build *b)
{
	struct hrd_json *result = hrd_args_result(b->args);
	const struct hrd_manifest *m = b->manifest;

	hrd_json_member(result, "id", m->id);
	hrd_json_member(result, "profile", m->profile);
	hrd_json_member(result, "date", m->date);
	hrd_json_number(result, "serial", m->serial);
	if (b->previous != NULL)
		hrd_json_number(result, "previous_serial", b->previous->serial);
	hrd_json_flag(result, "changed", b->previous == NULL || b->previous->serial != m->serial);
	hrd_result_rules(result, b->rules);
	hrd_json_hex(result, "rule_digest", m->rule_digest, sizeof(m->rule_digest));
	hrd_result_time(result, "created", m->created);
	hrd_result_time(result, "not_after", m->not_after);
	hrd_json_member(result, "directory", hrd_arg_value(b->args, OPT_OUT));
	hrd_result_files(result, m);
}

static int
run(struct hrd_args *args)
{
	struct build b = { .args = args, .diag = args->diag, .zone_text.max = SIZE_MAX };

	if (hrd_arg_value(args, OPT_OUT) == NULL) {
		hrd_diag_usage(args->diag, "-o DIR is missing; see rpzgen help build");
		return HRD_EXIT_USAGE;
	}
	if (!read_consumers(&b) ||
	    !hrd_arg_number(args, OPT_FEED_MAX_AGE, 1, 3660, &b.feed_max_age))
		return HRD_EXIT_USAGE;
	if (build(&b)) {
		report_done(&b);
		write_result(&b);
	} else if (args->closing == NULL) {
		args->closing = "nothing was written";
	}
	hrd_outset_free(b.outputs);
	hrd_policy_free(b.policy);
	free(b.image_data);
	hrd_buffer_free(&b.zone_text);
	free(b.zone);
	free(b.image);
	free(b.manifest);
	free(b.previous);
	free(b.justifications);
	hrd_guard_clear(&b.guard);
	hrd_rules_free(b.rules);
	hrd_scope_clear(&b.scope);
	hrd_feeds_clear(&b.feeds);
	hrd_inventory_free(b.inventory);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_build = {
	.name = "build",
	.synopsis = "INVENTORY -o DIR [--profile ID] [--date DATE] [--previous MANIFEST]",
	.summary = "make zone, policy image and manifest from an inventory",
	.help = "Writes DIR/ID.rpz, DIR/ID.policy and DIR/manifest.json, all or none.  The serial "
		"rises\nwhen a consumer would see a difference. SOURCE_DATE_EPOCH makes the files "
		"reproducible.\n",
	.examples =
	    "  rpzgen build zones/deepseek.yaml -o out\n"
	    "  rpzgen build zones/deepseek.yaml --profile government --date 2026-01-31 -o gov\n",
	.json = HRD_CMD_SARIF_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
