/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads unbound.conf(5) word by word. */
#include <config.h>

#include "module/check/hostconf.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/array.h"
#include "lib/base/readfile.h"

enum { WORD_MAX = 4096, DEPTH_MAX = 8, FILES_MAX = 1000 };

/* A clause of the file, as far as it matters. */
enum clause { CLAUSE_OTHER, CLAUSE_SERVER, CLAUSE_VIEW, CLAUSE_AUTH_ZONE, CLAUSE_DYNLIB };

/* One run over a file and what it includes. */
struct reader {
	struct hrd_hostconf *out;
	const char *without; /* a file that is passed over, or NULL */
	hrd_hostconf_fault_fn *fault;
	void *ctx;
	int status;
	unsigned files, depth;
	enum clause clause;
	const char *view; /* of a view clause, once it is named */
	size_t zone;      /* of an auth-zone clause: its entry + 1, once it is named */
	bool upstream;    /* clients of the auth-zone get no answer from it */
};

/* One file. */
struct source {
	const char *path;
	FILE *stream;
	uint32_t line; /* of the last word */
	uint32_t at;   /* where reading is */
	char word[WORD_MAX];
};

static void *
grown(struct reader *r, void *array, size_t *space, size_t count, size_t size)
{
	void *bigger = hrd_array_reserve(array, space, count + 1, size);

	if (bigger == NULL)
		r->status = HRD_ENOMEM;
	return bigger;
}

/* A copy that lives as long as the result; NULL when out of memory. */
static const char *
keep(struct reader *r, const char *text)
{
	struct hrd_hostconf *out = r->out;
	char **texts = grown(r, out->texts, &out->text_space, out->text_count, sizeof(*texts));

	if (texts == NULL)
		return NULL;
	out->texts = texts;
	out->texts[out->text_count] = strdup(text);
	if (out->texts[out->text_count] == NULL) {
		r->status = HRD_ENOMEM;
		return NULL;
	}
	return out->texts[out->text_count++];
}

static int
next_char(struct source *s)
{
	int c = getc(s->stream);

	s->at += c == '\n' ? 1 : 0;
	return c;
}

/* What is between words, as the server's lexer has it: no other control character is. */
static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Blanks, and comments: those begin where a word could, and reach to the end of the line. */
static int
skip_blanks(struct source *s)
{
	int c = next_char(s);

	while (is_blank(c) || c == '#') {
		bool comment = c == '#';

		do
			c = next_char(s);
		while (comment && c != '\n' && c != EOF);
	}
	return c;
}

static void
take_char(struct source *s, size_t *len, int c)
{
	if (*len < WORD_MAX - 1)
		s->word[(*len)++] = (char)c;
}

/* Reads the next word, without its quotes; false at the end. A key ends with its colon, also where
 * the value follows at once; a word may have a "#" within; a backslash stays, and takes what
 * follows it into the word; no word goes on over a line. Longer words than any of use are cut. */
static bool
next_word(struct source *s, bool is_key)
{
	size_t len = 0;
	int c = skip_blanks(s), quote = c == '"' || c == '\'' ? c : 0;

	if (c == EOF)
		return false;
	s->line = s->at;
	if (quote != 0)
		c = next_char(s);
	for (; c != EOF && c != quote && c != '\n'; c = next_char(s)) {
		if (quote == 0 && is_blank(c))
			break;
		take_char(s, &len, c);
		if (is_key && c == ':' && quote == 0)
			break;
		if (c != '\\')
			continue;
		c = next_char(s);
		if (c == '\n' || c == EOF)
			break;
		take_char(s, &len, c);
	}
	s->word[len] = '\0';
	return true;
}

static struct hrd_host_name *
add_name(struct reader *r, const struct source *s, const char *kind, const char *text)
{
	struct hrd_hostconf *out = r->out;
	struct hrd_host_name *names;
	struct hrd_name name;

	if (hrd_name_from_text(&name, text, strlen(text)) != HRD_OK)
		return NULL; /* unbound-checkconf says so */
	names = grown(r, out->names, &out->space, out->count, sizeof(*names));
	if (names == NULL)
		return NULL;
	out->names = names;
	names = &out->names[out->count++];
	*names = (struct hrd_host_name){ .kind = kind, .name = name, .view = r->view };
	if (s != NULL) {
		names->file = keep(r, s->path);
		names->line = s->line;
	}
	return names;
}

