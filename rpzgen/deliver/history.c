/* SPDX-License-Identifier: BSD-3-Clause */
/* Manifests collected, put in order and held against each other. */
#include <config.h>

#include "rpzgen/deliver/history.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/array.h"
#include "lib/base/limits.h"
#include "lib/base/serial.h"
#include "lib/crypto/blake2b.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/deliver/gitstore.h"
#include "rpzgen/rules/copy.h"

static const char manifest_name[] = "manifest.json";
enum { SIGNATURE_MAX = 8192 };

static bool
nomem(struct hrd_diag *diag)
{
	hrd_diag_nomem(diag);
	return false;
}

static bool
keep(struct hrd_history *history, struct hrd_history_member *member, struct hrd_diag *diag)
{
	struct hrd_history_member **more;
	struct hrd_position place = { member->path, 0, 0 };

	if (history->count == HRD_HISTORY_MAX) {
		hrd_diag(diag, HRD_ERROR, &place, "history-limit",
		    "over %d manifests; give a part of them", HRD_HISTORY_MAX);
		return false;
	}
	more =
	    hrd_array_reserve(history->members, &history->room, history->count + 1, sizeof(*more));
	if (more == NULL)
		return nomem(diag);
	history->members = more;
	history->members[history->count++] = member;
	return true;
}

static void
free_member(struct hrd_history_member *member)
{
	if (member != NULL) {
		free(member->path);
		free(member->directory);
		free(member->commit);
		free(member->inner);
	}
	free(member);
}

/* A file beside the manifest: HRD_ENOENT, HRD_ELIMIT, HRD_ENOMEM. */
static int
read_beside(
    const struct hrd_history_member *member, const char *name, size_t max, char **data, size_t *len)
{
	char *path;
	int status;

	if (asprintf(&path, "%s%s", member->commit != NULL ? member->inner : member->directory,
		name) < 0)
		return HRD_ENOMEM;
	if (member->commit != NULL)
		status = hrd_git_read(member->directory, member->commit, path, max, data, len);
	else
		status = hrd_infile_read(path, max, data, len);
	free(path);
	return status == HRD_EIO ? HRD_ENOENT : status;
}

/* Whether one of the keys has signed the octets. */
static void
judge_signature(struct hrd_history_member *member, const char *name, const char *data, size_t len,
    const struct hrd_anchors *anchors)
{
	char *signature = NULL, *beside = NULL;
	uint8_t digest[HRD_DIGEST_LEN];
	size_t signature_len;

	member->seal = HRD_SEAL_BAD;
	member->seal_fault = "there is no signature (.minisig) beside it";
	hrd_blake2b(digest, sizeof(digest), data, len);
	if (asprintf(&beside, "%s.minisig", name) < 0)
		return;
	if (read_beside(member, beside, SIGNATURE_MAX, &signature, &signature_len) == HRD_OK &&
	    hrd_signature_verify(digest, signature, signature_len, anchors->policy,
		anchors->policy_count, NULL, &member->seal_fault) == HRD_OK)
		member->seal = HRD_SEAL_GOOD;
	free(signature);
	free(beside);
}

/* Takes the octets of a member whose place is filled in; takes the member, also on failure. */
static bool
add_text(struct hrd_history *history, struct hrd_history_member *member, const char *name,
    char *data, size_t len, const struct hrd_anchors *anchors, struct hrd_diag *diag)
{
	/* Parsing changes the octets. */
	if (anchors != NULL)
		judge_signature(member, name, data, len, anchors);
	if (hrd_manifest_parse(data, len, member->path, diag, &member->manifest) &&
	    keep(history, member, diag))
		return true;
	free_member(member);
	return false;
}

/* A member in a directory, or in a commit; NULL when out of memory. The directory is that part of
 * path up to its last slash, with it. */
