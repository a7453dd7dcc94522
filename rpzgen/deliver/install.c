/* SPDX-License-Identifier: BSD-3-Clause */
/* Generations. */
#include <config.h>

#include "rpzgen/deliver/install.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/day.h"
#include "lib/base/serial.h"
#include "rpzgen/base/outfile.h"
#include "rpzgen/rules/copy.h"
#include "rpzgen/rules/find.h"

enum { GENERATION_NAME = 24 };

static const char record_name[] = "installed.json";
static const char held_name[] = "held.json";
static const char newest_name[] = "newest.json";
static const char link_name[] = "current";

struct installing {
	struct hrd_install *how;
	int dir;
	unsigned current;          /* 0: there is none */
	bool broken;               /* it is not whole, or the link is gone */
	struct hrd_manifest *now;  /* of the current generation, else the newest; or NULL */
	struct hrd_manifest *held; /* or NULL */
};

static bool
fail(const struct installing *in, const char *what)
{
	hrd_diag_system(in->how->diag, what, errno);
	return false;
}

static bool
refuse(const struct installing *in, const char *id, const char *text)
{
	struct hrd_position place = { in->how->dir, 0, 0 };

	hrd_diag(in->how->diag, HRD_ERROR, &place, id, "%s", text);
	return false;
}

static void
generation_name(unsigned number, char name[static GENERATION_NAME])
{
	snprintf(name, GENERATION_NAME, "gen-%06u", number);
}

/* The number in a name that we gave, or 0. */
static unsigned
generation_number(const char *name)
{
	char ours[GENERATION_NAME];
	unsigned number = 0;

	if (sscanf(name, "gen-%9u", &number) != 1)
		return 0;
	generation_name(number, ours);
	return strcmp(name, ours) == 0 ? number : 0;
}

/* The generation that the link names, 0 without a link. False after a report. */
static bool
read_link(struct installing *in)
{
	char target[GENERATION_NAME];
	ssize_t len = readlinkat(in->dir, link_name, target, sizeof(target) - 1);

	if (len < 0)
		return errno == ENOENT ||
		       refuse(in, "install-broken",
			   "current is no symbolic link, so it was not made here; move it away");
	target[len] = '\0';
	in->current = generation_number(target);
	return in->current != 0 ||
	       refuse(in, "install-broken",
		   "current leads to no generation (gen-NNNNNN); make it lead to one");
}

/* Reads DIR/a/b when it is there; false after a report. */
static bool
read_record(struct installing *in, const char *a, const char *b, struct hrd_manifest **out)
{
	char *path = NULL;
	bool good = true;

	if (asprintf(&path, "%s/%s%s", in->how->dir, a, b) < 0)
		return fail(in, in->how->dir);
	if (access(path, F_OK) == 0) {
		*out = calloc(1, sizeof(**out));
		good = *out != NULL && hrd_manifest_read(path, in->how->diag, *out);
	}
	free(path);
	return good;
}

static bool
warn_broken(const struct installing *in, const char *text)
{
	struct hrd_position place = { in->how->dir, 0, 0 };

	hrd_diag(in->how->diag, HRD_WARNING, &place, "install-broken", "%s", text);
	return true;
}

static void
drop_installed(struct installing *in)
{
	free(in->now);
	in->now = NULL;
	hrd_diag_demote(in->how->diag);
}

/* The record of the newest set that was installed here stands in for what is lost or damaged: what
 * is older stays refused, and what comes mends it. */
