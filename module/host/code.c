/* SPDX-License-Identifier: BSD-3-Clause */
/* The file that this code was loaded from, by its own address. */
#include <config.h>

#include "module/host/code.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/readfile.h"
#include "lib/crypto/blake2b.h"

enum { OCTETS_MAX = 64 << 20 };

bool
hrd_code_digest(uint8_t digest[HRD_CODE_DIGEST_LEN])
{
	static const char here; /* lies in the shared object */
	Dl_info info;
	uint8_t *data;
	const char *why;
	size_t len;

	memset(digest, 0, HRD_CODE_DIGEST_LEN);
	if (dladdr(&here, &info) == 0 || info.dli_fname == NULL ||
	    hrd_read_regular(info.dli_fname, OCTETS_MAX, &data, &len, NULL, &why) != HRD_OK)
		return false;
	hrd_blake2b(digest, HRD_CODE_DIGEST_LEN, data, len);
	free(data);
	return true;
}
