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

/* Takes a text from the input, of up to 255 octets. */
static void
take_text(const uint8_t **data, size_t *len, struct hrd_event *event, enum hrd_event_text which)
{
	size_t take = *len > 0 ? (*data)[0] : 0;

	if (take >= *len)
		take = *len > 0 ? *len - 1 : 0;
	hrd_event_set(event, which, *data + (*len > 0), take);
	*data += *len > 0 ? take + 1 : 0;
	*len -= *len > 0 ? take + 1 : 0;
}

static void
take_name(const uint8_t **data, size_t *len, struct hrd_event *event, enum hrd_event_text which)
{
	struct hrd_name name;

	if (hrd_name_from_wire(&name, *data, *len) != HRD_OK) {
		hrd_event_set(event, which, "", 1);
		return;
	}
	hrd_event_set(event, which, name.wire, name.len);
	*data += name.len;
	*len -= name.len;
}

/* Makes the names that matched and are listed ends of the one asked for, as mostly they are. */
static void
share_names(struct hrd_event *event, size_t cut)
{
	const char *name = event->room + event->texts[HRD_EVENT_NAME].at;
	size_t len = event->texts[HRD_EVENT_NAME].len;

	cut = len > 0 ? cut % len : 0;
	require(hrd_event_set_suffix(event, HRD_EVENT_MATCHED, HRD_EVENT_NAME, name, len) &&
		    hrd_event_set_suffix(
			event, HRD_EVENT_BASE, HRD_EVENT_MATCHED, name + cut, len - cut),
	    "an end of a name is none", "");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct hrd_event event;
	struct hrd_event_source source = {
		.instance = "0123456789abcdef", .serial = "", .host = ""
	};
	char line[HRD_EVENT_LINE_MAX + 1];
	uint8_t head[16] = { 0 };
	size_t take = len < sizeof(head) ? len : sizeof(head);

	memcpy(head, data, take);
	data += take;
	len -= take;
	hrd_event_init(&event);
	event.outcome = (enum hrd_outcome)(head[0] % HRD_OUTCOMES);
	event.action = (enum hrd_action)(head[1] % HRD_ACTIONS);
	event.trigger = (enum hrd_trigger)(head[2] % (HRD_TRIGGER_RESPONSE_IP + 1));
	event.protocol = (enum hrd_protocol)(head[3] % (HRD_PROTOCOL_HTTPS + 1));
	event.rcode = head[4] % 32 - 1;
	event.type = (uint16_t)(head[5] << 8 | head[6]);
	event.class = head[7];
	event.wildcard = head[8] & 1;
	event.has_id = head[11] & 1;
	event.address.len = head[12] % 129;
	event.client.len = head[9] % 129;
	event.prefix.len = head[10] % 129;
	memcpy(&event.sequence, head, sizeof(event.sequence));
	for (int which = HRD_EVENT_NAME; which <= HRD_EVENT_MATCHED; which++)
		take_name(&data, &len, &event, (enum hrd_event_text)which);
	if ((head[13] & 1) != 0)
		share_names(&event, head[14]);
	for (int which = HRD_EVENT_POLICY; which < HRD_EVENT_TEXTS; which++)
		take_text(&data, &len, &event, (enum hrd_event_text)which);
	check_line(line, hrd_event_line(&event, &source, line));
	return 0;
}
