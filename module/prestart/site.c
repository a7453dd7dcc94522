/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads settings, allow list and the heads of images. */
#include <config.h>

#include "module/prestart/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module/generation/image.h"

/* "deepseek" of /var/lib/hradba/deepseek.policy */
static void
id_by_file(const char *path, char id[HRD_POLICY_ID_MAX + 1])
{
	static const char ending[] = ".policy";
	const char *name = strrchr(path, '/') + 1;
	size_t len = strlen(name);

	if (len > sizeof(ending) - 1 && strcmp(name + len - sizeof(ending) + 1, ending) == 0)
		len -= sizeof(ending) - 1;
	snprintf(id, HRD_POLICY_ID_MAX + 1, "%.*s", (int)len, name);
}

static bool
read_policy(struct hrd_site_policy *out, const struct hrd_settings *settings,
    const struct hrd_policy_settings *policy, int64_t now)
{
	struct hrd_image_want want = {
		.policy = policy, .state_dir = settings->state_dir, .dry = true
	};
	struct hrd_image *image = NULL;

	out->override = policy->override;
	out->cname = &policy->cname;
	out->directory = strndup(policy->path, (size_t)(strrchr(policy->path, '/') - policy->path));
	id_by_file(policy->path, out->id);
	if (policy->id != NULL)
		snprintf(out->id, sizeof(out->id), "%s", policy->id);
	(void)!hrd_image_get(&want, &image);
	if (image != NULL) {
		const struct hrd_policy_info *info = hrd_policy_info(image->policy);

		snprintf(out->id, sizeof(out->id), "%s", info->id);
		out->known = true;
		out->serial = info->serial;
		if (info->not_after != 0 && info->not_after <= (uint64_t)now &&
		    settings->on_expired == HRD_EXPIRED_OBSERVE)
			out->override = HRD_OVERRIDE_DISABLED;
	}
	hrd_image_release(image);
	return out->directory != NULL;
}

static bool
read_policies(struct hrd_site *site, int64_t now)
{
	const struct hrd_settings *settings = site->settings;

	site->policies = calloc(settings->policy_count + 1, sizeof(*site->policies));
	if (site->policies == NULL)
		return false;
	for (size_t i = 0; i < settings->policy_count; i++) {
		/* "/" stands in for what could not be read (hrd_review_blank()). */
		if (strcmp(settings->policies[i].path, "/") == 0)
			continue;
		if (!read_policy(
			&site->policies[site->count], settings, &settings->policies[i], now))
			return false;
		site->count++;
	}
	return true;
}

/* What can be read of the list. */
static void
read_allow(struct hrd_site *site, int64_t now)
{
	const struct hrd_settings *settings = site->settings;
	struct hrd_allow_file **files =
	    calloc(settings->allow_count + 1, sizeof(struct hrd_allow_file *));
	struct hrd_allow_list *list = NULL;
	size_t count = 0;
	bool passing;

	for (size_t i = 0; files != NULL && i < settings->allow_count; i++)
		count += hrd_allow_file_read(
			     settings->local_allow[i].path, &passing, &files[count]) == HRD_OK;
	if (count > 0 && hrd_allow_list_make(files, count, NULL, &list) == HRD_OK &&
	    hrd_allow_make(list, now, NULL, &site->allow) != HRD_OK)
		site->allow = NULL;
	hrd_allow_list_release(list);
	for (size_t i = 0; i < count; i++)
		hrd_allow_file_release(files[i]);
	free(files);
}

bool
hrd_site_read(struct hrd_site *out, const char *path, const struct hrd_settings *blank, int64_t now)
{
	bool passing;

	memset(out, 0, sizeof(*out));
	if (hrd_settings_read(path, blank, now, NULL, &passing, &out->settings) != HRD_OK)
		return true;
	out->mode = hrd_settings_mode(out->settings, now);
	read_allow(out, now);
	return read_policies(out, now);
}

void
hrd_site_clear(struct hrd_site *site)
{
	for (size_t i = 0; i < site->count; i++)
		free(site->policies[i].directory);
	free(site->policies);
	hrd_allow_release(site->allow);
	hrd_settings_release(site->settings);
	memset(site, 0, sizeof(*site));
}
