/* SPDX-License-Identifier: BSD-3-Clause */
/* Permissions of what the module reads. */
#include <config.h>

#include "module/permissions.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "module/say.h"

enum { OTHERS_WRITE = S_IWGRP | S_IWOTH, PERMISSIONS = 07777 };

static void
look(const char *what, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & OTHERS_WRITE))
		hrd_say(HRD_SAY_WARNING,
		    "%s %s can be written to by others than its owner (mode %04o): they decide "
		    "what "
		    "is blocked; chmod go-w [unsafe-permissions]",
		    what, path, (unsigned)(st.st_mode & PERMISSIONS));
}

void
hrd_warn_unsafe_directory(const char *path)
{
	look("the directory", path);
}

void
hrd_warn_unsafe(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : NULL;

	look("the file", path);
	if (directory)
		hrd_warn_unsafe_directory(directory);
	free(directory);
}
