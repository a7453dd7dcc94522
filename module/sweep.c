/* SPDX-License-Identifier: BSD-3-Clause */
/* The walk over the host's caches. */
#include <config.h>

#include "module/sweep.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "module/chain.h"
#include "module/say.h"

enum {
	COPIES_MAX = 128,      /* entries copied out at once */
	BINS_A_COPY = 32,      /* hash bins read under one lock of their table */
	SLICE_NS = 300 * 1000, /* of work before a worker serves its clients again */
};

enum phase { PHASE_MESSAGES, PHASE_RRSETS, PHASE_DONE };

/* What identifies one cache entry. */
struct copy {
	uint16_t type, class;
	uint32_t flags; /* of an rrset */
	size_t len;
	uint8_t name[LDNS_MAX_DOMAINLEN];
};

struct hrd_sweeper {
	int wake; /* eventfd */
	struct ub_event *event;
	struct worker *worker;
	struct hrd_sweep *sweep;
	size_t slot;
	atomic_bool registered;
};

struct hrd_sweep {
	struct hrd_store *store;
	struct hrd_sweeper *sweepers; /* one a slot of the store */
	size_t count;
	atomic_uint wanted;   /* counts requests */
	pthread_mutex_t lock; /* held during a slice; guards what follows */
	unsigned swept;       /* the request that the walk serves */
	enum phase phase;
	size_t slab, bin;
	size_t skip; /* entries of the bin that have been looked at */
	size_t removed;
	int64_t started; /* by hrd_metrics_now() */
	struct copy copies[COPIES_MAX];
};

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
	size_t count = 0, last = sweep->bin + BINS_A_COPY;

	lock_quick_lock(&table->lock);
	for (; sweep->bin < table->size && sweep->bin < last; sweep->bin++, sweep->skip = 0) {
		const struct lruhash_entry *entry = table->array[sweep->bin].overflow_list;
		size_t at = 0;

		for (; entry && count < COPIES_MAX; entry = entry->overflow_next, at++)
			if (at >= sweep->skip)
				count += sweep->phase == PHASE_MESSAGES
					     ? copy_message(entry, &sweep->copies[count])
					     : copy_rrset(entry, &sweep->copies[count]);
		if (entry) {
			sweep->skip = at;
			break;
		}
	}
	*end = sweep->bin >= table->size;
	lock_quick_unlock(&table->lock);
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
    const struct hrd_layers *layers, struct module_env *env, struct copy *copy, bool addresses)
{
	struct ub_packed_rrset_key *rrset;
	struct reply_info reply;
	bool listed;

	if (!has_targets(copy->type, addresses))
		return false;
	rrset = rrset_cache_lookup(
	    env->rrset_cache, copy->name, copy->len, copy->type, copy->class, copy->flags, 0, 0);
	if (!rrset)
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
	msg_cache_remove(env, copy->name, copy->len, copy->type, copy->class, 0);
	if (copy->type == LDNS_RR_TYPE_AAAA)
		msg_cache_remove(env, copy->name, copy->len, copy->type, copy->class, BIT_CD);
}

