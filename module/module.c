/* SPDX-License-Identifier: BSD-3-Clause */
/* The six entry points that Unbound's dynlib module looks up (host: dynlibmod/dynlibmod.h). */
#include <config.h>

#include <stdlib.h>
#include <unistd.h>

#include "module/apply.h"
#include "module/guard.h"
#include "module/host.h"
#include "module/order.h"
#include "module/query.h"
#include "module/say.h"
#include "module/store.h"

#define ENTRY __attribute__((visibility("default")))

ENTRY int init(struct module_env *env, int id);
ENTRY void deinit(struct module_env *env, int id);
ENTRY void operate(
    struct module_qstate *query, enum module_ev event, int id, struct outbound_entry *entry);
ENTRY void inform_super(struct module_qstate *query, int id, struct module_qstate *super);
ENTRY void clear(struct module_qstate *query, int id);
ENTRY size_t get_mem(struct module_env *env, int id);

/* All that the module keeps between init() and deinit(). */
struct hrd_module {
	struct hrd_store store;
};

static struct dynlibmod_env *
dynlib(const struct module_env *env, int id)
{
	return env->modinfo[id];
}

static struct hrd_module *
module_of(const struct module_env *env, int id)
{
	return dynlib(env, id) ? dynlib(env, id)->dyn_env : NULL;
}

static bool
host_is_sound(const struct module_env *env)
{
	struct hrd_guard_host host = { env, env->cfg, sizeof(*env), sizeof(*env->cfg) };
	char text[HRD_GUARD_TEXT_MAX];
	enum hrd_guard_verdict verdict = hrd_guard_check(&host, text);
	const char *fault;

	hrd_say(verdict == HRD_GUARD_REFUSED ? HRD_SAY_ERROR
		: verdict == HRD_GUARD_SAME  ? HRD_SAY_NOTICE
					     : HRD_SAY_WARNING,
	    "%s", text);
	if (verdict == HRD_GUARD_REFUSED)
		return false;
	fault = hrd_order_fault(env->cfg->module_conf);
	if (fault)
		hrd_say(HRD_SAY_ERROR, "module-config \"%s\" is not supported: %s",
		    env->cfg->module_conf ? env->cfg->module_conf : "", fault);
	return !fault;
}

/* Called by the host before the iterator stores what came from upstream. */
static int
on_response(struct module_qstate *query, struct dns_msg *response, int id, void *ctx)
{
	struct hrd_module *module = ctx;

	hrd_query_response(&module->store, query, id, response);
	return 1;
}

static size_t
worker_count(const struct module_env *env)
{
	return env->cfg->num_threads > 1 ? (size_t)env->cfg->num_threads : 1;
}

static bool
start(struct hrd_module *module, struct module_env *env, int id)
{
	struct hrd_generation *first = NULL;
	union {
		int (*in)(struct module_qstate *, struct dns_msg *, int, void *);
		void *out;
	} callback = { .in = on_response };

	if (hrd_generation_load(hrd_settings_path(), NULL, &first) != HRD_OK)
		return false;
	if (hrd_store_init(&module->store, worker_count(env), first) != HRD_OK) {
		hrd_say(HRD_SAY_ERROR, "out of memory");
		return false;
	}
	if (!dynlib(env, id)->inplace_cb_register_wrapped(
		callback.out, inplace_cb_query_response, module, env, id)) {
		hrd_store_clear(&module->store);
		return false;
	}
	return true;
}

int
init(struct module_env *env, int id)
{
	struct hrd_module *module;

	if (!host_is_sound(env))
		return 0;
	hrd_chain_set_dns64(env->cfg->dns64_prefix);
	module = calloc(1, sizeof(*module));
	if (!module || !start(module, env, id)) {
		free(module);
		return 0;
	}
	dynlib(env, id)->dyn_env = module;
	return 1;
}

void
deinit(struct module_env *env, int id)
{
	struct hrd_module *module = module_of(env, id);

	if (!module)
		return;
	dynlib(env, id)->inplace_cb_delete_wrapped(env, inplace_cb_query_response, id);
	hrd_store_clear(&module->store);
	free(module);
	dynlib(env, id)->dyn_env = NULL;
}

void
operate(struct module_qstate *query, enum module_ev event, int id, struct outbound_entry *entry)
{
	struct hrd_module *module = module_of(query->env, id);

	(void)entry;
	switch (event) {
	case module_event_new:
	case module_event_pass:
		if (!hrd_apply_resumed(query, id))
			hrd_query_begin(&module->store, query, id);
		break;
	case module_event_moddone:
		hrd_query_finish(&module->store, query, id);
		break;
	default:
		query->ext_state[id] = module_error;
		break;
	}
}

void
inform_super(struct module_qstate *query, int id, struct module_qstate *super)
{
	hrd_apply_target(query, id, super);
}

void
clear(struct module_qstate *query, int id)
{
	query->minfo[id] = NULL;
}

size_t
get_mem(struct module_env *env, int id)
{
	struct hrd_module *module = module_of(env, id);
	size_t octets;

	if (!module)
		return 0;
	octets = hrd_generation_memory(hrd_store_enter(&module->store, 0));
	hrd_store_leave(&module->store, 0);
	return sizeof(*module) + octets;
}
