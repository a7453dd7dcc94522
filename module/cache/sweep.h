/* SPDX-License-Identifier: BSD-3-Clause */
/* Takes out of the host's caches what a new policy lists.
 *
 * A worker answers from its message cache without asking any module, so after a reload the messages
 * of listed names have to go, and the record sets through which other messages show something
 * listed; removing a record set makes every message that refers to it unusable.
 *
 * First come the messages that were used last, which are asked for again and again, then a walk
 * over all messages, then one over all record sets. It runs in the event loops of the workers, in
 * slices: a few hash bins are copied out under the lock of their table, tested without it, and
 * removed one by one. Between slices a worker serves its clients. One worker leads; when it is
 * called away (dump_cache takes seconds) another goes on. Tables only grow, and bin i splits into
 * i and i + size, so walking upwards to the current size meets every entry.
 *
 * A request during a walk begins it again, but not for ever: after a few times in a row the walk is
 * finished first. Without requests the caches are looked through slowly every "sweep-interval",
 * because an operator can fill them (unbound-control load_cache) and nobody tells us.
 *
 * Threads: each function says whose; what is shared has a lock of its own. */
#ifndef HRD_MODULE_CACHE_SWEEP_H
#define HRD_MODULE_CACHE_SWEEP_H

#include "lib/base/status.h"
#include "module/host/host.h"
#include "module/reload/store.h"

struct hrd_sweep;

/* One for the store, which outlives it. In init(). HRD_ENOMEM, HRD_EIO with errno set
 * (no descriptor left). */
HRD_MUST_USE int hrd_sweep_new(struct hrd_store *store, struct hrd_sweep **out);

/* NULL-safe. The event bases of the workers are gone by then. */
void hrd_sweep_free(struct hrd_sweep *sweep);

/* NULL-safe. Ties a worker's event loop to the sweep, once; cheap afterwards. From that worker's
 * thread. */
void hrd_sweep_register(struct hrd_sweep *sweep, struct worker *worker);

/* Asks for a sweep with the current policies. Any thread. */
void hrd_sweep_request(struct hrd_sweep *sweep);

/* Wakes the workers that take part; false when none does yet. Any thread. */
bool hrd_sweep_wake(struct hrd_sweep *sweep);

/* NULL-safe. Octets of its own. */
size_t hrd_sweep_memory(const struct hrd_sweep *sweep);

/* Sweeps at once to the end: in init(), before there are workers. */
void hrd_sweep_now(struct hrd_sweep *sweep, struct module_env *env);

#endif
