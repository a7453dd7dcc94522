/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of lines, and their links. */
#include <config.h>

#include "module/report/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "lib/crypto/blake2b.h"
#include "lib/crypto/sitekey.h"
#include "module/base/log.h"

enum { STATE_MAX = 256, NAME_DIGEST = 8, FINISH_ROOM = 64, KEYS_AHEAD = 1 << 20, ENDED_MAX = 2 };

/* Where a log stood when it was closed, for one whose state cannot be read at a reload of the
 * server, and whose key is nowhere else. Wiped when the log is opened again, for the keys of the
 * past are nobody's. */
struct ended_log {
	char *state; /* path, or NULL */
	struct hrd_log_link link;
	char key_id[2 * HRD_LOG_KEY_ID_LEN + 1];
};

static struct {
	pthread_mutex_t lock;
	struct ended_log logs[ENDED_MAX];
	size_t next;
} ended = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
hrd_logfile_init(struct hrd_logfile *file)
{
	memset(file, 0, sizeof(*file));
	hrd_sink_init(&file->sink);
	file->state_fd = -1;
}

static void
forget_way(struct hrd_logfile *file)
{
	if (file->state_fd >= 0)
		close(file->state_fd);
	file->state_fd = -1;
	free(file->key);
	free(file->state);
	file->key = file->state = NULL;
	file->chain = file->opened = file->no_key = file->state_failing = false;
	file->key_id[0] = '\0';
	file->len = 0;
	explicit_bzero(&file->link, sizeof(file->link));
	explicit_bzero(&file->saved, sizeof(file->saved));
	explicit_bzero(&file->start, sizeof(file->start));
}

static void
remember_end(struct hrd_logfile *file)
{
	struct ended_log *log;

	if (!file->opened || file->state == NULL)
		return;
	pthread_mutex_lock(&ended.lock);
	log = &ended.logs[ended.next];
	ended.next = (ended.next + 1) % ENDED_MAX;
	free(log->state);
	*log = (struct ended_log){ .state = file->state, .link = file->link };
	memcpy(log->key_id, file->key_id, sizeof(log->key_id));
	pthread_mutex_unlock(&ended.lock);
	file->state = NULL;
}

/* False: this process has not had this log. */
static bool
take_end(const struct hrd_logfile *file, struct ended_log *out)
{
	*out = (struct ended_log){ .state = NULL };
	pthread_mutex_lock(&ended.lock);
	for (size_t i = 0; i < ENDED_MAX && file->state != NULL; i++) {
		struct ended_log *log = &ended.logs[i];

		if (log->state == NULL || strcmp(log->state, file->state) != 0)
			continue;
		free(log->state);
		log->state = NULL;
		if (log->link.line >= out->link.line)
			*out = *log;
		explicit_bzero(log, sizeof(*log));
	}
	pthread_mutex_unlock(&ended.lock);
	return out->link.line > 0;
}

void
hrd_logfile_clear(struct hrd_logfile *file)
{
	hrd_logfile_keep(file);
	remember_end(file);
	forget_way(file);
	hrd_sink_clear(&file->sink);
	free(file->batch);
	file->batch = NULL;
}

