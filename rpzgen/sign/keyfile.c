/* SPDX-License-Identifier: BSD-3-Clause */
/* Private key files. */
#include <config.h>

#include "rpzgen/sign/keyfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void
hrd_secrets_begin(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

bool
hrd_key_refuse(struct hrd_diag *diag, const char *what, const char *why)
{
	struct hrd_position place = { what, 0, 0 };

	hrd_diag(diag, HRD_ERROR, &place, "key-file", "%s", why);
	hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
	return false;
}

/* Why a file or directory with secrets is not safe, or NULL. */
static const char *
fault_of(const struct stat *st)
{
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return "belongs to another user; private keys are read by their owner only";
	if ((st->st_mode & 077) != 0)
		return "is open to group or others; make it 0700 (directory) or 0600 (file)";
	return NULL;
}

/* Whether the directory has a private key; keygen puts them into one of their own. */
static bool
has_private_key(const char *path)
{
	DIR *stream = opendir(path);
	struct dirent *entry;
	bool found = false;

	while (stream != NULL && !found && (entry = readdir(stream)) != NULL) {
		const char *end = strrchr(entry->d_name, '.');

		found = strcmp(entry->d_name, "policy.key") == 0 ||
			(end != NULL && strcmp(end, ".private") == 0);
	}
	if (stream != NULL)
		closedir(stream);
	return found;
}

int
hrd_keydir_open(const char *path, struct hrd_diag *diag)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *fault = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		hrd_diag_system(diag, path, errno);
	} else {
		fault = fault_of(&st);
		if (fault == NULL)
			return fd;
		if (!has_private_key(path))
			fault = "has no private key; name the directory private that keygen made";
		hrd_key_refuse(diag, path, fault);
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Reads to the end; false with errno, EFBIG when it is too long. */
static bool
read_all(int fd, struct hrd_secret *out)
{
	ssize_t got;

	out->len = 0;
	for (;;) {
		got = read(fd, out->text + out->len, sizeof(out->text) - out->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		out->len += (size_t)got;
		if (out->len == sizeof(out->text)) {
			errno = EFBIG;
			return false;
		}
	}
	out->text[out->len] = '\0';
	return got == 0;
}

static bool
read_checked(int fd, const char *shown, struct hrd_diag *diag, struct hrd_secret *out)
{
	const char *fault;
	struct stat st;

	if (fstat(fd, &st) != 0) {
		hrd_diag_system(diag, shown, errno);
		return false;
	}
	fault = S_ISREG(st.st_mode) ? fault_of(&st) : "is no regular file";
	if (fault != NULL)
		return hrd_key_refuse(diag, shown, fault);
	if (read_all(fd, out))
		return true;
	hrd_diag_system(diag, shown, errno);
	return false;
}

bool
hrd_secret_read(
    int dir, const char *name, const char *shown, struct hrd_diag *diag, struct hrd_secret *out)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool good;

	if (fd < 0) {
		if (errno == ELOOP)
			return hrd_key_refuse(diag, shown, "is a symbolic link");
		hrd_diag_system(diag, shown, errno);
		return false;
	}
	mlock(out, sizeof(*out));
	good = read_checked(fd, shown, diag, out);
	close(fd);
	if (!good)
		hrd_secret_clear(out);
	return good;
}

bool
hrd_secret_read_fd(int fd, struct hrd_diag *diag, struct hrd_secret *out)
{
	bool good;

	mlock(out, sizeof(*out));
	good = read_all(fd, out);
	if (!good) {
		hrd_diag_system(diag, "key descriptor", errno);
		hrd_secret_clear(out);
	}
	close(fd);
	return good;
}

bool
hrd_secret_write(int dir, const char *name, const char *text, size_t len, struct hrd_diag *diag)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool good = fd >= 0;
	size_t done = 0;

	while (good && done < len) {
		ssize_t put = write(fd, text + done, len - done);

		good = put > 0 || (put < 0 && errno == EINTR);
		done += put > 0 ? (size_t)put : 0;
	}
	good = good && fsync(fd) == 0;
	if (!good)
		hrd_diag_system(diag, name, errno);
	if (fd >= 0)
		close(fd);
	return good;
}

void
hrd_wipe(void *secret, size_t len)
{
	explicit_bzero(secret, len);
}

void
hrd_secret_clear(struct hrd_secret *secret)
{
	hrd_wipe(secret, sizeof(*secret));
	munlock(secret, sizeof(*secret));
}
