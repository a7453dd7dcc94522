/* SPDX-License-Identifier: BSD-3-Clause */
/* mkfixture DESCRIPTION OUTPUT: writes the image of a description (tests/fixture.h), so that no
 * binary needs to be kept. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/fixture.h"

int
main(int argc, char **argv)
{
	struct fixture fixture;
	FILE *out;
	size_t written;

	if (argc != 3) {
		fprintf(stderr, "usage: mkfixture DESCRIPTION OUTPUT\n");
		return 2;
	}
	if (fixture_make(argv[1], &fixture) != 0)
		return 1;
	out = fopen(argv[2], "wb");
	if (out == NULL) {
		perror(argv[2]);
		return 3;
	}
	written = fwrite(fixture.image, 1, fixture.len, out);
	free(fixture.image);
	if (written != fixture.len || fclose(out) != 0) {
		perror(argv[2]);
		return 3;
	}
	return 0;
}
