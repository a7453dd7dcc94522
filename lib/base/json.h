/* SPDX-License-Identifier: BSD-3-Clause */
/* A small JSON writer (RFC 8259): compact objects on one line, or indented by two.
 *
 * Strings are escaped so that any octets give valid JSON: controls (C0, DEL, C1) as \u00XX; invalid
 * UTF-8 octets as \u00XX too (so a reader sees Latin-1 for them). The writer tracks commas and
 * nesting in a fixed stack of HRD_JSON_DEPTH_MAX; it never allocates. Errors of the sink stick and
 * are returned by hrd_json_end().
 *
 * Calls nest as JSON does: a key before each value of an object and nowhere else, an end for each
 * beginning. The writer does not check it; misuse gives text that is no JSON, never an access out
 * of bounds. Nothing is kept of what it is given (texts are never NULL). A writer belongs to one
 * thread. */
#ifndef HRD_LIB_BASE_JSON_H
#define HRD_LIB_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"

enum { HRD_JSON_DEPTH_MAX = 16, HRD_JSON_HEX_MAX = 64 };

typedef int hrd_json_sink_fn(
    void *ctx, const char *text, size_t len); /* HRD_OK or the error to keep */

/* Members are the writer's own; ctx is the caller's and outlives the writing. */
struct hrd_json {
	hrd_json_sink_fn *sink;
	void *ctx;
	int status;
	unsigned depth;
	bool pretty;
	bool first[HRD_JSON_DEPTH_MAX + 1];
	bool after_key;
};

/* A sink for the usual case: ctx is the FILE * to write to. HRD_EIO; what stdio still holds may
 * fail at fflush() or fclose(), which are the caller's. */
int hrd_json_to_stream(void *ctx, const char *text, size_t len);

void hrd_json_init(struct hrd_json *json, bool pretty, hrd_json_sink_fn *sink, void *ctx);
/* Writes a value that is to stand in a text of another writer, at that depth of it: as what follows
 * a key there, for hrd_json_raw(). json->status tells whether it is whole. */
void hrd_json_init_inner(
    struct hrd_json *json, bool pretty, hrd_json_sink_fn *sink, void *ctx, unsigned depth);

/* Past HRD_JSON_DEPTH_MAX nested values the status becomes HRD_ELIMIT and nothing more is written.
 */
void hrd_json_object(struct hrd_json *json); /* { */
void hrd_json_object_end(struct hrd_json *json);
void hrd_json_array(struct hrd_json *json); /* [ */
void hrd_json_array_end(struct hrd_json *json);
void hrd_json_key(struct hrd_json *json, const char *key);

/* Values. */
void hrd_json_string(struct hrd_json *json, const char *text);
void hrd_json_string_len(struct hrd_json *json, const char *text, size_t len);
void hrd_json_uint(struct hrd_json *json, uint64_t value);
void hrd_json_bool(struct hrd_json *json, bool value);
void hrd_json_null(struct hrd_json *json);
/* A value as another writer wrote it. */
void hrd_json_raw(struct hrd_json *json, const char *text, size_t len);
/* How many octets at the beginning stand for themselves in a string: printable ASCII, but for
 * quotes and backslashes. */
size_t hrd_json_plain(const char *text, size_t len);
/* Key and value in one, the common cases; hex writes the first HRD_JSON_HEX_MAX octets at most. */
void hrd_json_member(struct hrd_json *json, const char *key, const char *text);
void hrd_json_hex(struct hrd_json *json, const char *key, const uint8_t *octets, size_t len);
void hrd_json_number(struct hrd_json *json, const char *key, uint64_t value);
void hrd_json_flag(struct hrd_json *json, const char *key, bool value);
/* Ends the line (LF) and gives the first error, or HRD_OK. */
HRD_MUST_USE int hrd_json_end(struct hrd_json *json);

#endif
