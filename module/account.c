/* SPDX-License-Identifier: BSD-3-Clause */
/* Accounts for matches. */
#include <config.h>

#include "module/account.h"

void
hrd_account(struct hrd_store *store, size_t slot, const struct hrd_sighting *sighting)
{
	const struct hrd_hit *hit = sighting->hit;
	struct hrd_series series = {
		.policy = hit->layer->info->id,
		.action = sighting->action,
		.trigger = hit->match.trigger,
		.outcome = sighting->outcome,
	};
	struct hrd_meta meta;

	hrd_policy_meta(hit->layer->policy, hit->match.meta, &meta);
	series.entity = meta.entity;
	if (!hrd_tally_add(&store->slots[slot].tally, &series, 1))
		hrd_metrics_add(&store->metrics, HRD_NUMBER_MATCHES_LOST, 1);
}
