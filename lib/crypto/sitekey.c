/* SPDX-License-Identifier: BSD-3-Clause */
/* Key files of a site. */
#include <config.h>

#include "lib/crypto/sitekey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/hex.h"

static const char *const heads[] = {
	[HRD_SITE_KEY_LOG] = "hradba-log-key-1 ",
	[HRD_SITE_KEY_PSEUDONYM] = "hradba-pseudonym-key-1 ",
};

static const char *const nones[] = {
	[HRD_SITE_KEY_LOG] = "no log key: rpzgen keygen --log-key makes one",
	[HRD_SITE_KEY_PSEUDONYM] = "no pseudonym key: rpzgen keygen --pseudonym-key makes one",
};

/* Whether the open file is kept as a secret is. */
static const char *
file_fault(int fd, uid_t reader)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if ((st.st_mode & 077) != 0)
		return "others than its owner can read it: chmod 600";
	if (st.st_uid != 0 && st.st_uid != reader)
		return "it belongs to another user";
	return NULL;
}

static int
parse(enum hrd_site_key_kind kind, const char *text, size_t len, uint8_t *key, const char **reason)
{
	size_t head = strlen(heads[kind]), want = head + 2 * HRD_SITE_KEY_LEN + 1;

	*reason = nones[kind];
	if (len != want || memcmp(text, heads[kind], head) != 0 || text[want - 1] != '\n')
		return HRD_EINVAL;
	return hrd_unhex(key, HRD_SITE_KEY_LEN, text + head);
}

int
hrd_site_key_read(const char *path, enum hrd_site_key_kind kind, uid_t reader,
    uint8_t key[static HRD_SITE_KEY_LEN], const char **reason)
{
	char text[HRD_SITE_KEY_TEXT_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t len;
	int status;

	if (fd < 0) {
		*reason = errno == ELOOP ? "a symbolic link" : strerror(errno);
		return errno == ENOENT ? HRD_ENOENT : HRD_EIO;
	}
	*reason = file_fault(fd, reader);
	len = *reason == NULL ? read(fd, text, sizeof(text)) : 0;
	if (len < 0)
		*reason = strerror(errno);
	close(fd);
	if (*reason != NULL)
		return len < 0 ? HRD_EIO : HRD_EINVAL;
	status = parse(kind, text, (size_t)len, key, reason);
	explicit_bzero(text, sizeof(text));
	return status;
}

size_t
hrd_site_key_format(enum hrd_site_key_kind kind, const uint8_t key[static HRD_SITE_KEY_LEN],
    char text[static HRD_SITE_KEY_TEXT_MAX])
{
	size_t head = strlen(heads[kind]);

	memcpy(text, heads[kind], head);
	hrd_hex(text + head, key, HRD_SITE_KEY_LEN);
	memcpy(text + head + 2 * HRD_SITE_KEY_LEN, "\n", 2);
	return head + 2 * HRD_SITE_KEY_LEN + 1;
}
