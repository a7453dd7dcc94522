/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures the host's structures by what its allocators gave for them. */
#include <config.h>

#include "module/host/layout.h"

#include <malloc.h>
#include <stdlib.h>

/* Whether the allocator holds `size` octets at p, no more and no less. What it gives for a fresh
 * block of that size is the measure, so that its granularity does not matter. */
static bool
has_size(const void *p, size_t size)
{
	void *fresh = malloc(size);
	union {
		const void *in;
		void *out;
	} block = { .in = p };
	size_t measure = fresh != NULL ? malloc_usable_size(fresh) : 0;

	free(fresh);
	return p != NULL && (measure == 0 || malloc_usable_size(block.out) == measure);
}

/* Whether the host makes the state of a query as large as we know it. It is the first thing in its
 * region, which counts in steps of eight octets. */
static bool
state_has_size(const struct module_env *env, struct mesh_area *mesh)
{
	static uint8_t name[] = "\006hradba";
	struct query_info qinfo = { .qname = name, .qname_len = sizeof(name) };
	struct module_env own = *env;
	struct alloc_cache regions;
	struct mesh_state *state;
	const struct regional *region;
	time_t now = 0;
	bool same = true;

	alloc_init(&regions, NULL, 0);
	own.alloc = &regions;
	own.mesh = mesh;
	own.now = &now;
	state = mesh_state_create(&own, &qinfo, NULL, 0, 0, 0);
	if (state != NULL) {
		region = (const struct regional *)(const void *)state - 1;
		same = region->first_size - sizeof(*region) - region->available ==
		       sizeof(*state) + sizeof(name);
		alloc_reg_release(&regions, state->s.region);
	}
	alloc_clear(&regions);
	return same;
}

/* What a worker makes of queries: the host makes one of each for us. */
static const char *
mesh_difference(struct module_env *env)
{
	struct module_stack none = { .num = 0 };
	struct mesh_area *mesh = mesh_create(&none, env);
	const char *different = NULL;

	if (mesh == NULL)
		return NULL;
	if (!has_size(mesh, sizeof(*mesh)))
		different = "struct mesh_area";
	else if (!state_has_size(env, mesh))
		different = "struct module_qstate";
	mesh_delete(mesh);
	return different;
}

const char *
hrd_layout_difference(struct module_env *env, int id)
{
	const struct slabhash *cache;

	if (!has_size(env, sizeof(*env)))
		return "struct module_env";
	if (!has_size(env->cfg, sizeof(*env->cfg)))
		return "struct config_file";
	if (!has_size(env->modinfo[id], sizeof(struct dynlibmod_env)))
		return "struct dynlibmod_env";
	cache = env->msg_cache;
	if (!has_size(cache, sizeof(*cache)))
		return "struct slabhash";
	if (cache->size > 0 && !has_size(cache->array[0], sizeof(*cache->array[0])))
		return "struct lruhash";
	if (!has_size(env->rrset_cache, sizeof(*env->rrset_cache)))
		return "struct rrset_cache";
	return mesh_difference(env);
}
