/* SPDX-License-Identifier: BSD-3-Clause */
/* The JSON writer. */
#include <config.h>

#include "lib/base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/utf8.h"

static void
put(struct hrd_json *json, const char *text, size_t len)
{
	if (json->status == HRD_OK && len > 0)
		json->status = json->sink(json->ctx, text, len);
}

static void
put_text(struct hrd_json *json, const char *text)
{
	put(json, text, strlen(text));
}

static void
new_line(struct hrd_json *json)
{
	static const char spaces[] = "                                ";

	_Static_assert(sizeof(spaces) > 2 * HRD_JSON_DEPTH_MAX, "indent of the deepest level");
	put(json, "\n", 1);
	put(json, spaces, 2 * (size_t)json->depth);
}

/* What stands between the last value and the next key or value. */
static void
separate(struct hrd_json *json)
{
	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->depth == 0)
		return;
	if (!json->first[json->depth])
		put(json, ",", 1);
	json->first[json->depth] = false;
	if (json->pretty)
		new_line(json);
}

static void
open_level(struct hrd_json *json, const char *bracket)
{
	separate(json);
	put_text(json, bracket);
	if (json->depth >= HRD_JSON_DEPTH_MAX) {
		if (json->status == HRD_OK)
			json->status = HRD_ELIMIT;
		return;
	}
	json->first[++json->depth] = true;
}

static void
close_level(struct hrd_json *json, const char *bracket)
{
	bool empty = json->first[json->depth];

	if (json->depth > 0)
		json->depth--;
	if (json->pretty && !empty)
		new_line(json);
	put_text(json, bracket);
}

void
hrd_json_init(struct hrd_json *json, bool pretty, hrd_json_sink_fn *sink, void *ctx)
{
	memset(json, 0, sizeof(*json));
	json->sink = sink;
	json->ctx = ctx;
	json->pretty = pretty;
}

void
hrd_json_init_inner(
    struct hrd_json *json, bool pretty, hrd_json_sink_fn *sink, void *ctx, unsigned depth)
{
	hrd_json_init(json, pretty, sink, ctx);
	json->depth = depth;
	json->after_key = true;
}

void
hrd_json_raw(struct hrd_json *json, const char *text, size_t len)
{
	separate(json);
	put(json, text, len);
}

void
hrd_json_object(struct hrd_json *json)
{
	open_level(json, "{");
}

void
hrd_json_object_end(struct hrd_json *json)
{
	close_level(json, "}");
}

void
hrd_json_array(struct hrd_json *json)
{
	open_level(json, "[");
}

void
hrd_json_array_end(struct hrd_json *json)
{
	close_level(json, "]");
}

/* Writes what cannot stand for itself in a string. */
static void
put_escape(struct hrd_json *json, unsigned char c)
{
	char text[8];

	if (c == '"' || c == '\\')
		snprintf(text, sizeof(text), "\\%c", c);
	else
		snprintf(text, sizeof(text), "\\u%04x", c);
	put_text(json, text);
}

/* A C1 control (U+0080 to U+009F): UTF-8 gives each two octets, the second its number. */
static bool
is_c1(const uint8_t *octets, size_t step)
{
	return step == 2 && octets[0] == 0xc2 && octets[1] < 0xa0;
}

static bool
is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Whether one of eight octets is zero; it may say so of another behind one that is. */
static uint64_t
has_zero(uint64_t octets)
{
	return (octets - UINT64_C(0x0101010101010101)) & ~octets & UINT64_C(0x8080808080808080);
}

/* Whether one of eight octets is not plain. */
static bool
has_special(uint64_t octets)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = 0x80 * each;

	return ((octets & high) | ((octets - 0x20 * each) & ~octets & high) |
		   has_zero(octets ^ 0x7f * each) | has_zero(octets ^ '"' * each) |
		   has_zero(octets ^ '\\' * each)) != 0;
}

size_t
hrd_json_plain(const char *text, size_t len)
{
	size_t i = 0;

	for (uint64_t octets; len - i >= sizeof(octets); i += sizeof(octets)) {
		memcpy(&octets, text + i, sizeof(octets));
		if (has_special(octets))
			break;
	}
	while (i < len && is_plain((uint8_t)text[i]))
		i++;
	return i;
}

static void
put_quoted(struct hrd_json *json, const char *text, size_t len)
{
	const uint8_t *octets = (const uint8_t *)text;
	size_t start = 0, i = 0;

	put(json, "\"", 1);
	/* Most of what is written is plain. */
	while ((i += hrd_json_plain(text + i, len - i)) < len) {
		uint8_t c = octets[i];
		size_t step = hrd_utf8_char(octets + i, len - i);
		bool c1 = is_c1(octets + i, step);

		if (step > 1 && !c1) {
			i += step;
			continue;
		}
		put(json, text + start, i - start);
		put_escape(json, c1 ? octets[i + 1] : c);
		i += c1 ? 2 : 1;
		start = i;
	}
	put(json, text + start, i - start);
	put(json, "\"", 1);
}

void
hrd_json_key(struct hrd_json *json, const char *key)
{
	separate(json);
	put_quoted(json, key, strlen(key));
	put_text(json, json->pretty ? ": " : ":");
	json->after_key = true;
}

void
hrd_json_string_len(struct hrd_json *json, const char *text, size_t len)
{
	separate(json);
	put_quoted(json, text, len);
}

void
hrd_json_string(struct hrd_json *json, const char *text)
{
	hrd_json_string_len(json, text, strlen(text));
}

void
hrd_json_uint(struct hrd_json *json, uint64_t value)
{
	char text[24];

	separate(json);
	snprintf(text, sizeof(text), "%" PRIu64, value);
	put_text(json, text);
}

void
hrd_json_bool(struct hrd_json *json, bool value)
{
	separate(json);
	put_text(json, value ? "true" : "false");
}

void
hrd_json_null(struct hrd_json *json)
{
	separate(json);
	put_text(json, "null");
}

void
hrd_json_member(struct hrd_json *json, const char *key, const char *text)
{
	hrd_json_key(json, key);
	hrd_json_string(json, text);
}

void
hrd_json_hex(struct hrd_json *json, const char *key, const uint8_t *octets, size_t len)
{
	char text[2 * HRD_JSON_HEX_MAX + 1];

	hrd_hex(text, octets, len < HRD_JSON_HEX_MAX ? len : HRD_JSON_HEX_MAX);
	hrd_json_member(json, key, text);
}

void
hrd_json_number(struct hrd_json *json, const char *key, uint64_t value)
{
	hrd_json_key(json, key);
	hrd_json_uint(json, value);
}

void
hrd_json_flag(struct hrd_json *json, const char *key, bool value)
{
	hrd_json_key(json, key);
	hrd_json_bool(json, value);
}

int
hrd_json_to_stream(void *ctx, const char *text, size_t len)
{
	return fwrite(text, 1, len, ctx) == len ? HRD_OK : HRD_EIO;
}

int
hrd_json_end(struct hrd_json *json)
{
	put(json, "\n", 1);
	return json->status;
}
