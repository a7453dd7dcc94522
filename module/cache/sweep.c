/* SPDX-License-Identifier: BSD-3-Clause */
/* The walk over the host's caches. */
#include <config.h>

#include "module/cache/sweep.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "module/base/log.h"
#include "module/cache/chain.h"
#include "module/host/serverlog.h"

enum {
	COPIES_MAX = 128,         /* entries copied out at once */
	RECENT = 16 * COPIES_MAX, /* messages of each table that were used last: they go first */
	RESTARTS_MAX = 3,         /* in a row */
	MS_NS = 1000000,
	SECOND_NS = 1000000000,
	FAIL_OVER_NS = 10 * MS_NS, /* without a slice of the leader */
};

/* How much is done at once, and how long a worker then serves its clients. Where workers share the
 * tables, whoever is suspended while it holds the lock of one holds up the others. */
static const struct pace {
	size_t bins; /* hash bins read under one lock of their table */
	long slice;  /* ns of work */
	long pause;  /* ns */
} alone = { 32, 300000, 0 }, among_others = { 8, 500000, MS_NS / 2 },
  slowly = { 8, 200000, 10 * MS_NS };

enum phase { PHASE_RECENT, PHASE_MESSAGES, PHASE_RRSETS, PHASE_DONE };

/* What identifies one cache entry. */
struct copy {
	uint16_t type, class;
	uint32_t flags; /* of an rrset */
	size_t len;
	uint8_t name[LDNS_MAX_DOMAINLEN];
};

struct hrd_sweeper {
	/* An eventfd that any thread may write, and a timerfd of the worker's: the host's timers go
	 * by a clock of whole ticks (4 ms), which would make each pause that long. */
	int wake, timer;
	struct ub_event *on_wake, *on_timer;
	struct worker *worker;
	struct hrd_sweep *sweep;
	size_t slot;
	atomic_bool registered;
	atomic_bool listening;
};

struct hrd_sweep {
	struct hrd_store *store;
	struct hrd_sweeper *sweepers; /* one a slot of the store */
	size_t count;
	atomic_uint wanted; /* counts requests */
	atomic_uint done;   /* the last request that was carried out */

	pthread_mutex_t lock; /* held during a slice; guards what follows */
	unsigned swept;       /* the request that the walk serves */
	unsigned restarts;    /* of the walk, in a row */
	bool unasked;         /* the walk serves no request */
	size_t leader;        /* slot of the worker that did the last slice */
	int64_t last;         /* when that was, ns */
	int64_t ended;        /* when the last walk was, ns */
	enum phase phase;
	size_t slab, bin; /* of those used last: how many have been looked at */
	size_t skip;      /* entries of the bin, or of those used last, to pass over */
	size_t removed;
	int64_t started, changed; /* by hrd_monotonic_us() */
	struct copy copies[COPIES_MAX];
};

static const struct pace *
pace_of(const struct hrd_sweep *sweep)
{
	if (sweep->unasked)
		return &slowly;
	return sweep->count > 1 ? &among_others : &alone;
}

static bool
copy_message(const struct lruhash_entry *entry, struct copy *copy)
{
	const struct msgreply_entry *message = entry->key;

	if (message->key.qname_len > sizeof(copy->name))
		return false;
	copy->type = message->key.qtype;
	copy->class = message->key.qclass;
	copy->len = message->key.qname_len;
	memcpy(copy->name, message->key.qname, copy->len);
	return true;
}

static bool
copy_rrset(const struct lruhash_entry *entry, struct copy *copy)
{
	const struct ub_packed_rrset_key *rrset = entry->key;

	if (rrset->id == 0 || rrset->rk.dname_len > sizeof(copy->name))
		return false;
	copy->type = ntohs(rrset->rk.type);
	copy->class = ntohs(rrset->rk.rrset_class);
	copy->flags = rrset->rk.flags;
	copy->len = rrset->rk.dname_len;
	memcpy(copy->name, rrset->rk.dname, copy->len);
	return true;
}

