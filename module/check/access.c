/* SPDX-License-Identifier: BSD-3-Clause */
/* Permissions along a path. */
#include <config.h>

#include "module/check/access.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PERMISSIONS = 07777 };

int
hrd_user_find(struct hrd_user *out, const char *name)
{
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL)
		return HRD_ENOENT;
	snprintf(out->name, sizeof(out->name), "%s", name);
	out->uid = entry->pw_uid;
	out->gid = entry->pw_gid;
	out->group_count = HRD_USER_GROUPS_MAX;
	if (getgrouplist(name, entry->pw_gid, out->groups, &out->group_count) < 0)
		out->group_count = HRD_USER_GROUPS_MAX;
	return HRD_OK;
}

static bool
is_member(const struct hrd_user *user, gid_t group)
{
	for (int i = 0; i < user->group_count; i++) {
		if (user->groups[i] == group)
			return true;
	}
	return false;
}

/* Whether the user has all of the bits (4 read, 2 write, 1 search) of what st describes. */
static bool
has_bits(const struct hrd_user *user, const struct stat *st, unsigned bits)
{
	unsigned mode = st->st_mode;

	if (user->uid == 0)
		return true;
	if (st->st_uid == user->uid)
		mode >>= 6;
	else if (is_member(user, st->st_gid))
		mode >>= 3;
	return (mode & bits) == bits;
}

/* Names are looked up by libraries that the system names, which a chroot could bring its own of. */
static const char *
group_name(const struct hrd_user *user, gid_t gid, char number[16])
{
	const struct group *group = user->away ? NULL : getgrgid(gid);

	snprintf(number, 16, "%u", (unsigned)gid);
	return group != NULL ? group->gr_name : number;
}

static const char *
user_name(const struct hrd_user *user, uid_t uid, char number[16])
{
	const struct passwd *entry = user->away ? NULL : getpwuid(uid);

	snprintf(number, 16, "%u", (unsigned)uid);
	return entry != NULL ? entry->pw_name : number;
}

static bool
allowed_at(const struct hrd_user *user, const char *path, unsigned bits, const char *verb,
    char why[HRD_ACCESS_WHY_MAX])
{
	char uid[16], gid[16];
	struct stat st;

	if (stat(path, &st) != 0) {
		snprintf(why, HRD_ACCESS_WHY_MAX, "%s: %s", path, strerror(errno));
		return false;
	}
	if (has_bits(user, &st, bits))
		return true;
	snprintf(why, HRD_ACCESS_WHY_MAX, "user %s cannot %s %s (mode %04o, %s:%s)", user->name,
	    verb, path, (unsigned)st.st_mode & PERMISSIONS, user_name(user, st.st_uid, uid),
	    group_name(user, st.st_gid, gid));
	return false;
}

/* Each directory on the way must be searchable. */
static bool
can_reach(const struct hrd_user *user, char *path, char why[HRD_ACCESS_WHY_MAX])
{
	if (!allowed_at(user, "/", 1, "search", why))
		return false;
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		bool good;

		*slash = '\0';
		good = allowed_at(user, path, 1, "search", why);
		*slash = '/';
		if (!good)
			return false;
	}
	return true;
}

bool
hrd_access_allowed(const struct hrd_user *user, const char *path, enum hrd_access wanted,
    char why[HRD_ACCESS_WHY_MAX])
{
	static const unsigned bits[] = {
		[HRD_ACCESS_READ] = 4, [HRD_ACCESS_WRITE] = 3, [HRD_ACCESS_ADD] = 2
	};
	char *real = realpath(path, NULL);
	bool good;

	if (real == NULL) {
		snprintf(why, HRD_ACCESS_WHY_MAX, "%s: %s", path, strerror(errno));
		return false;
	}
	good =
	    can_reach(user, real, why) && allowed_at(user, real, bits[wanted],
					      wanted == HRD_ACCESS_READ ? "read" : "write to", why);
	free(real);
	return good;
}

void
hrd_user_become(const struct hrd_user *user, struct hrd_self *self)
{
	*self = (struct hrd_self){ .gid = getegid() };
	if (geteuid() != 0 || user->uid == 0)
		return;
	self->group_count = getgroups(HRD_USER_GROUPS_MAX, self->groups);
	if (self->group_count < 0)
		return;
	if (setgroups((size_t)user->group_count, user->groups) != 0)
		return;
	self->changed = true;
	if (setegid(user->gid) == 0)
		(void)!seteuid(user->uid);
}

bool
hrd_user_return(const struct hrd_self *self)
{
	return !self->changed || (seteuid(0) == 0 && setegid(self->gid) == 0 &&
				     setgroups((size_t)self->group_count, self->groups) == 0);
}
