/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen dump: the rules of a policy image, as a zone or as JSON. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/json.h"
#include "lib/policy/beacon.h"
#include "lib/policy/policy.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/policy/imagefile.h"
#include "rpzgen/rules/copy.h"
#include "rpzgen/rules/find.h"
#include "rpzgen/rules/holes.h"
#include "rpzgen/zone/consumer.h"
#include "rpzgen/zone/write.h"

enum { OPT_CLOSE_HOLES, OPT_FOR };

static const struct hrd_option options[] = {
	{ "close-holes", 0, NULL, "add the rules that make all resolvers read wildcards alike" },
	{ "for", 0, "unbound|bind|recursor|knot5|knot6",
	    "the same, without what this resolver cannot express" },
	{ NULL, 0, NULL, NULL },
};

enum { RULE_ID_MAX = 1200 };

static void
take_too_long(void *ctx, const char *owner)
{
	const struct hrd_args *args = ctx;
	struct hrd_position place = { args->argv[0], 0, 0 };

	hrd_diag(args->diag, HRD_ERROR, &place, "zone-owner-length",
	    "%s: over 255 octets with the apex, so no zone of this apex can hold it", owner);
}

/* Rules judged for one resolver. */
struct judging {
	struct hrd_args *args;
	enum hrd_consumer consumer;
	const struct hrd_name *apex;
	const struct hrd_ruleset *set;    /* of the image, without what was left out so far */
	const struct hrd_ruleset *closed; /* the same without holes */
	size_t left_out;                  /* of set */
};

/* Each rule that the resolver cannot express is a comment. */
static void
report(const struct judging *j, const struct hrd_rule *rule, bool takes, const char *why)
{
	struct hrd_position place = { j->args->argv[0], 0, 0 };
	char owner[HRD_OWNER_TEXT_MAX];

	hrd_dump_owner_of(rule, owner);
	hrd_diag(j->args->diag, HRD_WARNING, &place, "consumer", "%s: %s%s", owner,
	    takes ? "" : "left out; ", why);
	if (!takes)
		printf("; left out: %s: %s\n", owner, why);
}

/* Where the i-th rule of a trigger of the set is in the one without holes: what was added to that
 * are rules by name. */
static size_t
index_in_closed(const struct judging *j, enum hrd_trigger trigger, size_t i)
{
	struct hrd_rule rule;
	size_t index = i;

	hrd_rules_get(j->set, trigger, i, &rule);
	if (hrd_trigger_has_name(trigger))
		(void)!hrd_rules_of(j->closed, trigger, &rule.name, rule.wildcard, &index);
	return index;
}

static bool
keep(void *ctx, enum hrd_trigger trigger, size_t i)
{
	size_t index = index_in_closed(ctx, trigger, i);
	struct judging *j = ctx;
	struct hrd_rule rule;
	const char *why;

	if (hrd_consumer_takes(j->consumer, j->closed, trigger, index, j->apex, &why))
		return true;
	hrd_rules_get(j->set, trigger, i, &rule);
	report(j, &rule, false, why);
	j->left_out++;
	return false;
}

/* A zone for one resolver. Of what closes the holes it may be unable to express some. */
static int
write_for(const struct judging *j, struct hrd_zone_writer *writer, enum hrd_trigger trigger)
{
	struct hrd_dump_source from = { .set = j->closed, .trigger = trigger };
	struct hrd_dump_rule line;
	int status = HRD_OK;

	for (; from.i < hrd_rules_count_of(j->closed, trigger) && status == HRD_OK; from.i++) {
		const char *why;
		bool takes =
		    hrd_consumer_takes(j->consumer, j->closed, trigger, from.i, j->apex, &why);

		hrd_dump_of_set(&from, &line);
		if (why != NULL)
			report(j, &from.rule, takes, why);
		if (takes)
			status = hrd_zone_write_rule(writer, &line);
	}
	return status;
}

static int
close_holes(const struct hrd_ruleset *set, struct hrd_ruleset **closed)
{
	struct hrd_hole_list *holes = NULL;
	int status = hrd_holes_find(set, &holes);

	*closed = NULL;
	if (status == HRD_OK)
		status = hrd_holes_close(holes, set, closed);
	hrd_holes_free(holes);
	return status;
}

