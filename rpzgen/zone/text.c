/* SPDX-License-Identifier: BSD-3-Clause */
/* The lexical layer of zone files. */
#include <config.h>

#include "rpzgen/zone/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/utf8.h"

/* The buffer grows to twice an entry at most, so that filling moves little. */
enum { BUFFER_MIN = 64 << 10, BUFFER_MAX = 2 * HRD_ZONE_ENTRY_MAX };

struct hrd_zonetext {
	FILE *stream;
	size_t start; /* of the entry, in buf */
	size_t end;   /* of what is in buf */
	uint64_t line;
	unsigned rewinds;
	bool eof;
	bool nomem;
	bool failed;
	bool cut;
	bool hashes; /* lines of '#' and "//" are comments */
	size_t room;
	char *buf;
};

/* What the scan of one entry found; offsets are from the start of the entry. */
struct scan {
	size_t at;           /* next octet to look at */
	uint64_t lines;      /* line ends passed */
	size_t first_line;   /* octets of the first line, its end included */
	unsigned depth;      /* open parentheses */
	bool quoted;         /* within quotes */
	bool plain;          /* nothing to flatten so far */
	bool unclosed;       /* the end came with parentheses open */
	const char *problem; /* first fault */
};

struct hrd_zonetext *
hrd_zonetext_new(FILE *stream)
{
	struct hrd_zonetext *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return NULL;
	reader->buf = hrd_array_reserve(NULL, &reader->room, BUFFER_MIN, 1);
	if (reader->buf == NULL) {
		free(reader);
		return NULL;
	}
	reader->stream = stream;
	reader->line = 1;
	return reader;
}

void
hrd_zonetext_free(struct hrd_zonetext *reader)
{
	if (reader == NULL)
		return;
	free(reader->buf);
	free(reader);
}

void
hrd_zonetext_take_hashes(struct hrd_zonetext *reader)
{
	reader->hashes = true;
}

bool
hrd_zonetext_cut(const struct hrd_zonetext *reader)
{
	return reader->cut;
}

/* Doubles a buffer that an entry has half filled. */
static bool
grow(struct hrd_zonetext *reader)
{
	char *buf;

	if (reader->end < reader->room / 2 || reader->room >= BUFFER_MAX)
		return true;
	buf = hrd_array_reserve(reader->buf, &reader->room, 2 * reader->room, 1);
	reader->nomem = buf == NULL;
	if (buf != NULL)
		reader->buf = buf;
	return buf != NULL;
}