static bool
read_newest(struct installing *in)
{
	bool good = read_record(in, newest_name, "", &in->now);

	if (!good)
		drop_installed(in);
	/* Without a link and without a record nothing was installed here yet. */
	if (good && in->now == NULL && in->current == 0)
		return true;
	in->broken = true;
	if (in->now != NULL && in->current == 0)
		return warn_broken(in,
		    "current, the link to what is installed, is gone; the next set that is not "
		    "older than the newest one here makes it again");
	if (in->now != NULL)
		return warn_broken(in,
		    "the current generation is not whole (gone, or its record damaged); the next "
		    "set that is not older than the newest one here mends it, and --rollback "
		    "returns to the one before");
	if (in->how->accept_older)
		return warn_broken(in, "nothing here says what was installed");
	return refuse(in, "install-broken",
	    "the current generation is not whole, and newest.json does not say what was "
	    "installed; once you know that the set is not an old one, --accept-older takes it");
}

/* What is installed, by its record. */
static bool
read_installed(struct installing *in)
{
	if (in->current != 0) {
		if (read_record(in, "current/", record_name, &in->now) && in->now != NULL)
			return true;
		drop_installed(in);
	}
	return read_newest(in);
}

static bool
read_held(struct installing *in)
{
	if (read_record(in, held_name, "", &in->held))
		return true;
	free(in->held);
	in->held = NULL;
	if (!in->how->accept_older)
		return refuse(in, "install-broken",
		    "held.json, which says what was taken back, is damaged; --accept-older passes "
		    "over it, this once");
	hrd_diag_demote(in->how->diag);
	return true;
}

/* make: when it is missing. */
static bool
open_directory(struct installing *in, bool make)
{
	const char *dir = in->how->dir;

	if (make && mkdir(dir, 0755) != 0 && errno != EEXIST)
		return fail(in, dir);
	in->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* One at a time: the lock ends with the descriptor. */
	if (in->dir < 0 || flock(in->dir, LOCK_EX) != 0)
		return fail(in, dir);
	return read_link(in) && read_installed(in) && read_held(in);
}

static void
close_directory(struct installing *in)
{
	if (in->dir >= 0)
		close(in->dir);
	free(in->now);
	free(in->held);
}

static bool
check_stamps(
    const struct installing *in, const struct hrd_manifest *now, const struct hrd_manifest *next)
{
	static const char *const faults[] = {
		[HRD_STAMP_EARLIER_SERIAL] = "the serial is older than that of what is installed; "
					     "an attacker may have sent an old copy",
		[HRD_STAMP_OTHER_RULES] =
		    "the serial is that of what is installed, and the rules are others",
		[HRD_STAMP_EARLIER_MADE] =
		    "the rules are those that are installed, and it was made earlier",
	};
	struct hrd_stamp before = hrd_manifest_stamp(now), after = hrd_manifest_stamp(next);
	enum hrd_stamp_order order = hrd_stamp_order(&before, &after);

	return order == HRD_STAMP_FOLLOWS || refuse(in, "verify-serial", faults[order]);
}

/* Not the rules that are current, which their publisher renews under the same serial. */
static bool
is_held(const struct installing *in, const struct hrd_manifest *next)
{
	const struct hrd_manifest *now = in->now, *held = in->held;

	if (held == NULL || strcmp(held->id, next->id) != 0 ||
	    hrd_serial_is_later(next->serial, held->serial))
		return false;
	return now == NULL || in->broken || now->serial != next->serial ||
	       memcmp(now->rule_digest, next->rule_digest, sizeof(now->rule_digest)) != 0;
}

static bool
check_order(const struct installing *in, const struct hrd_manifest *next)
{
	const struct hrd_manifest *now = in->now;

	if (in->how->accept_older)
		return true;
	if (is_held(in, next))
		return refuse(in, "install-held",
		    "this serial, or one after it, was taken back by --rollback; a later one will "
		    "be taken, or this one with --accept-older");
	if (now == NULL)
		return true;
	if (strcmp(now->id, next->id) != 0)
		return refuse(in, "install-id",
		    "another policy is installed here; take another directory, or --accept-older");
	return check_stamps(in, now, next);
}

