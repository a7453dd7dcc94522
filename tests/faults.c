/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes one allocation of a program fail: see faults.h. */
#include <config.h>

#include "tests/faults.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
FILE *__real_fdopen(int fd, const char *mode);
FILE *__real_fmemopen(void *data, size_t size, const char *mode);
FILE *__real_open_memstream(char **data, size_t *size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
FILE *__wrap_fdopen(int fd, const char *mode);
FILE *__wrap_fmemopen(void *data, size_t size, const char *mode);
FILE *__wrap_open_memstream(char **data, size_t *size);

static atomic_ulong calls;
static atomic_ulong fail_at; /* 0: nothing fails */
static atomic_bool has_failed;

void
faults_fail_at(unsigned long n)
{
	atomic_store(&calls, 0);
	atomic_store(&has_failed, false);
	atomic_store(&fail_at, n);
}

bool
faults_has_failed(void)
{
	return atomic_load(&has_failed);
}

static void __attribute__((constructor)) read_order(void)
{
	const char *text = getenv("HRD_FAIL_AT");

	atomic_store(&fail_at, text != NULL ? strtoul(text, NULL, 10) : 0);
}

static void __attribute__((destructor)) write_count(void)
{
	const char *path = getenv("HRD_CALLS");
	FILE *file = path != NULL ? fopen(path, "w") : NULL;

	if (file == NULL)
		return;
	fprintf(file, "%lu\n", atomic_load(&calls));
	fclose(file);
}

static bool
fails(void)
{
	if (atomic_fetch_add(&calls, 1) + 1 != atomic_load(&fail_at))
		return false;
	atomic_store(&has_failed, true);
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	/* Nobody has to mind that a block was not made smaller. */
	bool smaller = old != NULL && malloc_usable_size(old) >= size;

	return !smaller && fails() ? NULL : __real_realloc(old, size);
}

char *
__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t len)
{
	return fails() ? NULL : __real_strndup(text, len);
}

FILE *
__wrap_fdopen(int fd, const char *mode)
{
	return fails() ? NULL : __real_fdopen(fd, mode);
}

FILE *
__wrap_fmemopen(void *data, size_t size, const char *mode)
{
	return fails() ? NULL : __real_fmemopen(data, size, mode);
}

FILE *
__wrap_open_memstream(char **data, size_t *size)
{
	return fails() ? NULL : __real_open_memstream(data, size);
}
