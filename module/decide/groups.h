/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups of clients by address, each with a mode of its own and, if it chooses, policies of its
 * own.
 *
 * The longest prefix that covers a client decides; a group whose end has passed is as if it were
 * not there; a client in no group has the mode of the settings. A search walks the prefixes,
 * longest first: groups are a handful of networks. Immutable once read; any number of threads. */
#ifndef HRD_MODULE_DECIDE_GROUPS_H
#define HRD_MODULE_DECIDE_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/name/prefix.h"
#include "module/decide/exemption.h"

enum { HRD_GROUP_MAX = 63 }; /* octets of a group's name */

enum hrd_mode {
	HRD_MODE_ENFORCE = 0,
	HRD_MODE_OBSERVE, /* match and count, change nothing */
	HRD_MODE_OFF,     /* nothing is looked up */
};

/* A policy that a group chooses. */
struct hrd_group_policy {
	const char *id;
	uint32_t line, col;
};

/* One entry of "clients"; texts live as long as the settings' document. */
struct hrd_client_group {
	const char *name;
	enum hrd_mode mode;
	const char *language;           /* of reasons for people (RFC 5646), or NULL: the site's */
	struct hrd_exemption exemption; /* its end is that of the group */
	struct hrd_prefix *prefixes;
	size_t prefix_count;
	struct hrd_group_policy *policies; /* the only ones that apply to it; NULL: all do */
	size_t policy_count;
};

struct hrd_client_prefix {
	struct hrd_prefix prefix;
	const struct hrd_client_group *group;
};

struct hrd_clients {
	struct hrd_client_group *groups;
	size_t group_count;
	struct hrd_client_prefix *prefixes; /* of all groups, the longest first */
	size_t prefix_count;
	struct hrd_exemptions exemptions;
};

/* Form readers: "clients" into struct hrd_clients, a mode into enum hrd_mode. */
hrd_form_read hrd_form_clients;
hrd_form_read hrd_form_mode;

void hrd_clients_clear(struct hrd_clients *clients);

/* The group of a client on a day, or NULL. */
const struct hrd_client_group *hrd_clients_find(
    const struct hrd_clients *clients, const struct hrd_prefix *client, int32_t today);

#endif
