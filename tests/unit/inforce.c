/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads settings one after the other. */
#include <config.h>

#include "tests/unit/inforce.h"

#include <stdio.h>

#include "tests/unit/check.h"
#include "tests/unit/logged.h"

struct hrd_generation *current;

void
load(void)
{
	char path[2048];
	struct hrd_load load = { .settings_path = path, .previous = current, .now = INFORCE_TIME };
	struct hrd_generation *next;

	snprintf(path, sizeof(path), "%s", in_directory("hradba.yaml"));
	logged_forget();
	assert_int_equal(hrd_generation_load(&load, &next), HRD_OK);
	hrd_generation_release(current);
	current = next;
}

void
end(void)
{
	hrd_generation_release(current);
	current = NULL;
}
