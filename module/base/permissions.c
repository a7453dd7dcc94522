/* SPDX-License-Identifier: BSD-3-Clause */
/* Permissions of what the module reads. */
#include <config.h>

#include "module/base/permissions.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "module/base/log.h"

enum { OTHERS_WRITE = S_IWGRP | S_IWOTH, PERMISSIONS = 07777 };

static bool
look(const char *what, const char *path, bool log)
{
	struct stat st;
	bool others, stranger;

	if (stat(path, &st) != 0)
		return false;
	others = (st.st_mode & OTHERS_WRITE) != 0;
	stranger = st.st_uid != 0 && st.st_uid != geteuid();
	if (others && log)
		hrd_log(HRD_LOG_WARNING,
		    "%s %s can be written to by others than its owner (mode %04o): they decide "
		    "what is blocked; chmod go-w [unsafe-permissions]",
		    what, path, (unsigned)(st.st_mode & PERMISSIONS));
	if (stranger && log)
		hrd_log(HRD_LOG_WARNING,
		    "%s %s belongs to user %u, neither root nor the server's: they decide what is "
		    "blocked; chown root [unsafe-permissions]",
		    what, path, (unsigned)st.st_uid);
	return others || stranger;
}

unsigned
hrd_warn_unsafe_directory(const char *path, bool log)
{
	return look("the directory", path, log);
}

unsigned
hrd_warn_unsafe(const char *path, bool log)
{
	const char *slash = strrchr(path, '/');
	char *directory =
	    slash != NULL ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : NULL;
	bool unsafe = look("the file", path, log);

	if (directory != NULL && hrd_warn_unsafe_directory(directory, log))
		unsafe = true;
	free(directory);
	return unsafe;
}
