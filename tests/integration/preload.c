/* SPDX-License-Identifier: BSD-3-Clause */
/* What a server in trouble is made of: loaded before it (LD_PRELOAD), this changes what the system
 * says to it. Nothing is changed without its variable in the environment.
 *
 *   HRADBA_HANG=DIR:FLAG  calls that touch a file below DIR do not return while the file FLAG is
 *                         there, as with a disk that does not answer; with FLAG.rename only those
 *                         that rename a file whose name ends in .tmp
 *   HRADBA_GROW=OCTETS    what calloc() gives for just so much is larger, as a patch to a structure
 *                         makes it; with OCTETS:N the N-th time alone; not in a server with
 *                         sanitizers, whose calloc() it must be
 *   HRADBA_LOOP=TEXT      what libevent says that it is */
#include <config.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { POLL_US = 20000, MORE = 64 };

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* Returns when the disk answers. */
static void
touch(const char *path)
{
	const char *hang = getenv("HRADBA_HANG"), *flag = hang != NULL ? strchr(hang, ':') : NULL;

	if (flag == NULL || path == NULL || strncmp(path, hang, (size_t)(flag - hang)) != 0)
		return;
	while (syscall(SYS_access, flag + 1, F_OK) == 0)
		usleep(POLL_US);
}

/* The same, of a rename alone. */
static void
touch_rename(const char *from)
{
	const char *hang = getenv("HRADBA_HANG"), *flag = hang != NULL ? strchr(hang, ':') : NULL;
	size_t len = strlen(from);
	char name[PATH_MAX];

	if (flag == NULL || strncmp(from, hang, (size_t)(flag - hang)) != 0 || len < 4 ||
	    strcmp(from + len - 4, ".tmp") != 0)
		return;
	snprintf(name, sizeof(name), "%s.rename", flag + 1);
	while (syscall(SYS_access, name, F_OK) == 0)
		usleep(POLL_US);
}

static void
touch_open(int fd)
{
	char name[64], path[PATH_MAX];
	ssize_t len;

	if (getenv("HRADBA_HANG") == NULL)
		return;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = readlink(name, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	touch(path);
}

int
open(const char *path, int flags, ...)
{
	va_list args;
	int mode;

	va_start(args, flags);
	mode = va_arg(args, int);
	va_end(args);
	touch(path);
	return NEXT(open)(path, flags, mode);
}

/* What open() and read() are called where the compiler checks them (_FORTIFY_SOURCE). */
int __open_2(const char *path, int flags);

int
__open_2(const char *path, int flags)
{
	return open(path, flags, 0);
}

ssize_t __read_chk(int fd, void *data, size_t len, size_t size);

ssize_t
__read_chk(int fd, void *data, size_t len, size_t size)
{
	return len <= size ? read(fd, data, len) : -1;
}

int
stat(const char *path, struct stat *out)
{
	touch(path);
	return NEXT(stat)(path, out);
}

int
lstat(const char *path, struct stat *out)
{
	touch(path);
	return NEXT(lstat)(path, out);
}

int
rename(const char *from, const char *to)
{
	touch(to);
	touch_rename(from);
	return NEXT(rename)(from, to);
}

int
unlink(const char *path)
{
	touch(path);
	return NEXT(unlink)(path);
}

int
fsync(int fd)
{
	touch_open(fd);
	return NEXT(fsync)(fd);
}

ssize_t
write(int fd, const void *data, size_t len)
{
	touch_open(fd);
	return NEXT(write)(fd, data, len);
}

ssize_t
read(int fd, void *data, size_t len)
{
	touch_open(fd);
	return NEXT(read)(fd, data, len);
}

int
inotify_add_watch(int fd, const char *path, unsigned mask)
{
	touch(path);
	return (int)syscall(SYS_inotify_add_watch, fd, path, mask);
}

#ifndef HRADBA_SANITIZED
void *
calloc(size_t count, size_t size)
{
	extern void *__libc_calloc(size_t count, size_t size);
	static atomic_ulong times;
	const char *grow = getenv("HRADBA_GROW"), *which;

	if (grow != NULL && count == 1 && size == strtoul(grow, NULL, 10)) {
		which = strchr(grow, ':');
		if (which == NULL ||
		    atomic_fetch_add(&times, 1) + 1 == strtoul(which + 1, NULL, 10))
			size += MORE;
	}
	return __libc_calloc(count, size);
}
#endif

const char *event_get_version(void);

const char *
event_get_version(void)
{
	const char *loop = getenv("HRADBA_LOOP");

	return loop != NULL ? loop : NEXT(event_get_version)();
}
