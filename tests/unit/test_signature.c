/* SPDX-License-Identifier: BSD-3-Clause */
/* Key and signature files: what minisign 0.11 made is taken, what was changed is not. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crypto/blake2b.h"
#include "lib/crypto/signature.h"
#include "tests/unit/check.h"

/* Made by minisign 0.11 over "hello\n"; keys of this test alone. */
static const char public_text[] = "untrusted comment: minisign public key F0B958B3C98341DA\n"
				  "RWTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7rI\n";
static const char secret_text[] =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA2kGDybNYufCqoilp"
    "5VX8vud17D2/sJDUIF7LQTHtWY65RSq94ZFnQ8Fw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7rIAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
static const char encrypted_text[] =
    "untrusted comment: minisign encrypted secret key\n"
    "RWRTY0IyiH0W8d2y54cqUgY0HPuOK03FDX0U1FjCCY+Kf8e8prMAAAACAAAAAAAAAEAAAAAAn3lGKmRLjDth9J4M"
    "N74ZPHm7RRaWAKd1yZmFmfS7JnxXeH9OnIdyLRmD2VYfZ1Db8zS+34pqYUGJewMr5bVIWOq6rmufrodBNq/eKTp+"
    "PpbMYmNcjY2FpvQ6RT6E4kqlS7zFTDHJd34=\n";
static const char signature_text[] =
    "untrusted comment: signature from minisign secret key\n"
    "RUTaQYPJs1i58B/Ty+XgtM9cmAeo1jpZE2oa7tbg8W7QeXKqpQLYfA6+89DzLi/pd8iAxG//"
    "zni+8wibLMCeU7qVeLvKXd7K"
    "pwE=\n"
    "trusted comment: made\tby minisign 0.11\n"
    "b2rNPkGvKwkQFeqDdZiVbed057/FmJD6xi5i1WT5zEjA4Cp5qJIgySIbfk174LZbJZTDqViVtn4KmprkxBeNCw==\n";
static const char legacy_text[] =
    "untrusted comment: signature from minisign secret key\n"
    "RWTaQYPJs1i58GAiba0kC48VOtu0EvwFeGjO3vJX39fF+"
    "A6LPxzPPtvllmZbucGZBcyAcBdgF0PSETF3eoxeJ0JhVOjYS6TH"
    "xw8=\n"
    "trusted comment: t\n"
    "8WD/zJ1ZOtAoWYxeMpxlYQpzVk0fOVztsyE27Ay2lwLAW1PKFwUeQCL477YYtO3Wde34VhLZ8rS0JjqKGcIICQ==\n";

static struct hrd_public_key public_key;
static struct hrd_secret_key secret_key;
static uint8_t digest[64];

static int
read_keys(void **state)
{
	const char *reason;

	(void)state;
	hrd_blake2b(digest, sizeof(digest), "hello\n", 6);
	return hrd_public_key_parse(public_text, strlen(public_text), &public_key, &reason) !=
		   HRD_OK ||
	       hrd_secret_key_parse(secret_text, strlen(secret_text), &secret_key, &reason) !=
		   HRD_OK;
}

static int
verify(const char *text, size_t len, const char **reason)
{
	return hrd_signature_verify(digest, text, len, &public_key, 1, NULL, reason);
}

TEST(keys_of_minisign_are_read_and_belong_together)
{
	struct hrd_public_key alone;
	const char *reason, *second = strchr(public_text, '\n') + 1;

	assert_memory_equal(&secret_key.public, &public_key, sizeof(public_key));
	assert_int_equal(
	    hrd_public_key_parse(second, HRD_PUBLIC_KEY_CHARS, &alone, &reason), HRD_OK);
	assert_memory_equal(&alone, &public_key, sizeof(alone));
}

TEST(signature_of_minisign_is_taken_with_its_comment)
{
	struct hrd_public_key keys[3] = { { .id = { 1 } }, public_key, { .id = { 2 } } };
	struct hrd_signed_by by;
	const char *reason = NULL;

	assert_int_equal(hrd_signature_verify(
			     digest, signature_text, strlen(signature_text), keys, 3, &by, &reason),
	    HRD_OK);
	assert_int_equal(by.key, 1);
	assert_int_equal(by.comment_len, strlen("made\tby minisign 0.11"));
	assert_memory_equal(by.comment, "made\tby minisign 0.11", by.comment_len);
}

