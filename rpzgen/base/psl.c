/* SPDX-License-Identifier: BSD-3-Clause */
/* Public suffixes, through libpsl. */
#include <config.h>

#include "rpzgen/base/psl.h"

#include <string.h>

#include <libpsl.h>

struct hrd_psl *
hrd_psl_new(void)
{
	return (struct hrd_psl *)psl_latest(NULL);
}

void
hrd_psl_free(struct hrd_psl *psl)
{
	psl_free((psl_ctx_t *)psl);
}

enum hrd_psl_kind
hrd_psl_kind(const struct hrd_psl *psl, const struct hrd_name *name)
{
	const psl_ctx_t *ctx = (const psl_ctx_t *)psl;
	char text[HRD_NAME_TEXT_MAX];

	if (hrd_name_labels(name) <= 1)
		return HRD_PSL_PUBLIC;
	hrd_name_to_text(name, text);
	/* Nearly all names are neither: one look-up. */
	if (!psl_is_public_suffix2(ctx, text, PSL_TYPE_ANY))
		return HRD_PSL_NONE;
	return psl_is_public_suffix2(ctx, text, PSL_TYPE_ICANN) ? HRD_PSL_PUBLIC : HRD_PSL_PRIVATE;
}

const char *
hrd_psl_version(void)
{
	return psl_get_version();
}

bool
hrd_psl_is_listed(const struct hrd_psl *psl, const struct hrd_name *name)
{
	char text[HRD_NAME_TEXT_MAX];

	hrd_name_to_text(name, text);
	return psl_is_public_suffix2(
	    (const psl_ctx_t *)psl, text, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}
