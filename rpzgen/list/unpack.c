/* SPDX-License-Identifier: BSD-3-Clause */
/* Gzip by zlib: the only user of that library. */
#include <config.h>

#include "rpzgen/list/unpack.h"

#include <limits.h>
#include <string.h>
/* It does not write to its input. */
#define ZLIB_CONST 1
#include <zlib.h>

#include "lib/base/buffer.h"

enum { PART_OCTETS = 1 << 16, GZIP_WINDOW = 16 + MAX_WBITS };

bool
hrd_is_packed(const char *data, size_t len)
{
	return len >= 3 && memcmp(data, "\x1f\x8b\x08", 3) == 0;
}

struct unpacking {
	z_stream stream;
	const char *in; /* what zlib was not shown yet */
	size_t left;
	struct hrd_buffer out; /* takes one octet more than may come, so that too much is noticed */
};

/* zlib counts in unsigned int: shows it as much as it can take. */
static void
show_input(struct unpacking *u)
{
	size_t part = u->left < UINT_MAX ? u->left : UINT_MAX;

	if (u->stream.avail_in > 0)
		return;
	u->stream.next_in = (const Bytef *)u->in;
	u->stream.avail_in = (uInt)part;
	u->in += part;
	u->left -= part;
}

/* One member up to its check sum. */
static int
unpack_member(struct unpacking *u)
{
	int end = Z_OK;

	while (end != Z_STREAM_END) {
		size_t room = u->out.max - u->out.len;
		uint8_t *place;
		int status;

		if (room > PART_OCTETS)
			room = PART_OCTETS;
		status = hrd_buffer_extend(&u->out, room, &place);
		if (status != HRD_OK)
			return status;
		show_input(u);
		u->stream.next_out = place;
		u->stream.avail_out = (uInt)room;
		end = inflate(&u->stream, Z_NO_FLUSH);
		u->out.len -= u->stream.avail_out;
		if (end == Z_MEM_ERROR)
			return HRD_ENOMEM;
		if (end != Z_OK && end != Z_STREAM_END)
			return HRD_EINVAL; /* Z_BUF_ERROR: the input is at its end too early */
		if (u->out.len == u->out.max)
			return HRD_ELIMIT;
	}
	return inflateReset(&u->stream) == Z_OK ? HRD_OK : HRD_EINVAL;
}

/* Behind a member there is another one, or padding. */
static bool
only_zeros_are_left(const struct unpacking *u)
{
	for (uInt i = 0; i < u->stream.avail_in; i++) {
		if (u->stream.next_in[i] != 0)
			return false;
	}
	for (size_t i = 0; i < u->left; i++) {
		if (u->in[i] != 0)
			return false;
	}
	return true;
}

int
hrd_unpack(const char *data, size_t len, size_t max, char **out, size_t *out_len)
{
	struct unpacking u = { .in = data, .left = len, .out.max = max + 1 };
	int status = HRD_OK;

	*out = NULL;
	*out_len = 0;
	if (inflateInit2(&u.stream, GZIP_WINDOW) != Z_OK)
		return HRD_ENOMEM;
	do
		status = unpack_member(&u);
	while (status == HRD_OK && !only_zeros_are_left(&u));
	inflateEnd(&u.stream);
	if (status == HRD_OK)
		status = hrd_buffer_add(&u.out, "", 1);
	if (status != HRD_OK) {
		hrd_buffer_free(&u.out);
		return status;
	}
	*out = (char *)u.out.data;
	*out_len = u.out.len - 1;
	return HRD_OK;
}
