/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes one call fail that is no allocation of ours: of the system, or of a library that needs
 * memory. See faults.h. */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/faults.h"

FAILING(int, mprotect, (void *data, size_t len, int how), (data, len, how), ENOMEM, -1)
FAILING(int, open, (const char *path, int flags, mode_t mode), (path, flags, mode), EMFILE, -1)
FAILING(int, access, (const char *path, int how), (path, how), EACCES, -1)
FAILING(int, stat, (const char *path, struct stat *out), (path, out), EIO, -1)
FAILING(int, fstat, (int fd, struct stat *out), (fd, out), EIO, -1)
FAILING(ssize_t, read, (int fd, void *data, size_t len), (fd, data, len), EIO, -1)
FAILING(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len), ENOSPC, -1)
FAILING(int, fsync, (int fd), (fd), EIO, -1)
FAILING(int, rename, (const char *from, const char *to), (from, to), EIO, -1)
FAILING(FILE *, fopen, (const char *path, const char *how), (path, how), EMFILE, NULL)
FAILING(int, ferror, (FILE * file), (file), EIO, 1)
FAILING(int, yaml_parser_initialize, (void *parser), (parser), ENOMEM, 0)
FAILING(void *, EVP_MD_CTX_new, (void), (), ENOMEM, NULL)
FAILING(void *, EVP_PKEY_new_raw_public_key,
    (int type, void *engine, const unsigned char *key, size_t len), (type, engine, key, len),
    ENOMEM, NULL)

void *__real_mmap(void *at, size_t len, int how, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int how, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t len);
int __wrap_munmap(void *at, size_t len);

void *
__wrap_mmap(void *at, size_t len, int how, int flags, int fd, off_t offset)
{
	void *out = faults_fails() ? MAP_FAILED : __real_mmap(at, len, how, flags, fd, offset);

	faults_note_mappings(out != MAP_FAILED);
	return out;
}

int
__wrap_munmap(void *at, size_t len)
{
	faults_note_mappings(-1);
	return __real_munmap(at, len);
}
