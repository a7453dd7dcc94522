/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen verify-log: whether the lines of a log are all there and as they were written. */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buffer.h"
#include "lib/crypto/loglink.h"
#include "lib/crypto/sitekey.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/cmd/commands.h"
#include "rpzgen/sign/keyfile.h"

enum { OPT_KEY, OPT_SHIPPED };

static const struct hrd_option options[] = {
	{ "key", 0, "FILE", "the key that the log began with (keygen --log-key)" },
	{ "shipped", 0, "FILE", "lines that were sent elsewhere: each must be there" },
	{ NULL, 0, NULL, NULL },
};

enum {
	TIME_MAX = 40,
	KEYS_MAX = 10 * 1000 * 1000, /* heartbeats of a key: a century */
	GAPS_MAX = 1 << 16,
	SHIPPED_MAX = 1 << 30, /* octets of their records */
};

/* Lines that are not where they belong: first to last, missing so far before a place. */
struct gap {
	uint64_t first, last, found;
	struct hrd_position place;
};

/* Lines in a row that follow from one another. */
struct stretch {
	const char *from_file, *to_file;
	uint64_t from, to, lines;
	char since[TIME_MAX], until[TIME_MAX];
};

/* A line that was sent elsewhere. */
struct shipped {
	uint64_t line;
	uint8_t link[HRD_LINK_LEN];
	bool found;
	struct hrd_position place;
};

struct verify {
	struct hrd_args *args;
	struct hrd_position place; /* of the line at hand */
	bool has_key;
	uint8_t first_key[HRD_LOG_KEY_LEN];
	struct hrd_log_link state; /* after the last line */
	uint8_t first_link[HRD_LINK_LEN];
	bool keyed; /* some line was, and there is no key */
	struct stretch stretch;
	struct hrd_buffer gaps, shipped;
	uint64_t unlinked, lines, suppressed, dropped;
	bool mistaken; /* a file is one of another kind */
};

#define FAULT(run, id, ...) hrd_diag((run)->args->diag, HRD_ERROR, &(run)->place, id, __VA_ARGS__)

/* The text of a member, wherever it stands; "" when it is not there. */
static void
member(const char *text, size_t len, const char *key, char *out, size_t size)
{
	const char *at = memmem(text, len, key, strlen(key)), *end = text + len;
	size_t n = 0;

	if (at != NULL)
		at += strlen(key);
	while (at != NULL && at < end && *at != '"' && n + 1 < size && *at >= ' ' && *at < 127)
		out[n++] = *at++;
	out[n] = '\0';
}

static void
result_stretch(struct verify *run)
{
	const struct stretch *s = &run->stretch;
	struct hrd_json *json = hrd_args_result(run->args);

	hrd_json_object(json);
	hrd_json_member(json, "from_file", s->from_file);
	hrd_json_number(json, "from_line", s->from);
	hrd_json_member(json, "to_file", s->to_file);
	hrd_json_number(json, "to_line", s->to);
	hrd_json_number(json, "lines", s->lines);
	hrd_json_member(json, "since", s->since);
	hrd_json_member(json, "until", s->until);
	hrd_json_object_end(json);
}

static void
end_stretch(struct verify *run)
{
	const struct stretch *s = &run->stretch;

	if (s->lines > 0 && !run->args->json && !run->args->quiet)
		printf("%s:%" PRIu64 " to %s:%" PRIu64 ": %" PRIu64
		       " line%s, from %s to %s: whole\n",
		    s->from_file, s->from, s->to_file, s->to, s->lines, s->lines == 1 ? "" : "s",
		    s->since, s->until);
	if (s->lines > 0)
		result_stretch(run);
	run->stretch.lines = 0;
}

static void
add_to_stretch(struct verify *run, const char *text, size_t len)
{
	struct stretch *s = &run->stretch;

	if (s->lines++ == 0) {
		s->from_file = run->place.file;
		s->from = run->place.line;
		member(text, len, "{\"@timestamp\":\"", s->since, sizeof(s->since));
	}
	s->to_file = run->place.file;
	s->to = run->place.line;
	member(text, len, "{\"@timestamp\":\"", s->until, sizeof(s->until));
}