/* A manifest lists files that servers read; a zone or an image after it would take them away. */
static bool
check_kind(const struct installing *in, const struct hrd_verified *verified)
{
	const struct hrd_manifest *now = in->now;
	bool zone = verified->kind == HRD_FILE_ZONE;

	if (now == NULL || in->how->accept_change || verified->kind == HRD_FILE_MANIFEST)
		return true;
	if (now->file_count > 0)
		return refuse(in, "install-kind",
		    "a set with a manifest is installed here, and this is a single file: the "
		    "others would be gone; take another directory, or --accept-change");
	/* A zone does not say when it was made, an image does. */
	if (zone != (now->created == 0))
		return refuse(in, "install-kind",
		    "a zone is not installed over an image, nor an image over a zone; take "
		    "another directory, or --accept-change");
	return true;
}

static bool
has_apex(const struct hrd_manifest *m, const struct hrd_name *name)
{
	for (size_t i = 0; i < m->apex_count; i++) {
		if (hrd_name_cmp(&m->apexes[i], name) == 0)
			return true;
	}
	return false;
}

static bool
rules_block(const struct hrd_ruleset *rules, const struct hrd_name *name)
{
	size_t i;

	return hrd_rules_deciding(rules, HRD_TRIGGER_QNAME, name, &i) &&
	       hrd_action_blocks(hrd_rules_action(rules, HRD_TRIGGER_QNAME, i));
}

static bool
image_blocks(const struct hrd_policy *policy, const struct hrd_name *name)
{
	struct hrd_match match;

	return hrd_policy_find(policy, HRD_TRIGGER_QNAME, name->wire, name->len, &match) &&
	       hrd_action_blocks(match.action);
}

/* What the rules themselves say, for the guards and for the record: how many there are, and which
 * of the domains that must stay are blocked. What a publisher says of its rules is not asked. */
static bool
describe_rules(
    const struct installing *in, const struct hrd_verified *verified, struct hrd_manifest *next)
{
	const struct hrd_manifest *sent = &verified->manifest, *now = in->now;
	const struct hrd_part *part = &verified->parts[0];
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;

	*next = *sent;
	if (verified->rules != NULL)
		next->rules = hrd_rules_count(verified->rules);
	else if (verified->kind == HRD_FILE_IMAGE &&
		 hrd_policy_open(part->data, part->len, false, 0, &policy, &fault) != HRD_OK)
		return false;
	next->apex_count = 0;
	for (size_t i = 0; i < sent->apex_count + (now != NULL ? now->apex_count : 0); i++) {
		const struct hrd_name *apex =
		    i < sent->apex_count ? &sent->apexes[i] : &now->apexes[i - sent->apex_count];

		if (next->apex_count < HRD_MANIFEST_APEXES_MAX && !has_apex(next, apex) &&
		    (verified->rules != NULL ? rules_block(verified->rules, apex)
			: policy != NULL     ? image_blocks(policy, apex)
					     : i < sent->apex_count))
			next->apexes[next->apex_count++] = *apex;
	}
	hrd_policy_free(policy);
	return true;
}

/* The rules of what comes, from the image where there is no zone. NULL when memory is short. */
static struct hrd_ruleset *
rules_of_image(const struct hrd_verified *verified)
{
	struct hrd_ruleset *rules = NULL;
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;

	for (size_t i = 0; i < verified->part_count && rules == NULL; i++) {
		const struct hrd_part *part = &verified->parts[i];

		if (!hrd_policy_is_image(part->data, part->len) ||
		    hrd_policy_open(part->data, part->len, false, 0, &policy, &fault) != HRD_OK)
			continue;
		if (hrd_rules_from_policy(policy, 0, &rules) != HRD_OK)
			rules = NULL;
		hrd_policy_free(policy);
		policy = NULL;
	}
	return rules;
}

/* By the exceptions that the manifest tells; a single file has none. A zone has no rules that only
 * observe: where it has none, the image is asked. */
