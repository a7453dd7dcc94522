/* SPDX-License-Identifier: BSD-3-Clause */
/* Policy zones written. */
#include <config.h>

#include "rpzgen/zone/write.h"

#include <inttypes.h>
#include <string.h>

#include "lib/crypto/blake2b.h"
#include "lib/policy/beacon.h"

/* Timers of the SOA in seconds. Who transfers the zone asks every hour, and keeps what it has for
 * a week when the primary is silent. */
enum { REFRESH = 3600, RETRY = 600, EXPIRE = 604800 };

/* Presentation form with the final dot. */
static void
absolute(const struct hrd_name *name, char text[HRD_NAME_TEXT_MAX + 1])
{
	size_t len = hrd_name_to_portable_text(name, text);

	if (name->len > 1) {
		text[len] = '.';
		text[len + 1] = '\0';
	}
}

static int
write_soa(FILE *out, const struct hrd_policy_info *info, uint32_t minimum)
{
	char mname[HRD_NAME_TEXT_MAX + 1], rname[HRD_NAME_TEXT_MAX + 1];

	absolute(&info->mname, mname);
	absolute(&info->rname, rname);
	fprintf(out, "@ SOA %s %s %" PRIu32 " %d %d %d %" PRIu32 "\n", mname, rname, info->serial,
	    REFRESH, RETRY, EXPIRE, minimum != 0 ? minimum : info->ttl);
	fputs("@ NS localhost.\n", out);
	return ferror(out) ? HRD_EIO : HRD_OK;
}

int
hrd_zone_write_head(struct hrd_zone_writer *writer, const struct hrd_policy_info *info)
{
	char apex[HRD_NAME_TEXT_MAX + 1];
	FILE *out = writer->out;

	absolute(&info->apex, apex);
	fprintf(out, "; policy: %s\n", info->id);
	if (info->title[0] != '\0')
		fprintf(out, "; title: %s\n", info->title);
	if (info->publisher[0] != '\0')
		fprintf(out, "; publisher: %s\n", info->publisher);
	if (info->rfc4592)
		fputs("; wildcards: rfc4592\n", out);
	if (info->observed > 0)
		fprintf(out, "; observe rules, not in a zone: %" PRIu64 "\n", info->observed);
	if (!writer->floating)
		fprintf(out, "$ORIGIN %s\n", apex);
	fprintf(out, "$TTL %" PRIu32 "\n", info->ttl);
	return write_soa(out, info, writer->minimum);
}

static int
write_text(void *ctx, const char *text, size_t len)
{
	return (fwrite(text, 1, len, ctx) == len) ? HRD_OK : HRD_EIO;
}

size_t
hrd_zone_owner_octets(const struct hrd_dump_rule *rule)
{
	const char *label = hrd_trigger_label(rule->trigger);
	struct hrd_name labels;
	size_t octets;

	if (rule->name != NULL) {
		octets = rule->name->len - 1u + (rule->wildcard ? 2 : 0);
	} else {
		hrd_prefix_to_owner(rule->prefix, &labels);
		octets = labels.len - 1u;
	}
	return octets + (label == NULL ? 0 : 1 + strlen(label));
}

int
hrd_zone_write_rule(struct hrd_zone_writer *writer, const struct hrd_dump_rule *rule)
{
	struct hrd_dump_rule line = *rule;
	char owner[HRD_OWNER_TEXT_MAX];

	if (rule->action == HRD_ACTION_OBSERVE || rule->action == HRD_ACTION_STOP) {
		writer->observed += rule->action == HRD_ACTION_OBSERVE;
		writer->stops += rule->action == HRD_ACTION_STOP;
		return HRD_OK;
	}
	if (hrd_zone_owner_octets(rule) + writer->apex->len > HRD_NAME_MAX) {
		writer->omitted++;
		if (writer->too_long != NULL) {
			hrd_dump_owner(rule, owner);
			writer->too_long(writer->ctx, owner);
		}
		return HRD_OK;
	}
	writer->rules++;
	line.portable = !writer->canonical;
	return hrd_dump_rule(&line, write_text, writer->out);
}

int
hrd_zone_write_set(
    struct hrd_zone_writer *writer, const struct hrd_ruleset *set, enum hrd_trigger trigger)
{
	size_t count = hrd_rules_count_of(set, trigger);
	struct hrd_dump_source from = { .set = set, .trigger = trigger };
	struct hrd_dump_rule line;
	int status = HRD_OK;

	for (; from.i < count && status == HRD_OK; from.i++) {
		hrd_dump_of_set(&from, &line);
		status = hrd_zone_write_rule(writer, &line);
	}
	return status;
}

struct policy_rule {
	const struct hrd_policy *policy;
	uint32_t data;
};

static bool
policy_record(const void *ctx, size_t n, struct hrd_rr *out)
{
	const struct policy_rule *at = ctx;

	return hrd_policy_rr(at->policy, at->data, n, out);
}

typedef int rule_fn(void *ctx, const struct hrd_dump_rule *rule);

static int
each_policy_rule(const struct hrd_policy *policy, rule_fn *take, void *ctx)
{
	struct policy_rule at = { policy, 0 };
	struct hrd_dump_rule line = { .rr = policy_record, .rr_ctx = &at };
	struct hrd_policy_walk walk;
	struct hrd_match match;
	struct hrd_rule rule;
	int status = HRD_OK;

	hrd_policy_walk_init(&walk, policy);
	while (status == HRD_OK && hrd_policy_walk_next(&walk, &rule.name, &match)) {
		at.data = match.data;
		rule.trigger = match.trigger;
		rule.wildcard = match.wildcard;
		rule.action = match.action;
		rule.prefix = match.prefix;
		hrd_dump_use_rule(&line, &rule);
		status = take(ctx, &line);
	}
	return status;
}

int
hrd_zone_write_beacon(struct hrd_zone_writer *writer, const char *text)
{
	char owner[HRD_NAME_TEXT_MAX];
	struct hrd_name name;

	if (text[0] == '\0' || !hrd_beacon_fits(writer->apex) ||
	    hrd_beacon_name(&name, writer->apex) != HRD_OK)
		return HRD_OK;
	hrd_name_to_text(&name, owner);
	fprintf(writer->out, "%s TXT \"%s\"\n", owner, text);
	return ferror(writer->out) ? HRD_EIO : HRD_OK;
}

static int
write_rule(void *ctx, const struct hrd_dump_rule *rule)
{
	return hrd_zone_write_rule(ctx, rule);
}

int
hrd_zone_write_policy(struct hrd_zone_writer *writer, const struct hrd_policy *policy)
{
	return each_policy_rule(policy, write_rule, writer);
}

static int
hash_text(void *ctx, const char *text, size_t len)
{
	hrd_blake2b_update(ctx, text, len);
	return HRD_OK;
}

static int
hash_rule(void *ctx, const struct hrd_dump_rule *rule)
{
	return hrd_dump_rule(rule, hash_text, ctx);
}

void
hrd_zone_policy_digest(const struct hrd_policy *policy, uint8_t digest[HRD_RULE_DIGEST_LEN])
{
	struct hrd_blake2b hash;

	hrd_blake2b_init(&hash, HRD_RULE_DIGEST_LEN);
	/* The sink never fails, so neither does this. */
	if (each_policy_rule(policy, hash_rule, &hash) == HRD_OK)
		hrd_blake2b_final(&hash, digest);
}