/* What the server itself says is not there. */
static void
add_losses(struct verify *run, const char *text, size_t len)
{
	static const char action[] = "\"action\":\"suppressed\"";
	char number[TIME_MAX];

	if (memmem(text, len, action, sizeof(action) - 1) == NULL)
		return;
	member(text, len, "\"suppressed\":\"", number, sizeof(number));
	run->suppressed += strtoull(number, NULL, 10);
	member(text, len, "\"dropped\":\"", number, sizeof(number));
	run->dropped += strtoull(number, NULL, 10);
}

/* Brings the state to the key of that number. False when the log cannot have come so far. */
static bool
take_key(struct verify *run, struct hrd_log_link *state, uint64_t number)
{
	if (number > KEYS_MAX)
		return false;
	if (!state->keyed || number < state->key_number) {
		state->keyed = true;
		state->key_number = 0;
		memcpy(state->key, run->first_key, sizeof(state->key));
	}
	while (state->key_number < number)
		hrd_log_key_next(state);
	return true;
}

/* Whether the line follows from that state. Without the key that it was made with, its number alone
 * can tell. */
static bool
follows(struct verify *run, const struct hrd_linked_line *line, const char *text,
    struct hrd_log_link *state)
{
	if (line->keyed && !run->has_key) {
		run->keyed = true;
		return true;
	}
	if (!line->keyed)
		state->keyed = false;
	else if (!take_key(run, state, line->key_number))
		return false;
	hrd_log_link_next(state, text, line->body);
	return memcmp(state->link, line->link, sizeof(line->link)) == 0;
}

static void
go_on_from(struct verify *run, const struct hrd_linked_line *line)
{
	memcpy(run->state.link, line->link, sizeof(line->link));
	run->state.line = line->line;
}

/* Whether a line that comes late belongs into a gap. */
static bool
fills_gap(struct verify *run, uint64_t line)
{
	struct gap *gaps = (struct gap *)run->gaps.data;
	size_t count = run->gaps.len / sizeof(*gaps);

	for (size_t i = 0; i < count; i++) {
		if (line >= gaps[i].first && line <= gaps[i].last) {
			gaps[i].found++;
			return true;
		}
	}
	return false;
}

static void
note_gap(struct verify *run, uint64_t first, uint64_t last)
{
	struct gap gap = { first, last, 0, run->place };

	if (run->gaps.len >= GAPS_MAX * sizeof(gap) ||
	    hrd_buffer_add(&run->gaps, &gap, sizeof(gap)) != HRD_OK)
		FAULT(run, "log-missing", "lines are missing before this one");
}

/* A line that is not the next one of its log. */
static void
judge_number(struct verify *run, const struct hrd_linked_line *line, const char *text)
{
	struct hrd_log_link anew;

	hrd_log_link_init(&anew, NULL);
	if (line->line > run->state.line) {
		note_gap(run, run->state.line + 1, line->line - 1);
		go_on_from(run, line);
		return;
	}
	if (line->line == 1 && memcmp(run->first_link, line->link, sizeof(line->link)) != 0 &&
	    follows(run, line, text, &anew)) {
		FAULT(run, "log-restart",
		    "another chain begins here: nothing shows that the one before ended so");
		memcpy(run->first_link, line->link, sizeof(line->link));
		go_on_from(run, line);
		return;
	}
	if (fills_gap(run, line->line))
		FAULT(run, "log-order", "line %" PRIu64 " of the log stands after line %" PRIu64,
		    line->line, run->state.line);
	else
		FAULT(run, "log-doubled", "line %" PRIu64 " of the log is there twice", line->line);
}

static void
judge_linked(struct verify *run, const struct hrd_linked_line *line, const char *text, size_t len)
{
	struct hrd_log_link next = run->state;
	bool first = run->state.line == 0;

	if (run->has_key && !line->keyed) {
		FAULT(run, "log-key", "the line is linked without the key");
		end_stretch(run);
		go_on_from(run, line);
		return;
	}
	if (first && line->line == 1)
		memcpy(run->first_link, line->link, sizeof(line->link));
	if (first && line->line > 1) {
		/* The files before are not given: it can only be taken as it is. */
		go_on_from(run, line);
		return;
	}
	if (line->line != run->state.line + 1) {
		end_stretch(run);
		judge_number(run, line, text);
		return;
	}
	if (!follows(run, line, text, &next)) {
		end_stretch(run);
		FAULT(run, "log-changed", "line %" PRIu64 " of the log is not as it was written%s",
		    line->line, run->has_key && first ? ", or the key is another one" : "");
		go_on_from(run, line);
		return;
	}
	if (!line->keyed || run->has_key)
		run->state = next;
	go_on_from(run, line);
	add_to_stretch(run, text, len);
	add_losses(run, text, len);
}