TEST(same_digest_and_comment_give_the_octets_of_minisign)
{
	char text[2048];
	size_t len;

	assert_int_equal(
	    hrd_sign(&secret_key, digest, "made\tby minisign 0.11", text, sizeof(text), &len),
	    HRD_OK);
	assert_int_equal(len, strlen(text));
	assert_string_equal(strchr(text, '\n'), strchr(signature_text, '\n'));
}

TEST(any_changed_octet_of_a_signature_is_refused)
{
	size_t len = strlen(signature_text),
	       first = (size_t)(strchr(signature_text, '\n') - signature_text);
	char text[sizeof(signature_text)];
	const char *reason;

	/* The untrusted comment is what its name says. */
	for (size_t i = first; i < len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(text, signature_text, sizeof(text));
			text[i] = (char)(text[i] ^ (1u << bit));
			assert_int_equal(verify(text, len, &reason), HRD_ESIGNATURE);
		}
	}
}

TEST(truncated_or_longer_signatures_are_refused)
{
	char longer[sizeof(signature_text) + 1];
	const char *reason;

	for (size_t len = 0; len < strlen(signature_text); len++)
		assert_int_equal(verify(signature_text, len, &reason), HRD_ESIGNATURE);
	for (int c = 0; c < 256; c++) {
		snprintf(longer, sizeof(longer), "%s%c", signature_text, c);
		assert_int_equal(
		    verify(longer, strlen(signature_text) + 1, &reason), HRD_ESIGNATURE);
	}
}

TEST(refusals_name_their_reason)
{
	static const struct hrd_public_key stranger = { .id = { 7 } };
	struct hrd_public_key same_id = { .key = { 1 } };
	uint8_t other[64] = { 0 };
	const char *reason = NULL;
	size_t len = strlen(signature_text);

	assert_int_equal(verify("", 0, &reason), HRD_ESIGNATURE);
	assert_string_equal(reason, "there is no signature; rpzgen sign makes one");
	assert_int_equal(verify(legacy_text, strlen(legacy_text), &reason), HRD_ESIGNATURE);
	assert_non_null(strstr(reason, "prehashed"));
	assert_int_equal(
	    hrd_signature_verify(digest, signature_text, len, &stranger, 1, NULL, &reason),
	    HRD_ESIGNATURE);
	assert_non_null(strstr(reason, "no trusted key"));
	memcpy(same_id.id, public_key.id, sizeof(same_id.id));
	assert_int_equal(
	    hrd_signature_verify(digest, signature_text, len, &same_id, 1, NULL, &reason),
	    HRD_ESIGNATURE);
	assert_int_equal(
	    hrd_signature_verify(other, signature_text, len, &public_key, 1, NULL, &reason),
	    HRD_ESIGNATURE);
	assert_non_null(strstr(reason, "data was changed"));
}

TEST(two_keys_with_one_id_are_both_tried)
{
	struct hrd_public_key keys[2] = { { .key = { 1 } }, public_key };
	struct hrd_signed_by by;
	const char *reason;

	memcpy(keys[0].id, public_key.id, sizeof(keys[0].id));
	assert_int_equal(hrd_signature_verify(
			     digest, signature_text, strlen(signature_text), keys, 2, &by, &reason),
	    HRD_OK);
	assert_int_equal(by.key, 1);
}

TEST(encrypted_secret_keys_are_refused_with_the_remedy)
{
	struct hrd_secret_key key;
	const char *reason = NULL;

	assert_int_equal(
	    hrd_secret_key_parse(encrypted_text, strlen(encrypted_text), &key, &reason),
	    HRD_EINVAL);
	assert_non_null(strstr(reason, "encrypted"));
	assert_non_null(strstr(reason, "-W"));
}

TEST(damaged_secret_keys_are_refused)
{
	/* Seed, public half and checksum; id and salt of such a key are bound to nothing. */
	static const size_t places[] = { 140, 160, 180, 210, 230, 250 };
	char text[sizeof(secret_text)];
	struct hrd_secret_key key;
	const char *reason;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		memcpy(text, secret_text, sizeof(text));
		text[places[i]] = text[places[i]] == 'B' ? 'C' : 'B';
		assert_int_equal(
		    hrd_secret_key_parse(text, strlen(text), &key, &reason), HRD_ESIGNATURE);
	}
}

