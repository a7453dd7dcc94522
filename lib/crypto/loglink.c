/* SPDX-License-Identifier: BSD-3-Clause */
/* Links of a log. */
#include <config.h>

#include "lib/crypto/loglink.h"

#include <string.h>

#include "lib/base/hex.h"
#include "lib/crypto/blake2b.h"

#define HEAD ",\"hash\":\""
#define NUMBERS "\"hradba\":{\"line\":"

void
hrd_log_link_init(struct hrd_log_link *state, const uint8_t *key)
{
	memset(state, 0, sizeof(*state));
	state->keyed = key != NULL;
	if (key != NULL)
		memcpy(state->key, key, sizeof(state->key));
}

void
hrd_log_link_next(struct hrd_log_link *state, const void *body, size_t len)
{
	struct hrd_blake2b hash;

	if (state->keyed)
		hrd_blake2b_init_keyed(&hash, sizeof(state->link), state->key, sizeof(state->key));
	else
		hrd_blake2b_init(&hash, sizeof(state->link));
	hrd_blake2b_update(&hash, state->link, sizeof(state->link));
	hrd_blake2b_update(&hash, body, len);
	hrd_blake2b_final(&hash, state->link);
	explicit_bzero(&hash, sizeof(hash));
	state->line++;
}

/* A digest of a key for one purpose, which the text names. */
static void
derive(uint8_t *out, size_t len, const uint8_t *key, const char *purpose)
{
	struct hrd_blake2b hash;

	hrd_blake2b_init_keyed(&hash, len, key, HRD_LOG_KEY_LEN);
	hrd_blake2b_update(&hash, purpose, strlen(purpose));
	hrd_blake2b_final(&hash, out);
	explicit_bzero(&hash, sizeof(hash));
}

void
hrd_log_key_next(struct hrd_log_link *state)
{
	if (!state->keyed)
		return;
	derive(state->key, sizeof(state->key), state->key, "hradba log key: next");
	state->key_number++;
}

void
hrd_log_key_id(const uint8_t key[static HRD_LOG_KEY_LEN], uint8_t id[HRD_LOG_KEY_ID_LEN])
{
	derive(id, HRD_LOG_KEY_ID_LEN, key, "hradba log key: id");
}

enum { DIGITS_MAX = 15 };

/* Reads a number that something else follows; the octets read, 0 for what is none. */
static size_t
number(const char *text, const char *end, uint64_t *out)
{
	size_t n = 0;

	*out = 0;
	while (text + n < end && n <= DIGITS_MAX && text[n] >= '0' && text[n] <= '9')
		*out = 10 * *out + (uint64_t)(text[n++] - '0');
	return n > DIGITS_MAX ? 0 : n;
}

/* Quotes within a value have a backslash before them, so this text is a key wherever it stands. */
static bool
read_numbers(const char *text, size_t len, struct hrd_linked_line *out)
{
	static const char key[] = ",\"key\":";
	const char *end = text + len, *at = memmem(text, len, NUMBERS, sizeof(NUMBERS) - 1);
	size_t digits;

	if (at == NULL)
		return false;
	at += sizeof(NUMBERS) - 1;
	digits = number(at, end, &out->line);
	at += digits;
	if (digits == 0 || out->line == 0)
		return false;
	out->keyed = (size_t)(end - at) > sizeof(key) && memcmp(at, key, sizeof(key) - 1) == 0;
	return !out->keyed || number(at + sizeof(key) - 1, end, &out->key_number) > 0;
}

int
hrd_linked_line_parse(const char *text, size_t len, struct hrd_linked_line *out)
{
	const char *tail = text + len - (HRD_LINK_TAIL - 1);
	size_t head = sizeof(HEAD) - 1;

	memset(out, 0, sizeof(*out));
	if (len < HRD_LINK_TAIL || memcmp(tail, HEAD, head) != 0)
		return memmem(text, len, HEAD, head) == NULL ? HRD_ENOENT : HRD_EINVAL;
	out->body = (size_t)(tail - text);
	if (memcmp(tail + head + HRD_LINK_TEXT, "\"}}", 3) != 0 ||
	    !read_numbers(text, out->body, out))
		return HRD_EINVAL;
	return hrd_unhex(out->link, sizeof(out->link), tail + head);
}
