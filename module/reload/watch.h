/* SPDX-License-Identifier: BSD-3-Clause */
/* Hears of files that are replaced or changed (inotify). It may hear of nothing (a file server, no
 * descriptor left), and of more than is so: who uses it looks at the files besides. Threads: that
 * of the watch alone. It owns its descriptor until hrd_watch_end(); failing is hearing nothing. */
#ifndef HRD_MODULE_RELOAD_WATCH_H
#define HRD_MODULE_RELOAD_WATCH_H

struct hrd_watch {
	int fd; /* to be waited for; -1: nothing is heard */
};

/* Watches nothing any more, and nothing yet. A watch begins with fd -1. */
void hrd_watch_renew(struct hrd_watch *watch);

/* Watches the directories in which the file can be replaced by a rename: its own, and those of the
 * links that lead to it. */
void hrd_watch_file(const struct hrd_watch *watch, const char *path);

/* Forgets what was heard. */
void hrd_watch_empty(const struct hrd_watch *watch);

/* Closes it; as it began. */
void hrd_watch_end(struct hrd_watch *watch);

#endif