/* The rules of the set that the resolver can express. */
static int
leave_out(struct judging *j, struct hrd_ruleset **kept)
{
	struct hrd_meta_map map = { NULL, 0 };
	int status = HRD_ENOMEM;

	*kept = hrd_rules_new();
	if (*kept != NULL)
		status = hrd_rules_copy(*kept, j->set, keep, j, &map);
	if (status == HRD_OK)
		status = hrd_rules_seal(*kept, NULL, NULL);
	hrd_meta_map_clear(&map);
	return status;
}

/* What is left out goes before the holes are closed, since it may leave some: again and again,
 * since a rule may depend on others. Each round but the last leaves out one at least. */
static int
close_without(struct judging *j, struct hrd_ruleset **set, struct hrd_ruleset **closed)
{
	struct hrd_ruleset *kept;
	int status = close_holes(*set, closed);

	while (status == HRD_OK) {
		j->set = *set;
		j->closed = *closed;
		j->left_out = 0;
		status = leave_out(j, &kept);
		hrd_rules_free(*set);
		*set = kept;
		if (status != HRD_OK || j->left_out == 0)
			break;
		hrd_rules_free(*closed);
		status = close_holes(*set, closed);
	}
	return status;
}

/* The rules without holes: a set is made of the image, since rules come in between. */
static int
write_closed(struct hrd_args *args, struct hrd_zone_writer *writer, const struct hrd_policy *policy)
{
	const char *resolver = hrd_arg_value(args, OPT_FOR);
	struct judging j = { .args = args, .apex = writer->apex };
	struct hrd_ruleset *set, *closed = NULL;
	int status = hrd_rules_from_policy(policy, 0, &set);
	unsigned trigger;

	if (resolver != NULL)
		j.consumer = (enum hrd_consumer)hrd_consumer_from_word(resolver);
	if (status == HRD_OK)
		status =
		    resolver != NULL ? close_without(&j, &set, &closed) : close_holes(set, &closed);
	for (trigger = 0; trigger < HRD_TRIGGERS && status == HRD_OK; trigger++)
		status = resolver != NULL ? write_for(&j, writer, trigger)
					  : hrd_zone_write_set(writer, closed, trigger);
	hrd_rules_free(closed);
	hrd_rules_free(set);
	return status;
}

static int
dump_zone(struct hrd_args *args, const struct hrd_policy *policy)
{
	struct hrd_policy_info info = *hrd_policy_info(policy);
	struct hrd_zone_writer writer = {
		.out = stdout, .apex = &info.apex, .too_long = take_too_long, .ctx = args
	};
	bool closes =
	    hrd_arg_value(args, OPT_CLOSE_HOLES) != NULL || hrd_arg_value(args, OPT_FOR) != NULL;
	char digest[2 * HRD_RULE_DIGEST_LEN + 1], beacon[HRD_BEACON_TEXT_MAX] = "";
	int status;

	writer.canonical = !closes;
	/* An image of a zone without a name: no server would load "$ORIGIN ." under another. */
	writer.floating = hrd_arg_value(args, OPT_FOR) != NULL && info.apex.len == 1;
	hrd_hex(digest, info.rule_digest, HRD_RULE_DIGEST_LEN);
	if (closes)
		info.rfc4592 = false;
	else
		printf("; rule digest: %s\n", digest);
	status = hrd_zone_write_head(&writer, &info);
	if (status == HRD_OK)
		status = closes ? write_closed(args, &writer, policy)
				: hrd_zone_write_policy(&writer, policy);
	if (info.beacon)
		hrd_beacon_text(info.id, info.serial, hrd_beacon_rules(&info), beacon);
	return status == HRD_OK ? hrd_zone_write_beacon(&writer, beacon) : status;
}

static int
write_text(void *ctx, const char *text, size_t len)
{
	return (fwrite(text, 1, len, ctx) == len) ? HRD_OK : HRD_EIO;
}

