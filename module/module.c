/* SPDX-License-Identifier: BSD-3-Clause */
/* The six entry points that Unbound's dynlib module looks up (host: dynlibmod/dynlibmod.h). */
#include <config.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "module/base/log.h"
#include "module/base/thread.h"
#include "module/cache/sweep.h"
#include "module/generation/changes.h"
#include "module/host/code.h"
#include "module/host/host.h"
#include "module/host/identity.h"
#include "module/host/module_order.h"
#include "module/host/serverlog.h"
#include "module/query/account.h"
#include "module/query/apply.h"
#include "module/query/query.h"
#include "module/reload/clock.h"
#include "module/reload/loader.h"
#include "module/reload/reporter.h"
#include "module/reload/store.h"
#include "module/reload/switch.h"
#include "module/report/published.h"

#define ENTRY __attribute__((visibility("default")))

ENTRY int init(struct module_env *env, int id);
ENTRY void deinit(struct module_env *env, int id);
ENTRY void operate(
    struct module_qstate *query, enum module_ev event, int id, struct outbound_entry *entry);
ENTRY void inform_super(struct module_qstate *query, int id, struct module_qstate *super);
ENTRY void clear(struct module_qstate *query, int id);
ENTRY size_t get_mem(struct module_env *env, int id);

enum { HANG_MS = 2000 }; /* a thread of ours that takes longer waits for a disk */

