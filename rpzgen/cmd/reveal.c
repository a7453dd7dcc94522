/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen reveal: the addresses behind the pseudonyms of events. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/crypto/ipcrypt.h"
#include "lib/crypto/sitekey.h"
#include "lib/name/prefix.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/sign/keyfile.h"

enum { OPT_KEY, OPT_HIDE };

static const struct hrd_option options[] = {
	{ "key", 0, "FILE", "the pseudonym key of the site" },
	{ "hide", 0, NULL, "the other way: the pseudonym of an address" },
	{ NULL, 0, NULL, NULL },
};

struct reveal {
	struct hrd_args *args;
	struct hrd_json *result;
	struct hrd_ipcrypt *crypt;
	bool hide;
};

static bool
open_key(struct reveal *run)
{
	const char *path = hrd_arg_value(run->args, OPT_KEY), *reason;
	struct hrd_position place = { path, 0, 0 };
	uint8_t key[HRD_SITE_KEY_LEN];
	int status;

	hrd_secrets_begin();
	status = hrd_site_key_read(path, HRD_SITE_KEY_PSEUDONYM, geteuid(), key, &reason);
	if (status == HRD_OK) {
		status = hrd_ipcrypt_new(key, &run->crypt);
		reason = "its halves are equal, or libcrypto failed";
	}
	hrd_wipe(key, sizeof(key));
	if (status == HRD_OK)
		return true;
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(run->args->diag);
	else
		hrd_diag(run->args->diag, HRD_ERROR, &place, "site-key",
		    "cannot take the pseudonym key: %s", reason);
	hrd_diag_raise(run->args->diag, HRD_EXIT_SYSTEM);
	return false;
}

static bool
turn(const struct reveal *run, const char *text)
{
	struct hrd_prefix address;
	char before[HRD_PREFIX_TEXT_MAX], after[HRD_PREFIX_TEXT_MAX];
	int status;

	if (hrd_prefix_from_text(&address, text, strlen(text)) != HRD_OK || address.len != 128) {
		struct hrd_position place = { NULL, 0, 0 };

		hrd_diag(run->args->diag, HRD_ERROR, &place, "reveal-address",
		    "\"%s\" is no IP address", text);
		return true;
	}
	hrd_prefix_to_text(&address, before);
	status = run->hide ? hrd_ipcrypt_hide(run->crypt, address.addr, address.addr)
			   : hrd_ipcrypt_reveal(run->crypt, address.addr, address.addr);
	if (status != HRD_OK) {
		hrd_diag_system(run->args->diag, "libcrypto", 0);
		return false;
	}
	hrd_prefix_to_text(&address, after);
	before[strcspn(before, "/")] = '\0';
	after[strcspn(after, "/")] = '\0';
	if (!run->args->json)
		printf("%s %s\n", before, after);
	hrd_json_object(run->result);
	hrd_json_member(run->result, "asked", before);
	hrd_json_member(run->result, run->hide ? "pseudonym" : "address", after);
	hrd_json_object_end(run->result);
	return true;
}

static bool
turn_stream(const struct reveal *run)
{
	char *line = NULL;
	FILE *input = hrd_infile_open("-");
	size_t size = 0;
	ssize_t len = input != NULL ? 0 : -1;
	bool good = input != NULL;

	while (good && (len = hrd_infile_line(input, &line, &size)) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		good = line[0] == '\0' || turn(run, line);
	}
	if (len < 0) {
		hrd_diag_system(run->args->diag, "standard input", errno);
		good = false;
	}
	free(line);
	return good;
}

static int
run_reveal(struct hrd_args *args)
{
	struct reveal run = { .args = args,
		.result = hrd_args_result(args),
		.hide = hrd_arg_value(args, OPT_HIDE) != NULL };
	bool good = true;

	if (hrd_arg_value(args, OPT_KEY) == NULL) {
		hrd_diag_usage(args->diag, "reveal needs --key FILE");
		return HRD_EXIT_USAGE;
	}
	if (!open_key(&run))
		return HRD_EXIT_SYSTEM;
	hrd_json_key(run.result, "addresses");
	hrd_json_array(run.result);
	for (int i = 0; i < args->argc && good; i++)
		good =
		    strcmp(args->argv[i], "-") == 0 ? turn_stream(&run) : turn(&run, args->argv[i]);
	hrd_json_array_end(run.result);
	hrd_ipcrypt_free(run.crypt);
	return good ? HRD_EXIT_OK : HRD_EXIT_SYSTEM;
}

const struct hrd_command hrd_cmd_reveal = {
	.name = "reveal",
	.synopsis = "[OPTION]... --key FILE ADDRESS... | -",
	.summary = "turn a client's pseudonym back into its address",
	.help =
	    "For an incident: events with \"client: pseudonym\" tell of each client a pseudonym\n"
	    "that stays the same (ipcrypt-pfx).  One line each: what was given, and what it\n"
	    "stands for.  With - the addresses come from standard input, one a line.\n",
	.examples = "  rpzgen reveal --key pseudonym.key 203.0.113.9\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.run = run_reveal,
};