static struct hrd_history_member *
new_member(const char *shown, const char *path, const char *clone, const char *commit)
{
	struct hrd_history_member *member = calloc(1, sizeof(*member));
	const char *slash = strrchr(path, '/');
	char *part = strndup(path, slash != NULL ? (size_t)(slash - path) + 1 : 0);

	if (member == NULL || part == NULL) {
		free(member);
		free(part);
		return NULL;
	}
	member->path = strdup(shown);
	member->directory = commit != NULL ? strdup(clone) : part;
	member->commit = commit != NULL ? strdup(commit) : NULL;
	member->inner = commit != NULL ? part : NULL;
	if (member->path != NULL && member->directory != NULL &&
	    (commit == NULL || member->commit != NULL))
		return member;
	free_member(member);
	return NULL;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool
add_file(struct hrd_history *history, const char *path, const struct hrd_anchors *anchors,
    struct hrd_diag *diag)
{
	struct hrd_history_member *member;
	char *data = NULL;
	size_t len;
	int status = hrd_infile_read(path, HRD_YAML_OCTETS_MAX, &data, &len);
	bool good;

	if (status == HRD_ENOMEM)
		return nomem(diag);
	if (status != HRD_OK) {
		hrd_diag_system(diag, path, status == HRD_EIO ? errno : EFBIG);
		return false;
	}
	member = new_member(path, path, NULL, NULL);
	good = member != NULL ? add_text(history, member, last_part(path), data, len, anchors, diag)
			      : nomem(diag);
	free(data);
	return good;
}

/* What is in the way of a walk over the commits of a clone. */
struct clone_walk {
	struct hrd_history *history;
	const char *directory;
	const struct hrd_anchors *anchors;
	struct hrd_diag *diag;
	bool good;
};

static bool
add_committed(void *ctx, const char *commit, const char *path)
{
	struct clone_walk *walk = ctx;
	struct hrd_history_member *member = NULL;
	char *shown = NULL, *data = NULL;
	size_t len;
	int status = hrd_git_read(walk->directory, commit, path, HRD_YAML_OCTETS_MAX, &data, &len);

	if (asprintf(&shown, "%s@%.12s:%s", walk->directory, commit, path) < 0)
		shown = NULL;
	if (shown != NULL && status == HRD_OK)
		member = new_member(shown, path, walk->directory, commit);
	if (member != NULL)
		walk->good = add_text(walk->history, member, last_part(path), data, len,
				 walk->anchors, walk->diag) &&
			     walk->good;
	else
		walk->good = nomem(walk->diag);
	free(shown);
	free(data);
	/* One over the limit is what reports it. */
	return walk->good || walk->history->count < HRD_HISTORY_MAX;
}

static bool add_below(struct hrd_history *history, const char *path, unsigned depth,
    const struct hrd_anchors *anchors, struct hrd_diag *diag);

/* A directory; what lies too deep is said, since manifests there are no gap. */
static bool
add_directory(struct hrd_history *history, const char *path, unsigned depth,
    const struct hrd_anchors *anchors, struct hrd_diag *diag)
{
	struct hrd_position place = { path, 0, 0 };

	if (depth < HRD_HISTORY_DEPTH_MAX)
		return add_below(history, path, depth + 1, anchors, diag);
	hrd_diag(diag, HRD_WARNING, &place, "history-limit",
	    "more than %d directories deep, and not looked into; give it by itself",
	    HRD_HISTORY_DEPTH_MAX);
	return true;
}

/* An entry of a directory: a manifest, a directory, or nothing of ours. */
static bool
add_entry(struct hrd_history *history, const char *directory, const char *name, unsigned depth,
    const struct hrd_anchors *anchors, struct hrd_diag *diag)
{
	struct stat st;
	char *path;
	bool good = true;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return true;
	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return nomem(diag);
	/* "current" leads to one of the generations. */
	if (lstat(path, &st) != 0)
		good = true;
	else if (S_ISDIR(st.st_mode))
		good = add_directory(history, path, depth, anchors, diag);
	else if (S_ISREG(st.st_mode) && strcmp(name, manifest_name) == 0)
		good = add_file(history, path, anchors, diag);
	free(path);
	return good;
}

static bool
add_below(struct hrd_history *history, const char *path, unsigned depth,
    const struct hrd_anchors *anchors, struct hrd_diag *diag)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	bool good = count >= 0;

	if (count < 0)
		hrd_diag_system(diag, path, errno);
	for (int i = 0; i < count; i++) {
		good = add_entry(history, path, entries[i]->d_name, depth, anchors, diag) && good;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good;
}

bool
hrd_history_add(struct hrd_history *history, const char *path, const struct hrd_anchors *anchors,
    struct hrd_diag *diag)
{
	struct clone_walk walk = { history, path, anchors, diag, true };
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return add_file(history, path, anchors, diag);
	if (hrd_git_is_clone(path))
		return hrd_git_publications(path, add_committed, &walk, diag) && walk.good;
	return add_below(history, path, 0, anchors, diag);
}

struct hrd_ruleset *
hrd_history_rules(const struct hrd_history_member *member, bool *other, struct hrd_diag *diag)
{
	const struct hrd_manifest_file *file = hrd_manifest_image(&member->manifest);
	struct hrd_policy *policy = NULL;
	struct hrd_ruleset *rules = NULL;
	struct hrd_fault fault;
	char *data = NULL;
	size_t len;
	int status;

	*other = false;
	if (file == NULL)
		return NULL;
	status = read_beside(member, file->name, HRD_IMAGE_OCTETS_MAX, &data, &len);
	if (status != HRD_OK) {
		if (status == HRD_ENOMEM)
			hrd_diag_nomem(diag);
		return NULL;
	}
	if (!hrd_manifest_describes(file, (const uint8_t *)data, len)) {
		*other = true;
		free(data);
		return NULL;
	}
	status = hrd_policy_open((uint8_t *)data, len, true, 0, &policy, &fault);
	if (status == HRD_OK)
		status = hrd_rules_from_policy(policy, HRD_RULES_OBSERVED, &rules);
	hrd_policy_free(policy);
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	*other = status != HRD_OK && status != HRD_ENOMEM;
	return rules;
}

static int
in_time(const void *a, const void *b)
{
	const struct hrd_manifest *x = &(*(struct hrd_history_member *const *)a)->manifest;
	const struct hrd_manifest *y = &(*(struct hrd_history_member *const *)b)->manifest;
	int order = strcmp(x->id, y->id);

	if (order != 0)
		return order;
	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	if (x->serial != y->serial)
		return hrd_serial_is_later(x->serial, y->serial) ? 1 : -1;
	return memcmp(x->digest, y->digest, sizeof(x->digest));
}

static void
drop_copies(struct hrd_history *history)
{
	size_t kept = 0;

	for (size_t i = 0; i < history->count; i++) {
		struct hrd_history_member *member = history->members[i];
		struct hrd_history_member *last = kept > 0 ? history->members[kept - 1] : NULL;

		if (last != NULL && memcmp(last->manifest.digest, member->manifest.digest,
					sizeof(last->manifest.digest)) == 0) {
			/* A good signature beside any of them is one. */
			if (member->seal == HRD_SEAL_GOOD)
				last->seal = HRD_SEAL_GOOD;
			free_member(member);
		} else {
			history->members[kept++] = member;
		}
	}
	history->count = kept;
}

static bool
follows(const struct hrd_history_member *member, const struct hrd_history_member *before)
{
	return memcmp(member->manifest.previous, before->manifest.digest,
		   sizeof(before->manifest.digest)) == 0;
}

static bool
goes_back(const struct hrd_manifest *before, const struct hrd_manifest *after)
{
	struct hrd_stamp a = hrd_manifest_stamp(before), b = hrd_manifest_stamp(after);

	/* Zones and images may change without the rules, with a new serial. */
	return hrd_stamp_order(&a, &b) != HRD_STAMP_FOLLOWS;
}

/* The last member before i that i follows; count when there is none. */
static size_t
find_followed(const struct hrd_history *history, size_t i)
{
	for (size_t j = i; j-- > 0;) {
		if (follows(history->members[i], history->members[j]))
			return j;
	}
	return history->count;
}

/* A member before i, other than the one that i follows, that follows that one too; i when there is
 * none. */
static size_t
find_sibling(const struct hrd_history *history, size_t i, size_t followed)
{
	for (size_t j = followed + 1; j < i; j++) {
		if (history->members[j]->manifest.has_previous &&
		    follows(history->members[j], history->members[followed]))
			return j;
	}
	return i;
}

/* How member i stands to those before it. chained: one of them is of a chain. */
static void
link_member(const struct hrd_history *history, size_t i, bool chained)
{
	struct hrd_history_member *member = history->members[i];

	if (!member->manifest.has_previous) {
		member->link = chained ? HRD_LINK_LOST : HRD_LINK_NONE;
		return;
	}
	member->followed = find_followed(history, i);
	if (member->followed == history->count) {
		member->link = HRD_LINK_GAP;
		return;
	}
	member->sibling = find_sibling(history, i, member->followed);
	if (member->sibling < i)
		member->link = HRD_LINK_FORK;
	else
		member->link =
		    goes_back(&history->members[member->followed]->manifest, &member->manifest)
			? HRD_LINK_BACKWARD
			: HRD_LINK_WHOLE;
}

void
hrd_history_link(struct hrd_history *history)
{
	bool chained = false;

	if (history->count == 0)
		return;
	qsort(history->members, history->count, sizeof(struct hrd_history_member *), in_time);
	drop_copies(history);
	for (size_t i = 0; i < history->count; i++) {
		struct hrd_history_member *member = history->members[i];
		bool first = i == 0 ||
			     strcmp(history->members[i - 1]->manifest.id, member->manifest.id) != 0;

		if (first) {
			member->link = HRD_LINK_FIRST;
			chained = member->manifest.has_previous;
		} else {
			link_member(history, i, chained);
			chained |= member->manifest.has_previous;
		}
	}
}

/* Why the member that something should follow is not what it follows. */
static void
report_gap(const struct hrd_history_member *before, const struct hrd_position *place,
    struct hrd_diag *diag)
{
	if (before->seal == HRD_SEAL_GOOD)
		hrd_diag(diag, HRD_ERROR, place, "history-gap",
		    "it follows a manifest that is not here: one is missing after %s",
		    before->path);
	else
		hrd_diag(diag, HRD_ERROR, place, "history-gap",
		    "it follows a manifest that is not here: one is missing between %s and this "
		    "one, or %s has been changed%s",
		    before->path, before->path,
		    before->seal == HRD_SEAL_UNKNOWN ? "; --anchor tells which" : "");
}

static void
report_member(const struct hrd_history *history, size_t i, struct hrd_diag *diag)
{
	const struct hrd_history_member *member = history->members[i];
	struct hrd_position place = { member->path, 0, 0 };

	if (member->seal == HRD_SEAL_BAD)
		hrd_diag(diag, HRD_ERROR, &place, "history-signature", "not the publisher's: %s",
		    member->seal_fault);
	switch (member->link) {
	case HRD_LINK_LOST:
		hrd_diag(diag, HRD_ERROR, &place, "history-gap",
		    "it names no manifest that it follows, although the chain had begun");
		break;
	case HRD_LINK_GAP:
		report_gap(history->members[i - 1], &place, diag);
		break;
	case HRD_LINK_FORK:
		hrd_diag(diag, HRD_ERROR, &place, "history-fork",
		    "it follows %s, as %s does: there are two histories",
		    history->members[member->followed]->path,
		    history->members[member->sibling]->path);
		break;
	case HRD_LINK_BACKWARD:
		hrd_diag(diag, HRD_ERROR, &place, "history-order",
		    "serial or time go back behind %s, which it follows",
		    history->members[member->followed]->path);
		break;
	case HRD_LINK_NONE:
		hrd_diag(diag, HRD_WARNING, &place, "history-unlinked",
		    "made before manifests were linked: nothing shows that it follows %s",
		    history->members[i - 1]->path);
		break;
	default:
		break;
	}
}

void
hrd_history_report(const struct hrd_history *history, struct hrd_diag *diag)
{
	for (size_t i = 0; i < history->count; i++)
		report_member(history, i, diag);
}

void
hrd_history_clear(struct hrd_history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free_member(history->members[i]);
	free(history->members);
	*history = (struct hrd_history){ 0 };
}