static int
by_line(const void *a, const void *b)
{
	const struct shipped *first = a, *second = b;

	return first->line < second->line ? -1 : first->line > second->line;
}

static void
mark_shipped(struct verify *run, const struct hrd_linked_line *line)
{
	struct shipped *all = (struct shipped *)run->shipped.data, key = { .line = line->line };
	size_t count = run->shipped.len / sizeof(*all);
	struct shipped *one = count > 0 ? bsearch(&key, all, count, sizeof(*all), by_line) : NULL;

	while (one != NULL && one > all && one[-1].line == line->line)
		one--;
	for (; one != NULL && one < all + count && one->line == line->line; one++)
		one->found |= memcmp(one->link, line->link, sizeof(line->link)) == 0;
}

static void
judge_line(struct verify *run, const char *text, size_t len)
{
	struct hrd_linked_line line;
	int status = hrd_linked_line_parse(text, len, &line);

	run->lines++;
	if (status == HRD_OK) {
		mark_shipped(run, &line);
		judge_linked(run, &line, text, len);
		return;
	}
	end_stretch(run);
	if (status == HRD_ENOENT && len > 0 && text[0] == '{')
		FAULT(run, "log-unlinked",
		    "the line has no link: nothing shows that it is as it was");
	else
		FAULT(run, "log-line", "no line that the module writes");
}

typedef void line_fn(struct verify *run, const char *text, size_t len);

static bool
read_file(struct verify *run, const char *path, line_fn *each)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	FILE *stream;

	run->mistaken = !hrd_file_expect(path, HRD_CONTENT_LOG, run->args->diag);
	if (run->mistaken)
		return false;
	stream = hrd_infile_open(path);
	len = stream != NULL ? 0 : -1;
	run->place = (struct hrd_position){ path, 0, 0 };
	while (stream != NULL && (len = hrd_infile_line(stream, &line, &size)) > 0) {
		run->place.line++;
		if (line[len - 1] != '\n')
			FAULT(run, "log-line", "the last line has no end");
		else
			each(run, line, (size_t)len - 1);
	}
	if (len < 0)
		hrd_diag_system(run->args->diag, path, errno);
	free(line);
	hrd_infile_close(stream);
	return len == 0;
}

static void
take_shipped(struct verify *run, const char *text, size_t len)
{
	struct hrd_linked_line line;
	struct shipped one = { .place = run->place };

	if (hrd_linked_line_parse(text, len, &line) != HRD_OK) {
		FAULT(run, "log-line", "no linked line of a log");
		return;
	}
	one.line = line.line;
	memcpy(one.link, line.link, sizeof(one.link));
	if (hrd_buffer_add(&run->shipped, &one, sizeof(one)) != HRD_OK)
		hrd_diag_nomem(run->args->diag);
}

static bool
read_shipped(struct verify *run)
{
	const char *path = hrd_arg_value(run->args, OPT_SHIPPED);

	if (path == NULL)
		return true;
	if (!read_file(run, path, take_shipped))
		return false;
	if (run->shipped.len > 0)
		qsort(run->shipped.data, run->shipped.len / sizeof(struct shipped),
		    sizeof(struct shipped), by_line);
	return true;
}

static bool
read_key(struct verify *run)
{
	const char *path = hrd_arg_value(run->args, OPT_KEY), *reason;
	struct hrd_position place = { path, 0, 0 };

	if (path == NULL)
		return true;
	hrd_secrets_begin();
	run->has_key =
	    hrd_site_key_read(path, HRD_SITE_KEY_LOG, geteuid(), run->first_key, &reason) == HRD_OK;
	if (!run->has_key) {
		hrd_diag(run->args->diag, HRD_ERROR, &place, "site-key",
		    "cannot take the log key: %s", reason);
		hrd_diag_raise(run->args->diag, HRD_EXIT_SYSTEM);
	}
	return run->has_key;
}

