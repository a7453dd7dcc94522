/* SPDX-License-Identifier: BSD-3-Clause */
/* Asks once and says why. */
#include <config.h>

#include "rpzgen/probe/why.h"

#include <inttypes.h>
#include <string.h>

#include <arpa/inet.h>

#include "lib/name/rdata.h"

static bool
next_question(void *ctx, size_t server, struct hrd_ask_question *out)
{
	struct hrd_why *why = ctx;

	(void)server;
	if (why->asked)
		return false;
	why->asked = true;
	*out = (struct hrd_ask_question){
		.query = { .name = why->name, .type = HRD_TYPE_A, .structured = true },
		.whole = true,
	};
	return true;
}

static void
take_answer(void *ctx, size_t server, const struct hrd_ask_question *question, enum hrd_fate fate,
    const struct hrd_reply *reply)
{
	static const struct hrd_expected nothing = { HRD_ACTION_NONE, NULL, 0 };
	static const struct hrd_policy_mark unknown = { NULL, NULL, NULL };
	struct hrd_why *why = ctx;

	(void)server;
	why->fate = fate;
	if (reply == NULL)
		return;
	why->reply = *reply;
	why->seen = hrd_see(reply, &question->query, &unknown, &nothing);
}

/* The zone that a policy shows as the source of its answer: one that the name is not in. */
static const struct hrd_reply_soa *
policy_zone(const struct hrd_why *why)
{
	for (size_t i = 0; i < why->reply.soa_count; i++) {
		const struct hrd_reply_soa *soa = &why->reply.soas[i];

		if (!hrd_name_is_at_or_below(&why->name, &soa->owner))
			return soa;
	}
	return NULL;
}

bool
hrd_why_ask(struct hrd_why *why, const struct hrd_name *name, const struct hrd_ask_options *options,
    struct hrd_diag *diag)
{
	const struct hrd_asker asker = { next_question, take_answer, why };

	memset(why, 0, sizeof(*why));
	why->server = &options->servers->all[0];
	why->name = *name;
	if (!hrd_ask_all(options, &asker, &why->end, diag))
		return false;
	for (size_t i = 0; i < why->reply.ede_count; i++) {
		if (hrd_reason_read(&why->reasons[why->reason_count++], why->reply.ede[i].code,
			why->reply.ede[i].text) != HRD_OK) {
			hrd_diag_nomem(diag);
			return false;
		}
	}
	/* What is denied without the SOA of the name's zone did not come from there. */
	why->blocked = why->seen == HRD_SEEN_NXDOMAIN || why->seen == HRD_SEEN_NODATA ||
		       why->seen == HRD_SEEN_SINK || hrd_reply_is_by_policy(&why->reply) ||
		       policy_zone(why) != NULL;
	return true;
}

static void
print_addresses(const struct hrd_reply *reply, FILE *out)
{
	char text[INET6_ADDRSTRLEN];
	const char *between = "";

	for (size_t i = 0; i < reply->record_count; i++) {
		const struct hrd_reply_record *record = &reply->records[i];

		if (record->type != HRD_TYPE_A || record->len != 4 ||
		    inet_ntop(AF_INET, record->rdata, text, sizeof(text)) == NULL)
			continue;
		fprintf(out, "%s%s", between, text);
		between = ", ";
	}
}

/* What the answer is, in words that end a sentence. */
static const char *
answer_words(enum hrd_seen seen)
{
	switch (seen) {
	case HRD_SEEN_NXDOMAIN:
	case HRD_SEEN_GONE:
		return "no such name (NXDOMAIN)";
	case HRD_SEEN_NODATA:
	case HRD_SEEN_EMPTY:
		return "the name has no address (NODATA)";
	case HRD_SEEN_REFUSED:
		return "it refuses to answer";
	case HRD_SEEN_FAILURE:
		return "it has failed (SERVFAIL or the like)";
	case HRD_SEEN_TRUNCATED:
		return "an answer over TCP only";
	default:
		return "an address";
	}
}

const char *
hrd_why_failure(const struct hrd_why *why)
{
	if (why->fate != HRD_ANSWERED)
		return why->end.why;
	if (!why->blocked && (why->seen == HRD_SEEN_REFUSED || why->seen == HRD_SEEN_FAILURE))
		return answer_words(why->seen);
	return NULL;
}

static const char *
verdict_word(const struct hrd_why *why)
{
	if (why->blocked)
		return "blocked";
	switch (why->seen) {
	case HRD_SEEN_DATA:
	case HRD_SEEN_LOCAL:
		return "resolves";
	case HRD_SEEN_REFUSED:
	case HRD_SEEN_FAILURE:
		return "no answer";
	default:
		return "not blocked";
	}
}

static void
print_verdict(const struct hrd_why *why, FILE *out)
{
	const struct hrd_reply_soa *zone = policy_zone(why);
	char text[HRD_NAME_TEXT_MAX];

	fprintf(out, "  %s: ", verdict_word(why));
	if (why->reply.answers > 0) {
		fputs("the answer is ", out);
		print_addresses(&why->reply, out);
	} else {
		fputs(answer_words(why->seen), out);
	}
	fputc('\n', out);
	if (zone != NULL) {
		hrd_name_to_text(&zone->owner, text);
		fprintf(out, "  policy zone: %s, serial %" PRIu32 "\n", text, zone->serial);
	}
	for (size_t i = 0; i < why->reason_count; i++)
		hrd_reason_print(&why->reasons[i], out);
	if (why->blocked && why->reason_count == 0 && zone == NULL)
		fputs("  no reason is given; a name that does not exist would come with the SOA of "
		      "its zone\n",
		    out);
	if (why->seen == HRD_SEEN_GONE || why->seen == HRD_SEEN_EMPTY)
		fputs("  its own zone says so; no policy does\n", out);
}

void
hrd_why_print(const struct hrd_why *why, FILE *out)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&why->name, text);
	fprintf(out, "%s at %s\n", text, why->server->text);
	if (why->fate == HRD_ANSWERED)
		print_verdict(why, out);
	else
		fprintf(out, "  no answer: %s\n", why->end.why);
}

void
hrd_why_members(const struct hrd_why *why, struct hrd_json *json)
{
	const struct hrd_reply_soa *zone = policy_zone(why);
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(&why->name, text);
	hrd_json_member(json, "name", text);
	hrd_json_member(json, "server", why->server->text);
	hrd_json_flag(json, "blocked", why->blocked);
	hrd_json_member(
	    json, "answer", why->fate == HRD_ANSWERED ? answer_words(why->seen) : why->end.why);
	if (zone != NULL) {
		hrd_name_to_text(&zone->owner, text);
		hrd_json_member(json, "zone", text);
		hrd_json_number(json, "serial", zone->serial);
	}
	hrd_json_key(json, "reasons");
	hrd_json_array(json);
	for (size_t i = 0; i < why->reason_count; i++)
		hrd_reason_write(&why->reasons[i], json);
	hrd_json_array_end(json);
}
