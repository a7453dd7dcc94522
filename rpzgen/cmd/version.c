/* SPDX-License-Identifier: BSD-3-Clause */
/* Versions of the program and of what it runs on. */
#include <config.h>

#include "rpzgen/cmd/version.h"

#include "lib/policy/policy.h"
#include "lib/yaml/tree.h"
#include "rpzgen/inventory/idna.h"
#include "rpzgen/net/fetch.h"
#include "rpzgen/net/livequery.h"
#include "rpzgen/base/psl.h"
#include "rpzgen/sign/zonekey.h"
#include "rpzgen/zone/rdata.h"

void
hrd_version_print(FILE *out)
{
	fprintf(out, "rpzgen (" PACKAGE_NAME ") " PACKAGE_VERSION "\n");
	fprintf(out, "policy image format %u\n", (unsigned)HRD_POLICY_FORMAT);
	fprintf(out, "libcurl %s\n", hrd_fetch_version());
	fprintf(out, "libidn2 %s\n", hrd_idna_version());
	fprintf(out, "ldns %s\n", hrd_rdata_version());
	fprintf(out, "libpsl %s\n", hrd_psl_version());
	fprintf(out, "libunbound %s\n", hrd_lookups_version());
	fprintf(out, "libyaml %s\n", hrd_yaml_version());
	fprintf(out, "OpenSSL %s\n", hrd_zonekey_version());
}
