/* SPDX-License-Identifier: BSD-3-Clause */
/* Tells zones, images and manifests apart. */
#include <config.h>

#include "rpzgen/base/filekind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/policy/policy.h"

bool
hrd_file_kind(const char *path, struct hrd_diag *diag, enum hrd_file_kind *kind)
{
	FILE *stream = fopen(path, "rb");
	char start[8];
	size_t len;

	if (stream == NULL) {
		hrd_diag_system(diag, path, errno);
		return false;
	}
	len = fread(start, 1, sizeof(start), stream);
	if (ferror(stream)) {
		hrd_diag_system(diag, path, errno);
		fclose(stream);
		return false;
	}
	fclose(stream);
	*kind = HRD_FILE_ZONE;
	if (hrd_policy_is_image(start, len))
		*kind = HRD_FILE_IMAGE;
	else if (len > 0 && start[0] == '{')
		*kind = HRD_FILE_MANIFEST;
	return true;
}
