/* SPDX-License-Identifier: BSD-3-Clause */
/* Manifests: whatever the octets, reading ends without a crash, and what was read and written is
 * read again as the same manifest. */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "rpzgen/policy/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The parser changes what it reads. */
static bool
parse(const void *data, size_t len, struct hrd_manifest *out)
{
	struct hrd_diag *diag = hrd_diag_new(HRD_DIAG_TEXT, true);
	char *copy = malloc(len + 1);
	bool good;

	require(diag != NULL && copy != NULL, "out of memory");
	memcpy(copy, data, len);
	copy[len] = '\0';
	good = hrd_manifest_parse(copy, len, "fuzz", diag, out);
	require(
	    good == (hrd_diag_errors(diag) == 0), "refused without a report, or taken with one");
	free(copy);
	hrd_diag_free(diag);
	return good;
}

static char *
write_out(const struct hrd_manifest *manifest, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	require(out != NULL, "out of memory");
	require(hrd_manifest_write(out, manifest) == HRD_OK, "a manifest that cannot be written");
	require(fclose(out) == 0, "out of memory");
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct hrd_manifest first, second;
	char *text, *again;
	size_t text_len, again_len;

	if (!parse(data, len, &first))
		return 0;
	for (size_t i = 0; i < first.file_count; i++) {
		require(strchr(first.files[i].name, '/') == NULL && first.files[i].name[0] != '.',
		    "a file name that leads elsewhere");
		require(!hrd_manifest_describes(&first.files[i], data, len) ||
			    first.files[i].size <= len,
		    "described beyond its end");
	}
	text = write_out(&first, &text_len);
	require(parse(text, text_len, &second), "what was written is no manifest");
	again = write_out(&second, &again_len);
	require(text_len == again_len && memcmp(text, again, text_len) == 0,
	    "the manifest reads otherwise");
	free(text);
	free(again);
	return 0;
}
