/* SPDX-License-Identifier: BSD-3-Clause */
/* Takes out of the host's caches what a new policy lists.
 *
 * A worker answers from its message cache without asking any module, so after a reload the messages
 * of listed names have to go, and the record sets through which other messages show something
 * listed; removing a record set makes every message that refers to it unusable.
 *
 * The walk runs in the event loops of the workers, in slices: a few hash bins are copied out under
 * the lock of their table, tested without it, and removed one by one.  Between slices a worker
 * serves its clients.  Any worker may do the next slice; one does at a time.  Tables only grow, and
 * bin i splits into i and i + size, so walking upwards to the current size meets every entry. */
#ifndef HRD_MODULE_SWEEP_H
#define HRD_MODULE_SWEEP_H

#include "lib/status.h"
#include "module/host.h"
#include "module/store.h"

struct hrd_sweep;

/* HRD_ENOMEM, HRD_EIO. */
HRD_MUST_USE int hrd_sweep_new(struct hrd_store *store, struct hrd_sweep **out);

/* NULL-safe.  The event bases of the workers are gone by then. */
void hrd_sweep_free(struct hrd_sweep *sweep);

/* Ties a worker's event loop to the sweep, once; cheap afterwards.  From that worker's thread. */
void hrd_sweep_register(struct hrd_sweep *sweep, struct worker *worker);

/* Asks for a sweep with the current policies; one under way starts again.  Any thread. */
void hrd_sweep_request(struct hrd_sweep *sweep);

/* Sweeps at once to the end: in init(), before there are workers. */
void hrd_sweep_now(struct hrd_sweep *sweep, struct module_env *env);

#endif
