/* SPDX-License-Identifier: BSD-3-Clause */
/* Policy images as input of commands. */
#include <config.h>

#include "rpzgen/policy/imagefile.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/limits.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"

/* A regular file is read as the module reads it, whoever replaces it meanwhile. */
static int
read_image(const char *path, struct hrd_policy **policy, struct hrd_fault *fault)
{
	struct stat st;
	char *data;
	size_t len;
	int status;

	if (strcmp(path, "-") != 0 && (stat(path, &st) != 0 || S_ISREG(st.st_mode)))
		return hrd_policy_read(path, 0, policy, fault);
	status = hrd_infile_read(path, HRD_IMAGE_OCTETS_MAX, &data, &len);
	if (status != HRD_OK)
		return status;
	return hrd_policy_open((uint8_t *)data, len, true, 0, policy, fault);
}

struct hrd_policy *
hrd_imagefile_open(const char *path, struct hrd_diag *diag)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct hrd_position place = { is_stdin ? "<stdin>" : path, 0, 0 };
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault = { "file", 0, "too large" };
	int status;

	if (!hrd_file_expect(path, HRD_CONTENT_IMAGE, diag))
		return NULL;
	status = read_image(path, &policy, &fault);
	if (status == HRD_OK)
		return policy;
	if (status == HRD_EIO)
		hrd_diag_system(diag, path, errno);
	else if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	else if (status == HRD_EVERSION)
		hrd_diag(diag, HRD_ERROR, &place, "image-version",
		    "made by a newer program, in a format that this one does not know");
	else
		hrd_diag(diag, HRD_ERROR, &place, "image-corrupt",
		    "no valid policy image: section %s, octet %" PRIu64 ": %s", fault.section,
		    fault.offset, fault.reason);
	return NULL;
}
