/* SPDX-License-Identifier: BSD-3-Clause */
/* Who asks. */
#include <config.h>

#include "module/query/client.h"

#include <netinet/in.h>

static bool
read_address(const struct sockaddr_storage *from, struct hrd_prefix *addr)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (from->ss_family == AF_INET) {
		memcpy(&in4, from, sizeof(in4));
		return hrd_prefix_from_addr(addr, (const uint8_t *)&in4.sin_addr, 4) == HRD_OK;
	}
	if (from->ss_family != AF_INET6)
		return false;
	memcpy(&in6, from, sizeof(in6));
	return hrd_prefix_from_addr(addr, (const uint8_t *)&in6.sin6_addr, 16) == HRD_OK;
}

void
hrd_client_of(const struct hrd_generation *generation, const struct comm_reply *from,
    bool validates, struct hrd_client *out)
{
	const struct hrd_settings *settings = generation->settings;

	out->from = from;
	out->validates = validates;
	out->known = read_address(&from->client_addr, &out->address);
	out->group = out->known ? hrd_client_table_find(&generation->groups, &out->address) : NULL;
	out->mode = out->group != NULL ? out->group->mode : generation->mode;
	out->layers = generation->layers;
	if (out->group != NULL)
		out->layers.skipped = generation->skipped[out->group - settings->clients.groups];
}

const struct hrd_prefix *
hrd_client_address(const struct hrd_client *client)
{
	return client->known ? &client->address : NULL;
}

bool
hrd_clients_differ(const struct hrd_generation *generation)
{
	return generation->groups.count > 0 || hrd_layers_have_clients(&generation->layers);
}
