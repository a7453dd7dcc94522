/* SPDX-License-Identifier: BSD-3-Clause */
/* Follows aliases through the host's rrset cache. */
#include <config.h>

#include "module/cache/cached.h"

#include <string.h>

#include "module/cache/chain.h"

enum { STEPS_MAX = 8 };

/* Replaces the name by its cached CNAME target; false when there is none. */
static bool
step(struct module_env *env, uint8_t name[LDNS_MAX_DOMAINLEN], size_t *len)
{
	struct ub_packed_rrset_key *rrset = rrset_cache_lookup(
	    env->rrset_cache, name, *len, LDNS_RR_TYPE_CNAME, LDNS_RR_CLASS_IN, 0, *env->now, 0);
	uint8_t *target = NULL;
	size_t target_len = 0;

	if (rrset == NULL)
		return false;
	get_cname_target(rrset, &target, &target_len);
	if (target != NULL && target_len <= LDNS_MAX_DOMAINLEN) {
		memcpy(name, target, target_len);
		*len = target_len;
	} else {
		target = NULL;
	}
	lock_rw_unlock(&rrset->entry.lock);
	return target != NULL;
}

bool
hrd_cached_alias_listed(const struct hrd_layers *layers, const struct module_qstate *query)
{
	uint8_t name[LDNS_MAX_DOMAINLEN];
	size_t len = query->qinfo.qname_len;

	if (len > sizeof(name))
		return false;
	memcpy(name, query->qinfo.qname, len);
	for (int i = 0; i < STEPS_MAX && step(query->env, name, &len); i++) {
		if (hrd_name_listed(layers, name, len))
			return true;
	}
	return false;
}