/* Copies out the next entries of one table; *end is set when it has no more. */
static size_t
copy_out(struct hrd_sweep *sweep, struct lruhash *table, bool *end)
{
	size_t count = 0, last = sweep->bin + pace_of(sweep)->bins;

	lock_quick_lock(&table->lock);
	for (; sweep->bin < table->size && sweep->bin < last; sweep->bin++, sweep->skip = 0) {
		const struct lruhash_entry *entry = table->array[sweep->bin].overflow_list;
		size_t at = 0;

		for (; entry != NULL && count < COPIES_MAX; entry = entry->overflow_next, at++) {
			if (at >= sweep->skip)
				count += sweep->phase == PHASE_MESSAGES
					     ? copy_message(entry, &sweep->copies[count])
					     : copy_rrset(entry, &sweep->copies[count]);
		}
		if (entry != NULL) {
			sweep->skip = at;
			break;
		}
	}
	*end = sweep->bin >= table->size;
	lock_quick_unlock(&table->lock);
	return count;
}

/* Copies out the next of the messages used last, and in the end those that came to the front
 * meanwhile. What is left out all the same the walk over all of them finds. */
static size_t
copy_recent(struct hrd_sweep *sweep, struct lruhash *table, bool *end)
{
	const struct lruhash_entry *entry;
	size_t count = 0, at = 0;

	lock_quick_lock(&table->lock);
	for (entry = table->lru_start; entry != NULL && count < COPIES_MAX;
	     entry = entry->lru_next, at++) {
		if (at >= sweep->skip)
			count += copy_message(entry, &sweep->copies[count]);
	}
	lock_quick_unlock(&table->lock);
	*end = sweep->bin == RECENT;
	sweep->skip = at;
	sweep->bin += COPIES_MAX;
	if (!*end && (entry == NULL || sweep->bin == RECENT)) {
		sweep->skip = 0;
		sweep->bin = RECENT;
	}
	return count;
}

static bool
in_scope(const struct copy *copy)
{
	return copy->class == LDNS_RR_CLASS_IN || copy->class == LDNS_RR_CLASS_ANY;
}

static bool
has_targets(uint16_t type, bool addresses)
{
	switch (type) {
	case LDNS_RR_TYPE_CNAME:
	case LDNS_RR_TYPE_DNAME:
		return true;
	case LDNS_RR_TYPE_A:
	case LDNS_RR_TYPE_AAAA:
	case LDNS_RR_TYPE_SVCB:
	case LDNS_RR_TYPE_HTTPS:
		return addresses;
	default:
		return false;
	}
}

/* Whether the records show something listed: looked at in the cache, under the entry's read lock.
 */
static bool
records_listed(
    const struct hrd_layer_list *layers, struct module_env *env, struct copy *copy, bool addresses)
{
	struct ub_packed_rrset_key *rrset;
	struct reply_info reply;
	bool listed;

	if (!has_targets(copy->type, addresses))
		return false;
	rrset = rrset_cache_lookup(
	    env->rrset_cache, copy->name, copy->len, copy->type, copy->class, copy->flags, 0, 0);
	if (rrset == NULL)
		return false;
	memset(&reply, 0, sizeof(reply));
	reply.rrsets = &rrset;
	reply.an_numrrsets = 1;
	listed = hrd_chain_listed(layers, &reply);
	lock_rw_unlock(&rrset->entry.lock);
	return listed;
}

static void
take_out(struct hrd_sweep *sweep, struct module_env *env, struct copy *copy)
{
	sweep->removed++;
	if (sweep->phase == PHASE_RRSETS) {
		rrset_cache_remove(
		    env->rrset_cache, copy->name, copy->len, copy->type, copy->class, copy->flags);
		return;
	}
	if (sweep->phase == PHASE_RECENT && sweep->skip > 0)
		sweep->skip--;
	msg_cache_remove(env, copy->name, copy->len, copy->type, copy->class, 0);
	if (copy->type == LDNS_RR_TYPE_AAAA)
		msg_cache_remove(env, copy->name, copy->len, copy->type, copy->class, BIT_CD);
}