TEST(new_keys_survive_writing_and_reading)
{
	struct hrd_secret_key key, again;
	struct hrd_public_key public;
	char secret[HRD_SECRET_KEY_TEXT_MAX], text[HRD_PUBLIC_KEY_TEXT_MAX];
	const char *reason;
	size_t len;

	assert_int_equal(hrd_secret_key_generate(&key), HRD_OK);
	len = hrd_secret_key_format(&key, secret);
	assert_int_equal(len, strlen(secret));
	assert_int_equal(hrd_secret_key_parse(secret, len, &again, &reason), HRD_OK);
	assert_memory_equal(&key, &again, sizeof(key));
	len = hrd_public_key_format(&key.public, text);
	assert_int_equal(len, strlen(text));
	assert_int_equal(hrd_public_key_parse(text, len, &public, &reason), HRD_OK);
	assert_memory_equal(&key.public, &public, sizeof(public));
}

TEST(checksum_of_our_key_files_is_looked_at)
{
	char secret[HRD_SECRET_KEY_TEXT_MAX];
	struct hrd_secret_key again;
	const char *reason;
	size_t len = hrd_secret_key_format(&secret_key, secret), at = len - 10;

	secret[at] = secret[at] == 'B' ? 'C' : 'B';
	assert_int_equal(hrd_secret_key_parse(secret, len, &again, &reason), HRD_ESIGNATURE);
}

TEST(comments_that_break_the_form_cannot_be_signed)
{
	char text[2048], comment[HRD_TRUSTED_COMMENT_MAX + 2];
	const char *reason;
	size_t len;

	memset(comment, 'x', sizeof(comment));
	comment[HRD_TRUSTED_COMMENT_MAX] = '\0';
	assert_int_equal(hrd_sign(&secret_key, digest, comment, text, sizeof(text), &len), HRD_OK);
	assert_int_equal(verify(text, len, &reason), HRD_OK);
	comment[HRD_TRUSTED_COMMENT_MAX] = 'x';
	comment[HRD_TRUSTED_COMMENT_MAX + 1] = '\0';
	assert_int_equal(
	    hrd_sign(&secret_key, digest, comment, text, sizeof(text), &len), HRD_EINVAL);
	assert_int_equal(
	    hrd_sign(&secret_key, digest, "a\nb", text, sizeof(text), &len), HRD_EINVAL);
	assert_int_equal(
	    hrd_sign(&secret_key, digest, "\xff", text, sizeof(text), &len), HRD_EINVAL);
	assert_int_equal(hrd_sign(&secret_key, digest, "short", text, 100, &len), HRD_ERANGE);
}

TEST(forms_of_public_key_files_that_are_not_taken)
{
	static const char *const bad[] = { "", "\n",
		"RWTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7r",
		"RUTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7rI",
		"RWTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7r=",
		" WTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7rI",
		"untrusted comment: "
		"x\r\nRWTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7rI\n",
		"untrusted comment: x\nRWTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7rI",
		"untrusted comment: "
		"x\nRWTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7rI\n\n",
		"comment: x\nRWTaQYPJs1i58MFw4hpn3eZ69TEDeqDL4dIKKLPAXEXD9b0clxFsz7rI\n" };
	struct hrd_public_key key;
	const char *reason;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    hrd_public_key_parse(bad[i], strlen(bad[i]), &key, &reason), HRD_EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_minisign_are_read_and_belong_together),
		cmocka_unit_test(signature_of_minisign_is_taken_with_its_comment),
		cmocka_unit_test(same_digest_and_comment_give_the_octets_of_minisign),
		cmocka_unit_test(any_changed_octet_of_a_signature_is_refused),
		cmocka_unit_test(truncated_or_longer_signatures_are_refused),
		cmocka_unit_test(refusals_name_their_reason),
		cmocka_unit_test(two_keys_with_one_id_are_both_tried),
		cmocka_unit_test(encrypted_secret_keys_are_refused_with_the_remedy),
		cmocka_unit_test(damaged_secret_keys_are_refused),
		cmocka_unit_test(new_keys_survive_writing_and_reading),
		cmocka_unit_test(checksum_of_our_key_files_is_looked_at),
		cmocka_unit_test(comments_that_break_the_form_cannot_be_signed),
		cmocka_unit_test(forms_of_public_key_files_that_are_not_taken),
	};

	return cmocka_run_group_tests_name("signature", tests, read_keys, NULL);
}