char *
hrd_logfile_state_path(const char *state_dir, const char *path)
{
	char digest[2 * NAME_DIGEST + 1], *made;
	uint8_t octets[NAME_DIGEST];

	hrd_blake2b(octets, sizeof(octets), path, strlen(path));
	hrd_hex(digest, octets, sizeof(octets));
	return asprintf(&made, "%s/chain-%s", state_dir, digest) < 0 ? NULL : made;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Sets how lines are linked, after the path. */
static int
set_way(struct hrd_logfile *file, const struct hrd_logfile_want *want, char *state)
{
	char *key = want->key != NULL ? strdup(want->key) : NULL;

	if (want->key != NULL && key == NULL) {
		free(state);
		return HRD_ENOMEM;
	}
	forget_way(file);
	file->chain = want->chain;
	file->key = key;
	file->state = state;
	return HRD_OK;
}

int
hrd_logfile_set(struct hrd_logfile *file, const struct hrd_logfile_want *want, bool *other)
{
	bool chain = want->path != NULL && want->chain, moved;
	char *state = chain && want->state_dir != NULL
			  ? hrd_logfile_state_path(want->state_dir, want->path)
			  : NULL;
	struct hrd_logfile_want way = { want->path, chain, chain ? want->key : NULL, NULL };
	int status;

	*other = false;
	if (chain && want->state_dir != NULL && state == NULL)
		return HRD_ENOMEM;
	if (file->batch == NULL && (file->batch = malloc(HRD_LOGFILE_BATCH)) == NULL) {
		free(state);
		return HRD_ENOMEM;
	}
	if (same_text(want->path, file->sink.path) && chain == file->chain &&
	    same_text(way.key, file->key) && same_text(state, file->state)) {
		free(state);
		return HRD_OK;
	}
	hrd_logfile_keep(file);
	status = hrd_sink_set(&file->sink, want->path, &moved);
	if (status != HRD_OK) {
		free(state);
		return status;
	}
	*other = true;
	return set_way(file, &way, state);
}

/* Says, once a spell, that the state cannot be kept. */
static void
complain(struct hrd_logfile *file)
{
	if (!file->state_failing)
		hrd_log(HRD_LOG_WARNING,
		    "cannot keep in %s where the log %s stands: %s: a restart may break its chain",
		    file->state, file->sink.path, strerror(errno));
	file->state_failing = true;
}

/* Opens the state, also where it was taken away or its directory was not there before. */
static bool
open_state(struct hrd_logfile *file)
{
	struct stat st;

	if (file->state_fd >= 0 && fstat(file->state_fd, &st) == 0 && st.st_nlink > 0)
		return true;
	if (file->state_fd >= 0)
		close(file->state_fd);
	file->state_fd = open(file->state, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	memset(&file->saved, 0, sizeof(file->saved));
	if (file->state_fd < 0)
		complain(file);
	return file->state_fd >= 0;
}

/* What the state says; false when there is none, or none that is whole. */
static bool
read_state(struct hrd_logfile *file, struct hrd_log_link *state)
{
	char text[STATE_MAX + 1], link[HRD_LINK_TEXT + 1], key[HRD_LINK_TEXT + 1], id[17];
	unsigned keyed;
	ssize_t len;

	if (file->state == NULL || !open_state(file))
		return false;
	len = pread(file->state_fd, text, STATE_MAX, 0);
	text[len > 0 ? len : 0] = '\0';
	memset(state, 0, sizeof(*state));
	if (sscanf(text, "1 %" SCNu64 " %64[0-9a-f] %u %" SCNu64 " %64[0-9a-f] %16[0-9a-f] .",
		&state->line, link, &keyed, &state->key_number, key, id) != 6 ||
	    hrd_unhex(state->link, sizeof(state->link), link) != HRD_OK ||
	    hrd_unhex(state->key, sizeof(state->key), key) != HRD_OK)
		return false;
	state->keyed = keyed != 0;
	if (state->keyed)
		memcpy(file->key_id, id, sizeof(id));
	explicit_bzero(text, sizeof(text));
	explicit_bzero(key, sizeof(key));
	return true;
}

void
hrd_logfile_keep(struct hrd_logfile *file)
{
	char text[STATE_MAX + 1], link[HRD_LINK_TEXT + 1], key[HRD_LINK_TEXT + 1];
	int len;

	if (!file->opened || file->state == NULL || !open_state(file) ||
	    (file->link.line == file->saved.line &&
		file->link.key_number == file->saved.key_number))
		return;
	hrd_hex(link, file->link.link, sizeof(file->link.link));
	hrd_hex(key, file->link.key, sizeof(file->link.key));
	len = snprintf(text, sizeof(text), "1 %" PRIu64 " %s %u %" PRIu64 " %s %s .\n",
	    file->link.line, link, (unsigned)file->link.keyed, file->link.key_number, key,
	    file->key_id[0] != '\0' ? file->key_id : "0000000000000000");
	if (pwrite(file->state_fd, text, (size_t)len, 0) == len) {
		file->saved = file->link;
		file->state_failing = false;
	} else {
		complain(file);
	}
	explicit_bzero(text, sizeof(text));
	explicit_bzero(key, sizeof(key));
}

/* The last whole line of the file, without its LF, up to size octets; an unfinished one behind it
 * is cut off. 0: there is none. */
static size_t
last_line(struct hrd_logfile *file, char *text, size_t size)
{
	int fd = open(file->sink.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	off_t end = fd >= 0 && S_ISREG(file->sink.file.st_mode) ? lseek(fd, 0, SEEK_END) : 0;
	off_t from = end > (off_t)size ? end - (off_t)size : 0;
	ssize_t len = end > 0 ? pread(fd, text, (size_t)(end - from), from) : 0;
	size_t whole = len > 0 ? (size_t)len : 0, begin;

	if (fd >= 0)
		close(fd);
	while (whole > 0 && text[whole - 1] != '\n')
		whole--;
	if (len > 0 && whole < (size_t)len && (whole > 0 || from == 0)) {
		hrd_log(HRD_LOG_WARNING, "%s ends with a part of a line: %zu octets are taken away",
		    file->sink.path, (size_t)len - whole);
		if (ftruncate(file->sink.fd, from + (off_t)whole) != 0)
			return 0;
	}
	if (whole == 0)
		return 0;
	whole--;
	for (begin = whole; begin > 0 && text[begin - 1] != '\n'; begin--)
		;
	memmove(text, text + begin, whole - begin);
	return whole - begin;
}

/* Takes the first key from its file; false: it is not there. */
static bool
read_key(struct hrd_logfile *file, uint8_t key[HRD_LOG_KEY_LEN])
{
	const char *reason = "";
	uint8_t id[HRD_LOG_KEY_ID_LEN];
	int status = hrd_site_key_read(file->key, HRD_SITE_KEY_LOG, geteuid(), key, &reason);

	if (status == HRD_OK) {
		hrd_log_key_id(key, id);
		hrd_hex(file->key_id, id, sizeof(id));
		return true;
	}
	file->no_key = true;
	hrd_log(HRD_LOG_ERROR,
	    "ALARM: the chain of %s has no key: chain-key %s: %s: its links prove nothing against "
	    "who takes over the server",
	    file->sink.path, file->key, reason);
	return false;
}

/* Goes on from the state with the key that it has, or begins with the first. */
static void
choose_key(struct hrd_logfile *file, bool stated, const struct hrd_log_link *state)
{
	uint8_t key[HRD_LOG_KEY_LEN];

	file->link.keyed = false;
	file->link.key_number = 0;
	if (file->key == NULL) {
		file->key_id[0] = '\0';
		return;
	}
	if (stated && state->keyed) {
		file->link.keyed = true;
		file->link.key_number = state->key_number;
		memcpy(file->link.key, state->key, sizeof(state->key));
		return;
	}
	file->link.keyed = read_key(file, key);
	if (file->link.keyed)
		memcpy(file->link.key, key, sizeof(key));
	explicit_bzero(key, sizeof(key));
}

/* Finds out where the log stands: by its last line, and by the state. */
static void
find_link(struct hrd_logfile *file)
{
	char *text = malloc(HRD_EVENT_LINE_MAX + FINISH_ROOM);
	size_t len = text != NULL ? last_line(file, text, HRD_EVENT_LINE_MAX + FINISH_ROOM) : 0;
	struct hrd_linked_line last = { .line = 0 };
	struct hrd_log_link state;
	struct ended_log end;
	bool stated, recalled;

	if (!file->chain) {
		free(text);
		return;
	}
	recalled = take_end(file, &end);
	stated = read_state(file, &state);
	if (!stated && recalled) {
		stated = true;
		state = end.link;
		memcpy(file->key_id, end.key_id, sizeof(end.key_id));
	}
	explicit_bzero(&end, sizeof(end));
	if (len == 0 || hrd_linked_line_parse(text, len, &last) != HRD_OK)
		last.line = 0;
	hrd_log_link_init(&file->link, NULL);
	if (stated) {
		file->link.line = state.line;
		memcpy(file->link.link, state.link, sizeof(state.link));
	}
	if (last.line > file->link.line) {
		file->link.line = last.line;
		memcpy(file->link.link, last.link, sizeof(last.link));
	} else if (stated && len > 0 && last.line > 0 && last.line < state.line) {
		hrd_log(HRD_LOG_ERROR,
		    "ALARM: %s ends with line %" PRIu64 " of its chain, and line %" PRIu64
		    " was written: lines were cut off",
		    file->sink.path, last.line, state.line);
	}
	choose_key(file, stated, &state);
	while (file->link.keyed && last.keyed && last.line == file->link.line &&
	       last.key_number - file->link.key_number < KEYS_AHEAD &&
	       file->link.key_number < last.key_number)
		hrd_log_key_next(&file->link);
	explicit_bzero(&state, sizeof(state));
	free(text);
}

int
hrd_logfile_ready(struct hrd_logfile *file)
{
	int status = file->sink.path != NULL ? hrd_sink_ready(&file->sink) : HRD_ENOENT;

	if (status == HRD_OK && !file->opened) {
		find_link(file);
		file->opened = true;
	}
	return status;
}

const struct hrd_log_link *
hrd_logfile_link(const struct hrd_logfile *file)
{
	return file->chain ? &file->link : NULL;
}

bool
hrd_logfile_is_stream(const struct hrd_logfile *file)
{
	return !S_ISREG(file->sink.file.st_mode);
}

bool
hrd_logfile_add(struct hrd_logfile *file, const char *line, size_t len)
{
	static const char key[] = ",\"hash\":\"", end[] = "\"}}\n";
	char *to = file->batch + file->len;

	if (len + HRD_LINK_TAIL + 1 > HRD_LOGFILE_BATCH - file->len)
		return false;
	if (file->len == 0)
		file->start = file->link;
	memcpy(to, line, len);
	file->len += len;
	if (!file->chain)
		return true;
	/* "}}" and LF give way to the link, and come after it. */
	len -= 3;
	hrd_log_link_next(&file->link, line, len);
	memcpy(to + len, key, sizeof(key) - 1);
	len += sizeof(key) - 1;
	hrd_hex(to + len, file->link.link, sizeof(file->link.link));
	len += HRD_LINK_TEXT;
	memcpy(to + len, end, sizeof(end) - 1);
	file->len = (size_t)(to - file->batch) + len + sizeof(end) - 1;
	return true;
}

int
hrd_logfile_write(struct hrd_logfile *file, uint64_t *written)
{
	size_t len = file->len;

	if (len == 0)
		return HRD_OK;
	file->len = 0;
	if (hrd_sink_line(&file->sink, file->batch, len) != HRD_OK) {
		file->link = file->start;
		return HRD_EIO;
	}
	*written += len;
	return HRD_OK;
}

void
hrd_logfile_next_key(struct hrd_logfile *file)
{
	if (!file->chain || !file->link.keyed)
		return;
	hrd_log_key_next(&file->link);
	explicit_bzero(&file->start, sizeof(file->start));
}
