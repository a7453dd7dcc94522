/* SPDX-License-Identifier: BSD-3-Clause */
/* Names common mistakes: one judge a kind, asked in order; each looks at what libyaml says and at
 * the lines around the place. */
#include <config.h>

#include "lib/yaml/broken.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/utf8.h"

enum { WORD_MAX = 40 };

/* What is found out about one stop. */
struct finding {
	const struct hrd_yaml_stop *stop;
	struct hrd_yaml_spot spot;
	char *text;
};

typedef bool judge_fn(struct finding *f);

static bool
is_at(const struct hrd_yaml_stop *s, size_t at, const char *octets)
{
	size_t len = strlen(octets);

	return at <= s->len && s->len - at >= len && memcmp(s->data + at, octets, len) == 0;
}

/* The octet there; a line feed past the end. */
static char
octet(const struct hrd_yaml_stop *s, size_t at)
{
	return at < s->len ? s->data[at] : '\n';
}

static bool
is_end(char c)
{
	return c == '\n' || c == '\r';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

struct hrd_yaml_spot
hrd_yaml_spot(const char *data, size_t len, size_t at)
{
	struct hrd_yaml_spot spot = { .at = at };

	for (size_t i = 0; i < at && i < len; i++) {
		bool first = data[i] == '\r' && i + 1 < len && data[i + 1] == '\n';

		if (is_end(data[i]) && !first) {
			spot.line++;
			spot.col = 0;
		} else if ((data[i] & 0xc0) != 0x80) {
			spot.col++;
		}
	}
	return spot;
}

static size_t
line_start(const struct hrd_yaml_stop *s, size_t at)
{
	while (at > 0 && !is_end(octet(s, at - 1)))
		at--;
	return at;
}

static size_t
line_end(const struct hrd_yaml_stop *s, size_t at)
{
	while (!is_end(octet(s, at)))
		at++;
	return at;
}

/* The first octet of the line that is no blank. */
static size_t
line_text(const struct hrd_yaml_stop *s, size_t at)
{
	at = line_start(s, at);
	while (octet(s, at) == ' ')
		at++;
	return at;
}

/* Behind the dashes of list entries. */
static size_t
skip_dashes(const struct hrd_yaml_stop *s, size_t at)
{
	while (octet(s, at) == '-' && octet(s, at + 1) == ' ') {
		at++;
		while (octet(s, at) == ' ')
			at++;
	}
	return at;
}

static size_t
skip_word(const struct hrd_yaml_stop *s, size_t at)
{
	while (is_word(octet(s, at)))
		at++;
	return at;
}

static size_t
indentation(const struct hrd_yaml_stop *s, size_t at)
{
	return line_text(s, at) - line_start(s, at);
}

/* The text of the last line before this one that has any and is no comment; false: there is none.
 */
static bool
line_before(const struct hrd_yaml_stop *s, size_t at, size_t *text)
{
	for (at = line_start(s, at); at > 0; at = line_start(s, at)) {
		at--;
		*text = line_text(s, at);
		if (!is_end(octet(s, *text)) && octet(s, *text) != '#')
			return true;
	}
	return false;
}

static struct hrd_yaml_spot
spot_of(const struct hrd_yaml_stop *s, size_t at)
{
	return hrd_yaml_spot(s->data, s->len, at);
}

static bool
has_problem(const struct finding *f, const char *words)
{
	return strstr(f->stop->problem, words) != NULL;
}

static bool
has_context(const struct finding *f, const char *words)
{
	return strstr(f->stop->context, words) != NULL;
}

__attribute__((format(printf, 3, 4))) static bool
report(struct finding *f, struct hrd_yaml_spot spot, const char *format, ...)
{
	int len = snprintf(f->text, HRD_YAML_BROKEN_MAX, "broken YAML: ");
	va_list args;

	f->spot = spot;
	va_start(args, format);
	(void)!vsnprintf(f->text + len, HRD_YAML_BROKEN_MAX - (size_t)len, format, args);
	va_end(args);
	return true;
}

/* libyaml passes over the mark at the start of a line, but counts it as a column. */
static bool
judge_byte_order_mark(struct finding *f)
{
	static const char mark[] = "\xef\xbb\xbf";
	const struct hrd_yaml_stop *s = f->stop;
	size_t places[4] = { s->here.at, s->here.at - 3, line_start(s, s->here.at) }, before;

	places[3] = line_before(s, s->here.at, &before) ? line_start(s, before) : places[2];
	for (size_t i = 0; i < 4; i++) {
		if (is_at(s, places[i], mark))
			return report(f, spot_of(s, places[i]),
			    "a byte order mark (U+FEFF) within the file; remove it");
	}
	return false;
}

static bool
judge_escape(struct finding *f)
{
	const struct hrd_yaml_stop *s = f->stop;
	size_t at = s->here.at;

	if (!has_context(f, "parsing a quoted scalar"))
		return false;
	while (at > s->from.at && octet(s, at) != '\\')
		at--;
	return report(f, spot_of(s, at),
	    "a backslash in double quotes begins an escape; write it twice, or use single quotes");
}

/* A quote that is not closed, at the end of the file or at the next one; a text of which only a
 * part is in quotes. */
static bool
judge_quotes(struct finding *f)
{
	const struct hrd_yaml_stop *s = f->stop;
	char quote = octet(s, s->open.at);
	size_t at = s->close;

	if (has_context(f, "scanning a quoted scalar"))
		return report(
		    f, s->from, "a quote that is not closed; close it where the text ends");
	while (is_blank(octet(s, at)))
		at++;
	if (!s->quoted || at != s->here.at || octet(s, at) == ':')
		return false;
	if (spot_of(s, s->close).line != s->open.line)
		return report(f, s->open,
		    "a quote that is not closed, or a second one within the text; the next quote "
		    "is in line %u",
		    (unsigned)spot_of(s, s->close).line + 1);
	if (at == s->close && octet(s, at) != ',')
		return report(f, s->here,
		    "a quote within a text in such quotes; write it as %s, or quote with %s quotes",
		    quote == '"' ? "\\\"" : "''", quote == '"' ? "single" : "double");
	return report(f, s->here, "text behind the closing quote; put all of it in %s quotes",
	    quote == '"' ? "single" : "double");
}

/* Whether a line is one of a block, "key: value" or "- entry", and no deeper than that one. */
static bool
goes_on_below(const struct hrd_yaml_stop *s, size_t line, size_t above)
{
	size_t text = line_text(s, line), behind = skip_dashes(s, text);
	size_t colon = skip_word(s, behind);

	return indentation(s, line) <= indentation(s, above) &&
	       (behind > text || (colon > behind && octet(s, colon) == ':'));
}

/* Whether brackets open and close alike behind the one at that place. */
static bool
has_closing(const struct hrd_yaml_stop *s, size_t at)
{
	size_t depth = 0;

	for (; at < s->len; at++) {
		if (octet(s, at) == '[' || octet(s, at) == '{')
			depth++;
		else if ((octet(s, at) == ']' || octet(s, at) == '}') && --depth == 0)
			return true;
	}
	return false;
}

/* The colon of a key that stands where a comma is wanted, or of none. */
static bool
judge_flow_colon(struct finding *f, char closing)
{
	const struct hrd_yaml_stop *s = f->stop;
	size_t before = s->here.at;

	while (before > 0 && is_blank(octet(s, before - 1)))
		before--;
	if (before > 0 && strchr("[{,", octet(s, before - 1)) != NULL)
		return report(f, s->here, "a key is missing in front of the colon");
	if (line_start(s, before) <= s->from.at)
		return report(
		    f, s->here, "a colon within a text that is not quoted; put the text in quotes");
	return report(f, spot_of(s, line_text(s, s->here.at)),
	    "a comma is missing in front of this line, or the closing \"%c\"", closing);
}

static bool
judge_flow(struct finding *f)
{
	const struct hrd_yaml_stop *s = f->stop;
	struct hrd_yaml_spot open = has_context(f, "flow node") ? s->flow : s->from;
	char c = octet(s, open.at);

	if (!has_context(f, "parsing a flow ") || (c != '[' && c != '{'))
		return false;
	if (!has_closing(s, open.at) ||
	    (s->here.line > open.line && goes_on_below(s, s->here.at, open.at)))
		return report(f, open,
		    "a \"%c\" that is not closed; close it, or quote a text that begins with it",
		    c);
	if (octet(s, s->here.at) == ',')
		return report(f, s->here, "a comma with nothing before it; remove it");
	if (octet(s, s->here.at) == ':')
		return judge_flow_colon(f, c == '[' ? ']' : '}');
	return report(f, s->here, "a comma %sis missing, or the closing \"%c\"",
	    c == '[' ? "" : "or a colon ", c == '[' ? ']' : '}');
}

/* What looks like indentation and is none. */
static bool
judge_blanks(struct finding *f)
{
	const struct hrd_yaml_stop *s = f->stop;
	size_t at = octet(s, s->here.at) == '\t' ? s->here.at : line_text(s, s->here.at);
	size_t first = 0;

	while (first < s->len && (is_blank(octet(s, first)) || is_end(octet(s, first))))
		first++;
	if (octet(s, at) == '\t' && octet(s, first) != '{' && octet(s, first) != '[')
		return report(f, spot_of(s, at), "a tab; YAML is indented with spaces");
	if (is_at(s, at, "\xc2\xa0"))
		return report(
		    f, spot_of(s, at), "a no-break space (U+00A0); YAML is indented with spaces");
	return false;
}

/* A text whose first character has a meaning. */
static bool
judge_first_character(struct finding *f)
{
	const struct hrd_yaml_stop *s = f->stop;

	if (has_context(f, "scanning an alias"))
		return report(f, s->from,
		    "an unquoted \"*\"; quote it, or write the base name and match: subtree");
	if (has_context(f, "scanning an anchor"))
		return report(f, s->from, "an unquoted \"&\"; quote the text");
	if (has_context(f, " a tag") || has_problem(f, "tag handle"))
		return report(f, s->from, "an unquoted \"!\"; quote the text");
	if (has_context(f, "directive") || has_problem(f, "incompatible YAML") ||
	    has_problem(f, "duplicate %"))
		return report(f, s->context[0] != '\0' ? s->from : s->here,
		    "a line that begins with \"%%\" is a directive, which is not supported; "
		    "remove it, or quote the text");
	if (has_context(f, "scanning a block scalar"))
		return report(f, s->from, "a text that begins with \"%c\" must be quoted",
		    octet(s, s->from.at));
	if (has_problem(f, "cannot start any token") || has_problem(f, "mapping keys are not") ||
	    (has_problem(f, "expected node content") && s->here.at < s->len) ||
	    (has_problem(f, "block sequence entries are not") &&
		line_text(s, s->here.at) != s->here.at))
		return report(f, s->here, "a text that begins with \"%c\" must be quoted",
		    octet(s, s->here.at));
	return false;
}

/* "kind:web-app", or a no-break space there: gives the place of the colon. */
static bool
finds_tight_colon(const struct hrd_yaml_stop *s, size_t at, size_t *colon)
{
	at = skip_dashes(s, at);
	*colon = skip_word(s, at);
	return *colon > at && octet(s, *colon) == ':' && !is_blank(octet(s, *colon + 1)) &&
	       !is_end(octet(s, *colon + 1));
}

static bool
report_tight_colon(struct finding *f, size_t colon)
{
	const struct hrd_yaml_stop *s = f->stop;

	if (is_at(s, colon + 1, "\xc2\xa0"))
		return report(f, spot_of(s, colon + 1),
		    "a no-break space (U+00A0) behind the colon; type a plain one");
	return report(f, spot_of(s, colon), "no space behind the colon; write \"key: value\"");
}

/* A line without a colon where a key is wanted. */
static bool
report_no_key(struct finding *f, size_t at)
{
	const struct hrd_yaml_stop *s = f->stop;
	size_t len = line_end(s, at) - at;

	return report(f, spot_of(s, at),
	    "\"%.*s\" is no key with a value; write \"key: value\", or indent it if it goes on "
	    "with the text above",
	    (int)(len < WORD_MAX ? len : WORD_MAX), s->data + at);
}

/* Whether the line has a colon that ends a key, as that of "https://" does not. */
static bool
has_value_colon(const struct hrd_yaml_stop *s, size_t at)
{
	for (; !is_end(octet(s, at)); at++) {
		char next = octet(s, at + 1);

		if (octet(s, at) == ':' && (is_blank(next) || is_end(next)))
			return true;
	}
	return false;
}

/* The line that this one goes on with, by its indentation: true when there is one less deep. */
static bool
line_above(const struct hrd_yaml_stop *s, size_t at, size_t *above)
{
	size_t before = at;

	*above = at;
	while (line_before(s, before, &before)) {
		if (*above == at)
			*above = before;
		if (indentation(s, before) < indentation(s, at)) {
			*above = before;
			return true;
		}
	}
	return false;
}

/* The line is the value's, by its indentation, and yet a key. */
static bool
report_too_deep(struct finding *f, size_t at)
{
	const struct hrd_yaml_stop *s = f->stop;
	size_t text = line_text(s, at), word = skip_dashes(s, text), above, tight;
	size_t len = skip_word(s, word) - word;
	bool deeper = line_above(s, at, &above);

	if (above == at)
		return false;
	if (finds_tight_colon(s, above, &tight))
		return report_tight_colon(f, tight);
	above = skip_dashes(s, above);
	if (!has_value_colon(s, above))
		return report_no_key(f, above);
	return deeper &&
	       report(f, spot_of(s, text),
		   "\"%.*s\" stands deeper than line %u, which has its value; align the two",
		   (int)(len < WORD_MAX ? len : WORD_MAX), s->data + word,
		   (unsigned)spot_of(s, above).line + 1);
}

static bool
judge_colon(struct finding *f)
{
	static const char *const smart[] = { "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e",
		"\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a", "\xc2\xab", "\xc2\xbb" };
	const struct hrd_yaml_stop *s = f->stop;
	size_t at = s->here.at, word = skip_dashes(s, line_text(s, at));

	if (!has_problem(f, "mapping values are not allowed"))
		return false;
	if (at > word && skip_word(s, word) == at && report_too_deep(f, at))
		return true;
	for (; word < at; word++) {
		for (size_t i = 0; i < sizeof(smart) / sizeof(smart[0]); i++) {
			if (is_at(s, word, smart[i]))
				return report(f, spot_of(s, word),
				    "quotes of a word processor quote nothing; type \" or '");
		}
	}
	return report(
	    f, s->here, "a colon within a text that is not quoted; put the text in quotes");
}

static bool
judge_missing_colon(struct finding *f)
{
	const struct hrd_yaml_stop *s = f->stop;
	size_t colon;

	if (!has_problem(f, "could not find expected ':'"))
		return false;
	if (finds_tight_colon(s, s->from.at, &colon))
		return report_tight_colon(f, colon);
	return report_no_key(f, s->from.at);
}

/* A line where no key can stand. */
static bool
judge_key(struct finding *f)
{
	const struct hrd_yaml_stop *s = f->stop;
	size_t at = s->here.at, before;
	bool entry = is_at(s, at, "- "), has_before = line_before(s, at, &before);

	if (has_problem(f, "block sequence entries are not") ||
	    (has_problem(f, "expected key") && entry && (!has_before || !is_at(s, before, "- "))))
		return report(f, s->here,
		    "a list entry where a key is wanted; a list stands below a key that has no "
		    "other value");
	if (!has_problem(f, "expected key"))
		return false;
	if (octet(s, at) == ':')
		return report(f, s->here, "a key is missing in front of the colon");
	if (has_before && indentation(s, before) < indentation(s, at) && report_too_deep(f, at))
		return true;
	return report(f, s->here,
	    "indented by %u, as no line is that it could belong to; align it with the lines above",
	    (unsigned)indentation(s, at));
}

/* Text behind something that is closed, or a line where nothing of its kind or depth can stand. */
static bool
judge_line(struct finding *f)
{
	const struct hrd_yaml_stop *s = f->stop;
	size_t at = s->here.at, text = line_text(s, at), before = at;

	while (before > text && is_blank(octet(s, before - 1)))
		before--;
	if (before > text && (octet(s, before - 1) == ']' || octet(s, before - 1) == '}'))
		return report(f, s->here,
		    "text behind the closing \"%c\"; quote a text that begins with \"%c\"",
		    octet(s, before - 1), octet(s, before - 1) == ']' ? '[' : '{');
	if (at != text)
		return false;
	if (has_problem(f, "expected <document start>") && line_before(s, at, &before) &&
	    is_at(s, before, "..."))
		return report(f, s->here, "text behind the end of the document, \"...\"");
	if (has_problem(f, "expected <document start>"))
		return report(
		    f, s->here, "indented less than the first line of the file; align the two");
	if (has_problem(f, "expected '-' indicator"))
		return report(f, s->here,
		    "this line belongs to no entry of the list; align it with the keys of an "
		    "entry, or begin it with \"- \"");
	return judge_key(f);
}

struct hrd_yaml_spot
hrd_yaml_broken(const struct hrd_yaml_stop *stop, char text[HRD_YAML_BROKEN_MAX])
{
	static judge_fn *const judges[] = { judge_byte_order_mark, judge_escape, judge_quotes,
		judge_flow, judge_blanks, judge_first_character, judge_colon, judge_missing_colon,
		judge_line };
	struct finding f = { .stop = stop, .text = text };

	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		if (judges[i](&f))
			return f.spot;
	}
	report(&f, stop->here, "%s%s%s",
	    stop->problem[0] != '\0' ? stop->problem : "cannot be parsed",
	    stop->context[0] != '\0' ? ", " : "", stop->context);
	return f.spot;
}