/* Reads more; the entry moves to the front of the buffer. False when nothing more came. */
static bool
fill(struct hrd_zonetext *reader)
{
	size_t got;

	if (reader->eof)
		return false;
	memmove(reader->buf, reader->buf + reader->start, reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
	if (!grow(reader)) {
		reader->eof = true;
		return false;
	}
	got = fread(reader->buf + reader->end, 1, reader->room - reader->end, reader->stream);
	if (got == 0) {
		reader->eof = true;
		reader->failed = ferror(reader->stream) != 0;
	}
	reader->end += got;
	return got > 0;
}

/* The next octet of the entry, or -1 at the end of stream or of what an entry may hold. grow()
 * leaves half of the buffer free for an entry under its limit, so fill() always has room. */
static int
peek(struct hrd_zonetext *reader, const struct scan *scan)
{
	if (scan->at >= HRD_ZONE_ENTRY_MAX)
		return -1;
	if (reader->start + scan->at == reader->end && !fill(reader))
		return -1;
	return (unsigned char)reader->buf[reader->start + scan->at];
}

static void
note(struct scan *scan, const char *problem)
{
	if (scan->problem == NULL)
		scan->problem = problem;
}

/* Passes a line end; true when it ends the entry. */
static bool
pass_line_end(struct scan *scan)
{
	scan->at++;
	scan->lines++;
	if (scan->lines == 1)
		scan->first_line = scan->at;
	if (scan->quoted)
		note(scan, "a quoted text runs over the end of the line");
	return scan->quoted || scan->depth == 0;
}

static void
pass_comment(struct hrd_zonetext *reader, struct scan *scan)
{
	const char *from, *end;
	int c;

	while ((c = peek(reader, scan)) != -1 && c != '\n') {
		from = reader->buf + reader->start + scan->at;
		end = memchr(from, '\n', (size_t)(reader->buf + reader->end - from));
		scan->at = end != NULL ? (size_t)(end - (reader->buf + reader->start))
				       : reader->end - reader->start;
	}
}

/* Passes a special octet outside of quotes. */
static void
pass_special(struct hrd_zonetext *reader, struct scan *scan, int c)
{
	scan->plain = false;
	if (c == ';') {
		pass_comment(reader, scan);
		return;
	}
	scan->at++;
	if (c == '(')
		scan->depth++;
	else if (scan->depth > 0)
		scan->depth--;
	else
		note(scan, "a ')' without its '('");
}

/* Passes a backslash and the octet that it protects. */
static void
pass_escape(struct hrd_zonetext *reader, struct scan *scan)
{
	int c;

	scan->at++;
	c = peek(reader, scan);
	if (c == -1 || c == '\n' || c == '\r')
		note(scan, "a backslash at the end of a line");
	else if (c == '\0')
		note(scan, "a NUL octet");
	if (c != -1 && c != '\n')
		scan->at++;
}

/* Passes any other octet. */
static void
pass_octet(struct scan *scan, int c)
{
	if (c == '"')
		scan->quoted = !scan->quoted;
	else if (c == '\0')
		note(scan, "a NUL octet");
	scan->at++;
}

/* Says why the end came before the end of the entry. */
static void
note_end(struct scan *scan)
{
	scan->unclosed = scan->depth > 0;
	if (scan->at >= HRD_ZONE_ENTRY_MAX)
		note(scan, "an entry over 320 KiB");
	else if (scan->unclosed)
		note(scan, "a '(' that is never closed");
	else if (scan->quoted)
		note(scan, "a quoted text that is never closed");
}

/* Octets that mean nothing but themselves, wherever they stand. */
static bool
is_plain(char c)
{
	static const bool special[256] = { ['\0'] = true,
		['\n'] = true,
		['\r'] = true,
		['\\'] = true,
		['"'] = true,
		[';'] = true,
		['('] = true,
		[')'] = true,
		[' '] = true,
		['\t'] = true };

	return !special[(unsigned char)c];
}

/* Passes the octets at hand that need no look each. */
static void
pass_plain(const struct hrd_zonetext *reader, struct scan *scan)
{
	const char *entry = reader->buf + reader->start;
	size_t end = reader->end - reader->start;

	if (end > HRD_ZONE_ENTRY_MAX)
		end = HRD_ZONE_ENTRY_MAX;
	while (scan->at < end && (is_plain(entry[scan->at]) || entry[scan->at] == ' '))
		scan->at++;
}

/* Looks for the end of the entry. */
static void
scan_entry(struct hrd_zonetext *reader, struct scan *scan)
{
	int c;

	memset(scan, 0, sizeof(*scan));
	scan->plain = true;
	while ((c = peek(reader, scan)) != -1) {
		if (c == '\n') {
			if (pass_line_end(scan))
				return;
		} else if (!scan->quoted && (c == ';' || c == '(' || c == ')')) {
			pass_special(reader, scan, c);
		} else if (c == '\\') {
			pass_escape(reader, scan);
		} else {
			pass_octet(scan, c);
			pass_plain(reader, scan);
		}
	}
	note_end(scan);
}

/* Copies one octet and, after a backslash, the one that it protects. */
static size_t
keep(char *text, size_t from, size_t end, size_t to)
{
	size_t octets = (text[from] == '\\' && from + 1 < end) ? 2 : 1;

	memmove(text + to, text + from, octets);
	return octets;
}

/* Removes comments, parentheses and line ends in place. */
static size_t
flatten(char *text, size_t len)
{
	size_t from = 0, to = 0, octets;
	bool quoted = false;

	while (from < len) {
		if (!quoted && text[from] == ';') {
			while (from < len && text[from] != '\n')
				from++;
		} else if (!quoted && strchr("()\n\r", text[from]) != NULL) {
			text[to++] = ' ';
			from++;
		} else {
			quoted ^= text[from] == '"';
			octets = keep(text, from, len, to);
			from += octets;
			to += octets;
		}
	}
	return to;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Octets of the text without blanks at its end; a blank after a backslash stays. */
static size_t
trim(const char *text, size_t len)
{
	size_t slashes = 0;

	while (len > 0 && is_blank(text[len - 1]))
		len--;
	while (slashes < len && text[len - 1 - slashes] == '\\')
		slashes++;
	return len + (slashes & 1);
}

/* Drops what is left of the line, however long it is. */
static void
skip_line(struct hrd_zonetext *reader, struct scan *scan)
{
	const char *from, *end = NULL;

	do {
		from = reader->buf + reader->start + scan->at;
		end = memchr(from, '\n', (size_t)(reader->buf + reader->end - from));
		if (end == NULL) {
			reader->start = reader->end;
			scan->at = 0;
		} else {
			scan->at += (size_t)(end - from) + 1;
			scan->lines++;
		}
	} while (end == NULL && fill(reader));
}

/* Passes a line that is a comment of lists, whatever stands in it. */
static bool
pass_hash_line(struct hrd_zonetext *reader)
{
	struct scan scan = { 0 };
	int c;

	while ((c = peek(reader, &scan)) == ' ' || c == '\t')
		scan.at++;
	if (c == '/') {
		scan.at++;
		c = peek(reader, &scan) == '/' ? '#' : '/';
	}
	if (c != '#')
		return false;
	skip_line(reader, &scan);
	reader->cut = scan.lines == 0;
	reader->line += scan.lines;
	reader->start += scan.at;
	return true;
}

/* Where reading goes on after an entry with a fault: an unclosed parenthesis is taken to be the
 * mistake, so the lines after it are read again. */
static int
recover(struct hrd_zonetext *reader, struct scan *scan)
{
	if (scan->unclosed && scan->lines > 0) {
		if (reader->rewinds++ == HRD_ZONE_REWINDS_MAX)
			return HRD_ELIMIT;
		scan->at = scan->first_line;
		scan->lines = 1;
	} else if (scan->at >= HRD_ZONE_ENTRY_MAX) {
		skip_line(reader, scan);
	}
	return HRD_EINVAL;
}

/* Gives the scanned entry, flat; false when there is nothing in it. */
static bool
deliver(struct hrd_zonetext *reader, const struct scan *scan, struct hrd_zone_entry *entry)
{
	char *text = reader->buf + reader->start;
	const char *start = text;
	size_t len = scan->at, mark = reader->line == 1 ? hrd_utf8_mark(text, len) : 0;

	text += mark;
	len -= mark;
	entry->indented = len > 0 && (text[0] == ' ' || text[0] == '\t');
	if (!scan->plain)
		len = flatten(text, len);
	len = trim(text, len);
	while (len > 0 && is_blank(*text)) {
		text++;
		len--;
	}
	entry->text = text;
	entry->len = len;
	entry->col = (uint32_t)(text - start) + 1;
	entry->one_line = scan->lines <= 1;
	return len > 0;
}

int
hrd_zonetext_next(struct hrd_zonetext *reader, struct hrd_zone_entry *entry, const char **why)
{
	struct scan scan;
	bool full = false;
	int status = HRD_OK;
	size_t end;

	while (!full && status == HRD_OK) {
		if (reader->hashes && pass_hash_line(reader))
			continue;
		scan_entry(reader, &scan);
		if (reader->failed || reader->nomem)
			return reader->nomem ? HRD_ENOMEM : HRD_EIO;
		if (scan.at == 0)
			return HRD_ENOENT;
		entry->line = reader->line;
		*why = scan.problem;
		if (scan.problem != NULL)
			status = recover(reader, &scan);
		/* Before the entry is made flat, which turns line ends to blanks. */
		end = reader->start + scan.at;
		reader->cut = end > 0 && reader->buf[end - 1] != '\n';
		if (scan.problem == NULL)
			full = deliver(reader, &scan, entry);
		reader->line += scan.lines;
		reader->start = end;
	}
	return status;
}

bool
hrd_zone_field(const char **text, size_t *len, const char **field, size_t *field_len)
{
	const char *at = *text, *end = *text + *len;
	bool quoted = false;

	while (at < end && is_blank(*at))
		at++;
	*field = at;
	while (at < end && (quoted || !is_blank(*at))) {
		quoted ^= *at == '"';
		at += (*at == '\\' && at + 1 < end) ? 2 : 1;
		while (at < end && is_plain(*at))
			at++;
	}
	*field_len = (size_t)(at - *field);
	*text = at;
	*len = (size_t)(end - at);
	return *field_len > 0;
}

/* Takes one number and its unit off the text, as seconds. */
static bool
take_period(const char **text, const char *end, uint64_t *seconds)
{
	static const char units[] = "smhdw";
	static const uint32_t factor[] = { 1, 60, 3600, 86400, 604800 };
	const char *at = *text, *unit;
	uint64_t number = 0;

	while (at < end && *at >= '0' && *at <= '9' && number <= HRD_ZONE_TTL_MAX)
		number = number * 10 + (uint64_t)(*at++ - '0');
	if (at == *text || number > HRD_ZONE_TTL_MAX)
		return false;
	if (at < end) {
		unit = strchr(units, *at | 0x20);
		if (unit == NULL || *unit == '\0')
			return false;
		number *= factor[unit - units];
		at++;
	}
	*text = at;
	*seconds = number;
	return true;
}

bool
hrd_zone_ttl(const char *text, size_t len, uint32_t *ttl)
{
	const char *end = text + len;
	uint64_t part, sum = 0;

	if (len == 0)
		return false;
	while (text < end) {
		if (!take_period(&text, end, &part))
			return false;
		sum += part;
		if (sum > HRD_ZONE_TTL_MAX)
			return false;
	}
	*ttl = (uint32_t)sum;
	return true;
}
