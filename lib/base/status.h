/* SPDX-License-Identifier: BSD-3-Clause */
/* The one set of return codes. A code says which class of thing failed; what and where is said by
 * the diagnostic of whoever detects it. Pure; texts are static. */
#ifndef HRD_LIB_BASE_STATUS_H
#define HRD_LIB_BASE_STATUS_H

#if defined(__GNUC__)
#define HRD_MUST_USE __attribute__((warn_unused_result))
#else
#define HRD_MUST_USE
#endif

enum hrd_status {
	HRD_OK = 0,
	HRD_ENOMEM = -1,     /* out of memory */
	HRD_EINVAL = -2,     /* the caller or the input breaks a rule of form */
	HRD_ERANGE = -3,     /* a number or a size is outside its bounds */
	HRD_ENOENT = -4,     /* not there */
	HRD_ECORRUPT = -5,   /* a policy image contradicts itself or its digest */
	HRD_EVERSION = -6,   /* a format version that this build does not know */
	HRD_EIO = -7,        /* the system failed; errno says more */
	HRD_ESIGNATURE = -8, /* a signature is missing, malformed or by no trusted key */
	HRD_EEXIST = -9,     /* there already */
	HRD_ELIMIT = -10,    /* one of our ceilings was reached */
	HRD_EOLD = -11,      /* older than what has been taken before */
	HRD_ESTOP = -12,     /* the caller wants no result any more */
};

/* English text for a status, without a full stop; never NULL, static, for any int. */
const char *hrd_strstatus(int status);

#endif