static void
json_name(struct hrd_json *json, const char *key, const struct hrd_name *name)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(name, text);
	hrd_json_member(json, key, text);
}

static void
json_number(struct hrd_json *json, const char *key, uint64_t number)
{
	hrd_json_key(json, key);
	hrd_json_uint(json, number);
}

static void
json_rule_counts(struct hrd_json *json, const struct hrd_policy_info *info)
{
	unsigned trigger;

	hrd_json_key(json, "rules");
	hrd_json_object(json);
	for (trigger = 0; trigger < HRD_TRIGGERS; trigger++)
		json_number(json, hrd_trigger_name(trigger), info->rules[trigger]);
	hrd_json_object_end(json);
	json_number(json, "observed", info->observed);
}

static void
json_justifications(struct hrd_json *json, const struct hrd_policy *policy)
{
	struct hrd_justification reason;

	hrd_json_key(json, "justifications");
	hrd_json_array(json);
	for (size_t i = 0; hrd_policy_justification(policy, i, &reason); i++) {
		hrd_json_object(json);
		hrd_json_member(json, "basis", reason.basis);
		hrd_json_member(json, "language", reason.language);
		hrd_json_member(json, "text", reason.text);
		hrd_json_object_end(json);
	}
	hrd_json_array_end(json);
}

static int
json_header(const struct hrd_policy *policy)
{
	const struct hrd_policy_info *info = hrd_policy_info(policy);
	const uint8_t *payload, *digest, *signature;
	size_t len, signature_len;
	struct hrd_json json;

	hrd_policy_payload(policy, &payload, &len, &digest, &signature, &signature_len);
	hrd_json_init(&json, false, write_text, stdout);
	hrd_json_object(&json);
	hrd_json_member(&json, "policy", info->id);
	hrd_json_member(&json, "title", info->title);
	hrd_json_member(&json, "publisher", info->publisher);
	json_name(&json, "apex", &info->apex);
	json_name(&json, "mname", &info->mname);
	json_name(&json, "rname", &info->rname);
	json_number(&json, "serial", info->serial);
	json_number(&json, "ttl", info->ttl);
	json_number(&json, "created", info->created);
	json_number(&json, "not_after", info->not_after);
	hrd_json_member(&json, "wildcards", info->rfc4592 ? "rfc4592" : "cover");
	hrd_json_key(&json, "beacon");
	hrd_json_bool(&json, info->beacon);
	hrd_json_hex(&json, "rule_digest", info->rule_digest, HRD_RULE_DIGEST_LEN);
	hrd_json_key(&json, "signed");
	hrd_json_bool(&json, signature_len > 0);
	json_rule_counts(&json, info);
	json_justifications(&json, policy);
	hrd_json_object_end(&json);
	return hrd_json_end(&json);
}

static void
json_meta(struct hrd_json *json, const struct hrd_meta *meta)
{
	const struct {
		const char *key, *text;
	} texts[] = { { "entity", meta->entity }, { "relation", meta->relation },
		{ "service", meta->service }, { "basis", meta->basis }, { "ede", meta->ede },
		{ "category", meta->category }, { "description", meta->description },
		{ "reference", meta->reference } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].text[0] != '\0')
			hrd_json_member(json, texts[i].key, texts[i].text);
	}
}

static void
json_records(struct hrd_json *json, const struct hrd_policy *policy, uint32_t data)
{
	struct hrd_rr rr;
	char *text = NULL;

	hrd_json_key(json, "records");
	hrd_json_array(json);
	for (size_t n = 0; hrd_policy_rr(policy, data, n, &rr); n++) {
		text = malloc(2 * (size_t)rr.rdlen + 1);
		if (text == NULL) {
			json->status = HRD_ENOMEM;
			break;
		}
		hrd_hex(text, rr.rdata, rr.rdlen);
		hrd_json_object(json);
		json_number(json, "type", rr.type);
		json_number(json, "ttl", rr.ttl);
		hrd_json_member(json, "rdata", text);
		hrd_json_object_end(json);
		free(text);
	}
	hrd_json_array_end(json);
}

