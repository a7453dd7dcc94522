/* SPDX-License-Identifier: BSD-3-Clause */
/* Tells zones, images and manifests apart. */
#include <config.h>

#include "rpzgen/base/filekind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/policy/policy.h"
#include "rpzgen/base/infile.h"

bool
hrd_file_kind(const char *path, struct hrd_diag *diag, enum hrd_file_kind *kind)
{
	FILE *stream = hrd_infile_hold(path) ? hrd_infile_open(path) : NULL;
	char start[8];
	size_t len;

	if (stream == NULL) {
		hrd_diag_system(diag, path, errno);
		return false;
	}
	len = fread(start, 1, sizeof(start), stream);
	if (ferror(stream)) {
		hrd_diag_system(diag, path, errno);
		hrd_infile_close(stream);
		return false;
	}
	hrd_infile_close(stream);
	*kind = HRD_FILE_ZONE;
	if (hrd_policy_is_image(start, len))
		*kind = HRD_FILE_IMAGE;
	else if (len > hrd_utf8_mark(start, len) && start[hrd_utf8_mark(start, len)] == '{')
		*kind = HRD_FILE_MANIFEST;
	return *kind != HRD_FILE_ZONE || hrd_file_expect(path, HRD_CONTENT_ZONE, diag);
}

bool
hrd_file_expect(const char *path, enum hrd_content wanted, struct hrd_diag *diag)
{
	struct hrd_position place = { path, 0, 0 };
	char text[HRD_CONTENT_TEXT_MAX];

	if (!hrd_content_file_mistaken(path, wanted, text))
		return true;
	hrd_diag(diag, HRD_ERROR, &place, "file-kind", "%s", text);
	return false;
}

bool
hrd_file_continues_zone(const char *path)
{
	char text[16384];

	return hrd_content_start(path, text, sizeof(text)) > 0 && !hrd_content_is_zone(text);
}
