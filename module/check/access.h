/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a user of this machine could read or write a file, by the permissions along its path.
 *
 * Looks at owner, groups and mode, as the kernel does for a process without privileges; access
 * control lists and security modules (AppArmor, SELinux) are not seen. One thread. */
#ifndef HRD_MODULE_CHECK_ACCESS_H
#define HRD_MODULE_CHECK_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/status.h"

enum { HRD_USER_GROUPS_MAX = 256, HRD_ACCESS_WHY_MAX = 4600 };

struct hrd_user {
	char name[64];
	uid_t uid;
	gid_t gid; /* the first of the groups */
	gid_t groups[HRD_USER_GROUPS_MAX];
	int group_count;
	bool away; /* within a chroot: owners are told by number, names are looked up nowhere */
};

enum hrd_access {
	HRD_ACCESS_READ,  /* a file */
	HRD_ACCESS_WRITE, /* a directory in which files are made and replaced */
	HRD_ACCESS_ADD,   /* a file that is written to where it is */
};

/* By the user database. HRD_ENOENT where there is no such user; of more than HRD_USER_GROUPS_MAX
 * groups the first ones. */
HRD_MUST_USE int hrd_user_find(struct hrd_user *out, const char *name);

/* Whether the user has that access to what exists at an absolute path; else why not: which file or
 * directory stands in the way, and its mode and owner. */
bool hrd_access_allowed(const struct hrd_user *user, const char *path, enum hrd_access wanted,
    char why[HRD_ACCESS_WHY_MAX]);

/* Who this process was before hrd_user_become(). */
struct hrd_self {
	bool changed;
	gid_t gid;
	gid_t groups[HRD_USER_GROUPS_MAX];
	int group_count;
};

/* Until hrd_user_return() files open for this process as for the user, by whatever the kernel asks.
 * Only root can; anybody else stays who they are. */
void hrd_user_become(const struct hrd_user *user, struct hrd_self *self);

/* False where that failed: the process is the user still. */
bool hrd_user_return(const struct hrd_self *self);

#endif
