/* SPDX-License-Identifier: BSD-3-Clause */
/* Looks at files: FNV-1a over what stat() says. */
#include <config.h>

#include "module/base/look.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>

static uint64_t
mix(uint64_t digest, uint64_t value)
{
	for (int i = 0; i < 8; i++, value >>= 8)
		digest = (digest ^ (value & 0xff)) * 0x100000001b3ull;
	return digest;
}

uint64_t
hrd_look(const char *path)
{
	uint64_t digest = 0xcbf29ce484222325ull; /* where FNV begins */
	struct stat file;

	for (const char *c = path; *c != '\0'; c++)
		digest = mix(digest, (uint8_t)*c);
	if (stat(path, &file) != 0)
		return mix(digest, (uint64_t)errno);
	digest = mix(digest, (uint64_t)file.st_dev);
	digest = mix(digest, (uint64_t)file.st_ino);
	digest = mix(digest, (uint64_t)file.st_mode);
	digest = mix(digest, (uint64_t)file.st_size);
	digest = mix(digest, (uint64_t)file.st_mtim.tv_sec);
	digest = mix(digest, (uint64_t)file.st_mtim.tv_nsec);
	digest = mix(digest, (uint64_t)file.st_ctim.tv_sec);
	return mix(digest, (uint64_t)file.st_ctim.tv_nsec);
}