static void
test_copies(struct hrd_sweep *sweep, struct module_env *env, size_t slot, size_t count)
{
	const struct hrd_generation *generation = hrd_store_enter(sweep->store, slot);
	const struct hrd_layer_list *layers = &generation->layers;
	bool addresses = hrd_layers_have_addresses(layers);
	bool off = generation->mode == HRD_MODE_OFF;

	for (size_t i = 0; i < count && !off; i++) {
		struct copy *copy = &sweep->copies[i];

		if (in_scope(copy) &&
		    ((generation->servfail && sweep->phase != PHASE_RRSETS) ||
			hrd_question_listed(layers, copy->name, copy->len, copy->type) ||
			(sweep->phase == PHASE_RRSETS &&
			    records_listed(layers, env, copy, addresses))))
			take_out(sweep, env, copy);
	}
	hrd_store_leave(sweep->store, slot);
}

static void
count_sweep(const struct hrd_sweep *sweep)
{
	struct hrd_metrics *metrics = &sweep->store->metrics;
	int64_t now = hrd_monotonic_us();

	hrd_metrics_add(metrics, HRD_COUNTER_SWEEPS, 1);
	hrd_metrics_add(metrics, HRD_COUNTER_SWEPT, sweep->removed);
	if (sweep->unasked)
		return;
	hrd_metrics_set(metrics, HRD_COUNTER_SWEEP_TIME, (uint64_t)(now - sweep->started));
	if (sweep->changed)
		hrd_metrics_set(
		    metrics, HRD_COUNTER_TIME_TO_BLOCK, (uint64_t)(now - sweep->changed));
}

static void
end_walk(struct hrd_sweep *sweep)
{
	count_sweep(sweep);
	sweep->ended = hrd_monotonic_ns();
	sweep->restarts = 0;
	atomic_store(&sweep->done, sweep->swept);
	/* Worth a line where something changed or was found. */
	hrd_log(
	    !sweep->unasked && (sweep->changed || sweep->removed) ? HRD_LOG_NOTICE : HRD_LOG_DETAIL,
	    "caches swept in %lld ms, %zu entries removed",
	    (long long)((hrd_monotonic_us() - sweep->started) / 1000), sweep->removed);
}

static void
advance(struct hrd_sweep *sweep, const struct slabhash *cache)
{
	sweep->bin = 0;
	sweep->skip = 0;
	if (++sweep->slab < cache->size)
		return;
	sweep->slab = 0;
	if (++sweep->phase == PHASE_DONE)
		end_walk(sweep);
}

/* One step of the walk. */
static void
step(struct hrd_sweep *sweep, struct module_env *env, size_t slot)
{
	const struct slabhash *cache =
	    sweep->phase == PHASE_RRSETS ? &env->rrset_cache->table : env->msg_cache;
	struct lruhash *table = cache->array[sweep->slab];
	bool end;
	size_t count = sweep->phase == PHASE_RECENT ? copy_recent(sweep, table, &end)
						    : copy_out(sweep, table, &end);

	test_copies(sweep, env, slot, count);
	if (end)
		advance(sweep, cache);
}

static void
begin_walk(struct hrd_sweep *sweep, unsigned request, bool unasked)
{
	sweep->swept = request;
	sweep->unasked = unasked;
	sweep->phase = PHASE_RECENT;
	sweep->slab = 0;
	sweep->bin = 0;
	sweep->skip = 0;
	sweep->removed = 0;
	sweep->started = hrd_monotonic_us();
	sweep->changed = atomic_load(&sweep->store->metrics.changed);
}

