/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of installations. */
#include <config.h>

#include "module/report/installation.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "module/base/replace.h"

enum { OCTETS = 16, DIGITS = 2 * OCTETS };

static bool
read_id(const char *path, char id[HRD_OBSERVER_TEXT_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	uint8_t octets[OCTETS];
	ssize_t len = fd >= 0 ? read(fd, id, DIGITS) : -1;

	if (fd >= 0)
		close(fd);
	id[len > 0 ? len : 0] = '\0';
	if (len >= 0 && (len != DIGITS || hrd_unhex(octets, sizeof(octets), id) != HRD_OK)) {
		id[0] = '\0';
		errno = EINVAL;
	}
	return id[0] != '\0';
}

bool
hrd_installation_id(const char *path, char id[HRD_OBSERVER_TEXT_MAX])
{
	uint8_t octets[OCTETS];

	if (read_id(path, id))
		return true;
	if (errno != ENOENT || getrandom(octets, sizeof(octets), 0) != (ssize_t)sizeof(octets))
		return false;
	hrd_hex(id, octets, sizeof(octets));
	id[DIGITS] = '\n';
	if (hrd_replace_durably(path, id, DIGITS + 1, 0644) != HRD_OK) {
		id[0] = '\0';
		return false;
	}
	id[DIGITS] = '\0';
	return true;
}
