/* SPDX-License-Identifier: BSD-3-Clause */
/* The load guard: build-id of the main program, else its version, configure line and sizes.
 *
 * The daemon exports no version, but its start-up line and its usage text keep PACKAGE_STRING and
 * CONFCMDLINE as literals in the read-only segments of the program, where they are found without
 * touching a structure of the host. */
#include <config.h>

#include "module/host/identity.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "module/host/layout.h"

enum { BUILD_ID_TEXT_MAX = 129 };

struct program {
	bool version;           /* PACKAGE_STRING is there */
	bool configure_line;    /* CONFCMDLINE is there */
	char other_version[64]; /* "unbound X" of the program when it is another */
	char build_id[BUILD_ID_TEXT_MAX];
};

static bool
holds(const uint8_t *start, size_t len, const char *literal)
{
	return memmem(start, len, literal, strlen(literal) + 1) != NULL;
}

/* Notes "unbound 1.2.3" when the segment has such a literal. */
static void
note_version(struct program *program, const uint8_t *start, size_t len)
{
	static const char name[] = PACKAGE_NAME " ";
	const uint8_t *end = start + len;
	const uint8_t *at = start;

	while ((at = memmem(at, (size_t)(end - at), name, sizeof(name) - 1)) != NULL) {
		size_t left = (size_t)(end - at);
		size_t n = strnlen((const char *)at, left);

		if (n < left && n < sizeof(program->other_version) && n > sizeof(name) - 1 &&
		    at[sizeof(name) - 1] >= '0' && at[sizeof(name) - 1] <= '9') {
			memcpy(program->other_version, at, n + 1);
			return;
		}
		at += sizeof(name) - 1;
	}
}

static void
note_build_id(struct program *program, const uint8_t *start, size_t len)
{
	size_t at = 0;

	while (at + sizeof(ElfW(Nhdr)) <= len) {
		ElfW(Nhdr) note;
		size_t name_len, desc_len, desc;

		memcpy(&note, start + at, sizeof(note));
		name_len = ((size_t)note.n_namesz + 3) & ~(size_t)3;
		desc_len = ((size_t)note.n_descsz + 3) & ~(size_t)3;
		desc = at + sizeof(note) + name_len;
		if (desc > len || desc_len > len - desc)
			return;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    memcmp(start + at + sizeof(note), "GNU", 4) == 0 &&
		    note.n_descsz * 2 < sizeof(program->build_id)) {
			hrd_hex(program->build_id, start + desc, note.n_descsz);
			return;
		}
		at = desc + desc_len;
	}
}

/* For dl_iterate_phdr(): the first object is the main program; then stop. */
static int
look(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct program *program = ctx;

	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const uint8_t *start =
		    (const uint8_t *)((uintptr_t)info->dlpi_addr + (uintptr_t)segment->p_vaddr);

		if (segment->p_type == PT_NOTE)
			note_build_id(program, start, segment->p_memsz);
		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_R) ||
		    (segment->p_flags & PF_W))
			continue;
		program->version |= holds(start, segment->p_filesz, PACKAGE_STRING);
		program->configure_line |= holds(start, segment->p_filesz, CONFCMDLINE);
		if (!program->other_version[0])
			note_version(program, start, segment->p_filesz);
	}
	return 1;
}

static enum hrd_identity_verdict
refuse(char text[HRD_IDENTITY_TEXT_MAX], const struct program *program, const char *what)
{
	const char *any = getenv("HRADBA_ANY_HOST");
	bool go_on = any != NULL && strcmp(any, "yes") == 0;

	snprintf(text, HRD_IDENTITY_TEXT_MAX,
	    "%s: this module was built for %s (%s), the running server is %s, build-id %s; "
	    "its %s differs%s",
	    go_on ? "untested host taken because HRADBA_ANY_HOST=yes" : "refusing this host",
	    PACKAGE_STRING, CONFCMDLINE,
	    program->other_version[0] ? program->other_version : "of an unknown version",
	    program->build_id[0] ? program->build_id : "none", what,
	    go_on ? "" : ": rebuild the module against the source tree of this server");
	return go_on ? HRD_IDENTITY_OVERRIDE : HRD_IDENTITY_REFUSED;
}

static bool
has_own_loop(void)
{
	static const char own[] = "mini-event";

	return strncmp(ub_event_get_version(), own, sizeof(own) - 1) == 0;
}

enum hrd_identity_verdict
hrd_identity_check(struct module_env *env, int id, char text[HRD_IDENTITY_TEXT_MAX])
{
	struct program program = { .version = false };
	const char *different;
	char what[128];

	if (has_own_loop()) {
		snprintf(text, HRD_IDENTITY_TEXT_MAX,
		    "refusing this host: it has an event loop of its own (%s), in which "
		    "caches cannot be swept: configure Unbound --with-libevent, and rebuild both",
		    ub_event_get_version());
		return HRD_IDENTITY_REFUSED;
	}
	dl_iterate_phdr(look, &program);
	if (sizeof(HRD_HOST_BUILD_ID) > 1 && strcmp(program.build_id, HRD_HOST_BUILD_ID) == 0) {
		snprintf(text, HRD_IDENTITY_TEXT_MAX, "host %s, the binary of the build",
		    PACKAGE_STRING);
		return HRD_IDENTITY_SAME;
	}
	if (!program.version)
		return refuse(text, &program, "version");
	if (!program.configure_line)
		return refuse(text, &program, "configure line");
	different = hrd_layout_difference(env, id);
	if (different != NULL) {
		snprintf(what, sizeof(what), "size of %s (patch level)", different);
		return refuse(text, &program, what);
	}
	snprintf(text, HRD_IDENTITY_TEXT_MAX,
	    "host %s, build-id %s: not the binary of the build, but of the same version, "
	    "configure line and sizes; untried",
	    PACKAGE_STRING, program.build_id[0] ? program.build_id : "none");
	return HRD_IDENTITY_ALIKE;
}
