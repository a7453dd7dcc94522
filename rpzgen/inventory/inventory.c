/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads an inventory and the files it includes, and finds things in it. */
#include <config.h>

#include "rpzgen/inventory/inventory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/limits.h"
#include "lib/base/utf8.h"
#include "rpzgen/base/filekind.h"
#include "rpzgen/base/infile.h"

/* A file that is to be read: its path, how deep it is included, and where that was asked for. */
struct pending {
	const char *path;
	unsigned depth;
	const char *from;                 /* the file that includes it, or NULL */
	const struct hrd_yaml_node *node; /* where it does */
};

struct reader {
	struct hrd_inventory *inventory;
	struct hrd_diag *diag;
	struct pending queue[HRD_INVENTORY_FILES_MAX];
	size_t queued;
	bool nomem;
};

/* Characters that are not seen, in comments too: whoever reviews the file must see what it says.
 * The first of each line; true when there is one. */
static bool
report_unseen(struct reader *r, const char *path, const char *data, size_t len)
{
	struct hrd_position place = { path, 1, 1 };
	size_t at = hrd_utf8_mark(data, len), seen = at, found = 0;
	uint32_t code;

	for (; hrd_utf8_unseen(data, len, &at, &code); found++) {
		for (; seen < at; seen++) {
			place.line += data[seen] == '\n' ? 1 : 0;
			place.col = data[seen] == '\n'            ? 1
				    : (data[seen] & 0xc0) != 0x80 ? place.col + 1
								  : place.col;
		}
		hrd_diag(r->diag, HRD_ERROR, &place, "inv-invisible", HRD_BIND_UNSEEN, code);
		at += strcspn(data + at, "\n");
	}
	return found > 0;
}

/* Reads and parses one file; NULL when that failed, which was reported. */
static struct hrd_yaml *
read_yaml(struct reader *r, const struct pending *pending, bool *has_unseen)
{
	const char *path = pending->path;
	struct hrd_diag_file faults = { r->diag, path };
	struct hrd_position place = { path, 0, 0 };
	struct hrd_yaml *doc = NULL;
	char *data;
	size_t len;
	int status;

	if (pending->from == NULL && !hrd_file_expect(path, HRD_CONTENT_INVENTORY, r->diag))
		return NULL;
	/* What is included lies in the directory of the inventory; the first file may be anywhere.
	 */
	status = pending->from == NULL ? hrd_infile_read(path, HRD_YAML_OCTETS_MAX, &data, &len)
				       : hrd_inventory_read_file(
					     r->inventory, path, HRD_YAML_OCTETS_MAX, &data, &len);
	if (pending->from != NULL)
		place = hrd_node_place(pending->from, pending->node);
	if (status == HRD_EIO) {
		hrd_diag(r->diag, HRD_ERROR, &place, "file-unreadable",
		    "%s%scannot be read: %s; check the path and its permissions",
		    pending->from != NULL ? path : "", pending->from != NULL ? " " : "",
		    hrd_infile_error(errno));
		hrd_diag_raise(r->diag, HRD_EXIT_SYSTEM);
	} else if (status == HRD_ELIMIT) {
		hrd_diag(r->diag, HRD_ERROR, &place, "yaml-size",
		    "a file of more than 16 MiB; split it with include");
	} else if (status == HRD_OK) {
		status = hrd_yaml_parse(data, len, hrd_diag_yaml, &faults, &doc);
		*has_unseen = report_unseen(r, path, data, len);
	}
	r->nomem = r->nomem || status == HRD_ENOMEM;
	if (doc != NULL) {
		hrd_blake2b_update(&r->inventory->digest, data, len);
		r->inventory->lengths[r->inventory->count] = len;
	}
	free(data);
	return doc;
}

static void
report_include(struct reader *r, const struct hrd_inventory_section *section,
    const struct hrd_yaml_node *node, const char *text)
{
	struct hrd_position place = hrd_node_place(section->item.file, node);

	hrd_diag(
	    r->diag, HRD_ERROR, &place, "inv-include", "include \"%.100s\": %s", node->text, text);
}

/* True for a relative path that cannot leave the directory. */
static bool
stays_inside(const char *path)
{
	if (path[0] == '/' || path[0] == '\0')
		return false;
	for (const char *part = path; part != NULL; part = strchr(part, '/')) {
		part += *part == '/' ? 1 : 0;
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
			return false;
	}
	return true;
}

