/* SPDX-License-Identifier: BSD-3-Clause */
/* What a site has decided, as far as its settings can be read: for a server that cannot load the
 * module. What has a fault is left out, and the rest stands. One thread. */
#ifndef HRD_MODULE_PRESTART_SITE_H
#define HRD_MODULE_PRESTART_SITE_H

#include "module/decide/allow.h"
#include "module/generation/settings.h"

/* A policy of the settings, in order. */
struct hrd_site_policy {
	char id[HRD_POLICY_ID_MAX +
		1];      /* of its image; else of the settings, or by the file's name */
	char *directory; /* where its image is, or should be */
	bool known;      /* there is a sound image: serial is of that */
	uint32_t serial;
	enum hrd_override_action override;
	const struct hrd_name *cname; /* of HRD_OVERRIDE_CNAME */
};

struct hrd_site {
	struct hrd_settings *settings; /* NULL: nothing could be read */
	struct hrd_allow *allow;       /* or NULL */
	struct hrd_site_policy *policies;
	size_t count;
	enum hrd_mode mode;
};

/* blank: stands in for settings with a fault (module/check/review.h). False when there is no
 * memory. To be cleared in any case. */
bool hrd_site_read(
    struct hrd_site *out, const char *path, const struct hrd_settings *blank, int64_t now);

/* Frees what it holds. */
void hrd_site_clear(struct hrd_site *site);

#endif
