/* SPDX-License-Identifier: BSD-3-Clause */
/* The words for triggers and actions. */
#include <config.h>

#include "lib/name/action.h"

#include <stddef.h>
#include <string.h>

static const char *const action_names[HRD_ACTIONS] = {
	[HRD_ACTION_NONE] = "none",
	[HRD_ACTION_NXDOMAIN] = "nxdomain",
	[HRD_ACTION_NODATA] = "nodata",
	[HRD_ACTION_PASSTHRU] = "passthru",
	[HRD_ACTION_DROP] = "drop",
	[HRD_ACTION_TCP_ONLY] = "tcp-only",
	[HRD_ACTION_LOCAL_DATA] = "local-data",
	[HRD_ACTION_OBSERVE] = "observe",
	[HRD_ACTION_STOP] = "none",
};

static const struct {
	const char *name;
	const char *label;
} triggers[HRD_TRIGGERS] = {
	[HRD_TRIGGER_CLIENT_IP] = { "client-ip", "rpz-client-ip" },
	[HRD_TRIGGER_QNAME] = { "qname", NULL },
	[HRD_TRIGGER_RESPONSE_IP] = { "response-ip", "rpz-ip" },
	[HRD_TRIGGER_NSDNAME] = { "nsdname", "rpz-nsdname" },
	[HRD_TRIGGER_NSIP] = { "nsip", "rpz-nsip" },
};

const char *
hrd_action_name(enum hrd_action action)
{
	return (unsigned)action < HRD_ACTIONS ? action_names[action] : "none";
}

int
hrd_action_from_name(const char *word)
{
	for (int i = 0; i < HRD_ACTION_STOP; i++) {
		if (strcmp(word, action_names[i]) == 0)
			return i;
	}
	return -1;
}

const char *
hrd_trigger_name(enum hrd_trigger trigger)
{
	return (unsigned)trigger < HRD_TRIGGERS ? triggers[trigger].name : "unknown";
}

const char *
hrd_trigger_label(enum hrd_trigger trigger)
{
	return (unsigned)trigger < HRD_TRIGGERS ? triggers[trigger].label : NULL;
}
