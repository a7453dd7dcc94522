/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes one allocation of a program fail, and counts what is held: see faults.h. */
#include <config.h>

#include "tests/faults.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_ulong calls;
static atomic_ulong fail_at; /* 0: nothing fails */
static atomic_bool has_failed;
static atomic_long blocks, mappings;

void
faults_fail_at(unsigned long n)
{
	atomic_store(&calls, 0);
	if (n > 0)
		atomic_store(&has_failed, false);
	atomic_store(&fail_at, n);
}

bool
faults_has_failed(void)
{
	return atomic_load(&has_failed);
}

long
faults_blocks(void)
{
	return atomic_load(&blocks);
}

long
faults_mappings(void)
{
	return atomic_load(&mappings);
}

void
faults_note_mappings(long more)
{
	atomic_fetch_add(&mappings, more);
}

bool
faults_fails(void)
{
	if (atomic_fetch_add(&calls, 1) + 1 != atomic_load(&fail_at))
		return false;
	atomic_store(&has_failed, true);
	return true;
}

static void __attribute__((constructor)) read_order(void)
{
	const char *text = getenv("HRADBA_FAIL_AT");

	atomic_store(&fail_at, text != NULL ? strtoul(text, NULL, 10) : 0);
}

static void __attribute__((destructor)) write_count(void)
{
	const char *path = getenv("HRADBA_CALLS");
	FILE *file = path != NULL ? fopen(path, "w") : NULL;

	if (file == NULL)
		return;
	fprintf(file, "%lu\n", atomic_load(&calls));
	fclose(file);
}

/* ALLOCATING(name, parameters, arguments) stands in for a function that gives a block. */
#define ALLOCATING(name, parameters, arguments)         \
	void *__real_##name parameters;                 \
	void *__wrap_##name parameters;                 \
	void *__wrap_##name parameters                  \
	{                                               \
		void *out = NULL;                       \
		if (!faults_fails())                    \
			out = __real_##name arguments;  \
		else                                    \
			errno = ENOMEM;                 \
		atomic_fetch_add(&blocks, out != NULL); \
		return out;                             \
	}

ALLOCATING(malloc, (size_t size), (size))
ALLOCATING(calloc, (size_t n, size_t size), (n, size))
ALLOCATING(aligned_alloc, (size_t alignment, size_t size), (alignment, size))
ALLOCATING(strdup, (const char *text), (text))
ALLOCATING(strndup, (const char *text, size_t len), (text, len))
FAILING(FILE *, fdopen, (int fd, const char *mode), (fd, mode), ENOMEM, NULL)
FAILING(
    FILE *, fmemopen, (void *data, size_t size, const char *mode), (data, size, mode), ENOMEM, NULL)
FAILING(FILE *, open_memstream, (char **data, size_t *size), (data, size), ENOMEM, NULL)

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __real_free(void *block);
void __wrap_free(void *block);

void *
__wrap_realloc(void *old, size_t size)
{
	/* Nobody has to mind that a block was not made smaller. */
	bool smaller = old != NULL && malloc_usable_size(old) >= size;
	void *out = !smaller && faults_fails() ? NULL : __real_realloc(old, size);

	atomic_fetch_add(&blocks, out != NULL && old == NULL);
	return out;
}

void
__wrap_free(void *block)
{
	atomic_fetch_sub(&blocks, block != NULL);
	__real_free(block);
}
