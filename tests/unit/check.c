/* SPDX-License-Identifier: BSD-3-Clause */
/* What every unit test needs. */
#include <config.h>

#include "tests/unit/check.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_OCTETS_MAX = 256, PATHS = 4, DEPTH_MAX = 8 };

static char directory[] = "/tmp/hradba-unit.XXXXXX";

struct hrd_name
name_of(const char *text)
{
	struct hrd_name name;

	assert_int_equal(hrd_name_from_text(&name, text, strlen(text)), HRD_OK);
	return name;
}

struct hrd_prefix
prefix_of(const char *text)
{
	struct hrd_prefix prefix;

	assert_int_equal(hrd_prefix_from_text(&prefix, text, strlen(text)), HRD_OK);
	return prefix;
}

int
collect(void *ctx, const char *text, size_t len)
{
	struct collected *to = ctx;

	if (to->len + len >= (to->max > 0 ? to->max : sizeof(to->text)))
		return HRD_EIO;
	memcpy(to->text + to->len, text, len);
	to->len += len;
	to->text[to->len] = '\0';
	return HRD_OK;
}

int
make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) != NULL ? 0 : -1;
}

static int
remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

int
remove_directory(void **state)
{
	(void)state;
	return nftw(directory, remove_entry, DEPTH_MAX, FTW_DEPTH | FTW_PHYS);
}

const char *
in_directory(const char *name)
{
	static char paths[PATHS][PATH_OCTETS_MAX];
	static unsigned next;
	char *path = paths[next++ % PATHS];

	snprintf(path, PATH_OCTETS_MAX, "%s%s%s", directory, name != NULL ? "/" : "",
	    name != NULL ? name : "");
	return path;
}

const char *
put_file(const char *name, const void *data, size_t len)
{
	const char *path = in_directory(name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return path;
}
