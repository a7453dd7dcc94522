/* SPDX-License-Identifier: BSD-3-Clause */
/* The six entry points that Unbound's dynlib module looks up (host: dynlibmod/dynlibmod.h). */
#include <config.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "module/base/log.h"
#include "module/base/thread.h"
#include "module/cache/sweep.h"
#include "module/generation/state.h"
#include "module/host/host.h"
#include "module/host/identity.h"
#include "module/host/module_order.h"
#include "module/query/account.h"
#include "module/query/apply.h"
#include "module/query/query.h"
#include "module/reload/loader.h"
#include "module/reload/reporter.h"
#include "module/reload/store.h"

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
	char *settings_path;
	struct hrd_store store;
	struct hrd_sweep *sweep;
	struct hrd_loader *loader;
	struct hrd_reporter *reporter;
	atomic_bool stopping;
};

static struct dynlibmod_env *
dynlib(const struct module_env *env, int id)
{
	return env->modinfo[id];
}

static struct hrd_module *
module_of(const struct module_env *env, int id)
{
	return dynlib(env, id) != NULL ? dynlib(env, id)->dyn_env : NULL;
}

/* Whether the host may load us; *untried: it is not the one that we were built with. */
static bool
host_is_sound(const struct module_env *env, bool *untried)
{
	struct hrd_identity_host host = { env, env->cfg, sizeof(*env), sizeof(*env->cfg) };
	char text[HRD_IDENTITY_TEXT_MAX];
	enum hrd_identity_verdict verdict = hrd_identity_check(&host, text);
	const char *fault;

	hrd_log(verdict == HRD_IDENTITY_REFUSED ? HRD_LOG_ERROR
		: verdict == HRD_IDENTITY_SAME  ? HRD_LOG_NOTICE
						: HRD_LOG_WARNING,
	    "%s", text);
	if (verdict == HRD_IDENTITY_REFUSED)
		return false;
	*untried = verdict != HRD_IDENTITY_SAME;
	fault = hrd_module_order_fault(env->cfg->module_conf);
	if (fault != NULL)
		hrd_log(HRD_LOG_ERROR, "module-config \"%s\" is not supported: %s",
		    env->cfg->module_conf != NULL ? env->cfg->module_conf : "", fault);
	return fault == NULL;
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

/* Called for each answer out of the host's cache, in the worker's thread: the entry is locked, so
 * nothing happens here but the worker's registration and, where asked for, counting. */
static int
on_cached(struct query_info *qinfo, struct module_qstate *query, struct reply_info *reply,
    int rcode, struct edns_data *edns, struct edns_option **options, struct comm_reply *client,
    struct regional *region, struct timeval *start_time, int id, void *ctx)
{
	struct hrd_module *module = ctx;

	(void)rcode;
	(void)edns;
	(void)options;
	(void)region;
	(void)start_time;
	if (query != NULL || client == NULL || client->c == NULL ||
	    client->c->callback != worker_handle_request)
		return 1;
	hrd_sweep_register(module->sweep, client->c->cb_arg);
	if (atomic_load_explicit(&module->store.observe_all, memory_order_relaxed))
		hrd_query_cached(&module->store, client->c->cb_arg, id, qinfo, reply, client);
	return 1;
}

/* Whether nobody needs to know any more which names to take out of the caches first. */
static bool
targets_are_late(void *ctx)
{
	struct hrd_module *module = ctx;

	hrd_thread_give_way();
	return atomic_load(&module->stopping) || hrd_sweep_is_done(module->sweep);
}

/* In the loader's thread, which alone replaces the current generation. */
static void
on_published(void *ctx, const struct hrd_generation *before)
{
	struct hrd_module *module = ctx;
	const struct hrd_generation *after = atomic_load(&module->store.current);

	hrd_sweep_request(module->sweep);
	hrd_reporter_nudge(module->reporter);
	hrd_sweep_target(module->sweep,
	    hrd_targets_new(&before->layers, &after->layers, targets_are_late, module));
}

static bool
register_callbacks(struct hrd_module *module, struct module_env *env, int id)
{
	union {
		int (*response)(struct module_qstate *, struct dns_msg *, int, void *);
		inplace_cb_reply_func_type *cached;
		void *out;
	} response = { .response = on_response }, cached = { .cached = on_cached };
	inplace_cb_register_wrapped_t add = dynlib(env, id)->inplace_cb_register_wrapped;

	return add(response.out, inplace_cb_query_response, module, env, id) &&
	       add(cached.out, inplace_cb_reply_cache, module, env, id);
}

/* Statics do not survive the host's reload, which closes and opens the shared object; the
 * environment of the process does. */
#define MARK "HRADBA_RUNNING"           /* pid of the process that has enforced before */
#define KEPT_SETTINGS "HRADBA_SETTINGS" /* the last good copy of its settings */

static bool
has_run_before(void)
{
	const char *mark = getenv(MARK);
	char pid[24];

	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	return mark != NULL && strcmp(mark, pid) == 0;
}

static void
note_run(const struct hrd_settings *settings, const char *settings_path)
{
	char *kept =
	    settings->state_dir != NULL ? hrd_state_path(settings->state_dir, settings_path) : NULL;
	char pid[24];

	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv(MARK, pid, 1);
	if (kept != NULL)
		setenv(KEPT_SETTINGS, kept, 1);
	free(kept);
}

/* After a reload of the host nothing may kill a running resolver: without good settings it goes on
 * with the last good ones, without those it enforces nothing. */
static struct hrd_generation *
generation_after_reload(struct hrd_load load)
{
	const char *kept = getenv(KEPT_SETTINGS), *settings_path = load.settings_path;
	struct hrd_generation *first = NULL;
	int status;

	load.settings_path = kept != NULL ? kept : "";
	status = kept != NULL ? hrd_generation_load(&load, &first) : HRD_ENOENT;
	if (status == HRD_OK) {
		hrd_log(HRD_LOG_ERROR,
		    "ALARM: the last good settings, %s, are in force until the "
		    "fault above is mended",
		    kept);
		return first;
	}
	hrd_log(HRD_LOG_ERROR, "ALARM: nothing is enforced until the fault above is mended");
	return hrd_generation_empty(settings_path);
}

/* The first generation. At the first start a fault refuses it. */
static struct hrd_generation *
first_generation(const char *settings_path, int *status)
{
	struct hrd_load load = { .settings_path = settings_path,
		.restarted = has_run_before(),
		.now = (int64_t)time(NULL) };
	struct hrd_generation *first = NULL;

	*status = hrd_generation_load(&load, &first);
	if (*status != HRD_OK)
		return load.restarted ? generation_after_reload(load) : NULL;
	*status = first->fault;
	note_run(first->settings, settings_path);
	if (first->lacking)
		hrd_log(HRD_LOG_ERROR,
		    "ALARM: %zu of %zu policies are missing: %s until they are there",
		    first->lacking, first->settings->policy_count,
		    first->servfail ? "every client gets SERVFAIL" : "they are not enforced");
	return first;
}

/* Takes down what there is; also after a start that failed half-way. */
static void
stop(struct hrd_module *module, struct module_env *env, int id)
{
	struct dynlibmod_env *host = dynlib(env, id);

	atomic_store(&module->stopping, true);
	hrd_loader_stop(module->loader);
	hrd_reporter_stop(module->reporter);
	hrd_log_through(NULL, NULL);
	hrd_log_waiting();
	if (host != NULL) {
		host->inplace_cb_delete_wrapped(env, inplace_cb_query_response, id);
		host->inplace_cb_delete_wrapped(env, inplace_cb_reply_cache, id);
	}
	hrd_sweep_free(module->sweep);
	hrd_store_clear(&module->store);
	free(module->settings_path);
	free(module);
}

static bool
wake_workers(void *ctx)
{
	return hrd_sweep_wake(ctx);
}

static bool
start(struct hrd_module *module, struct module_env *env, int id, bool untried)
{
	struct hrd_generation *first;
	int64_t began = hrd_metrics_now();
	int status, loaded = HRD_OK;

	module->settings_path = strdup(hrd_settings_path());
	first =
	    module->settings_path != NULL ? first_generation(module->settings_path, &loaded) : NULL;
	if (first == NULL)
		return false;
	status = hrd_store_init(&module->store, worker_count(env), first);
	if (status == HRD_OK) {
		hrd_metrics_reload(&module->store.metrics, loaded);
		hrd_metrics_set(&module->store.metrics, HRD_COUNTER_LOAD_TIME,
		    (uint64_t)(hrd_metrics_now() - began));
		hrd_metrics_set(&module->store.metrics, HRD_COUNTER_HOST_UNTRIED, untried);
		status = hrd_sweep_new(&module->store, &module->sweep);
	}
	if (status == HRD_OK && !register_callbacks(module, env, id))
		status = HRD_ENOMEM;
	if (status == HRD_OK)
		hrd_log_through(wake_workers, module->sweep);
	if (status == HRD_OK)
		status = hrd_reporter_start(&module->store, &module->reporter);
	if (status == HRD_OK) {
		/* Caches may have outlived a reload of the host. */
		hrd_sweep_now(module->sweep, env);
		status = hrd_loader_start(
		    &module->store, module->settings_path, on_published, module, &module->loader);
	}
	if (status != HRD_OK)
		hrd_log(HRD_LOG_ERROR, "cannot start: %s", hrd_strstatus(status));
	return status == HRD_OK;
}

int
init(struct module_env *env, int id)
{
	struct hrd_module *module;
	bool untried;

	if (!host_is_sound(env, &untried))
		return 0;
	hrd_chain_set_dns64(env->cfg->dns64_prefix);
	module = calloc(1, sizeof(*module));
	if (module == NULL)
		return 0;
	if (!start(module, env, id, untried)) {
		stop(module, env, id);
		return 0;
	}
	dynlib(env, id)->dyn_env = module;
	return 1;
}

void
deinit(struct module_env *env, int id)
{
	struct hrd_module *module = module_of(env, id);

	if (module == NULL)
		return;
	dynlib(env, id)->dyn_env = NULL;
	stop(module, env, id);
}

void
operate(struct module_qstate *query, enum module_ev event, int id, struct outbound_entry *entry)
{
	struct hrd_module *module = dynlib(query->env, id)->dyn_env;

	(void)entry;
	hrd_sweep_register(module->sweep, query->env->worker);
	switch (event) {
	case module_event_new:
	case module_event_pass:
		if (!hrd_query_resume(&module->store, query, id))
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
	struct hrd_module *module = module_of(query->env, id);

	if (module != NULL)
		hrd_account_end(&module->store, query, id);
	query->minfo[id] = NULL;
}

size_t
get_mem(struct module_env *env, int id)
{
	struct hrd_module *module = module_of(env, id);
	size_t octets;

	if (module == NULL)
		return 0;
	octets = hrd_generation_memory(hrd_store_enter(&module->store, 0));
	hrd_store_leave(&module->store, 0);
	return sizeof(*module) + octets;
}
