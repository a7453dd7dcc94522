/* SPDX-License-Identifier: BSD-3-Clause */
/* Damaged images: every truncation, every bit of the header, random flips with and without a right
 * digest. What opens all the same is asked and walked. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/bytes.h"
#include "lib/base/limits.h"
#include "lib/policy/format.h"
#include "lib/policy/policy.h"
#include "tests/fixture.h"
#include "tests/unit/check.h"
#include "tests/rule_model.h"

enum { HEADER = HEAD_FIXED + SECTIONS_KNOWN * SECTION_ENTRY };

static struct fixture base;

static int
open_copy(const uint8_t *image, size_t len, unsigned flags, struct hrd_policy **policy)
{
	struct hrd_fault fault;
	uint8_t *copy =
	    malloc(len > 0 ? len : 1); /* so that ASan sees what is read behind the end */
	int status;

	assert_non_null(copy);
	memcpy(copy, image, len);
	status = hrd_policy_open(copy, len, true, flags, policy, &fault);
	if (status != HRD_OK) {
		assert_true(strlen(fault.section) > 0);
		assert_true(strlen(fault.reason) > 0);
	}
	return status;
}

/* Every rule by walking, with its records and texts; then each name and address by look-up. */
static void
use(const struct hrd_policy *policy)
{
	static const char *const names[] = { "example.com", "a.ok.example.com", "x.hole.example",
		"q.a.hole.example", "data.example", "b.data.example", "." };
	struct hrd_policy_walk walk;
	struct hrd_match match;
	struct hrd_name name;
	struct hrd_meta meta;
	struct hrd_rr rr;
	char text[2 * HRD_NAME_TEXT_MAX];
	size_t rules = 0, octets = 0;

	hrd_policy_walk_init(&walk, policy);
	while (hrd_policy_walk_next(&walk, &name, &match)) {
		hrd_policy_meta(policy, match.meta, &meta);
		octets += strlen(meta.ede) + hrd_rule_id(policy, &match, &name, text, sizeof(text));
		if (match.action == HRD_ACTION_LOCAL_DATA) {
			for (size_t n = 0; hrd_policy_rr(policy, match.data, n, &rr); n++)
				octets += rr.rdata[rr.rdlen - 1];
		}
		rules++;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(hrd_name_from_text(&name, names[i], strlen(names[i])), HRD_OK);
		octets += hrd_policy_find(policy, HRD_TRIGGER_QNAME, name.wire, name.len, &match);
	}
	assert_true(rules <= 1000 && octets < 1000000);
}

TEST(the_base_is_good)
{
	struct hrd_policy *policy;

	assert_int_equal(open_copy(base.image, base.len, 0, &policy), HRD_OK);
	use(policy);
	assert_int_equal(hrd_policy_memory(policy) >= base.len, 1);
	hrd_policy_free(policy);
}

TEST(every_truncation_is_refused)
{
	struct hrd_policy *policy;

	for (size_t len = 0; len < base.len; len++) {
		assert_int_not_equal(open_copy(base.image, len, 0, &policy), HRD_OK);
		assert_int_not_equal(
		    open_copy(base.image, len, HRD_OPEN_NO_DIGEST, &policy), HRD_OK);
	}
}