static void
test_copies(struct hrd_sweep *sweep, struct module_env *env, size_t slot, size_t count)
{
	const struct hrd_generation *generation = hrd_store_enter(sweep->store, slot);
	const struct hrd_layers *layers = &generation->layers;
	bool addresses = hrd_layers_have_addresses(layers);
	bool off = generation->settings->mode == HRD_MODE_OFF;

	for (size_t i = 0; i < count && !off; i++) {
		struct copy *copy = &sweep->copies[i];

		if (in_scope(copy) && (hrd_name_listed(layers, copy->name, copy->len) ||
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
	int64_t now = hrd_metrics_now(), changed = atomic_load(&metrics->changed);

	hrd_metrics_add(metrics, HRD_NUMBER_SWEEPS, 1);
	hrd_metrics_add(metrics, HRD_NUMBER_SWEPT, sweep->removed);
	hrd_metrics_set(metrics, HRD_NUMBER_SWEEP_TIME, (uint64_t)(now - sweep->started));
	if (changed)
		hrd_metrics_set(metrics, HRD_NUMBER_TIME_TO_BLOCK, (uint64_t)(now - changed));
}

static void
advance(struct hrd_sweep *sweep, const struct slabhash *cache)
{
	sweep->bin = 0;
	sweep->skip = 0;
	if (++sweep->slab < cache->size)
		return;
	sweep->slab = 0;
	sweep->phase = sweep->phase == PHASE_MESSAGES ? PHASE_RRSETS : PHASE_DONE;
	if (sweep->phase != PHASE_DONE)
		return;
	count_sweep(sweep);
	hrd_say(HRD_SAY_DETAIL, "caches swept, %zu entries removed", sweep->removed);
}

/* One step of the walk. */
static void
step(struct hrd_sweep *sweep, struct module_env *env, size_t slot)
{
	const struct slabhash *cache =
	    sweep->phase == PHASE_MESSAGES ? env->msg_cache : &env->rrset_cache->table;
	bool end;
	size_t count = copy_out(sweep, cache->array[sweep->slab], &end);

	test_copies(sweep, env, slot, count);
	if (end)
		advance(sweep, cache);
}

/* Begins again when there is a newer request. */
static void
take_request(struct hrd_sweep *sweep)
{
	unsigned wanted = atomic_load(&sweep->wanted);

	if (wanted == sweep->swept)
		return;
	sweep->swept = wanted;
	sweep->phase = PHASE_MESSAGES;
	sweep->slab = 0;
	sweep->bin = 0;
	sweep->skip = 0;
	sweep->removed = 0;
	sweep->started = hrd_metrics_now();
}

static int64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A slice of work in a worker's loop; true when there is more to do. */
static bool
slice(struct hrd_sweep *sweep, struct module_env *env, size_t slot)
{
	int64_t end = now_ns() + SLICE_NS;
	bool more;

	if (pthread_mutex_trylock(&sweep->lock) != 0)
		return true; /* another worker is at it, and may be called away */
	take_request(sweep);
	while (sweep->phase != PHASE_DONE && now_ns() < end)
		step(sweep, env, slot);
	more = sweep->phase != PHASE_DONE;
	(void)pthread_mutex_unlock(&sweep->lock);
	return more;
}

static void
on_wake(int fd, short bits, void *arg)
{
	struct hrd_sweeper *sweeper = arg;
	eventfd_t count;

	(void)bits;
	(void)eventfd_read(fd, &count);
	/* Waking oneself lets the loop serve what has arrived meanwhile. */
	if (slice(sweeper->sweep, &sweeper->worker->env, sweeper->slot))
		(void)eventfd_write(fd, 1);
}

void
hrd_sweep_register(struct hrd_sweep *sweep, struct worker *worker)
{
	size_t slot = worker ? (size_t)worker->thread_num : sweep->count;
	struct hrd_sweeper *sweeper = slot < sweep->count ? &sweep->sweepers[slot] : NULL;
	struct ub_event_base *base;

	if (!sweeper || atomic_load_explicit(&sweeper->registered, memory_order_relaxed))
		return;
	atomic_store(&sweeper->registered, true);
	/* Unbound's own event loop, made for small set-ups, is not one to free events after. */
	if (strncmp(ub_event_get_version(), "mini-event", 10) == 0)
		return;
	base = worker->base ? comm_base_internal(worker->base) : NULL;
	if (!base)
		return;
	sweeper->worker = worker;
	sweeper->event =
	    ub_event_new(base, sweeper->wake, UB_EV_READ | UB_EV_PERSIST, on_wake, sweeper);
	if (!sweeper->event || ub_event_add(sweeper->event, NULL) != 0)
		hrd_say(
		    HRD_SAY_WARNING, "worker %zu cannot take part in sweeps of the caches", slot);
}

void
hrd_sweep_request(struct hrd_sweep *sweep)
{
	(void)atomic_fetch_add(&sweep->wanted, 1);
	for (size_t i = 0; i < sweep->count; i++)
		(void)eventfd_write(sweep->sweepers[i].wake, 1);
}

void
hrd_sweep_now(struct hrd_sweep *sweep, struct module_env *env)
{
	(void)atomic_fetch_add(&sweep->wanted, 1);
	while (slice(sweep, env, 0))
		;
}

int
hrd_sweep_new(struct hrd_store *store, struct hrd_sweep **out)
{
	struct hrd_sweep *sweep = calloc(1, sizeof(*sweep));

	if (!sweep)
		return HRD_ENOMEM;
	sweep->store = store;
	sweep->phase = PHASE_DONE;
	sweep->sweepers = calloc(store->slot_count, sizeof(*sweep->sweepers));
	if (!sweep->sweepers || pthread_mutex_init(&sweep->lock, NULL) != 0) {
		free(sweep->sweepers);
		free(sweep);
		return HRD_ENOMEM;
	}
	for (; sweep->count < store->slot_count; sweep->count++) {
		struct hrd_sweeper *sweeper = &sweep->sweepers[sweep->count];

		sweeper->sweep = sweep;
		sweeper->slot = sweep->count;
		sweeper->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (sweeper->wake < 0) {
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
	if (!sweep)
		return;
	for (size_t i = 0; i < sweep->count; i++) {
		/* The base is freed already: taking the event out of it would touch it. */
		if (sweep->sweepers[i].event)
			ub_event_free(sweep->sweepers[i].event);
		(void)close(sweep->sweepers[i].wake);
	}
	(void)pthread_mutex_destroy(&sweep->lock);
	free(sweep->sweepers);
	free(sweep);
}
