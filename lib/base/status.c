/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts of the return codes. */
#include <config.h>

#include "lib/base/status.h"

const char *
hrd_strstatus(int status)
{
	switch (status) {
	case HRD_OK:
		return "success";
	case HRD_ENOMEM:
		return "out of memory";
	case HRD_EINVAL:
		return "malformed input";
	case HRD_ERANGE:
		return "value out of range";
	case HRD_ENOENT:
		return "not found";
	case HRD_ECORRUPT:
		return "corrupt policy image";
	case HRD_EVERSION:
		return "unknown format version";
	case HRD_EIO:
		return "input/output error";
	case HRD_ESIGNATURE:
		return "no valid signature";
	case HRD_EEXIST:
		return "already exists";
	case HRD_ELIMIT:
		return "limit exceeded";
	case HRD_EOLD:
		return "older than what was taken before";
	case HRD_ESTOP:
		return "stopped";
	default:
		return "unknown status";
	}
}