/* Local zones of these types leave what has no local data to the modules. */
static bool
lets_pass(const char *type)
{
	static const char *const types[] = { "transparent", "typetransparent", "inform",
		"nodefault", "always_transparent", "noview", "ipset" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i], type) == 0)
			return true;
	}
	return false;
}

/* A zone that is configured takes the place of the default of its name. */
static void
drop_default(struct hrd_hostconf *out, const struct hrd_name *name)
{
	for (size_t i = 0; i < out->count; i++) {
		if (out->names[i].file == NULL && hrd_name_cmp(&out->names[i].name, name) == 0)
			out->names[i].kind = NULL;
	}
}

static void
take_local_zone(struct reader *r, struct source *s)
{
	char zone[WORD_MAX];
	struct hrd_host_name *added;
	struct hrd_name name;

	memcpy(zone, s->word, sizeof(zone));
	if (!next_word(s, false) || hrd_name_from_text(&name, zone, strlen(zone)) != HRD_OK)
		return;
	if (r->clause == CLAUSE_SERVER)
		drop_default(r->out, &name);
	if (lets_pass(s->word))
		return;
	added = add_name(r, s, "local-zone", zone);
	if (added != NULL)
		added->subtree = true;
}

static void
take_local_data(struct reader *r, struct source *s)
{
	s->word[strcspn(s->word, " \t")] = '\0';
	add_name(r, s, "local-data", s->word);
}

static void
take_auth_zone_key(struct reader *r, struct source *s, const char *key)
{
	struct hrd_host_name *zone;

	if (strcmp(key, "name:") == 0) {
		zone = add_name(r, s, "auth-zone", s->word);
		if (zone == NULL)
			return;
		zone->subtree = true;
		r->zone = r->out->count;
	} else if (strcmp(key, "for-downstream:") == 0) {
		r->upstream = strcmp(s->word, "no") == 0;
	}
}

/* Its keys have come in whatever order. */
static void
end_clause(struct reader *r)
{
	if (r->upstream && r->zone > 0)
		r->out->names[r->zone - 1].kind = NULL;
	r->upstream = false;
	r->zone = 0;
	r->view = NULL;
}

static void
set_text(struct reader *r, char **text, const char *value)
{
	free(*text);
	*text = strdup(value);
	if (*text == NULL)
		r->status = HRD_ENOMEM;
}

static void
take_modules(struct reader *r, const struct source *s)
{
	set_text(r, &r->out->modules, s->word);
	r->out->modules_file = keep(r, s->path);
	r->out->modules_line = s->line;
}

static void
take_key(struct reader *r, struct source *s, const char *key)
{
	if (r->clause == CLAUSE_AUTH_ZONE)
		take_auth_zone_key(r, s, key);
	else if (r->clause == CLAUSE_VIEW && strcmp(key, "name:") == 0)
		r->view = keep(r, s->word);
	else if (strcmp(key, "local-zone:") == 0)
		take_local_zone(r, s);
	else if (strcmp(key, "local-data:") == 0)
		take_local_data(r, s);
	else if (strcmp(key, "username:") == 0)
		set_text(r, &r->out->user, s->word);
	else if (strcmp(key, "chroot:") == 0)
		set_text(r, &r->out->chroot, s->word);
	else if (strcmp(key, "module-config:") == 0)
		take_modules(r, s);
	else if (strcmp(key, "dynlib-file:") == 0)
		r->out->dynlib = s->word[0] != '\0';
}

/* Whether the word begins a clause. */
static bool
take_clause(struct reader *r, const char *word)
{
	static const struct {
		const char *word;
		enum clause clause;
	} clauses[] = {
		{ "server:", CLAUSE_SERVER },
		{ "view:", CLAUSE_VIEW },
		{ "auth-zone:", CLAUSE_AUTH_ZONE },
		{ "dynlib:", CLAUSE_DYNLIB },
		{ "rpz:", CLAUSE_OTHER },
		{ "remote-control:", CLAUSE_OTHER },
		{ "stub-zone:", CLAUSE_OTHER },
		{ "forward-zone:", CLAUSE_OTHER },
		{ "python:", CLAUSE_OTHER },
		{ "cachedb:", CLAUSE_OTHER },
		{ "ipset:", CLAUSE_OTHER },
		{ "dnscrypt:", CLAUSE_OTHER },
		{ "dnstap:", CLAUSE_OTHER },
	};

	for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++) {
		if (strcmp(clauses[i].word, word) != 0)
			continue;
		end_clause(r);
		r->clause = clauses[i].clause;
		return true;
	}
	return false;
}

