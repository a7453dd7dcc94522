/* SPDX-License-Identifier: BSD-3-Clause */
/* The outside of a policy image: payload, digest, signature text, and the order of images. */
#include <config.h>

#include <string.h>

#include "lib/base/bytes.h"
#include "lib/base/limits.h"
#include "lib/base/serial.h"
#include "lib/crypto/blake2b.h"
#include "lib/policy/private.h"

const struct hrd_policy_reader hrd_no_reader = { NULL, NULL, NULL };

int
hrd_refuse(struct hrd_fault *fault, const char *section, uint64_t offset, const char *reason)
{
	fault->section = section;
	fault->offset = offset;
	fault->reason = reason;
	return HRD_ECORRUPT;
}

static int
check_signature(const struct hrd_policy_parts *parts, const uint8_t *data, struct hrd_fault *fault)
{
	static const char start[] = "untrusted comment:";
	const uint8_t *text = parts->signature;
	uint64_t offset = (uint64_t)(text - data);

	if (parts->signature_len == 0)
		return HRD_OK;
	if (parts->signature_len > HRD_SIGNATURE_OCTETS_MAX)
		return hrd_refuse(
		    fault, "signature", offset, "more than 4096 octets after the digest");
	if (parts->signature_len < sizeof(start) || memcmp(text, start, sizeof(start) - 1) != 0)
		return hrd_refuse(
		    fault, "signature", offset, "what follows the digest is no minisign text");
	for (size_t i = 0; i < parts->signature_len; i++) {
		if (text[i] != '\n' && (text[i] < 0x20 || text[i] > 0x7e))
			return hrd_refuse(fault, "signature", offset + i, "not printable ASCII");
	}
	if (text[parts->signature_len - 1] != '\n')
		return hrd_refuse(
		    fault, "signature", offset + parts->signature_len, "last line has no end");
	return HRD_OK;
}

static int
check_size(const uint8_t *data, size_t len, struct hrd_fault *fault)
{
	if (len < HEAD_FIXED + HRD_DIGEST_LEN)
		return hrd_refuse(fault, "file", len, "too short for a policy image");
	if (len > HRD_IMAGE_OCTETS_MAX)
		return hrd_refuse(fault, "file", len, "larger than 1 GiB");
	if (memcmp(data + HEAD_MAGIC, HRD_MAGIC, MAGIC_LEN) != 0)
		return hrd_refuse(fault, "header", HEAD_MAGIC, "no policy image (wrong magic)");
	return HRD_OK;
}

static int
check_digest(const struct hrd_policy_reader *reader, const struct hrd_policy_parts *parts,
    struct hrd_fault *fault)
{
	uint8_t digest[HRD_DIGEST_LEN];
	struct hrd_blake2b state;
	size_t some;

	hrd_blake2b_init(&state, sizeof(digest));
	for (size_t done = 0; done < parts->payload_len; done += some) {
		some = parts->payload_len - done;
		if (some > HRD_OCTETS_A_QUESTION)
			some = HRD_OCTETS_A_QUESTION;
		hrd_blake2b_update(&state, parts->payload + done, some);
		if (!hrd_goes_on(reader))
			return HRD_ESTOP;
	}
	hrd_blake2b_final(&state, digest);
	if (memcmp(digest, parts->digest, sizeof(digest)) == 0)
		return HRD_OK;
	return hrd_refuse(
	    fault, "digest", parts->payload_len, "the file is damaged (digest does not match)");
}

int
hrd_policy_take_apart(const uint8_t *data, size_t len, unsigned flags,
    const struct hrd_policy_reader *reader, struct hrd_policy_parts *out, struct hrd_fault *fault)
{
	uint64_t payload;
	uint32_t version;
	int status = check_size(data, len, fault);

	if (status != HRD_OK)
		return status;
	version = hrd_le32(data + HEAD_VERSION);
	if (version < FORMAT_OLDEST || version > FORMAT_VERSION) {
		hrd_refuse(fault, "header", HEAD_VERSION, "format version is not 1 or 2");
		return HRD_EVERSION;
	}
	payload = hrd_le64(data + HEAD_PAYLOAD);
	if (payload > len - HRD_DIGEST_LEN)
		return hrd_refuse(fault, "header", HEAD_PAYLOAD, "payload reaches past the file");
	if (payload < HEAD_FIXED)
		return hrd_refuse(
		    fault, "header", HEAD_PAYLOAD, "payload is smaller than the header");
	out->payload = data;
	out->payload_len = (size_t)payload;
	out->digest = data + payload;
	out->signature = out->digest + HRD_DIGEST_LEN;
	out->signature_len = len - (size_t)payload - HRD_DIGEST_LEN;
	if ((flags & HRD_OPEN_NO_DIGEST) == 0)
		status = check_digest(reader, out, fault);
	return status == HRD_OK ? check_signature(out, data, fault) : status;
}

int
hrd_policy_split(const uint8_t *data, size_t len, unsigned flags, struct hrd_policy_parts *out,
    struct hrd_fault *fault)
{
	return hrd_policy_take_apart(data, len, flags, &hrd_no_reader, out, fault);
}

void
hrd_policy_stamp(const uint8_t *payload, struct hrd_stamp *out)
{
	out->serial = hrd_le32(payload + HEAD_SERIAL);
	out->created = hrd_le64(payload + HEAD_CREATED);
	memcpy(out->rule_digest, payload + HEAD_RULE_DIGEST, sizeof(out->rule_digest));
}

enum hrd_stamp_order
hrd_stamp_order(const struct hrd_stamp *before, const struct hrd_stamp *after)
{
	if (before->serial != after->serial)
		return hrd_serial_is_later(after->serial, before->serial)
			   ? HRD_STAMP_FOLLOWS
			   : HRD_STAMP_EARLIER_SERIAL;
	if (memcmp(before->rule_digest, after->rule_digest, sizeof(before->rule_digest)) != 0)
		return HRD_STAMP_OTHER_RULES;
	return after->created < before->created ? HRD_STAMP_EARLIER_MADE : HRD_STAMP_FOLLOWS;
}

const char *
hrd_stamp_fault(const struct hrd_stamp *before, const struct hrd_stamp *after)
{
	static const char *const faults[] = {
		[HRD_STAMP_FOLLOWS] = NULL,
		[HRD_STAMP_EARLIER_SERIAL] =
		    "older than the image that was in force: its serial is lower",
		[HRD_STAMP_OTHER_RULES] =
		    "other rules under the serial of the image that was in force",
		[HRD_STAMP_EARLIER_MADE] =
		    "older than the image that was in force: it was created earlier",
	};

	return faults[hrd_stamp_order(before, after)];
}