TEST(every_header_bit_is_covered_by_the_digest)
{
	struct hrd_policy *policy;

	for (size_t bit = 0; bit < 8 * HEADER; bit++) {
		base.image[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(open_copy(base.image, base.len, 0, &policy), HRD_OK);
		base.image[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* Bits that may say anything: serial, TTL but its highest bit, times, flag bits 0 and 1, rule
 * digest. */
static int
is_free(size_t bit)
{
	size_t octet = bit / 8;

	if (octet == HEAD_FLAGS)
		return bit % 8 < 2;
	if (octet == HEAD_TTL + 3)
		return bit % 8 != 7;
	return (octet >= HEAD_SERIAL && octet < HEAD_RULES) || octet >= HEAD_RULE_DIGEST;
}

TEST(header_bits_count_without_the_digest)
{
	struct hrd_policy *policy;

	for (size_t bit = 0; bit < 8 * HEADER; bit++) {
		int status;

		base.image[bit / 8] ^= (uint8_t)(1 << bit % 8);
		status = open_copy(base.image, base.len, HRD_OPEN_NO_DIGEST, &policy);
		base.image[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (status == HRD_OK) {
			use(policy);
			hrd_policy_free(policy);
		}
		assert_int_equal(status == HRD_OK, bit < 8 * HEAD_FIXED && is_free(bit));
	}
}

TEST(metadata_of_both_versions_is_read)
{
	static const struct {
		const char *file, *language;
	} images[] = { { "good-base.txt", "cs" }, { "good-version-1.txt", NULL } };

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		struct hrd_justification given = { NULL, NULL, NULL };
		struct fixture fixture;
		struct hrd_policy *policy;
		struct hrd_match match;
		struct hrd_meta meta;
		char path[512];

		snprintf(path, sizeof(path), "%s/tests/data/policy/%s", getenv("top_srcdir"),
		    images[i].file);
		assert_int_equal(fixture_make(path, &fixture), 0);
		assert_int_equal(open_copy(fixture.image, fixture.len, 0, &policy), HRD_OK);
		assert_true(hrd_policy_find(
		    policy, HRD_TRIGGER_QNAME, (const uint8_t *)"\007example\003com", 13, &match));
		hrd_policy_meta(policy, match.meta, &meta);
		assert_string_equal(meta.rule_id, "id-example");
		assert_string_equal(meta.entity, "entity");
		assert_string_equal(meta.category, images[i].language != NULL ? "api" : "");
		assert_string_equal(
		    meta.reference, images[i].language != NULL ? "https://act.example/" : "");
		assert_int_equal(
		    hrd_policy_justification(policy, 0, &given), images[i].language != NULL);
		assert_false(hrd_policy_justification(policy, 1, &given));
		if (images[i].language != NULL)
			assert_string_equal(given.language, images[i].language);
		hrd_policy_free(policy);
		free(fixture.image);
	}
}

static void
random_flips_are_survived(void **state)
{
	uint8_t *image = malloc(base.len);
	struct rng rng = { .state = 7 };
	struct hrd_policy *policy;
	unsigned opened = 0;

	(void)state;
	assert_non_null(image);
	for (int i = 0; i < 100000; i++) {
		memcpy(image, base.image, base.len);
		for (uint32_t n = 1 + rng_below(&rng, 4); n > 0; n--) {
			uint32_t at = rng_below(&rng, (uint32_t)base.len);

			image[at] = rng_below(&rng, 2) == 0
					? image[at] ^ (uint8_t)(1 << rng_below(&rng, 8))
					: (uint8_t)rng_below(&rng, 256);
		}
		if (memcmp(image, base.image, base.len) != 0)
			assert_int_not_equal(open_copy(image, base.len, 0, &policy), HRD_OK);
		if (open_copy(image, base.len, HRD_OPEN_NO_DIGEST, &policy) == HRD_OK) {
			opened++;
			use(policy);
			hrd_policy_free(policy);
		}
	}
	free(image);
	printf("# of 100000 flipped images %u open when the digest is not looked at\n", opened);
	assert_true(opened > 0);
}

/* Bits of the names that are those of no name: nothing that look-ups rely on, so a server opens the
 * image; whoever checks all of it does not. */
TEST(names_that_are_none_are_refused_unless_for_look_ups)
{
	const uint8_t *entry = base.image + HEAD_FIXED + (SECTION_QNAME - 1) * SECTION_ENTRY;
	size_t start = hrd_le32(entry + SECTION_OFFSET), len = hrd_le32(entry + SECTION_LEN);
	struct hrd_policy *policy;
	unsigned found = 0;

	for (size_t bit = 8 * start; bit < 8 * (start + len); bit++) {
		int full, for_look_ups;

		base.image[bit / 8] ^= (uint8_t)(1 << bit % 8);
		full = open_copy(base.image, base.len, HRD_OPEN_NO_DIGEST, &policy);
		if (full == HRD_OK)
			hrd_policy_free(policy);
		for_look_ups = open_copy(
		    base.image, base.len, HRD_OPEN_NO_DIGEST | HRD_OPEN_LOOK_UPS, &policy);
		base.image[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_true(full != HRD_OK || for_look_ups == HRD_OK);
		if (for_look_ups != HRD_OK)
			continue;
		found += full == HRD_ECORRUPT;
		use(policy);
		hrd_policy_free(policy);
	}
	assert_true(found > 0);
}

/* More records in a set than an answer can carry: the sets of three rules are moved into one. */
TEST(a_data_set_of_1025_records_is_refused)
{
	static const uint32_t counts[] = { 1000, 25, 2 };
	struct hrd_ruleset *set = hrd_rules_new();
	struct hrd_policy_info info = { .id = "big", .title = "", .publisher = "" };
	struct hrd_policy *policy;
	uint8_t *image, *data;
	size_t len;

	for (uint32_t r = 0; r < 3; r++) {
		struct hrd_rule rule = { .trigger = HRD_TRIGGER_QNAME,
			.action = HRD_ACTION_LOCAL_DATA };
		char name[] = "a.example";

		name[0] = (char)('a' + r);
		assert_int_equal(hrd_name_from_text(&rule.name, name, strlen(name)), HRD_OK);
		for (uint32_t i = 0; i < counts[r]; i++) {
			uint8_t rdata[4] = { (uint8_t)r, 0, (uint8_t)(i >> 8), (uint8_t)i };
			struct hrd_rr rr = { 1, 4, 60, rdata };

			assert_int_equal(hrd_rules_add(set, &rule, &rr), HRD_OK);
		}
	}
	info.apex.len = info.mname.len = info.rname.len = 1;
	assert_int_equal(hrd_rules_seal(set, NULL, NULL), HRD_OK);
	assert_int_equal(hrd_policy_build(set, &info, &image, &len), HRD_OK);
	hrd_rules_free(set);
	assert_int_equal(open_copy(image, len, 0, &policy), HRD_OK);
	hrd_policy_free(policy);
	data = image +
	       hrd_le32(image + HEAD_FIXED + (SECTION_DATA - 1) * SECTION_ENTRY + SECTION_OFFSET);
	hrd_put_le32(data, 1024);
	assert_int_equal(open_copy(image, len, HRD_OPEN_NO_DIGEST, &policy), HRD_OK);
	hrd_policy_free(policy);
	hrd_put_le32(data, 1025);
	hrd_put_le32(data + 4, 1026);
	assert_int_equal(open_copy(image, len, HRD_OPEN_NO_DIGEST, &policy), HRD_ECORRUPT);
	free(image);
}

static void
write_file(const char *path, const uint8_t *data, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static bool
goes_on(void *ctx)
{
	unsigned *left = ctx;

	return *left > 0 && --*left > 0;
}

TEST(a_reading_ends_at_any_question)
{
	char path[] = "hradba-image-XXXXXX";
	struct hrd_policy *policy = NULL;
	struct hrd_fault fault;
	unsigned questions = 0, left;
	int fd = mkstemp(path), status;

	assert_true(fd >= 0 && close(fd) == 0);
	write_file(path, base.image, base.len);
	do {
		struct hrd_policy_reader reader = { NULL, goes_on, &left };

		left = ++questions;
		status = hrd_policy_read_judged(path, 0, &reader, &policy, &fault);
		assert_true(status == HRD_OK || (status == HRD_ESTOP && left == 0));
	} while (status == HRD_ESTOP);
	hrd_policy_free(policy);
	assert_int_equal(unlink(path), 0);
	/* While it is read, while it is digested, and between its sections. */
	assert_true(questions > 10);
}

TEST(files_are_read_or_refused)
{
	char dir[] = "hradba-image-XXXXXX", path[64];
	struct hrd_policy *policy = NULL;
	const uint8_t *payload, *digest, *signature;
	struct hrd_fault fault;
	size_t len, signature_len;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.policy", dir);
	assert_int_equal(hrd_policy_read(path, 0, &policy, &fault), HRD_EIO);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(hrd_policy_read(dir, 0, &policy, &fault), HRD_EIO);
	assert_int_equal(errno, EISDIR);
	write_file(path, base.image, base.len);
	assert_int_equal(hrd_policy_read(path, 0, &policy, &fault), HRD_OK);
	use(policy);
	hrd_policy_payload(policy, &payload, &len, &digest, &signature, &signature_len);
	assert_int_equal(len + HRD_DIGEST_LEN, base.len);
	assert_int_equal(signature_len, 0);
	assert_memory_equal(digest, base.image + len, HRD_DIGEST_LEN);
	hrd_policy_free(policy);
	write_file(path, base.image, 0);
	assert_int_equal(hrd_policy_read(path, 0, &policy, &fault), HRD_ECORRUPT);
	assert_string_equal(fault.section, "file");
	write_file(path, base.image, base.len - 1);
	assert_int_equal(hrd_policy_read(path, 0, &policy, &fault), HRD_ECORRUPT);
	assert_int_equal(truncate(path, (off_t)HRD_IMAGE_OCTETS_MAX + 1), 0);
	assert_int_equal(hrd_policy_read(path, 0, &policy, &fault), HRD_ECORRUPT);
	assert_string_equal(fault.section, "file");
	assert_int_equal(unlink(path), 0);
	/* A FIFO must not hold up the reader. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(hrd_policy_read(path, 0, &policy, &fault), HRD_EIO);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_base_is_good),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_header_bit_is_covered_by_the_digest),
		cmocka_unit_test(header_bits_count_without_the_digest),
		cmocka_unit_test(metadata_of_both_versions_is_read),
		cmocka_unit_test(random_flips_are_survived),
		cmocka_unit_test(names_that_are_none_are_refused_unless_for_look_ups),
		cmocka_unit_test(a_data_set_of_1025_records_is_refused),
		cmocka_unit_test(a_reading_ends_at_any_question),
		cmocka_unit_test(files_are_read_or_refused),
	};
	int failed;

	if (fixture_base(&base) != 0)
		return 99;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(base.image);
	return failed;
}
