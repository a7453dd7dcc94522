/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads whole files. */
#include <config.h>

#include "rpzgen/base/infile.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FIRST_OCTETS = 65536 };

/* Doubles the buffer, up to one octet more than max so that too much is noticed. */
static int
more_room(char **data, size_t *space, size_t max)
{
	size_t wanted = *space == 0 ? FIRST_OCTETS : 2 * *space;
	char *bigger;

	if (wanted > max + 1)
		wanted = max + 1;
	if (wanted <= *space)
		return HRD_ELIMIT;
	bigger = realloc(*data, wanted + 1);
	if (bigger == NULL)
		return HRD_ENOMEM;
	*data = bigger;
	*space = wanted;
	return HRD_OK;
}

static int
read_all(FILE *file, size_t max, char **data, size_t *len)
{
	size_t space = 0;

	for (;;) {
		int status = more_room(data, &space, max);

		if (status != HRD_OK)
			return status;
		errno = 0;
		*len += fread(*data + *len, 1, space - *len, file);
		if (ferror(file))
			return HRD_EIO;
		if (*len < space)
			break;
	}
	(*data)[*len] = '\0';
	return *len > max ? HRD_ELIMIT : HRD_OK;
}

/* fopen() of a directory succeeds; say what it is at once. */
static FILE *
open_file(const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat st;

	if (file == NULL || fstat(fileno(file), &st) != 0 || !S_ISDIR(st.st_mode))
		return file;
	fclose(file);
	errno = EISDIR;
	return NULL;
}

int
hrd_infile_read(const char *path, size_t max, char **data, size_t *len)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *file = is_stdin ? stdin : open_file(path);
	int status;

	*data = NULL;
	*len = 0;
	if (file == NULL)
		return HRD_EIO;
	status = read_all(file, max, data, len);
	if (status != HRD_OK) {
		int error = errno;

		free(*data);
		*data = NULL;
		errno = error;
	}
	if (!is_stdin)
		fclose(file);
	return status;
}