static int
json_rule(
    const struct hrd_policy *policy, const struct hrd_match *match, const struct hrd_name *name)
{
	struct hrd_rule rule = { .trigger = match->trigger,
		.wildcard = match->wildcard,
		.name = *name,
		.prefix = match->prefix };
	char owner[HRD_OWNER_TEXT_MAX], id[RULE_ID_MAX];
	bool stop = match->action == HRD_ACTION_STOP; /* no rule: a hole that was kept */
	struct hrd_json json;
	struct hrd_meta meta;

	hrd_dump_owner_of(&rule, owner);
	hrd_rule_id(policy, match, name, id, sizeof(id));
	hrd_policy_meta(policy, match->meta, &meta);
	hrd_json_init(&json, false, write_text, stdout);
	hrd_json_object(&json);
	hrd_json_member(&json, "owner", owner);
	hrd_json_member(&json, "trigger", hrd_trigger_name(match->trigger));
	hrd_json_member(&json, "action", stop ? "stop" : hrd_action_name(match->action));
	if (!stop)
		hrd_json_member(&json, "rule_id", id);
	json_meta(&json, &meta);
	if (match->action == HRD_ACTION_LOCAL_DATA)
		json_records(&json, policy, match->data);
	hrd_json_object_end(&json);
	return hrd_json_end(&json);
}

static int
dump_json(const struct hrd_policy *policy)
{
	struct hrd_policy_walk walk;
	struct hrd_match match;
	struct hrd_name name = { .len = 1 };
	int status = json_header(policy);

	hrd_policy_walk_init(&walk, policy);
	while (status == HRD_OK && hrd_policy_walk_next(&walk, &name, &match))
		status = json_rule(policy, &match, &name);
	return status;
}

/* Open does not look at it (doc/policy-format.md section 2.1). */
static void
check_rule_digest(struct hrd_args *args, const struct hrd_policy *policy)
{
	struct hrd_position place = { args->argv[0], 0, 0 };
	uint8_t digest[HRD_RULE_DIGEST_LEN];

	hrd_zone_policy_digest(policy, digest);
	if (memcmp(digest, hrd_policy_info(policy)->rule_digest, sizeof(digest)) != 0)
		hrd_diag(args->diag, HRD_ERROR, &place, "image-rule-digest",
		    "the rules have another digest than the header says; compile the image anew");
}

static int
run_dump(struct hrd_args *args)
{
	const char *resolver = hrd_arg_value(args, OPT_FOR);
	struct hrd_policy *policy;
	int status;

	if (args->json && (resolver != NULL || hrd_arg_value(args, OPT_CLOSE_HOLES) != NULL)) {
		hrd_diag_usage(args->diag,
		    "--json shows the image as it is; leave out --close-holes and --for");
		return HRD_EXIT_USAGE;
	}
	if (resolver != NULL && hrd_consumer_from_word(resolver) < 0) {
		hrd_diag_usage(args->diag,
		    "--for knows unbound, bind, recursor, knot5 and knot6, not \"%s\"", resolver);
		return HRD_EXIT_USAGE;
	}
	policy = hrd_imagefile_open(args->argv[0], args->diag);
	if (policy == NULL)
		return HRD_EXIT_OK;
	check_rule_digest(args, policy);
	status = args->json ? dump_json(policy) : dump_zone(args, policy);
	hrd_policy_free(policy);
	if (status == HRD_EIO)
		hrd_diag_system(args->diag, "standard output", errno);
	else if (status != HRD_OK)
		hrd_diag_nomem(args->diag);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_dump = {
	.name = "dump",
	.synopsis = "[OPTION]... FILE.policy",
	.summary = "print a policy image as a response policy zone",
	.help = "The zone compiles to the same rules again; holes that were kept need compile\n"
		"--wildcards=rfc4592 again.  Observe rules have no form in a zone and are only\n"
		"counted; --json prints everything, one object a line.\n",
	.examples = "  rpzgen dump out/deepseek.policy\n"
		    "  rpzgen dump --json out/deepseek.policy\n",
	.json = HRD_CMD_JSON_DATA,
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run_dump,
};
