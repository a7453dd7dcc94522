/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes a name section: sorted keys, end to end. */
#include <config.h>

#include "lib/trie.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/trie_format.h"

/* The key before, to see that the input is sorted. */
struct before {
	struct hrd_key key;
	bool valid;
};

static int
check_order(struct before *before, const uint8_t *key, size_t len)
{
	struct hrd_name name;
	size_t common = len < before->key.len ? len : before->key.len;
	int order;

	if (hrd_key_to_name(&name, key, len) != HRD_OK)
		return HRD_EINVAL;
	if (before->valid) {
		order = memcmp(before->key.octets, key, common);
		if (order > 0 || (order == 0 && before->key.len >= len))
			return HRD_EINVAL;
	}
	memcpy(before->key.octets, key, len);
	before->key.len = (uint16_t)len;
	before->valid = true;
	return HRD_OK;
}

static int
measure(const struct hrd_trie_input *in, uint64_t *keys_len)
{
	struct before before = { .valid = false };

	*keys_len = 0;
	for (size_t i = 0; i < in->count; i++) {
		const uint8_t *key;
		uint32_t value;
		size_t len;

		in->get(in->ctx, i, &key, &len, &value);
		if ((value & HRD_TRIE_FLAGS) == 0 || check_order(&before, key, len) != HRD_OK)
			return HRD_EINVAL;
		*keys_len += len;
	}
	return HRD_OK;
}

static void
write_section(const struct hrd_trie_input *in, uint8_t *out, uint32_t keys_len)
{
	uint8_t *entry = out + TRIE_HEAD, *keys = entry + in->count * TRIE_ENTRY;
	uint32_t end = 0;

	hrd_put_le32(out + TRIE_COUNT, (uint32_t)in->count);
	hrd_put_le32(out + TRIE_KEYS_LEN, keys_len);
	for (size_t i = 0; i < in->count; i++, entry += TRIE_ENTRY) {
		const uint8_t *key;
		uint32_t value;
		size_t len;

		in->get(in->ctx, i, &key, &len, &value);
		memcpy(keys + end, key, len);
		end += (uint32_t)len;
		hrd_put_le32(entry + TRIE_ENTRY_END, end);
		hrd_put_le32(entry + TRIE_ENTRY_VALUE, value);
	}
}

int
hrd_trie_build(const struct hrd_trie_input *in, uint8_t **out, size_t *len)
{
	uint64_t keys_len, total;
	int status = measure(in, &keys_len);

	if (status != HRD_OK)
		return status;
	total = TRIE_HEAD + (uint64_t)in->count * TRIE_ENTRY + keys_len;
	if (total > UINT32_MAX)
		return HRD_ELIMIT;
	*out = malloc((size_t)total);
	if (*out == NULL)
		return HRD_ENOMEM;
	write_section(in, *out, (uint32_t)keys_len);
	*len = (size_t)total;
	return HRD_OK;
}
