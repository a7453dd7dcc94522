/* SPDX-License-Identifier: BSD-3-Clause */
/* Files heard of. */
#include <config.h>

#include "module/reload/watch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

static void
watch_directory(const struct hrd_watch *watch, const char *path, size_t len)
{
	char *directory = strndup(path, len > 0 ? len : 1);

	if (directory != NULL)
		inotify_add_watch(
		    watch->fd, directory, IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_ATTRIB);
	free(directory);
}

static bool
is_link(const char *path, size_t len)
{
	char *part = strndup(path, len);
	struct stat st;
	bool link = part != NULL && lstat(part, &st) == 0 && S_ISLNK(st.st_mode);

	free(part);
	return link;
}

void
hrd_watch_file(const struct hrd_watch *watch, const char *path)
{
	const char *last = strrchr(path, '/');

	if (last == NULL || watch->fd < 0)
		return;
	watch_directory(watch, path, (size_t)(last - path));
	for (const char *slash = strchr(path + 1, '/'), *before = path; slash != NULL;
	     before = slash, slash = strchr(slash + 1, '/')) {
		if (is_link(path, (size_t)(slash - path)))
			watch_directory(watch, path, (size_t)(before - path));
	}
}

void
hrd_watch_empty(const struct hrd_watch *watch)
{
	char events[4096];

	while (watch->fd >= 0 && read(watch->fd, events, sizeof(events)) > 0)
		;
}

void
hrd_watch_renew(struct hrd_watch *watch)
{
	hrd_watch_end(watch);
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
}

void
hrd_watch_end(struct hrd_watch *watch)
{
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
}