static bool
judge_rules(
    const struct installing *in, const struct hrd_verified *verified, struct hrd_guard *guard)
{
	bool zone = verified->rules != NULL && hrd_rules_count(verified->rules) > 0;
	struct hrd_ruleset *own = zone ? NULL : rules_of_image(verified);
	const struct hrd_ruleset *rules = own != NULL ? own : verified->rules;
	unsigned before = hrd_diag_errors(in->how->diag);

	guard->severity = in->how->guards == HRD_GUARDS_REFUSE ? HRD_ERROR : HRD_WARNING;
	if (own == NULL && verified->zone != NULL)
		guard->file = verified->zone;
	if (rules != NULL)
		hrd_guard_rules(guard, rules);
	guard->file = in->how->dir;
	hrd_rules_free(own);
	if (hrd_diag_errors(in->how->diag) != before) {
		refuse(in, "install-guards",
		    verified->kind == HRD_FILE_MANIFEST
			? "the guards refuse rules of this set, and no exception of its publisher "
			  "allows them; --guards=warn takes them"
			: "the guards refuse rules of this file, and only a manifest tells the "
			  "exceptions of its publisher; --guards=warn takes them");
		hrd_guard_report_ended(guard);
	}
	return rules != NULL;
}

static bool
check_guards(const struct installing *in, const struct hrd_verified *verified,
    const struct hrd_manifest *next)
{
	unsigned before = hrd_diag_errors(in->how->diag);
	struct hrd_manifest *compared = calloc(1, sizeof(*compared));
	struct hrd_guard guard;
	bool good = hrd_guard_init(&guard, in->how->diag, HRD_ERROR, in->how->dir, NULL, NULL);

	guard.granted = &verified->manifest;
	guard.day = (int32_t)(in->how->now / HRD_DAY_SECONDS);
	if (good && compared != NULL && in->now != NULL && !in->how->accept_change) {
		*compared = *next;
		/* Another profile is a change like any other. */
		memcpy(compared->profile, in->now->profile, sizeof(compared->profile));
		hrd_guard_change(&guard, in->now, compared);
	}
	if (good && (!judge_rules(in, verified, &guard) || guard.nomem || compared == NULL)) {
		hrd_diag_nomem(in->how->diag);
		good = false;
	}
	hrd_guard_clear(&guard);
	free(compared);
	return good && hrd_diag_errors(in->how->diag) == before;
}

static bool
has_octets(const struct installing *in, const struct hrd_part *part)
{
	char *path = NULL, octets[4096];
	size_t at = 0, got = 0;
	FILE *stream;
	bool same;

	if (asprintf(&path, "%s/%s/%s", in->how->dir, link_name, part->name) < 0)
		return false;
	stream = fopen(path, "rb");
	free(path);
	if (stream == NULL)
		return false;
	while ((got = fread(octets, 1, sizeof(octets), stream)) > 0) {
		if (got > part->len - at || memcmp(octets, part->data + at, got) != 0)
			break;
		at += got;
	}
	same = got == 0 && !ferror(stream) && at == part->len;
	fclose(stream);
	return same;
}

static bool
is_installed(const struct installing *in, const struct hrd_verified *verified)
{
	if (in->now == NULL || in->broken || in->now->file_count != verified->manifest.file_count)
		return false;
	for (size_t i = 0; i < verified->part_count; i++) {
		if (!has_octets(in, &verified->parts[i]))
			return false;
	}
	return true;
}

