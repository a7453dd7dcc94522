/* SPDX-License-Identifier: BSD-3-Clause */
/* Small policies for unit tests of the module, made from a list of rules. */
#ifndef HRD_TESTS_SMALLPOLICY_H
#define HRD_TESTS_SMALLPOLICY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/crypto/signature.h"
#include "lib/policy/policy.h"

/* trigger: "name", "*.name", or "ip:PREFIX", "client:PREFIX"; the last rule has trigger NULL. */
struct small_rule {
	const char *trigger;
	enum hrd_action action;
};

/* The image of the rules; malloc()ed. Local data is A 192.0.2.1. Fails the test on any error. */
uint8_t *small_image(const char *id, const struct small_rule *rules, size_t *len);

/* Puts an image with the signature of a new key behind it, and the file of the public key, into the
 * directory of the tests (tests/unit/check.h). */
void put_signed(const char *name, const char *key_name, const uint8_t *image, size_t len);

/* The same with this key, and without its file; a file that is there is another one then. */
void put_signed_by(
    const struct hrd_secret_key *key, const char *name, const uint8_t *image, size_t len);

/* An image of the rules, opened. */
struct hrd_policy *small_policy(const char *id, const struct small_rule *rules);

#endif
