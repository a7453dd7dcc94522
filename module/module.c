/* SPDX-License-Identifier: BSD-3-Clause */
/* The six entry points that Unbound's dynlib module looks up (host: dynlibmod/dynlibmod.h). */
#include <config.h>

#include "module/host.h"

#define ENTRY __attribute__((visibility("default")))

ENTRY int init(struct module_env *env, int id);
ENTRY void deinit(struct module_env *env, int id);
ENTRY void operate(
    struct module_qstate *qstate, enum module_ev event, int id, struct outbound_entry *entry);
ENTRY void inform_super(struct module_qstate *qstate, int id, struct module_qstate *super);
ENTRY void clear(struct module_qstate *qstate, int id);
ENTRY size_t get_mem(struct module_env *env, int id);

int
init(struct module_env *env, int id)
{
	(void)env;
	(void)id;
	return 1;
}

void
deinit(struct module_env *env, int id)
{
	(void)env;
	(void)id;
}

void
operate(struct module_qstate *qstate, enum module_ev event, int id, struct outbound_entry *entry)
{
	(void)entry;
	switch (event) {
	case module_event_new:
	case module_event_pass:
		qstate->ext_state[id] = module_wait_module;
		break;
	case module_event_moddone:
		qstate->ext_state[id] = module_finished;
		break;
	default:
		qstate->ext_state[id] = module_error;
		break;
	}
}

void
inform_super(struct module_qstate *qstate, int id, struct module_qstate *super)
{
	(void)qstate;
	(void)id;
	(void)super;
}

void
clear(struct module_qstate *qstate, int id)
{
	(void)qstate;
	(void)id;
}

size_t
get_mem(struct module_env *env, int id)
{
	(void)env;
	(void)id;
	return 0;
}