/* What is only known at the end. */
static void
conclude(struct verify *run)
{
	const struct gap *gaps = (const struct gap *)run->gaps.data;
	const struct shipped *shipped = (const struct shipped *)run->shipped.data;
	struct hrd_json *json = hrd_args_result(run->args);

	end_stretch(run);
	hrd_json_array_end(json);
	hrd_json_number(json, "lines", run->lines);
	hrd_json_number(json, "suppressed", run->suppressed);
	hrd_json_number(json, "dropped", run->dropped);
	for (size_t i = 0; i < run->gaps.len / sizeof(*gaps); i++) {
		uint64_t missing = gaps[i].last - gaps[i].first + 1;

		run->place = gaps[i].place;
		if (missing > gaps[i].found)
			FAULT(run, "log-missing",
			    "%" PRIu64 " line%s of the log, of those from %" PRIu64 " to %" PRIu64
			    ", %s missing before this one",
			    missing - gaps[i].found, missing - gaps[i].found == 1 ? "" : "s",
			    gaps[i].first, gaps[i].last,
			    missing - gaps[i].found == 1 ? "is" : "are");
	}
	for (size_t i = 0; i < run->shipped.len / sizeof(*shipped); i++) {
		run->place = shipped[i].place;
		if (!shipped[i].found)
			FAULT(run, "log-cut", "line %" PRIu64 ", sent elsewhere, is not in the log",
			    shipped[i].line);
	}
	if (run->lines == 0) {
		run->place = (struct hrd_position){ run->args->argv[0], 0, 0 };
		FAULT(run, "log-line", "there is no line at all");
	}
	if (run->keyed) {
		run->place = (struct hrd_position){ run->args->argv[0], 0, 0 };
		FAULT(run, "log-key",
		    "the lines are linked with a key: give --key FILE; without it their numbers "
		    "alone were looked at");
	}
	if (run->suppressed + run->dropped > 0 && !run->args->json && !run->args->quiet)
		printf("the server itself tells of %" PRIu64 " events that its rate suppressed and "
		       "%" PRIu64 " that were lost\n",
		    run->suppressed, run->dropped);
}

static int
run_verify_log(struct hrd_args *args)
{
	struct verify run = {
		.args = args, .gaps.max = GAPS_MAX * sizeof(struct gap), .shipped.max = SHIPPED_MAX
	};
	bool good = read_key(&run) && read_shipped(&run);

	hrd_log_link_init(&run.state, NULL);
	hrd_json_key(hrd_args_result(args), "whole");
	hrd_json_array(hrd_args_result(args));
	for (int i = 0; i < args->argc && good; i++)
		good = read_file(&run, args->argv[i], judge_line);
	if (good)
		conclude(&run);
	else
		hrd_json_array_end(hrd_args_result(args));
	hrd_wipe(run.first_key, sizeof(run.first_key));
	hrd_wipe(&run.state, sizeof(run.state));
	hrd_buffer_free(&run.gaps);
	hrd_buffer_free(&run.shipped);
	if (!good)
		return run.mistaken ? HRD_EXIT_REJECTED : HRD_EXIT_SYSTEM;
	return run.keyed ? HRD_EXIT_SYSTEM : HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_verify_log = {
	.name = "verify-log",
	.synopsis = "[OPTION]... FILE...",
	.summary = "find lines of a log that were changed, removed or doubled",
	.help =
	    "The files of one log with \"chain: yes\", oldest first.  Tells which lines follow\n"
	    "from one another, from when to when, and each place where they do not; then the\n"
	    "exit status is 1.  A tail that was cut off shows only with --shipped: the heartbeats\n"
	    "that were sent elsewhere, say.\n",
	.examples =
	    "  rpzgen verify-log /var/log/hradba/events.json.1 /var/log/hradba/events.json\n"
	    "  rpzgen verify-log --key chain.key --shipped heartbeats.json events.json\n",
	.json = HRD_CMD_JSON_REPORT,
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.run = run_verify_log,
};