/* False with errno, that of the first thing which stays. */
static bool
remove_generation(const struct installing *in, unsigned number)
{
	char name[GENERATION_NAME];
	struct dirent *entry;
	int fd, error = 0;
	DIR *stream;

	generation_name(number, name);
	fd = openat(in->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	stream = fd >= 0 ? fdopendir(fd) : NULL;
	if (stream == NULL)
		return false;
	while ((entry = readdir(stream)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(fd, entry->d_name, 0) != 0 && error == 0)
			error = errno;
	}
	closedir(stream);
	if (unlinkat(in->dir, name, AT_REMOVEDIR) == 0)
		return true;
	errno = error != 0 ? error : errno;
	return false;
}

static void
report_left(const struct installing *in, enum hrd_severity severity, const char *name)
{
	struct hrd_position place = { in->how->dir, 0, 0 };
	int error = errno;

	hrd_diag(in->how->diag, severity, &place, "install-left",
	    "%s is needed no more and cannot be removed: %s; remove it as its owner or root", name,
	    strerror(error));
}

/* Removes generations after the current one (never made current, or taken back) and those before it
 * that are too many. What stays is warned of: it takes room, and nothing reads it. */
static void
sweep(const struct installing *in)
{
	struct dirent **entries;
	int count = scandir(in->how->dir, &entries, NULL, alphasort);
	unsigned kept = 1;

	for (int i = count - 1; i >= 0; i--) {
		unsigned number = generation_number(entries[i]->d_name);
		bool old = number != 0 && number < in->current && ++kept > HRD_GENERATIONS_KEPT;

		if ((number > in->current || old) && !remove_generation(in, number))
			report_left(in, HRD_WARNING, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* Nothing may be where the next generation comes. */
static bool
clear_next(const struct installing *in)
{
	char name[GENERATION_NAME];

	if (remove_generation(in, in->current + 1) || errno == ENOENT)
		return true;
	generation_name(in->current + 1, name);
	report_left(in, HRD_ERROR, name);
	hrd_diag_raise(in->how->diag, HRD_EXIT_SYSTEM);
	return false;
}

/* *former: the generation before the current one, 0 without one. False after a report. */
static bool
find_former(const struct installing *in, unsigned *former)
{
	DIR *stream = opendir(in->how->dir);
	struct dirent *entry;

	*former = 0;
	if (stream == NULL)
		return fail(in, in->how->dir);
	while ((entry = readdir(stream)) != NULL) {
		unsigned number = generation_number(entry->d_name);

		if (number < in->current && number > *former)
			*former = number;
	}
	closedir(stream);
	return *former != 0 || refuse(in, "install-no-former", "there is no former generation");
}

static bool
write_record(struct hrd_outset *set, const char *name, const struct hrd_manifest *record)
{
	FILE *out = hrd_outset_add(set, name);

	return out != NULL && hrd_manifest_write(out, record) == HRD_OK;
}

static bool
write_parts(
    struct hrd_outset *set, const struct hrd_verified *verified, const struct hrd_manifest *record)
{
	for (size_t i = 0; i < verified->part_count; i++) {
		const struct hrd_part *part = &verified->parts[i];
		FILE *out = hrd_outset_add(set, part->name);

		if (out == NULL || fwrite(part->data, 1, part->len, out) != part->len)
			return false;
	}
	return write_record(set, record_name, record);
}

static bool
write_generation(const struct installing *in, const struct hrd_verified *verified,
    const struct hrd_manifest *record, unsigned number)
{
	char name[GENERATION_NAME], *path = NULL;
	struct hrd_outset *set;
	const char *what = NULL;
	bool good;

	generation_name(number, name);
	if (asprintf(&path, "%s/%s", in->how->dir, name) < 0)
		return fail(in, name);
	set = hrd_outset_new(path);
	good = set != NULL && write_parts(set, verified, record) &&
	       hrd_outset_commit(set, &what) == HRD_OK;
	if (!good)
		fail(in, what != NULL ? what : path);
	hrd_outset_free(set);
	free(path);
	return good;
}

/* The one step that makes a generation current. */
static bool
swap(struct installing *in, unsigned number)
{
	static const char temp[] = ".current.new";
	char name[GENERATION_NAME];

	generation_name(number, name);
	unlinkat(in->dir, temp, 0);
	if (fsync(in->dir) != 0 || symlinkat(name, in->dir, temp) != 0 ||
	    renameat(in->dir, temp, in->dir, link_name) != 0 || fsync(in->dir) != 0)
		return fail(in, link_name);
	in->current = number;
	return true;
}

/* Writes a record beside the generations. */
static bool
keep_record(const struct installing *in, const char *name, const struct hrd_manifest *record)
{
	struct hrd_outset *set = hrd_outset_new(in->how->dir);
	const char *what = name;
	bool good = set != NULL && write_record(set, name, record) &&
		    hrd_outset_commit(set, &what) == HRD_OK;

	if (!good)
		fail(in, what);
	hrd_outset_free(set);
	return good;
}

/* The latest that was taken back stays held, also when one before it is taken back too. */
static bool
hold(const struct installing *in)
{
	const struct hrd_manifest *held = in->held, *now = in->now;

	if (held != NULL && strcmp(held->id, now->id) == 0 &&
	    hrd_serial_is_later(held->serial, now->serial))
		return true;
	return keep_record(in, held_name, now);
}

/* What was held and is taken all the same, or what comes after it, ends the hold once it is
 * current; and so does passing over a record that is damaged. One that stays holds nothing back:
 * what is current passes, and what is later. */
static void
end_hold(const struct installing *in, const struct hrd_manifest *next)
{
	const struct hrd_manifest *held = in->held;

	if (held != NULL &&
	    (strcmp(held->id, next->id) != 0 || hrd_serial_is_later(held->serial, next->serial)))
		return;
	if (unlinkat(in->dir, held_name, 0) != 0 && errno != ENOENT)
		report_left(in, HRD_WARNING, held_name);
}

static bool
install_next(
    struct installing *in, const struct hrd_verified *verified, const struct hrd_manifest *next)
{
	if (!check_guards(in, verified, next) || !clear_next(in) ||
	    !write_generation(in, verified, next, in->current + 1) ||
	    !keep_record(in, newest_name, next) || !swap(in, in->current + 1))
		return false;
	in->how->generation = in->current;
	end_hold(in, next);
	sweep(in);
	return true;
}

static bool
install(struct installing *in, const struct hrd_verified *verified)
{
	struct hrd_install *how = in->how;
	struct hrd_manifest *next;
	bool good;

	how->serial = verified->manifest.serial;
	how->generation = in->current;
	/* Asked first: what is current is as good as it was, also where it is held. */
	how->unchanged = is_installed(in, verified);
	if (how->unchanged)
		return true;
	if (!check_order(in, &verified->manifest) || !check_kind(in, verified))
		return false;
	next = calloc(1, sizeof(*next));
	good = next != NULL && describe_rules(in, verified, next);
	if (!good)
		hrd_diag_nomem(how->diag);
	good = good && install_next(in, verified, next);
	free(next);
	return good;
}

bool
hrd_install(struct hrd_install *how, const struct hrd_verified *verified)
{
	struct installing in = { .how = how, .dir = -1 };
	bool good = open_directory(&in, true) && install(&in, verified);

	close_directory(&in);
	return good;
}

bool
hrd_install_rollback(struct hrd_install *how)
{
	struct installing in = { .how = how, .dir = -1 };
	struct hrd_manifest *former = NULL;
	unsigned before = 0;
	char name[GENERATION_NAME];
	bool good = open_directory(&in, false) && find_former(&in, &before);

	if (good && in.now == NULL)
		good = refuse(&in, "install-no-former", "there is no former generation");
	if (good) {
		generation_name(before, name);
		good = read_record(&in, name, "/installed.json", &former) &&
		       (former != NULL ||
			   refuse(&in, "install-broken",
			       "the generation before has no record, installed.json, so it was "
			       "not made here; move it away")) &&
		       hold(&in) && swap(&in, before);
	}
	if (good) {
		how->generation = before;
		how->serial = former->serial;
	}
	free(former);
	close_directory(&in);
	return good;
}
