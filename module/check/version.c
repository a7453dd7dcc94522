/* SPDX-License-Identifier: BSD-3-Clause */
/* Versions of the module's programs and of what they run on. */
#include <config.h>

#include "module/check/version.h"

#include <stdio.h>

#include "lib/crypto/signature.h"
#include "lib/policy/policy.h"
#include "lib/yaml/tree.h"

void
hrd_version_of(const char *program)
{
	printf("%s (" PACKAGE_NAME ") " PACKAGE_VERSION "\n", program);
	printf("policy image format %u\n", (unsigned)HRD_POLICY_FORMAT);
	printf("libyaml %s\n", hrd_yaml_version());
	printf("OpenSSL %s\n", hrd_signature_version());
}