static int64_t
interval_ns(const struct hrd_sweep *sweep, size_t slot)
{
	const struct hrd_generation *generation = hrd_store_enter(sweep->store, slot);
	int64_t seconds = generation->settings->sweep_interval;

	hrd_store_leave(sweep->store, slot);
	return (seconds ? seconds : HRD_SWEEP_INTERVAL_DEFAULT) * SECOND_NS;
}

/* Begins a walk when there is a request, or it is time for one without. */
static void
take_request(struct hrd_sweep *sweep, size_t slot)
{
	unsigned wanted = atomic_load(&sweep->wanted);
	bool walking = sweep->phase != PHASE_DONE;

	if (wanted != sweep->swept) {
		if (walking && !sweep->unasked && sweep->restarts++ >= RESTARTS_MAX)
			return;
		begin_walk(sweep, wanted, false);
	} else if (!walking && hrd_monotonic_ns() - sweep->ended >= interval_ns(sweep, slot)) {
		begin_walk(sweep, wanted, true);
	}
}

static bool
has_work(const struct hrd_sweep *sweep)
{
	return sweep->phase != PHASE_DONE || atomic_load(&sweep->wanted) != sweep->swept;
}

/* A slice of work in a worker's loop, by whoever leads. Gives the time until this worker should
 * look again, in ns. */
static int64_t
slice(struct hrd_sweep *sweep, struct module_env *env, size_t slot)
{
	int64_t now = hrd_monotonic_ns(), wait = FAIL_OVER_NS;

	if (pthread_mutex_trylock(&sweep->lock) != 0)
		return wait; /* another worker is at it, and may be called away */
	if (sweep->leader == slot || now - sweep->last >= FAIL_OVER_NS) {
		sweep->leader = slot;
		take_request(sweep, slot);
		for (int64_t end = now + pace_of(sweep)->slice; has_work(sweep) && now < end;
		     now = hrd_monotonic_ns()) {
			if (sweep->phase == PHASE_DONE)
				break;
			step(sweep, env, slot);
		}
		sweep->last = now;
		wait = pace_of(sweep)->pause;
	}
	if (!has_work(sweep))
		wait = interval_ns(sweep, slot);
	pthread_mutex_unlock(&sweep->lock);
	return wait;
}

/* Does a slice and sees to the next one. */
static void
take_turn(struct hrd_sweeper *sweeper)
{
	struct itimerspec later = { .it_value = { 0, 0 } };
	int64_t wait;

	hrd_serverlog_waiting();
	wait = slice(sweeper->sweep, &sweeper->worker->env, sweeper->slot);
	later.it_value.tv_sec = (time_t)(wait / SECOND_NS);
	later.it_value.tv_nsec = (long)(wait % SECOND_NS);
	/* Waking oneself lets the loop serve what has arrived meanwhile. */
	if (wait == 0)
		eventfd_write(sweeper->wake, 1);
	else
		timerfd_settime(sweeper->timer, 0, &later, NULL);
}

/* Both kinds of descriptor are read alike. */
static void
on_event(int fd, short bits, void *arg)
{
	eventfd_t count;

	(void)bits;
	eventfd_read(fd, &count);
	take_turn(arg);
}

static struct ub_event *
listen_to(struct ub_event_base *base, int fd, struct hrd_sweeper *sweeper)
{
	struct ub_event *event =
	    ub_event_new(base, fd, UB_EV_READ | UB_EV_PERSIST, on_event, sweeper);

	if (event != NULL && ub_event_add(event, NULL) == 0)
		return event;
	if (event != NULL)
		ub_event_free(event);
	return NULL;
}

