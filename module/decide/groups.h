/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups of clients by address, each with a mode of its own and, if it chooses, policies of its
 * own.
 *
 * The longest prefix that covers a client decides; a group whose end has passed is as if it were
 * not there; a client in no group has the mode of the settings. Clients are looked up in a table
 * of the prefixes that are in force, each with the next shorter one that covers it: a binary search
 * and a few steps, however many there are. Immutable once made; any number of threads. */
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
	uint32_t parent; /* in a table: index of the next shorter prefix that covers this one */
};

/* "clients" as written. */
struct hrd_client_settings {
	struct hrd_client_group *groups;
	size_t group_count;
	struct hrd_client_prefix *prefixes; /* of all groups, in the order of hrd_prefix_cmp() */
	size_t prefix_count;
};

/* What of it is in force at a time; points into the clients. */
struct hrd_client_table {
	struct hrd_client_prefix *prefixes;
	size_t count;
};

/* Readers of settings: "clients" into struct hrd_client_settings, a mode into enum hrd_mode. */
hrd_conf_read hrd_conf_clients;
hrd_conf_read hrd_conf_mode;

/* Frees what it holds; zeroed it holds nothing. */
void hrd_client_settings_clear(struct hrd_client_settings *clients);

/* Makes the table of the groups that are in force at count->now and counts the exemptions among
 * them. HRD_ENOMEM. Freed by hrd_client_table_clear(); the settings outlive it. */
HRD_MUST_USE int hrd_client_table_make(const struct hrd_client_settings *clients,
    struct hrd_exemption_count *count, struct hrd_client_table *out);

/* Zeroed it holds nothing. */
void hrd_client_table_clear(struct hrd_client_table *table);

/* The group of a client, or NULL. */
const struct hrd_client_group *hrd_client_table_find(
    const struct hrd_client_table *table, const struct hrd_prefix *client);

#endif
