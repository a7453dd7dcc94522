/* SPDX-License-Identifier: BSD-3-Clause */
/* Gzip: what is whole comes out whole; what is cut, damaged or too much does not come out. */
#include <config.h>

#include "rpzgen/list/unpack.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/status.h"
#include "tests/unit/check.h"

enum { MEMBER = 32, TEXT = 12, TOP = 1 << 20 };

/* "one.example\n" and "two.example\n", each a member, as "gzip -n" writes them. */
static const char one[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xcf\x4b\xd5\x4b\xad\x48\xcc\x2d\xc8\x49"
			  "\xe5\x02\0\x99\xa5\x67\x69\x0c\0\0";
static const char two[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\x2b\x29\xcf\xd7\x4b\xad\x48\xcc\x2d\xc8\x49"
			  "\xe5\x02\0\xec\x86\x74\xd6\x0c\0\0";

static int
unpack(const char *data, size_t len, size_t max, char *text)
{
	char *out;
	size_t out_len;
	int status = hrd_unpack(data, len, max, &out, &out_len);

	text[0] = '\0';
	if (status == HRD_OK) {
		assert_int_equal(strlen(out), out_len);
		memcpy(text, out, out_len + 1);
		free(out);
	} else {
		assert_null(out);
	}
	return status;
}

TEST(members_come_out_one_after_the_other_and_padding_is_none)
{
	char data[2 * MEMBER + 5] = { 0 }, text[4 * TEXT];

	_Static_assert(sizeof(one) == MEMBER && sizeof(two) == MEMBER, "the last octet is 0");
	memcpy(data, one, MEMBER);
	memcpy(data + MEMBER, two, MEMBER);
	assert_true(hrd_is_packed(data, sizeof(data)));
	assert_int_equal(unpack(data, MEMBER, TOP, text), HRD_OK);
	assert_string_equal(text, "one.example\n");
	assert_int_equal(unpack(data, 2 * MEMBER, TOP, text), HRD_OK);
	assert_string_equal(text, "one.example\ntwo.example\n");
	assert_int_equal(unpack(data, sizeof(data), TOP, text), HRD_OK);
	assert_string_equal(text, "one.example\ntwo.example\n");
	data[sizeof(data) - 1] = 'x';
	assert_int_equal(unpack(data, sizeof(data), TOP, text), HRD_EINVAL);
}

TEST(what_is_cut_or_damaged_anywhere_is_refused)
{
	char data[MEMBER], text[64];

	for (size_t len = 0; len < MEMBER; len++)
		assert_int_equal(unpack(one, len, TOP, text), HRD_EINVAL);
	/* All but the time, the extra flags and the system (RFC 1952), and the octet before the
	 * check sum, whose last bits say nothing. */
	for (size_t i = 0; i < MEMBER; i++) {
		memcpy(data, one, MEMBER);
		data[i] ^= 0x20;
		if ((i < 4 || i > 9) && i != MEMBER - 9)
			assert_int_equal(unpack(data, MEMBER, TOP, text), HRD_EINVAL);
	}
}

TEST(more_than_the_maximum_never_comes_out)
{
	char text[64];

	assert_int_equal(unpack(one, MEMBER, TEXT, text), HRD_OK);
	for (size_t max = 0; max < TEXT; max++)
		assert_int_equal(unpack(one, MEMBER, max, text), HRD_ELIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_come_out_one_after_the_other_and_padding_is_none),
		cmocka_unit_test(what_is_cut_or_damaged_anywhere_is_refused),
		cmocka_unit_test(more_than_the_maximum_never_comes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
