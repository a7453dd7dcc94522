/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen init: a small inventory to begin with. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/day.h"
#include "rpzgen/base/now.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/cmd/template.h"

/* What stands in zones/minimal.yaml and is the site's own: the day, and whom a client can ask. The
 * contact is none that check lets stand, so that nobody publishes it by mistake. */
static const char template_day[] = "2026-11-02";
static const char template_contact[] = "mailto:servicedesk@hospital.example";
static const char no_contact[] = "mailto:REPLACE-ME@organisation.invalid";

static void
write_template(FILE *out, const char *today)
{
	const char *text = hrd_template_text;

	while (*text != '\0') {
		if (strncmp(text, template_day, sizeof(template_day) - 1) == 0) {
			fputs(today, out);
			text += sizeof(template_day) - 1;
		} else if (strncmp(text, template_contact, sizeof(template_contact) - 1) == 0) {
			fputs(no_contact, out);
			text += sizeof(template_contact) - 1;
		} else {
			putc(*text++, out);
		}
	}
}

static bool
fail(struct hrd_diag *diag, const char *path)
{
	struct hrd_position place = { path, 0, 0 };

	if (errno == EEXIST)
		hrd_diag(diag, HRD_ERROR, &place, "init-exists",
		    "there is such a file already; name another, or remove it first");
	else
		hrd_diag_system(diag, path, errno);
	return false;
}

/* A new file, whole or not at all; one that exists is never touched. */
static bool
make_file(struct hrd_diag *diag, const char *path, const char *today)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool good;

	if (out == NULL) {
		fail(diag, path);
		if (fd >= 0) {
			close(fd);
			unlink(path);
		}
		return false;
	}
	write_template(out, today);
	good = fflush(out) == 0 && fsync(fd) == 0;
	if (fclose(out) != 0 || !good) {
		fail(diag, path);
		unlink(path);
		return false;
	}
	return true;
}

static int
run(struct hrd_args *args)
{
	const char *path = args->argv[0];
	char today[HRD_DATE_TEXT_MAX];
	struct hrd_json *result;
	int32_t date;

	if (!hrd_date_option(NULL, args->diag, &date))
		return HRD_EXIT_OK;
	hrd_date_text(date, today);
	if (strcmp(path, "-") == 0 && args->json) {
		hrd_diag_usage(args->diag, "--json needs standard output for itself; give FILE");
		return HRD_EXIT_USAGE;
	}
	if (strcmp(path, "-") == 0) {
		write_template(stdout, today);
		return HRD_EXIT_OK;
	}
	if (!make_file(args->diag, path, today))
		return HRD_EXIT_OK;
	result = hrd_args_result(args);
	hrd_json_member(result, "file", path);
	if (!args->quiet && !args->json)
		printf("%s: write your own names, acts and contact into it; "
		       "rpzgen check says what is missing\n",
		    path);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_init = {
	.name = "init",
	.synopsis = "FILE",
	.summary = "write a small inventory to begin with",
	.help = "FILE must not exist. It is an example of one service under an organisation's\n"
		"own act; what check says of it is what to fill in first.\n",
	.examples = "  rpzgen init house.yaml\n",
	.json = HRD_CMD_JSON_REPORT,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
