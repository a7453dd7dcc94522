/* SPDX-License-Identifier: BSD-3-Clause */
/* Permissions of what the module reads. */
#include <config.h>

#include "module/base/permissions.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "module/base/log.h"

enum { OTHERS_WRITE = S_IWGRP | S_IWOTH, PERMISSIONS = 07777 };

static bool
look(const char *what, const char *path, uid_t server, bool log)
{
	struct stat st;
	bool others, stranger;

	if (stat(path, &st) != 0)
		return false;
	others = (st.st_mode & OTHERS_WRITE) != 0;
	stranger = st.st_uid != 0 && st.st_uid != server;
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
hrd_warn_unsafe_directory(const char *path, uid_t server, bool log)
{
	return look("the directory", path, server, log);
}

/* The directory of a file, malloc()ed, or NULL. */
static char *
directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : NULL;
}

unsigned
hrd_warn_unsafe(const char *path, uid_t server, bool log)
{
	char *directory = directory_of(path);
	bool unsafe = look("the file", path, server, log);

	if (directory != NULL && hrd_warn_unsafe_directory(directory, server, log))
		unsafe = true;
	free(directory);
	return unsafe;
}

unsigned
hrd_warn_replaceable(const char *path, const char *state_dir, bool log)
{
	char *directory = directory_of(path);
	struct stat own, state;
	bool same = directory != NULL && stat(directory, &own) == 0 &&
		    stat(state_dir, &state) == 0 && own.st_dev == state.st_dev &&
		    own.st_ino == state.st_ino;

	free(directory);
	if (same && log)
		hrd_log(HRD_LOG_WARNING,
		    "the image %s, which no key has signed, is in state-dir, where the server's "
		    "user can replace it: give state-dir a directory of its own "
		    "[unsafe-permissions]",
		    path);
	return same;
}
