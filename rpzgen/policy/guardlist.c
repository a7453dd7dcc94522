/* SPDX-License-Identifier: BSD-3-Clause */
/* The lists of the guards that do not come with an inventory: popular names, and files of names. */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rpzgen/base/infile.h"
#include "rpzgen/inventory/idna.h"
#include "rpzgen/policy/guard_ids.h"
#include "rpzgen/list/popular.h"

enum { LIST_OCTETS_MAX = 64 << 20 };

static size_t
count_lines(const char *text)
{
	size_t lines = 1;

	for (; *text != '\0'; text++)
		lines += *text == '\n' ? 1 : 0;
	return lines;
}

/* A name as people write it, in A- or U-labels. */
static bool
read_name(struct hrd_name *out, const char *text, size_t len)
{
	const char *id;
	char why[HRD_IDNA_WHY_MAX];

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80)
			return hrd_idna_parse(out, text, len, &id, why) == HRD_OK;
	}
	return hrd_name_from_text(out, text, len) == HRD_OK;
}

/* Reads the names of a list that has room for one a line; 0, or the number of the first bad line.
 */
static size_t
read_names(struct hrd_guard_list *list, const char *text)
{
	size_t line = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n"), front = strspn(text, " \t");
		size_t name = front < len ? strcspn(text + front, "#\r\n \t") : 0;
		bool below = name > 2 && strncmp(text + front, "*.", 2) == 0;

		line++;
		if (below) {
			front += 2;
			name -= 2;
		}
		if (name > 0) {
			if (!read_name(&list->names[list->count], text + front, name))
				return line;
			list->below[list->count++] = below;
		}
		text += len + (text[len] == '\n' ? 1 : 0);
	}
	return 0;
}

/* path: for reports, NULL where the text is part of the program. */
static bool
take_list(struct hrd_guard *g, struct hrd_guard_list *list, const char *path, const char *text)
{
	struct hrd_position place = { path, 0, 0 };
	size_t lines = count_lines(text);

	list->names = calloc(lines, sizeof(*list->names));
	list->below = calloc(lines, sizeof(*list->below));
	if (list->names == NULL || list->below == NULL) {
		hrd_diag_nomem(g->diag);
		return false;
	}
	place.line = read_names(list, text);
	if (place.line == 0)
		return true;
	hrd_diag(g->diag, HRD_ERROR, &place, "popular-list", "not a domain name");
	return false;
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
	status = hrd_infile_read(path, LIST_OCTETS_MAX, &text, &len);
	if (status != HRD_OK) {
		hrd_diag_system(g->diag, path, status == HRD_EIO ? errno : EFBIG);
		return false;
	}
	good = take_list(g, list, path, text);
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
	if (!take_list(g, &lists[HRD_GUARD_LIST_KNOWN], NULL, hrd_popular_text) ||
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
