/* SPDX-License-Identifier: BSD-3-Clause */
/* Fits a reason to the client that reads it. */
#include <config.h>

#include "module/query/reason.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "module/query/client.h"
#include "module/query/sde.h"

enum {
	OPTION_HEAD = 4, /* code and length of an EDNS option */
	INFO_CODE = 2,
	MESSAGE_HEAD = 12,
	QUESTION_TAIL = 4,
	RECORD_FIXED = 10, /* type, class, TTL, length */
};

/* The language that the client's group has chosen, or "". */
static void
take_language(const struct hrd_query *query, const struct mesh_reply *reply,
    char language[HRD_LANGUAGE_MAX + 1])
{
	struct hrd_client client;

	language[0] = '\0';
	if (!hrd_clients_differ(query->generation))
		return;
	hrd_client_of(query->generation, &reply->query_reply, false, &client);
	if (client.group != NULL && client.group->language != NULL)
		snprintf(language, HRD_LANGUAGE_MAX + 1, "%s", client.group->language);
}

void
hrd_reader_of(const struct hrd_query *query, const struct mesh_reply *reply, struct hrd_reader *out)
{
	const struct hrd_answer_settings *settings = &query->generation->settings->answer;
	struct edns_data edns = reply->edns;
	size_t options = calc_edns_field_size(&edns);

	out->edns = edns.edns_present != 0;
	out->dnssec = (edns.bits & EDNS_DO) != 0;
	out->room = SIZE_MAX;
	if (reply->query_reply.c->type == comm_udp)
		out->room = edns.udp_size > options ? edns.udp_size - options : 0;
	/* Whatever data the option has is to be ignored (section 5.4 of the draft). */
	out->structured = settings->structured && hrd_sde_has(settings->ede_code) &&
			  edns_opt_list_find(edns.opt_list_in, HRD_SDE_OPTION) != NULL;
	out->language[0] = '\0';
	if (out->structured)
		take_language(query, reply, out->language);
}

bool
hrd_reader_equal(const struct hrd_reader *a, const struct hrd_reader *b)
{
	return a->edns == b->edns && a->dnssec == b->dnssec && a->room == b->room &&
	       a->structured == b->structured && strcmp(a->language, b->language) == 0;
}

/* The reason in so many words, in the form that the reader asked for. Its length. */
static size_t
write_reason(const struct hrd_judgement *judgement, const struct hrd_reader *reader, int level,
    char text[HRD_SDE_TEXT_MAX])
{
	const struct hrd_answer_settings *settings =
	    &judgement->query->generation->settings->answer;
	const struct hrd_hit *hit = &judgement->verdict.hit;
	const char *language = reader->language[0] != '\0' ? reader->language : NULL;
	enum hrd_ede_detail detail = (enum hrd_ede_detail)level;

	return reader->structured ? hrd_sde_text(settings, hit, language, detail, text)
				  : hrd_ede_text(settings, hit, detail, text);
}

/* Octets of an rrset with its owner spelled out: names within are compressed, if at all, for the
 * better. */
static size_t
rrset_size(const struct ub_packed_rrset_key *rrset, bool dnssec)
{
	const struct packed_rrset_data *data = rrset->entry.data;
	size_t count = data->count + (dnssec ? data->rrsig_count : 0);
	size_t size = count * (rrset->rk.dname_len + RECORD_FIXED);

	for (size_t i = 0; i < count; i++)
		size += data->rr_len[i] - sizeof(uint16_t);
	return size;
}

/* The most octets that the query's present answer can have, without EDNS. */
static size_t
size_at_most(const struct module_qstate *state, bool dnssec)
{
	const struct reply_info *reply =
	    state->return_msg != NULL && state->return_rcode == LDNS_RCODE_NOERROR
		? state->return_msg->rep
		: NULL;
	size_t size = MESSAGE_HEAD + state->qinfo.qname_len + QUESTION_TAIL;

	for (size_t i = 0; reply != NULL && i < reply->rrset_count; i++)
		size += rrset_size(reply->rrsets[i], dnssec);
	return size;
}

/* The octets that it has: the host's encoder is asked, which compresses names. */
static size_t
size_exactly(const struct module_qstate *state, bool dnssec)
{
	struct module_env *env = state->env;
	struct query_info qinfo = state->qinfo;

	if (state->return_msg == NULL || state->return_rcode != LDNS_RCODE_NOERROR ||
	    !reply_info_encode(&qinfo, state->return_msg->rep, 0, BIT_QR, env->scratch_buffer, 0,
		env->scratch, UINT16_MAX, dnssec, 1))
		return size_at_most(state, dnssec);
	return sldns_buffer_limit(env->scratch_buffer);
}

/* Whether a reason of so many octets fits. The exact size, which costs an encoding, is only asked
 * for where the answer could be too large; *used keeps it, 0 at first. */
static bool
fits(const struct module_qstate *state, const struct hrd_reader *reader, size_t len, size_t *used)
{
	size_t need = OPTION_HEAD + INFO_CODE + len;

	if (reader->room == SIZE_MAX)
		return true;
	if (*used == 0) {
		if (size_at_most(state, reader->dnssec) + need <= reader->room)
			return true;
		*used = size_exactly(state, reader->dnssec);
	}
	return *used + need <= reader->room;
}

/* Puts the option before those that are there, which are left as they are. */
static bool
add(struct module_qstate *state, int code, const char *text)
{
	struct edns_option *option = NULL;

	if (edns_opt_list_append_ede(&option, state->region, (sldns_ede_code)code, text) == 0)
		return false;
	option->next = state->edns_opts_front_out;
	state->edns_opts_front_out = option;
	return true;
}

bool
hrd_reason_give(const struct hrd_judgement *judgement, const struct hrd_reader *reader)
{
	const struct hrd_answer_settings *settings =
	    &judgement->query->generation->settings->answer;
	char text[HRD_SDE_TEXT_MAX];
	size_t used = 0;

	if (!settings->ede || !reader->edns)
		return true;
	for (int level = 0; level < HRD_REASON_LEVELS; level++) {
		size_t len = write_reason(judgement, reader, level, text);

		if (fits(judgement->query->state, reader, len, &used))
			return add(judgement->query->state, settings->ede_code, text);
	}
	return true;
}

bool
hrd_reason_keep(
    const struct hrd_judgement *judgement, const struct hrd_reader *reader, struct hrd_reason *out)
{
	const struct hrd_answer_settings *settings =
	    &judgement->query->generation->settings->answer;
	char text[HRD_SDE_TEXT_MAX];

	out->code = -1;
	if (!settings->ede || !reader->edns)
		return true;
	for (int level = 0; level < HRD_REASON_LEVELS; level++) {
		size_t len = write_reason(judgement, reader, level, text);

		out->text[level] =
		    regional_alloc_init(judgement->query->state->region, text, len + 1);
		if (out->text[level] == NULL)
			return false;
	}
	out->code = settings->ede_code;
	return true;
}

bool
hrd_reason_give_kept(
    struct module_qstate *state, const struct hrd_reason *reason, const struct hrd_reader *reader)
{
	size_t used = 0;

	for (int level = 0; reason->code >= 0 && level < HRD_REASON_LEVELS; level++) {
		if (fits(state, reader, strlen(reason->text[level]), &used))
			return add(state, reason->code, reason->text[level]);
	}
	return true;
}
