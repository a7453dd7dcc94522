/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads trust anchors. */
#include <config.h>

#include "rpzgen/deliver/anchors.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/base/limits.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/sign/records.h"
#include "rpzgen/zone/rdata.h"
#include "rpzgen/zone/text.h"

enum { KEY_FILE_OCTETS_MAX = 16384 };

struct reading {
	const char *path; /* of the file */
	struct hrd_diag *diag;
	struct hrd_anchors *out;
};

static bool
refuse(const struct reading *r, const char *why)
{
	struct hrd_position place = { r->path, 0, 0 };

	hrd_diag(r->diag, HRD_ERROR, &place, "anchor", "%s", why);
	return false;
}

static bool
ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len > n && strcmp(name + len - n, suffix) == 0;
}

static bool
read_policy_key(struct reading *r)
{
	const char *reason;
	int status;

	if (r->out->policy_count == HRD_ANCHORS_MAX)
		return refuse(r, "more than 16 keys");
	status = hrd_public_key_load(r->path, &r->out->policy[r->out->policy_count], &reason);
	if (status == HRD_EIO) {
		hrd_diag_system(r->diag, r->path, errno);
		return false;
	}
	if (status != HRD_OK)
		return refuse(r, reason);
	r->out->policy_count++;
	return true;
}

/* "owner [TTL] [IN] DNSKEY RDATA": takes the text up to the type; the owner is the first field. */
static bool
find_rdata(const char **text, size_t *len, struct hrd_name *owner)
{
	const char *field;
	size_t n;

	if (!hrd_zone_field(text, len, &field, &n) || hrd_name_from_text(owner, field, n) != HRD_OK)
		return false;
	while (hrd_zone_field(text, len, &field, &n)) {
		if (n == strlen("DNSKEY") && strncasecmp(field, "DNSKEY", n) == 0)
			return true;
	}
	return false;
}

static bool
take_dnskey(struct reading *r, const char *text, size_t len, struct hrd_zone_rdata *rdata)
{
	struct hrd_dnskey *key = &r->out->zone[r->out->zone_count];
	struct hrd_name owner, root = { .len = 1 };
	const uint8_t *wire;
	const char *why;
	size_t wire_len;

	if (r->out->zone_count == HRD_ANCHORS_MAX)
		return refuse(r, "more than 16 keys");
	if (!find_rdata(&text, &len, &owner) ||
	    hrd_zone_rdata_from_text(
		rdata, HRD_TYPE_DNSKEY, text, len, &root, &wire, &wire_len, &why) != HRD_OK)
		return refuse(r, "is no line of a key file: owner, class, DNSKEY, flags, protocol, "
				 "algorithm, key");
	if (hrd_dnskey_set(key, &owner, wire, wire_len) != HRD_OK)
		return refuse(r, "has a key that signs no zone, or a revoked one");
	if (!hrd_dnskey_is_known(key))
		return refuse(r, "has a key of an algorithm that is not known here");
	r->out->zone_count++;
	return true;
}

/* Key files have comments, and entries over several lines: the zone lexer reads them. */
static bool
read_entries(struct reading *r, struct hrd_zonetext *text, struct hrd_zone_rdata *rdata)
{
	struct hrd_zone_entry entry;
	const char *why;
	size_t before = r->out->zone_count;
	int status;

	while ((status = hrd_zonetext_next(text, &entry, &why)) == HRD_OK) {
		if (!take_dnskey(r, entry.text, entry.len, rdata))
			return false;
	}
	if (status != HRD_ENOENT)
		return refuse(r, status == HRD_EIO ? "cannot be read" : why);
	return r->out->zone_count > before || refuse(r, "has no key");
}

static bool
read_zone_key(struct reading *r)
{
	struct hrd_zone_rdata *rdata = hrd_zone_rdata_new();
	FILE *stream = hrd_infile_open(r->path);
	struct hrd_zonetext *text = stream != NULL ? hrd_zonetext_new(stream) : NULL;
	bool good = false;

	if (stream == NULL)
		hrd_diag_system(r->diag, r->path, errno);
	else if (text == NULL || rdata == NULL)
		hrd_diag_nomem(r->diag);
	else
		good = read_entries(r, text, rdata);
	hrd_zonetext_free(text);
	hrd_infile_close(stream);
	hrd_zone_rdata_free(rdata);
	return good;
}

static bool
read_file(struct reading *r)
{
	if (ends_in(r->path, ".pub"))
		return read_policy_key(r);
	if (ends_in(r->path, "policy.key"))
		return refuse(r, "a secret key; name the directory of the public ones, or a *.pub");
	if (ends_in(r->path, ".key"))
		return read_zone_key(r);
	return true; /* .ds and what else lies there */
}

static bool
read_directory(const char *path, struct reading *r)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	bool good = count >= 0;

	if (!good)
		hrd_diag_system(r->diag, path, errno);
	for (int i = 0; i < count; i++) {
		char *file = NULL;

		if (good && entries[i]->d_name[0] != '.') {
			good = asprintf(&file, "%s/%s", path, entries[i]->d_name) > 0;
			r->path = file;
			good = good && read_file(r);
		}
		free(file);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	r->path = path;
	return good;
}

bool
hrd_anchors_read(const char *path, struct hrd_diag *diag, struct hrd_anchors *out)
{
	struct reading r = { path, diag, out };
	struct stat st;
	bool good;

	memset(out, 0, sizeof(*out));
	if (stat(path, &st) != 0) {
		hrd_diag_system(diag, path, errno);
		return false;
	}
	good = S_ISDIR(st.st_mode) ? read_directory(path, &r) : read_file(&r);
	if (good && out->policy_count + out->zone_count == 0)
		return refuse(&r, "has no public key (*.pub, K*.key)");
	return good;
}
