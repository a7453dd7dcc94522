/* SPDX-License-Identifier: BSD-3-Clause */
/* The lists of the guards that do not come with an inventory: popular names, and files of names. */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"
#include "rpzgen/inventory/idna.h"
#include "rpzgen/policy/guard_ids.h"
#include "rpzgen/list/listfile.h"
#include "rpzgen/list/popular.h"

enum { LIST_OCTETS_MAX = 64 << 20, SHOWN_MAX = 60 };

static size_t
count_lines(const char *text, size_t len)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n' ? 1 : 0;
	return lines;
}

/* A list that is being read. */
struct reading {
	struct hrd_guard *guard;
	struct hrd_guard_list *list; /* with room for one name a line */
	struct hrd_position place;
	bool good;
};

static bool
to_ascii(struct hrd_name *out, const char *text, size_t len)
{
	const char *id;
	char why[HRD_IDNA_WHY_MAX];

	return hrd_idna_parse(out, text, len, &id, why) == HRD_OK;
}

static void
refuse_line(void *ctx, enum hrd_list_skip kind, const char *id, const char *what, size_t len,
    const char *why)
{
	struct reading *r = ctx;

	(void)kind;
	(void)id;
	r->good = false;
	hrd_diag(r->guard->diag, HRD_ERROR, &r->place, "popular-list",
	    "\"%.*s\": %s; a line is a name, or its rank, a comma and the name",
	    len < SHOWN_MAX ? (int)len : SHOWN_MAX, what, why);
}

static int
take_name(void *ctx, bool exempt, enum hrd_list_reach reach, const char *text, size_t len)
{
	struct reading *r = ctx;
	const char *why = hrd_list_name(&r->list->names[r->list->count], text, len, to_ascii);

	(void)exempt;
	if (why != NULL)
		refuse_line(r, HRD_SKIP_JUNK, "", text, len, why);
	else
		r->list->below[r->list->count++] = reach == HRD_REACH_SUBTREE;
	return HRD_OK;
}

/* "rank,name,...", as rankings of names are published: the name alone. */
static void
cut_rank(const char **text, size_t *len)
{
	size_t digits = 0;
	const char *comma;

	while (digits < *len && (*text)[digits] >= '0' && (*text)[digits] <= '9')
		digits++;
	if (digits == 0 || digits == *len || (*text)[digits] != ',')
		return;
	*text += digits + 1;
	*len -= digits + 1;
	comma = memchr(*text, ',', *len);
	*len = comma != NULL ? (size_t)(comma - *text) : *len;
}

/* One line without its end. */
static void
take_line(struct reading *r, const char *text, size_t len)
{
	const struct hrd_list_sink sink = { r, take_name, refuse_line };

	r->place.line++;
	if (memchr(text, '\0', len) != NULL) {
		refuse_line(r, HRD_SKIP_JUNK, "", text, len, "an octet 0 in the line");
		return;
	}
	cut_rank(&text, &len);
	(void)!hrd_list_line(HRD_FEED_DOMAINS, NULL, text, len, &sink);
}

/* path: for reports, NULL where the text is part of the program. */
static bool
take_list(struct hrd_guard *g, struct hrd_guard_list *list, const char *path, const char *text,
    size_t len)
{
	struct reading r = { g, list, { path, 0, 0 }, true };
	const char *end = text + len;
	size_t lines = count_lines(text, len);

	list->names = calloc(lines, sizeof(*list->names));
	list->below = calloc(lines, sizeof(*list->below));
	if (list->names == NULL || list->below == NULL) {
		hrd_diag_nomem(g->diag);
		return false;
	}
	text += hrd_utf8_mark(text, len);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline != NULL ? newline : end;

		take_line(&r, text, (size_t)(stop - text));
		text = newline != NULL ? newline + 1 : end;
	}
	r.place.line = 0;
	if (r.good && list->count == 0)
		hrd_diag(g->diag, HRD_WARNING, &r.place, "popular-list",
		    "no line has a name, so the list protects none");
	return r.good;
}

static bool
load_list(struct hrd_guard *g, struct hrd_guard_list *list, const char *path)
{
	char *text;
	size_t len;
	bool good;
	int status = HRD_OK;

	if (path == NULL)
		return true;
	if (!hrd_file_expect(path, HRD_CONTENT_LIST, g->diag))
		return false;
	status = hrd_infile_read(path, LIST_OCTETS_MAX, &text, &len);
	if (status != HRD_OK) {
		hrd_diag_system(g->diag, path, status == HRD_EIO ? errno : EFBIG);
		return false;
	}
	good = take_list(g, list, path, text, len);
	free(text);
	return good;
}

static void
index_list(struct hrd_nameset *set, const struct hrd_guard_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		hrd_nameset_add(set, &list->names[i], NULL);
}

/* Names of a file are judged as those of the inventory's own list are. */
static bool
index_never(struct hrd_guard *g)
{
	const struct hrd_guard_list *list = &g->lists[HRD_GUARD_LIST_NEVER];

	g->never_of_file = calloc(list->count + 1, sizeof(*g->never_of_file));
	if (g->never_of_file == NULL) {
		hrd_diag_nomem(g->diag);
		return false;
	}
	for (size_t i = 0; i < list->count; i++) {
		struct hrd_never *never = &g->never_of_file[i];

		never->name = &list->names[i];
		never->match = list->below[i] ? HRD_SUBTREE : HRD_EXACT;
		never->reason = "the file of names that are never blocked";
		hrd_nameset_add(&g->never, never->name, never);
	}
	return true;
}

bool
hrd_guard_load_lists(struct hrd_guard *g, const struct hrd_guard_files *files)
{
	static const struct hrd_guard_files none;
	struct hrd_guard_list *lists = g->lists;

	if (files == NULL)
		files = &none;
	if (!take_list(g, &lists[HRD_GUARD_LIST_KNOWN], NULL, hrd_popular_text,
		strlen(hrd_popular_text)) ||
	    !load_list(g, &lists[HRD_GUARD_LIST_POPULAR], files->popular) ||
	    !load_list(g, &lists[HRD_GUARD_LIST_NEVER], files->never) ||
	    !load_list(g, &lists[HRD_GUARD_LIST_RESOLVE], files->must_resolve) || !index_never(g))
		return false;
	index_list(&g->popular, &lists[HRD_GUARD_LIST_KNOWN]);
	index_list(&g->popular, &lists[HRD_GUARD_LIST_POPULAR]);
	index_list(&g->must_resolve, &lists[HRD_GUARD_LIST_RESOLVE]);
	hrd_nameset_sort(&g->popular);
	hrd_nameset_sort(&g->must_resolve);
	return true;
}