/* Where a character begins that the octet at `at` does not go on with; at itself where that octet
 * is the fault. */
static size_t
broken_character(const char *data, size_t len, size_t at)
{
	size_t from = at;

	if (at >= len || data[at] == 0x7f ||
	    ((unsigned char)data[at] < ' ' && strchr("\t\n\r", data[at]) == NULL))
		return at;
	while (from > 0 && ((unsigned char)data[from - 1] & 0xc0) == 0x80)
		from--;
	if (from == 0 || (unsigned char)data[from - 1] < 0xc0)
		return at;
	from--;
	return hrd_utf8_char((const uint8_t *)data + from, len - from) == 0 ? from : at;
}

struct hrd_yaml_spot
hrd_yaml_no_text(const char *data, size_t len, size_t at, int value, char text[HRD_YAML_BROKEN_MAX])
{
	bool wide =
	    len > 1 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0 ||
			   (data[0] == '\0') != (data[1] == '\0'));

	if (value < 0x100)
		at = broken_character(data, len, at);
	if (wide)
		snprintf(text, HRD_YAML_BROKEN_MAX,
		    "not UTF-8 text, but probably UTF-16; save the file as UTF-8");
	else if (at < len && data[at] == '\0')
		snprintf(text, HRD_YAML_BROKEN_MAX,
		    "an octet 0: the file is no text, or damaged; write it anew");
	else if (at < len && (unsigned char)data[at] >= 0x80 && value < 0x100)
		snprintf(text, HRD_YAML_BROKEN_MAX,
		    "not UTF-8 text: the octet 0x%02x; save the file as UTF-8",
		    (unsigned)(unsigned char)data[at]);
	else
		snprintf(text, HRD_YAML_BROKEN_MAX, "a control character (U+%04X); remove it",
		    (unsigned)value);
	return hrd_yaml_spot(data, len, at);
}