/* All that the module keeps between init() and deinit(). */
struct hrd_module {
	const char *settings_path;
	struct hrd_store store;
	struct hrd_sweep *sweep;
	struct hrd_publisher publisher;
	bool publishes; /* there is one */
	/* NULL: it was not started. */
	struct hrd_thread *loader, *mode, *clock, *reporter;
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

/* Whether the running program is the host that we were built for; *untried: it is not the very one,
 * but alike. */
static bool
is_our_host(struct module_env *env, int id, bool *untried)
{
	char text[HRD_IDENTITY_TEXT_MAX];
	enum hrd_identity_verdict verdict = hrd_identity_check(env, id, text);

	hrd_log(verdict == HRD_IDENTITY_REFUSED ? HRD_LOG_ERROR
		: verdict == HRD_IDENTITY_SAME  ? HRD_LOG_NOTICE
						: HRD_LOG_WARNING,
	    "%s", text);
	*untried = verdict != HRD_IDENTITY_SAME;
	return verdict != HRD_IDENTITY_REFUSED;
}

/* Whether its order of modules is sound. again: it was reloaded, which a fault does not end. */
static bool
order_is_sound(const struct module_env *env, bool again)
{
	const char *fault = hrd_module_order_fault(env->cfg->module_conf);

	if (fault == NULL)
		return true;
	hrd_log(HRD_LOG_ERROR, "%smodule-config \"%s\" is not supported: %s",
	    again ? "ALARM: " : "", env->cfg->module_conf != NULL ? env->cfg->module_conf : "",
	    fault);
	return again;
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

/* In the thread that has published. */
static void
on_published(void *ctx, const struct hrd_generation *before)
{
	struct hrd_module *module = ctx;
	const struct hrd_generation *after = atomic_load(&module->store.current);

	hrd_audit_published(&module->store.audit, before, after);
	hrd_reporter_nudge(module->reporter);
	if (module->sweep != NULL)
		hrd_sweep_request(module->sweep);
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

/* What outlives a reload of the host, which closes and opens the shared object again: it stays in
 * the process with its statics (linked with -z nodelete). From the one thread in which the host
 * calls init() and deinit(). */
static struct {
	struct hrd_generation
	    *generation; /* what was in force last; NULL: this is the first start */
	uint8_t code[HRD_CODE_DIGEST_LEN]; /* of our file, when it was loaded */
	bool code_known;
	bool untried; /* the host is not the one that we were built with, but alike */
} kept;

/* Tells whether the file that this code came from has been replaced since: a reload of the host
 * goes on with the code in memory. */
static bool
code_was_replaced(void)
{
	uint8_t now[HRD_CODE_DIGEST_LEN];
	bool known = hrd_code_digest(now);

	if (kept.generation == NULL) {
		memcpy(kept.code, now, sizeof(now));
		kept.code_known = known;
		return false;
	}
	if (!kept.code_known || (known && memcmp(now, kept.code, sizeof(now)) == 0))
		return false;
	hrd_log(HRD_LOG_WARNING,
	    "the module on the disk is another than the one in memory, which goes on: restart the "
	    "server to use it");
	return true;
}

/* The first generation of this start. At the first one of the process it is read, and a fault
 * refuses it; after that it is what was in force, until the loader has read what is there now: a
 * disk that does not answer must not hold up the one thread that reloads the host. */
static struct hrd_generation *
first_generation(const struct hrd_module *module)
{
	struct hrd_load load = { .settings_path = module->settings_path,
		.now = (int64_t)time(NULL) };
	struct hrd_generation *first = kept.generation;

	if (first == NULL && hrd_generation_load(&load, &first) == HRD_OK)
		hrd_changes_log(NULL, first);
	return first;
}

/* Takes the generation into the store; then it is not kept besides. */
static int
take_first(struct hrd_module *module, struct module_env *env, struct hrd_generation *first)
{
	int status = hrd_store_init(&module->store, worker_count(env), first);

	if (status != HRD_OK && first != kept.generation)
		hrd_generation_release(first);
	if (status == HRD_OK)
		kept.generation = NULL;
	return status;
}

/* Ends our threads; false when one of them hangs. */
static bool
end_threads(struct hrd_module *module)
{
	struct hrd_thread *const threads[] = { module->loader, module->mode, module->clock,
		module->reporter };
	const size_t count = sizeof(threads) / sizeof(threads[0]);
	int64_t until = hrd_monotonic_ms() + HANG_MS;
	bool ended = true;

	for (size_t i = 0; i < count; i++)
		hrd_thread_stop(threads[i]);
	for (size_t i = 0; i < count; i++)
		ended &= hrd_thread_end(threads[i], until);
	hrd_serverlog_through(NULL, NULL);
	hrd_serverlog_waiting();
	return ended;
}

/* Takes down what there is; also after a start that failed half-way. What a thread of ours can
 * still reach is left as it is. */
static void
stop(struct hrd_module *module, struct module_env *env, int id)
{
	struct dynlibmod_env *host = dynlib(env, id);
	bool ended = end_threads(module);
	struct hrd_generation *last;

	if (host != NULL) {
		host->inplace_cb_delete_wrapped(env, inplace_cb_query_response, id);
		host->inplace_cb_delete_wrapped(env, inplace_cb_reply_cache, id);
	}
	if (!ended) {
		hrd_log(HRD_LOG_ERROR,
		    "ALARM: a disk does not answer, or the processor is busy: a thread that has "
		    "not ended within two seconds is left behind");
		/* Its use by the store stays as well. */
		kept.generation = hrd_publisher_hold(&module->publisher);
		return;
	}
	if (module->publishes)
		hrd_publisher_clear(&module->publisher);
	hrd_log_listen(NULL, NULL);
	hrd_sweep_free(module->sweep);
	last = hrd_store_clear(&module->store);
	if (last != NULL)
		kept.generation = last;
	free(module);
}

static bool
wake_workers(void *ctx)
{
	return hrd_sweep_wake(ctx);
}

/* Starts the threads that replace what is in force. */
static int
start_publishing(struct hrd_module *module, bool again)
{
	struct hrd_publisher *publisher = &module->publisher;
	int status = hrd_clock_start(publisher, &module->clock);

	if (status == HRD_OK)
		status = hrd_switch_start(publisher, module->settings_path, &module->mode);
	if (status == HRD_OK)
		status = hrd_loader_start(publisher, module->settings_path, again, &module->loader);
	return status;
}

/* After a reload of the host: what is there now is to be in force before the server serves. */
static void
await_files(const struct hrd_module *module)
{
	int64_t until = hrd_monotonic_ms() + HANG_MS;
	bool mode = hrd_thread_await_ready(module->mode, until);

	if (hrd_thread_await_ready(module->loader, until) && mode)
		return;
	hrd_log(HRD_LOG_ERROR,
	    "ALARM: the files are not read within two seconds: they are large, or a disk does not "
	    "answer: what was in force before the reload stays in force until they are");
}

/* Starts what runs beside the queries. */
static int
start_helpers(struct hrd_module *module, struct module_env *env, bool again)
{
	int status = hrd_publisher_init(&module->publisher, &module->store, on_published, module);
	int loading;

	if (status != HRD_OK)
		return status;
	module->publishes = true;
	status = hrd_reporter_start(&module->store, &module->reporter);
	loading = start_publishing(module, again);
	if (loading == HRD_OK && again)
		await_files(module);
	/* Caches may have outlived a reload of the host. */
	if (module->sweep != NULL)
		hrd_sweep_now(module->sweep, env);
	return status != HRD_OK ? status : loading;
}

/* At a reload of the host a want of the machine takes away what is beside enforcement, and does not
 * end the server. */
static int
forgive(int status, bool again, const char *what)
{
	if (status == HRD_OK)
		return HRD_OK;
	hrd_log(HRD_LOG_ERROR, "%s%s: %s%s", again ? "ALARM: " : "cannot start: ", what,
	    hrd_strstatus(status),
	    again ? ": the module goes on without until the server is reloaded" : "");
	return again ? HRD_OK : status;
}

static bool
start(struct hrd_module *module, struct module_env *env, int id)
{
	bool again = kept.generation != NULL, replaced = code_was_replaced();
	struct hrd_generation *first;
	int64_t began = hrd_monotonic_us();
	int status;

	module->settings_path = hrd_settings_path();
	first = first_generation(module);
	if (first == NULL || take_first(module, env, first) != HRD_OK)
		return false;
	hrd_log_listen(hrd_audit_log_listener, &module->store.audit);
	hrd_audit_published(&module->store.audit, NULL, first);
	if (!again) {
		hrd_metrics_reload(&module->store.metrics, HRD_OK);
		hrd_metrics_set(&module->store.metrics, HRD_COUNTER_LOAD_TIME,
		    (uint64_t)(hrd_monotonic_us() - began));
	}
	hrd_metrics_set(&module->store.metrics, HRD_COUNTER_HOST_UNTRIED, kept.untried);
	hrd_metrics_set(&module->store.metrics, HRD_COUNTER_CODE_REPLACED, replaced);
	status = hrd_sweep_new(&module->store, &module->sweep);
	status = forgive(status, again, "sweeps of the caches");
	if (status == HRD_OK)
		status = forgive(register_callbacks(module, env, id) ? HRD_OK : HRD_ENOMEM, again,
		    "callbacks of the server");
	if (status == HRD_OK && module->sweep != NULL)
		hrd_serverlog_through(wake_workers, module->sweep);
	if (status == HRD_OK)
		status = forgive(start_helpers(module, env, again), again, "a thread");
	return status == HRD_OK;
}

int
init(struct module_env *env, int id)
{
	bool again = kept.generation != NULL; /* then the process is the same */
	struct hrd_module *module;

	hrd_serverlog_begin();
	if ((!again && !is_our_host(env, id, &kept.untried)) || !order_is_sound(env, again))
		return 0;
	hrd_chain_set_dns64(env->cfg->dns64_prefix);
	module = calloc(1, sizeof(*module));
	if (module == NULL)
		return 0;
	if (!start(module, env, id)) {
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

	if (module == NULL)
		return 0;
	return sizeof(*module) + hrd_store_memory(&module->store) + hrd_sweep_memory(module->sweep);
}