static void
report(struct reader *r, const struct source *from, const char *path, int status, const char *what)
{
	char text[WORD_MAX + 200];

	snprintf(text, sizeof(text), "cannot read %s: %s", path, what);
	r->fault(r->ctx, from != NULL ? from->path : path, from != NULL ? from->line : 0, text);
	r->status = status;
}

/* Opens the file, as all others are opened that are read here: a FIFO is not waited for, and a
 * directory is not taken for a file without words. */
static bool
open_source(struct reader *r, struct source *s, const struct source *from, const char *path)
{
	const char *why;
	struct stat st;
	int fd;

	s->path = path;
	s->at = 1;
	if (hrd_open_regular(path, &fd, &st, &why) != HRD_OK) {
		report(r, from, path, HRD_EIO, why);
		return false;
	}
	s->stream = fdopen(fd, "r");
	if (s->stream != NULL)
		return true;
	close(fd);
	r->status = HRD_ENOMEM;
	return false;
}

static void read_words(struct reader *r, struct source *s);

static void
read_file(struct reader *r, const struct source *from, const char *path)
{
	struct source *s;

	if (r->without != NULL && strcmp(path, r->without) == 0)
		return;
	if (r->files++ == FILES_MAX || r->depth == DEPTH_MAX) {
		report(r, from, path, HRD_ELIMIT, "more than 1000 files, or 8 levels, of include");
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		r->status = HRD_ENOMEM;
		return;
	}
	if (open_source(r, s, from, path)) {
		r->depth++;
		read_words(r, s);
		r->depth--;
		fclose(s->stream);
	}
	free(s);
}

/* A pattern may name many files or none, which are read in the order of their names, as the server
 * does since 1.8.2: of keys that are given twice the last counts. A plain path must be there. */
static void
include(struct reader *r, const struct source *from, const char *pattern)
{
	glob_t found;

	if (strpbrk(pattern, "*?[{~") == NULL) {
		read_file(r, from, pattern);
		return;
	}
	if (glob(pattern, GLOB_ERR | GLOB_BRACE | GLOB_TILDE, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc && r->status == HRD_OK; i++)
		read_file(r, from, found.gl_pathv[i]);
	globfree(&found);
}

/* Depth is bounded by DEPTH_MAX, see read_file(). */
static void
read_words(struct reader *r, struct source *s)
{
	char key[64];

	while (r->status == HRD_OK && next_word(s, true)) {
		size_t len = strlen(s->word);

		if (take_clause(r, s->word) || len == 0 || len >= sizeof(key) ||
		    s->word[len - 1] != ':')
			continue;
		memcpy(key, s->word, len + 1);
		if (!next_word(s, false))
			return;
		if (strcmp(key, "include:") == 0 || strcmp(key, "include-toplevel:") == 0)
			include(r, s, s->word);
		else
			take_key(r, s, key);
	}
}

/* What the server answers by itself unless it is told otherwise (unbound.conf(5), local-zone). */
static void
add_defaults(struct reader *r)
{
	static const char *const names[] = { "localhost", "test", "onion", "invalid", "home.arpa" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct hrd_host_name *added = add_name(r, NULL, "local-zone", names[i]);

		if (added != NULL)
			added->subtree = true;
	}
}

/* Takes out what turned out not to count. */
static void
drop_marked(struct hrd_hostconf *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < out->count; i++) {
		if (out->names[i].kind != NULL)
			out->names[kept++] = out->names[i];
	}
	out->count = kept;
}

int
hrd_hostconf_read(struct hrd_hostconf *out, const char *path, const char *without,
    hrd_hostconf_fault_fn *fault, void *ctx)
{
	struct reader r = {
		.out = out, .without = without, .fault = fault, .ctx = ctx, .status = HRD_OK
	};

	memset(out, 0, sizeof(*out));
	add_defaults(&r);
	if (r.status == HRD_OK)
		read_file(&r, NULL, path);
	end_clause(&r);
	drop_marked(out);
	return r.status;
}

void
hrd_hostconf_clear(struct hrd_hostconf *conf)
{
	for (size_t i = 0; i < conf->text_count; i++)
		free(conf->texts[i]);
	free(conf->texts);
	free(conf->names);
	free(conf->user);
	free(conf->chroot);
	free(conf->modules);
	memset(conf, 0, sizeof(*conf));
}