void
hrd_sweep_register(struct hrd_sweep *sweep, struct worker *worker)
{
	size_t count = sweep != NULL ? sweep->count : 0;
	size_t slot = worker != NULL ? (size_t)worker->thread_num : count;
	struct hrd_sweeper *sweeper = slot < count ? &sweep->sweepers[slot] : NULL;
	struct ub_event_base *base;

	if (sweeper == NULL || atomic_load_explicit(&sweeper->registered, memory_order_relaxed))
		return;
	atomic_store(&sweeper->registered, true);
	base = worker->base != NULL ? comm_base_internal(worker->base) : NULL;
	if (base == NULL)
		return;
	sweeper->worker = worker;
	sweeper->on_timer = listen_to(base, sweeper->timer, sweeper);
	if (sweeper->on_timer != NULL)
		sweeper->on_wake = listen_to(base, sweeper->wake, sweeper);
	/* The first turn comes at once: there may have been requests. */
	if (sweeper->on_wake != NULL) {
		atomic_store(&sweeper->listening, true);
		eventfd_write(sweeper->wake, 1);
	} else {
		hrd_log(
		    HRD_LOG_WARNING, "worker %zu cannot take part in sweeps of the caches", slot);
	}
}

static void
wake_all(struct hrd_sweep *sweep)
{
	for (size_t i = 0; i < sweep->count; i++)
		eventfd_write(sweep->sweepers[i].wake, 1);
}

bool
hrd_sweep_wake(struct hrd_sweep *sweep)
{
	bool listening = false;

	for (size_t i = 0; i < sweep->count; i++)
		listening |= atomic_load(&sweep->sweepers[i].listening);
	wake_all(sweep);
	return listening;
}

void
hrd_sweep_request(struct hrd_sweep *sweep)
{
	atomic_fetch_add(&sweep->wanted, 1);
	wake_all(sweep);
}

size_t
hrd_sweep_memory(const struct hrd_sweep *sweep)
{
	return sweep != NULL ? sizeof(*sweep) + sweep->count * sizeof(*sweep->sweepers) : 0;
}

void
hrd_sweep_now(struct hrd_sweep *sweep, struct module_env *env)
{
	atomic_fetch_add(&sweep->wanted, 1);
	while (atomic_load(&sweep->done) != atomic_load(&sweep->wanted))
		slice(sweep, env, 0);
}

int
hrd_sweep_new(struct hrd_store *store, struct hrd_sweep **out)
{
	struct hrd_sweep *sweep = calloc(1, sizeof(*sweep));

	if (sweep == NULL)
		return HRD_ENOMEM;
	sweep->store = store;
	sweep->phase = PHASE_DONE;
	sweep->sweepers = calloc(store->slot_count, sizeof(*sweep->sweepers));
	if (sweep->sweepers == NULL || pthread_mutex_init(&sweep->lock, NULL) != 0) {
		free(sweep->sweepers);
		free(sweep);
		return HRD_ENOMEM;
	}
	for (; sweep->count < store->slot_count; sweep->count++) {
		struct hrd_sweeper *sweeper = &sweep->sweepers[sweep->count];

		sweeper->sweep = sweep;
		sweeper->slot = sweep->count;
		sweeper->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		sweeper->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
		if (sweeper->wake < 0 || sweeper->timer < 0) {
			sweep->count++;
			hrd_sweep_free(sweep);
			return HRD_EIO;
		}
	}
	*out = sweep;
	return HRD_OK;
}

void
hrd_sweep_free(struct hrd_sweep *sweep)
{
	if (sweep == NULL)
		return;
	for (size_t i = 0; i < sweep->count; i++) {
		/* The base is freed already: taking the event out of it would touch it. */
		if (sweep->sweepers[i].on_wake != NULL)
			ub_event_free(sweep->sweepers[i].on_wake);
		if (sweep->sweepers[i].on_timer != NULL)
			ub_event_free(sweep->sweepers[i].on_timer);
		if (sweep->sweepers[i].wake >= 0)
			close(sweep->sweepers[i].wake);
		if (sweep->sweepers[i].timer >= 0)
			close(sweep->sweepers[i].timer);
	}
	pthread_mutex_destroy(&sweep->lock);
	free(sweep->sweepers);
	free(sweep);
}
