/* SPDX-License-Identifier: BSD-3-Clause */
/* Events: whatever octets the name and the texts of a rule have, the line is one JSON object in
 * UTF-8 without control characters, or there is none. */
#include <config.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/json_reader.h"
#include "lib/base/utf8.h"
#include "module/report/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
require(bool condition, const char *what, const char *line)
{
	if (condition)
		return;
	fprintf(stderr, "%s: %s\n", what, line);
	abort();
}

static void
check_line(char line[HRD_EVENT_LINE_MAX + 1], size_t len)
{
	const char *end;

	if (len == 0)
		return;
	require(len <= HRD_EVENT_LINE_MAX && line[len - 1] == '\n', "no line", "");
	line[len - 1] = '\0';
	require(strlen(line) == len - 1, "a NUL within the line", line);
	require(hrd_utf8_is_text((const uint8_t *)line, len - 1), "no text", line);
	require(line[0] == '{', "no object", line);
	end = skip_value(line, 0);
	require(end != NULL && *end == '\0', "no JSON", line);
}

/* Takes a text of up to size octets from the input. */
static void
take_text(const uint8_t **data, size_t *len, char *to, size_t size)
{
	size_t take = *len > 0 ? (*data)[0] % size : 0;

	if (take >= *len)
		take = *len > 0 ? *len - 1 : 0;
	memcpy(to, *data + (*len > 0), take);
	to[take] = '\0';
	*data += *len > 0 ? take + 1 : 0;
	*len -= *len > 0 ? take + 1 : 0;
}

static void
take_name(const uint8_t **data, size_t *len, struct hrd_name *name)
{
	if (hrd_name_from_wire(name, *data, *len) != HRD_OK) {
		name->len = 1;
		name->wire[0] = 0;
		return;
	}
	*data += name->len;
	*len -= name->len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct hrd_event event;
	struct hrd_event_source source = { "0123456789abcdef" };
	char line[HRD_EVENT_LINE_MAX + 1];
	uint8_t head[16] = { 0 };
	size_t take = len < sizeof(head) ? len : sizeof(head);

	memcpy(head, data, take);
	data += take;
	len -= take;
	memset(&event, 0, sizeof(event));
	event.outcome = (enum hrd_outcome)(head[0] % HRD_OUTCOMES);
	event.action = (enum hrd_action)(head[1] % HRD_ACTIONS);
	event.trigger = (enum hrd_trigger)(head[2] % (HRD_TRIGGER_RESPONSE_IP + 1));
	event.protocol = (enum hrd_protocol)(head[3] % (HRD_PROTOCOL_HTTPS + 1));
	event.rcode = head[4] % 32 - 1;
	event.type = (uint16_t)(head[5] << 8 | head[6]);
	event.class = head[7];
	event.wildcard = head[8] & 1;
	event.client.len = head[9] % 129;
	event.prefix.len = head[10] % 129;
	memcpy(&event.sequence, head, sizeof(event.sequence));
	take_name(&data, &len, &event.name);
	take_name(&data, &len, &event.base);
	take_text(&data, &len, event.policy, sizeof(event.policy));
	take_text(&data, &len, event.rule, sizeof(event.rule));
	take_text(&data, &len, event.entity, sizeof(event.entity));
	take_text(&data, &len, event.basis, sizeof(event.basis));
	take_text(&data, &len, event.group, sizeof(event.group));
	check_line(line, hrd_event_line(&event, &source, line));
	return 0;
}