int
hrd_inventory_read_file(
    const struct hrd_inventory *inventory, const char *path, size_t max, char **data, size_t *len)
{
	return hrd_infile_read_below(inventory->dir, path + strlen(inventory->dir), max, data, len);
}

const char *
hrd_inventory_path(struct hrd_inventory *inventory, const char *name)
{
	size_t size = strlen(inventory->dir) + strlen(name) + 1;
	char *path = stays_inside(name) ? hrd_arena_take(&inventory->arena, size) : NULL;

	if (path != NULL)
		snprintf(path, size, "%s%s", inventory->dir, name);
	return path;
}

static void
queue_include(struct reader *r, const struct hrd_inventory_section *section,
    const struct hrd_yaml_node *node, unsigned depth)
{
	const char *path;

	if (node->kind != HRD_YAML_SCALAR)
		return; /* reported when it was bound */
	if (!stays_inside(node->text)) {
		report_include(r, section, node,
		    "not a path inside the inventory's directory; write a relative one");
		return;
	}
	path = hrd_inventory_path(r->inventory, node->text);
	r->nomem = r->nomem || path == NULL;
	for (size_t i = 0; path != NULL && i < r->queued; i++) {
		if (strcmp(r->queue[i].path, path) == 0) {
			report_include(r, section, node, "included before, or a cycle; remove it");
			return;
		}
	}
	if (depth > HRD_INCLUDE_DEPTH_MAX)
		report_include(
		    r, section, node, "nested more than 8 deep; name it in a file further up");
	else if (r->queued == HRD_INVENTORY_FILES_MAX)
		report_include(r, section, node, "more than 256 files with the first; join some");
	else if (path != NULL)
		r->queue[r->queued++] = (struct pending){ path, depth, section->item.file, node };
}

/* A file of a kind that its position allows: the first has a policy, an included one has none. */
static void
check_section(struct reader *r, const struct hrd_inventory_section *section)
{
	bool first = r->inventory->count == 1;
	struct hrd_position place = hrd_item_place(&section->item, "policy");

	if (first && section->policy == NULL && hrd_yaml_get(section->item.node, "policy") == NULL)
		hrd_diag(r->diag, HRD_ERROR, &place, "inv-missing-key",
		    "the inventory has no \"policy\"");
	if (!first && section->policy != NULL)
		hrd_diag(r->diag, HRD_ERROR, &place, "inv-include",
		    "an included file has a policy; only the first may");
}

static void
read_section(struct reader *r, const struct pending *pending)
{
	struct hrd_binder binder = {
		.diag = r->diag, .arena = &r->inventory->arena, .file = pending->path
	};
	struct hrd_inventory *inventory = r->inventory;
	struct hrd_yaml *doc = read_yaml(r, pending, &binder.has_unseen);
	struct hrd_inventory_section *section;
	struct hrd_position place;

	if (doc == NULL)
		return;
	section = hrd_arena_take(&inventory->arena, sizeof(*section));
	if (section == NULL || hrd_yaml_root(doc)->kind != HRD_YAML_MAP) {
		place = hrd_node_place(pending->path, hrd_yaml_root(doc));
		r->nomem = r->nomem || section == NULL;
		hrd_diag(r->diag, HRD_ERROR, &place, "inv-type", "an inventory is a map");
		hrd_yaml_free(doc);
		return;
	}
	inventory->docs[inventory->count] = doc;
	inventory->sections[inventory->count++] = section;
	hrd_bind(&binder, hrd_yaml_root(doc), &hrd_section_shape, section);
	r->nomem = r->nomem || binder.nomem;
	check_section(r, section);
	if (section->include == NULL)
		return;
	for (const struct hrd_yaml_node *c = section->include->child; c != NULL; c = c->next)
		queue_include(r, section, c, pending->depth + 1);
}

static bool
start(struct reader *r, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path + 1);
	char *dir = hrd_arena_copy(&r->inventory->arena, path, len);
	char *copy = hrd_arena_copy(&r->inventory->arena, path, strlen(path));

	r->inventory->dir = dir;
	r->queue[r->queued++] = (struct pending){ copy, 0, NULL, NULL };
	hrd_blake2b_init(&r->inventory->digest, 64);
	return dir != NULL && copy != NULL;
}

