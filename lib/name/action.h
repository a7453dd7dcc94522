/* SPDX-License-Identifier: BSD-3-Clause */
/* Triggers and actions, by the names of the RPZ draft (draft-vixie-dnsop-dns-rpz, sections 3 and
 * 4).
 *
 * The numbers are part of the policy image (doc/policy-format.md) and never change.
 *
 * Pure; texts are static. */
#ifndef HRD_LIB_NAME_ACTION_H
#define HRD_LIB_NAME_ACTION_H

#include <stdbool.h>

/* In order of precedence within one policy, and the order in which dump prints them. */
enum hrd_trigger {
	HRD_TRIGGER_CLIENT_IP = 0,
	HRD_TRIGGER_QNAME = 1,
	HRD_TRIGGER_RESPONSE_IP = 2,
	HRD_TRIGGER_NSDNAME = 3,
	HRD_TRIGGER_NSIP = 4,
};
enum { HRD_TRIGGERS = 5 };

/* True where a rule has a name, false where it has a prefix. */
static inline bool
hrd_trigger_has_name(enum hrd_trigger trigger)
{
	return trigger == HRD_TRIGGER_QNAME || trigger == HRD_TRIGGER_NSDNAME;
}

enum hrd_action {
	HRD_ACTION_NONE = 0,       /* no rule */
	HRD_ACTION_NXDOMAIN = 1,   /* CNAME . */
	HRD_ACTION_NODATA = 2,     /* CNAME *. */
	HRD_ACTION_PASSTHRU = 3,   /* CNAME rpz-passthru. */
	HRD_ACTION_DROP = 4,       /* CNAME rpz-drop. */
	HRD_ACTION_TCP_ONLY = 5,   /* CNAME rpz-tcp-only. */
	HRD_ACTION_LOCAL_DATA = 6, /* any other record, CNAME and wildcard CNAME included */
	HRD_ACTION_OBSERVE = 7,    /* match and count, change nothing; never in a zone */
	HRD_ACTION_STOP = 8, /* a hole (RFC 4592) kept at compile time: "no rule matches here" */
};
enum { HRD_ACTIONS = 9 };

/* "nxdomain", "nodata", "passthru", "drop", "tcp-only", "local-data", "observe", "none"; STOP reads
 * "none", since nothing matches, and so does any other number. Never NULL. */
const char *hrd_action_name(enum hrd_action action);

/* The inverse; HRD_ACTION_STOP has no name. Returns -1 for an unknown word. */
int hrd_action_from_name(const char *word);

/* "client-ip", "qname", "response-ip", "nsdname", "nsip"; "unknown" for another number. */
const char *hrd_trigger_name(enum hrd_trigger trigger);

/* The label of the trigger below the apex: "rpz-client-ip", NULL for QNAME, "rpz-ip", ... */
const char *hrd_trigger_label(enum hrd_trigger trigger);

#endif
