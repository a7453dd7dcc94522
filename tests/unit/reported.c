/* SPDX-License-Identifier: BSD-3-Clause */
/* Catches what diagnostics write. */
#include <config.h>

#include "tests/unit/reported.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static char text[1 << 18];

/* Runs the flush with the stream's file descriptor led to a temporary file. */
static const char *
caught(FILE *stream, struct hrd_diag *diag, const char *closing)
{
	FILE *file = tmpfile();
	int fd = fileno(stream), kept = dup(fd);
	size_t len;

	assert_non_null(file);
	fflush(stream);
	assert_true(kept >= 0 && dup2(fileno(file), fd) >= 0);
	hrd_diag_flush(diag, closing);
	fflush(stream);
	assert_true(dup2(kept, fd) >= 0);
	close(kept);
	rewind(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

const char *
reported(struct hrd_diag *diag, const char *closing)
{
	return caught(stderr, diag, closing);
}

const char *
printed(struct hrd_diag *diag, const char *closing)
{
	return caught(stdout, diag, closing);
}