struct hrd_inventory *
hrd_inventory_read(const char *path, struct hrd_diag *diag)
{
	struct reader r = { .diag = diag, .inventory = calloc(1, sizeof(*r.inventory)) };

	if (r.inventory == NULL) {
		hrd_diag_nomem(diag);
		return NULL;
	}
	r.nomem = !start(&r, path);
	for (size_t i = 0; i < r.queued && !r.nomem; i++)
		read_section(&r, &r.queue[i]);
	if (r.nomem)
		hrd_diag_nomem(diag);
	if (r.nomem || r.inventory->count == 0) {
		hrd_inventory_free(r.inventory);
		return NULL;
	}
	return r.inventory;
}

void
hrd_inventory_free(struct hrd_inventory *inventory)
{
	if (inventory == NULL)
		return;
	for (size_t i = 0; i < inventory->count; i++)
		hrd_yaml_free(inventory->docs[i]);
	hrd_arena_free(&inventory->arena);
	free(inventory);
}

void
hrd_inventory_digest(const struct hrd_inventory *inventory, uint8_t digest[64])
{
	struct hrd_blake2b state = inventory->digest;

	hrd_blake2b_final(&state, digest);
}

const struct hrd_inventory_policy *
hrd_inventory_policy(const struct hrd_inventory *inventory)
{
	return inventory->sections[0]->policy;
}

const struct hrd_basis *
hrd_inventory_basis(const struct hrd_inventory *inventory, const char *id)
{
	for (size_t s = 0; s < inventory->count; s++) {
		for (size_t i = 0; i < inventory->sections[s]->basis_count; i++) {
			const struct hrd_basis *basis = &inventory->sections[s]->basis[i];

			if (basis->id != NULL && strcmp(basis->id, id) == 0)
				return basis;
		}
	}
	return NULL;
}

const struct hrd_entity *
hrd_next_entity(const struct hrd_inventory *inventory, struct hrd_cursor *at)
{
	for (; at->section < inventory->count; at->section++, at->entity = 0) {
		const struct hrd_inventory_section *section = inventory->sections[at->section];

		if (at->entity < section->entity_count)
			return &section->entities[at->entity++];
	}
	return NULL;
}

const struct hrd_entity *
hrd_inventory_entity(const struct hrd_inventory *inventory, const char *id)
{
	struct hrd_cursor at = { 0 };
	const struct hrd_entity *entity;

	while ((entity = hrd_next_entity(inventory, &at)) != NULL) {
		if (entity->id != NULL && strcmp(entity->id, id) == 0)
			return entity;
	}
	return NULL;
}

const struct hrd_profile *
hrd_inventory_profile(const struct hrd_inventory *inventory, const char *id)
{
	for (size_t s = 0; s < inventory->count; s++) {
		for (size_t i = 0; i < inventory->sections[s]->profile_count; i++) {
			const struct hrd_profile *profile = &inventory->sections[s]->profiles[i];

			if (id == NULL || (profile->id != NULL && strcmp(profile->id, id) == 0))
				return profile;
		}
	}
	return NULL;
}

/* The service at the cursor; moves to the next one as long as done says that the cursor is past the
 * members of this one. */
static const struct hrd_service *
service_at(const struct hrd_inventory *inventory, struct hrd_cursor *at,
    const struct hrd_entity **entity, size_t (*members)(const struct hrd_service *))
{
	for (; at->section < inventory->count; at->section++, at->entity = 0) {
		const struct hrd_inventory_section *section = inventory->sections[at->section];

		for (; at->entity < section->entity_count; at->entity++, at->service = 0) {
			*entity = &section->entities[at->entity];
			for (; at->service < (*entity)->service_count;
			     at->service++, at->index = 0) {
				const struct hrd_service *service =
				    &(*entity)->services[at->service];

				if (at->index < members(service))
					return service;
			}
		}
	}
	return NULL;
}

static size_t
count_names(const struct hrd_service *service)
{
	return service->name_count;
}

static size_t
count_known(const struct hrd_service *service)
{
	return service->known_count;
}

const struct hrd_listed *
hrd_next_listed(const struct hrd_inventory *inventory, struct hrd_cursor *at,
    const struct hrd_entity **entity, const struct hrd_service **service)
{
	*service = service_at(inventory, at, entity, count_names);
	return *service == NULL ? NULL : &(*service)->names[at->index++];
}

const struct hrd_known *
hrd_next_known(const struct hrd_inventory *inventory, struct hrd_cursor *at,
    const struct hrd_entity **entity, const struct hrd_service **service)
{
	*service = service_at(inventory, at, entity, count_known);
	return *service == NULL ? NULL : &(*service)->known[at->index++];
}
