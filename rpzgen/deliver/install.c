/* SPDX-License-Identifier: BSD-3-Clause */
/* Generations: see install.h. */
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

#include "rpzgen/base/outfile.h"
#include "rpzgen/policy/guard.h"

enum { GENERATION_NAME = 24 };

static const char record_name[] = "installed.json";
static const char held_name[] = "held.json";
static const char link_name[] = "current";

struct installing {
	struct hrd_install *how;
	int dir;
	unsigned current;          /* 0: there is none */
	struct hrd_manifest *now;  /* of the current generation, or NULL */
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
	unsigned number = 0;
	int end = 0;

	if (sscanf(name, "gen-%9u%n", &number, &end) != 1 || name[end] != '\0')
		return 0;
	return number;
}

static unsigned
read_link(const struct installing *in)
{
	char target[GENERATION_NAME];
	ssize_t len = readlinkat(in->dir, link_name, target, sizeof(target) - 1);

	if (len <= 0)
		return 0;
	target[len] = '\0';
	return generation_number(target);
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
open_directory(struct installing *in)
{
	const char *dir = in->how->dir;

	if (mkdir(dir, 0755) != 0 && errno != EEXIST)
		return fail(in, dir);
	in->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* One at a time: the lock ends with the descriptor. */
	if (in->dir < 0 || flock(in->dir, LOCK_EX) != 0)
		return fail(in, dir);
	in->current = read_link(in);
	return read_record(in, "current/", record_name, &in->now) &&
	       read_record(in, held_name, "", &in->held);
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
same_rules(const struct hrd_manifest *a, const struct hrd_manifest *b)
{
	return memcmp(a->rule_digest, b->rule_digest, sizeof(a->rule_digest)) == 0;
}

static bool
check_order(const struct installing *in, const struct hrd_manifest *next)
{
	const struct hrd_manifest *now = in->now, *held = in->held;

	if (in->how->accept_older)
		return true;
	if (held != NULL && strcmp(held->id, next->id) == 0 &&
	    !hrd_serial_is_later(next->serial, held->serial))
		return refuse(in, "install-held",
		    "this serial was taken back by --rollback; a later one will be taken, or this "
		    "one with --accept-older");
	if (now == NULL)
		return true;
	if (strcmp(now->id, next->id) != 0)
		return refuse(in, "install-id",
		    "another policy is installed here; take another directory, or --accept-older");
	if (now->serial != next->serial) {
		return hrd_serial_is_later(next->serial, now->serial) ||
		       refuse(in, "verify-serial",
			   "the serial is older than that of what is installed; an attacker may "
			   "have sent an old copy");
	}
	if (!same_rules(now, next))
		return refuse(in, "verify-serial",
		    "the serial is that of what is installed, and the rules are others");
	return next->created >= now->created ||
	       refuse(in, "verify-serial",
		   "the rules are those that are installed, and it was made earlier");
}

static bool
check_guards(const struct installing *in, const struct hrd_verified *verified)
{
	unsigned before = hrd_diag_errors(in->how->diag);
	struct hrd_guard guard;
	bool good = hrd_guard_init(&guard, in->how->diag, HRD_ERROR, in->how->dir, NULL, NULL);

	if (good && in->now != NULL && !in->how->accept_change)
		hrd_guard_change(&guard, in->now, &verified->manifest);
	guard.severity = HRD_WARNING;
	if (good && verified->rules != NULL)
		hrd_guard_rules(&guard, verified->rules);
	if (good && guard.nomem)
		hrd_diag_nomem(in->how->diag);
	good = good && !guard.nomem;
	hrd_guard_clear(&guard);
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
	if (in->now == NULL)
		return false;
	for (size_t i = 0; i < verified->part_count; i++) {
		if (!has_octets(in, &verified->parts[i]))
			return false;
	}
	return true;
}

static bool
remove_generation(const struct installing *in, unsigned number)
{
	char name[GENERATION_NAME];
	struct dirent *entry;
	DIR *stream;
	int fd;

	generation_name(number, name);
	fd = openat(in->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	stream = fd >= 0 ? fdopendir(fd) : NULL;
	if (stream == NULL)
		return fail(in, name);
	while ((entry = readdir(stream)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(fd, entry->d_name, 0);
	}
	closedir(stream);
	return unlinkat(in->dir, name, AT_REMOVEDIR) == 0 || fail(in, name);
}

/* Removes generations after the current one (never made current, or taken back) and those before it
 * that are too many. before: set to the one before the current one, or 0. */
static bool
sweep(const struct installing *in, bool after, unsigned *before)
{
	struct dirent **entries;
	int count = scandir(in->how->dir, &entries, NULL, alphasort);
	unsigned kept = 1;
	bool good = count >= 0;

	*before = 0;
	for (int i = count - 1; i >= 0; i--) {
		unsigned number = generation_number(entries[i]->d_name);

		if (number > in->current) {
			if (after)
				good = remove_generation(in, number) && good;
		} else if (number != 0 && number < in->current) {
			if (*before == 0)
				*before = number;
			if (++kept > HRD_GENERATIONS_KEPT)
				good = remove_generation(in, number) && good;
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good || fail(in, in->how->dir);
}

static bool
write_record(struct hrd_outset *set, const char *name, const struct hrd_manifest *record)
{
	FILE *out = hrd_outset_add(set, name);

	return out != NULL && hrd_manifest_write(out, record) == HRD_OK;
}

static bool
write_parts(struct hrd_outset *set, const struct hrd_verified *verified)
{
	for (size_t i = 0; i < verified->part_count; i++) {
		const struct hrd_part *part = &verified->parts[i];
		FILE *out = hrd_outset_add(set, part->name);

		if (out == NULL || fwrite(part->data, 1, part->len, out) != part->len)
			return false;
	}
	return write_record(set, record_name, &verified->manifest);
}

static bool
write_generation(const struct installing *in, const struct hrd_verified *verified, unsigned number)
{
	char name[GENERATION_NAME], *path = NULL;
	struct hrd_outset *set;
	const char *what = NULL;
	bool good;

	generation_name(number, name);
	if (asprintf(&path, "%s/%s", in->how->dir, name) < 0)
		return fail(in, name);
	set = hrd_outset_new(path);
	good = set != NULL && write_parts(set, verified) && hrd_outset_commit(set, &what) == HRD_OK;
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

static bool
install(struct installing *in, const struct hrd_verified *verified)
{
	struct hrd_install *how = in->how;
	unsigned before;

	if (!check_order(in, &verified->manifest))
		return false;
	how->serial = verified->manifest.serial;
	how->generation = in->current;
	how->unchanged = is_installed(in, verified);
	if (how->unchanged)
		return true;
	if (!check_guards(in, verified) || !sweep(in, true, &before) ||
	    !write_generation(in, verified, in->current + 1) || !swap(in, in->current + 1))
		return false;
	how->generation = in->current;
	return sweep(in, false, &before);
}

bool
hrd_install(struct hrd_install *how, const struct hrd_verified *verified)
{
	struct installing in = { .how = how, .dir = -1 };
	bool good = open_directory(&in) && install(&in, verified);

	close_directory(&in);
	return good;
}

static bool
hold(const struct installing *in)
{
	struct hrd_outset *set = hrd_outset_new(in->how->dir);
	const char *what = held_name;
	bool good = set != NULL && write_record(set, held_name, in->now) &&
		    hrd_outset_commit(set, &what) == HRD_OK;

	if (!good)
		fail(in, what);
	hrd_outset_free(set);
	return good;
}

bool
hrd_install_rollback(struct hrd_install *how)
{
	struct installing in = { .how = how, .dir = -1 };
	struct hrd_manifest *former = NULL;
	unsigned before = 0;
	char name[GENERATION_NAME];
	bool good = open_directory(&in) && sweep(&in, false, &before);

	if (good && (before == 0 || in.now == NULL))
		good = refuse(&in, "install-no-former", "there is no former generation");
	if (good) {
		generation_name(before, name);
		good = read_record(&in, name, "/installed.json", &former) && former != NULL &&
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
