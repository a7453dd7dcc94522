/* SPDX-License-Identifier: BSD-3-Clause */
/* The frame of every form: its head, the names in canonical order, what is left out. */
#include <config.h>

#include "rpzgen/export/export.h"

#include <string.h>

#include "lib/rules/dump.h"

const char hrd_export_words[] =
    "domains, hosts, dnsmasq, unbound, adguard, recursor, knot, trust-anchors";
const char hrd_export_programs[] = "unbound, bind, knot, resolved";

static const char anchors_word[] = "trust-anchors";

static const struct hrd_export_form *
find(const struct hrd_export_form *table, const char *word)
{
	for (; table->word != NULL; table++) {
		if (strcmp(table->word, word) == 0)
			return table;
	}
	return NULL;
}

const struct hrd_export_form *
hrd_export_form(const char *word, const char *program)
{
	const struct hrd_export_form *form;

	if (strcmp(word, anchors_word) == 0)
		return program != NULL ? find(hrd_export_anchors, program) : hrd_export_anchors;
	if (program != NULL)
		return NULL;
	form = find(hrd_export_lists, word);
	return form != NULL ? form : find(hrd_export_scripts, word);
}

/* A file has one comment and the run one warning for each rule that is not, or not all, in it. */
static void
report(struct hrd_export *run, const struct hrd_export_form *form, const char *owner, bool partly,
    const char *why)
{
	struct hrd_position place = { run->inventory, 0, 0 };
	const char *what = partly ? "in part" : "left out";

	fprintf(run->out, "%s %s: %s: %s\n", form->comment, what, owner, why);
	if (!run->warned)
		hrd_diag(run->diag, HRD_WARNING, &place, "export-form", "%s: %s %s: %s", owner,
		    partly ? "in part in" : "left out of", form->word, why);
	if (!partly)
		run->left_out++;
}

/* Octets that a form could take for its own; what a list or a host has consists of others. */
static bool
is_plain(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

static void
write_entry(struct hrd_export *run, const struct hrd_export_form *form,
    const struct hrd_export_entry *entry)
{
	const char *why = "the name has characters that the form may read as its own";
	enum hrd_export_result result = HRD_EXPORT_LEFT_OUT;

	if (is_plain(entry->text))
		result = form->entry(run, entry, &why);
	if (result == HRD_EXPORT_WRITTEN || result == HRD_EXPORT_PARTLY)
		run->written++;
	if (result == HRD_EXPORT_PARTLY || result == HRD_EXPORT_LEFT_OUT)
		report(run, form, entry->text, result == HRD_EXPORT_PARTLY, why);
}

/* The entry that begins with the i-th rule; an exact rule and its wildcard are one. */
static void
take_entry(const struct hrd_ruleset *set, size_t *i, struct hrd_export_entry *entry)
{
	struct hrd_rule rule, next;

	hrd_rules_get(set, HRD_TRIGGER_QNAME, (*i)++, &rule);
	*entry = (struct hrd_export_entry){ .name = rule.name };
	hrd_name_to_text(&rule.name, entry->text);
	if (rule.wildcard) {
		entry->below = rule.action;
		return;
	}
	entry->at = rule.action;
	if (*i == hrd_rules_count_of(set, HRD_TRIGGER_QNAME))
		return;
	hrd_rules_get(set, HRD_TRIGGER_QNAME, *i, &next);
	if (next.wildcard && hrd_name_cmp(&next.name, &rule.name) == 0) {
		entry->below = next.action;
		(*i)++;
	}
}

static bool
acts(enum hrd_action action)
{
	return action != HRD_ACTION_NONE && action != HRD_ACTION_OBSERVE;
}

static void
write_names(struct hrd_export *run, const struct hrd_export_form *form)
{
	struct hrd_export_entry entry;

	for (size_t i = 0; i < hrd_rules_count_of(run->set, HRD_TRIGGER_QNAME);) {
		take_entry(run->set, &i, &entry);
		entry.at = acts(entry.at) ? entry.at : HRD_ACTION_NONE;
		entry.below = acts(entry.below) ? entry.below : HRD_ACTION_NONE;
		if (entry.at != HRD_ACTION_NONE || entry.below != HRD_ACTION_NONE)
			write_entry(run, form, &entry);
	}
}

/* Addresses and name servers: no form has them. */
static void
leave_out_others(struct hrd_export *run, const struct hrd_export_form *form)
{
	char owner[HRD_OWNER_TEXT_MAX];
	struct hrd_rule rule;

	for (unsigned trigger = 0; trigger < HRD_TRIGGERS; trigger++) {
		if (trigger == HRD_TRIGGER_QNAME)
			continue;
		for (size_t i = 0; i < hrd_rules_count_of(run->set, trigger); i++) {
			hrd_rules_get(run->set, trigger, i, &rule);
			hrd_dump_owner_of(&rule, owner);
			if (acts(rule.action))
				report(
				    run, form, owner, false, "the form knows queried names only");
		}
	}
}

static void
write_form(struct hrd_export *run, const struct hrd_export_form *form)
{
	size_t before = run->written;

	fprintf(run->out, "%s %s of %s, made by rpzgen export.\n", form->comment, run->policy,
	    run->date);
	fprintf(run->out, "%s %s\n", form->comment, form->about);
	if (form->head != NULL)
		fputs(form->head, run->out);
	write_names(run, form);
	if (!form->needs_record)
		leave_out_others(run, form);
	if (form->tail != NULL)
		fputs(form->tail, run->out);
	if (run->written == before)
		fprintf(run->out, "%s %s\n", form->comment,
		    form->needs_record ? "No listed name is known to be signed: nothing to do."
				       : "No name is listed.");
}

int
hrd_export_write(struct hrd_export *run, const char *word, const char *program)
{
	const struct hrd_export_form *form = hrd_export_form(word, program);
	FILE *out = run->out;

	run->written = run->left_out = 0;
	run->warned = false;
	if (!form->needs_record || program != NULL) {
		write_form(run, form);
		return ferror(out) ? HRD_EIO : HRD_OK;
	}
	for (; form->word != NULL; form++) {
		run->written = run->left_out = 0;
		write_form(run, form);
		run->warned = true;
		if (form[1].word != NULL)
			putc('\n', out);
	}
	return ferror(out) ? HRD_EIO : HRD_OK;
}
