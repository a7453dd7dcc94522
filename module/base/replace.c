/* SPDX-License-Identifier: BSD-3-Clause */
/* Replacement of a file by rename. */
#include <config.h>

#include "module/base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "module/base/thread.h"

enum { OCTETS_AT_ONCE = 1 << 18 };

static bool
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, data, len < OCTETS_AT_ONCE ? len : OCTETS_AT_ONCE);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		len -= (size_t)done;
		hrd_thread_give_way();
	}
	return true;
}

static bool
write_file(const char *path, const char *data, size_t len, mode_t mode, bool durably)
{
	int fd =
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = fchmod(fd, mode) == 0 && write_all(fd, data, len) && (!durably || fsync(fd) == 0);
	return close(fd) == 0 && good;
}

/* Puts the entries of the path's directory on the disk. */
static bool
sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd = directory != NULL ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	free(directory);
	return good;
}

/* A thread that hung on the disk, and was left behind, does not put back what others have replaced
 * meanwhile. */
static bool
is_late(void)
{
	bool late = hrd_thread_is_left();

	if (late)
		errno = ECANCELED;
	return late;
}

static int
replace(const char *path, const void *data, size_t len, mode_t mode, bool durably)
{
	size_t size = strlen(path) + sizeof(".4294967295tmp");
	char *temporary = malloc(size);
	int error;

	if (temporary == NULL)
		return HRD_ENOMEM;
	/* Not that of a thread that hangs on the disk and was left behind, nor, in such a thread,
	 * that of those that came after it; .tmp where none was left. */
	snprintf(temporary, size, "%s.%.0utmp", path, hrd_thread_number());
	if (!is_late() && write_file(temporary, data, len, mode, durably) && !is_late() &&
	    rename(temporary, path) == 0) {
		free(temporary);
		return !durably || sync_directory(path) ? HRD_OK : HRD_EIO;
	}
	error = errno;
	unlink(temporary);
	free(temporary);
	errno = error;
	return HRD_EIO;
}

int
hrd_replace(const char *path, const void *data, size_t len, mode_t mode)
{
	return replace(path, data, len, mode, false);
}

int
hrd_replace_durably(const char *path, const void *data, size_t len, mode_t mode)
{
	return replace(path, data, len, mode, true);
}
