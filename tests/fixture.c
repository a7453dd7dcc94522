/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes images from descriptions. */
#include <config.h>

#include "tests/fixture.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/base/bytes.h"
#include "lib/base/hex.h"
#include "lib/crypto/blake2b.h"
#include "lib/policy/format.h"
#include "lib/policy/policy.h"

static const char *const section_names[SECTIONS_KNOWN + 1] = { "header", "info", "strings", "meta",
	"rdata", "records", "data", "rows", "values", "qname", "nsdname", "client-ip",
	"response-ip", "nsip", "justifications" };

/* All triggers, all actions, local data of several types, metadata, names at their limits. */
static const char *const base_lines[] = {
	"rule client-ip prefix 192.0.2.0/24 passthru",
	"rule client-ip prefix 192.0.2.128/25 drop",
	"rule client-ip prefix 2001:db8::/32 drop client-v6",
	"rule qname exact example.com nxdomain id-example",
	"rule qname wild example.com nxdomain",
	"rule qname exact ok.example.com passthru",
	"rule qname wild ok.example.com observe",
	"rule qname exact nodata.example nodata",
	"rule qname exact drop.example drop",
	"rule qname exact tcp.example tcp-only",
	"rule qname wild hole.example nxdomain",
	"rule qname exact a.hole.example stop",
	"rule qname wild a.hole.example stop",
	"rule qname exact \\000\\001\\.\\255.example nxdomain",
	"record qname exact data.example 1 300 c0000201",
	"record qname exact data.example 1 300 c0000202",
	"record qname exact data.example 16 60 0568656c6c6f",
	"record qname wild data.example 5 60 012a0667617264656e00",
	"rule response-ip prefix 198.51.100.7/32 nxdomain",
	"rule response-ip prefix ::/0 observe",
	"rule nsdname wild ns.example nxdomain",
	"rule nsip prefix 203.0.113.0/24 nodata",
};

struct maker {
	struct fixture *fixture;
	const char *path;
	unsigned line;
	struct hrd_ruleset *set;
	struct hrd_buffer sections[SECTIONS_MAX]; /* contents, once the rules are complete */
	uint32_t ids[SECTIONS_MAX], flags[SECTIONS_MAX];
	uint32_t count;
	uint8_t head[HEAD_FIXED];
	struct hrd_buffer file; /* once it is laid out */
	size_t offsets[SECTIONS_MAX];
	size_t payload;
	bool is_laid_out, has_digest;
};

static int
complain(const struct maker *maker, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", maker->path, maker->line, what);
	return -1;
}

static char *
word(char **line)
{
	return strsep(line, " ");
}

/* A number; "payload+3" counts from the size of the payload. */
static uint64_t
number(const struct maker *maker, char **line)
{
	const char *text = word(line);

	if (text == NULL)
		return 0;
	if (strncmp(text, "payload", 7) == 0)
		return maker->payload + strtoull(text + 7, NULL, 0);
	return strtoull(text, NULL, 0);
}

static size_t
hex(const char *text, uint8_t *out, size_t size)
{
	size_t n = 0;

	while (text != NULL && n < size && hrd_unhex(out + n, 1, text + 2 * n) == HRD_OK)
		n++;
	return n;
}

static int
find_word(const char *text, const char *(*name)(int), int n)
{
	for (int i = 0; text != NULL && i < n; i++) {
		if (strcmp(text, name(i)) == 0)
			return i;
	}
	return -1;
}

static const char *
trigger_name(int i)
{
	return hrd_trigger_name((enum hrd_trigger)i);
}

static int
read_owner(struct hrd_rule *rule, char **line)
{
	int trigger = find_word(word(line), trigger_name, HRD_TRIGGERS);
	const char *kind = word(line), *owner = word(line);

	if (trigger < 0 || kind == NULL || owner == NULL)
		return HRD_EINVAL;
	rule->trigger = (enum hrd_trigger)trigger;
	rule->wildcard = strcmp(kind, "wild") == 0;
	if (strcmp(kind, "prefix") == 0)
		return hrd_prefix_from_text(&rule->prefix, owner, strlen(owner));
	return hrd_name_from_text(&rule->name, owner, strlen(owner));
}

static int
add_rule(struct maker *maker, char *line)
{
	struct hrd_rule rule = { .wildcard = false };
	struct hrd_meta meta = { "", "", "", "", "", "", "", "", "" };
	int action, status = read_owner(&rule, &line);
	const char *text = word(&line);

	if (status != HRD_OK || text == NULL)
		return complain(maker, "bad rule");
	action = strcmp(text, "stop") == 0 ? HRD_ACTION_STOP : hrd_action_from_name(text);
	rule.action = (enum hrd_action)action;
	if (line != NULL) {
		meta.rule_id = line;
		meta.entity = "entity";
		meta.ede = "Blocked: see https://example.com/";
		meta.category = "api";
		meta.reference = "https://act.example/";
	}
	status = hrd_rules_meta(maker->set, &meta, &rule.meta);
	if (status == HRD_OK)
		status = hrd_rules_add(maker->set, &rule, NULL);
	return status == HRD_OK ? 0 : complain(maker, "rule refused");
}

static int
add_record(struct maker *maker, char *line)
{
	struct hrd_rule rule = { .action = HRD_ACTION_LOCAL_DATA };
	uint8_t rdata[256];
	struct hrd_rr rr = { .rdata = rdata };
	int status = read_owner(&rule, &line);

	rr.type = (uint16_t)number(maker, &line);
	rr.ttl = (uint32_t)number(maker, &line);
	rr.rdlen = (uint16_t)hex(word(&line), rdata, sizeof(rdata));
	if (status == HRD_OK)
		status = hrd_rules_add(maker->set, &rule, &rr);
	return status == HRD_OK ? 0 : complain(maker, "record refused");
}

static int
add_base(struct maker *maker)
{
	char copy[200];

	for (size_t i = 0; i < sizeof(base_lines) / sizeof(base_lines[0]); i++) {
		char *line = copy;
		bool record;

		snprintf(copy, sizeof(copy), "%s", base_lines[i]);
		record = strcmp(word(&line), "record") == 0;
		if ((record ? add_record(maker, line) : add_rule(maker, line)) != 0)
			return -1;
	}
	return 0;
}

static void
take_sections(struct maker *maker, const uint8_t *image)
{
	maker->count = hrd_le32(image + HEAD_SECTIONS);
	memcpy(maker->head, image, HEAD_FIXED);
	for (uint32_t i = 0; i < maker->count; i++) {
		const uint8_t *entry = image + HEAD_FIXED + i * SECTION_ENTRY;

		maker->ids[i] = hrd_le32(entry + SECTION_ID);
		maker->sections[i].max = SIZE_MAX;
		if (hrd_buffer_add(&maker->sections[i], image + hrd_le32(entry + SECTION_OFFSET),
			hrd_le32(entry + SECTION_LEN)) != HRD_OK)
			abort();
	}
}

/* Builds the image of the rules, unless that was done. */
static int
need_sections(struct maker *maker)
{
	static const char names[] = "\003rpz\007example";
	static const struct hrd_justification justification = { "", "cs", "Zablokov\303\241no" };
	struct hrd_policy_info info = { .id = "fixture",
		.title = "A policy for tests",
		.publisher = "N\303\272kib? No: tests, tests@example.com",
		.justifications = &justification,
		.justification_count = 1,
		.serial = 2024010100,
		.ttl = 60,
		.created = 1704067200,
		.not_after = 1707091200 };
	uint8_t *image;
	size_t len;

	if (maker->count > 0)
		return 0;
	info.apex.len = sizeof(names);
	memcpy(info.apex.wire, names, sizeof(names));
	info.mname = info.rname = info.apex;
	if (hrd_rules_seal(maker->set, NULL, NULL) != HRD_OK ||
	    hrd_policy_build(maker->set, &info, &image, &len) != HRD_OK)
		return complain(maker, "image not built");
	take_sections(maker, image);
	free(image);
	return 0;
}

/* Makes what was built an image of format version 1: shorter metadata, one section less. */
static int
make_version_1(struct maker *maker)
{
	struct hrd_buffer *meta = &maker->sections[SECTION_META - 1];
	size_t count = meta->len / META_ENTRY;

	for (size_t i = 0; i < count; i++)
		memmove(meta->data + i * META_ENTRY_1, meta->data + i * META_ENTRY, META_ENTRY_1);
	meta->len = count * META_ENTRY_1;
	hrd_buffer_free(&maker->sections[--maker->count]);
	hrd_put_le32(maker->head + HEAD_VERSION, 1);
	return 0;
}

static int
section_index(const struct maker *maker, const char *name)
{
	for (int i = 1; name != NULL && i <= SECTIONS_KNOWN; i++) {
		if (strcmp(name, section_names[i]) == 0)
			return i - 1;
	}
	return complain(maker, "unknown section");
}

static int
change_section(struct maker *maker, const char *verb, char *line)
{
	uint8_t octets[1024];
	struct hrd_buffer *section;
	int i = section_index(maker, word(&line));
	size_t n, at;

	if (i < 0)
		return -1;
	section = &maker->sections[i];
	if (strcmp(verb, "cut") == 0) {
		n = strcmp(line, "all") == 0 ? section->len : (size_t)number(maker, &line);
		if (n > section->len)
			return complain(maker, "section is shorter");
		section->len -= n;
		return 0;
	}
	at = strcmp(verb, "put") == 0 ? (size_t)number(maker, &line) : section->len;
	n = hex(word(&line), octets, sizeof(octets));
	if (strcmp(verb, "append") == 0)
		return hrd_buffer_add(section, octets, n);
	if (n == 0 || at + n > section->len)
		return complain(maker, "outside the section");
	memcpy(section->data + at, octets, n);
	return 0;
}

static int
add_section(struct maker *maker, char *line)
{
	uint8_t octets[1024];
	uint32_t i = maker->count++;

	maker->ids[i] = (uint32_t)number(maker, &line);
	maker->flags[i] = (uint32_t)number(maker, &line);
	maker->sections[i].max = SIZE_MAX;
	return hrd_buffer_add(
	    &maker->sections[i], octets, hex(word(&line), octets, sizeof(octets)));
}

static void
pad(struct hrd_buffer *file)
{
	static const uint8_t zeros[SECTION_ALIGN];

	if (hrd_buffer_add(
		file, zeros, (SECTION_ALIGN - file->len % SECTION_ALIGN) % SECTION_ALIGN) != HRD_OK)
		abort();
}

static int
need_file(struct maker *maker)
{
	uint32_t head = HEAD_FIXED + maker->count * SECTION_ENTRY;
	uint8_t *place;

	if (maker->is_laid_out)
		return 0;
	maker->is_laid_out = true;
	maker->file.max = SIZE_MAX;
	if (hrd_buffer_extend(&maker->file, head, &place) != HRD_OK)
		abort();
	memset(place, 0, head);
	memcpy(place, maker->head, HEAD_FIXED);
	for (uint32_t i = 0; i < maker->count; i++) {
		uint8_t *entry = maker->file.data + HEAD_FIXED + i * SECTION_ENTRY;

		maker->offsets[i] = maker->file.len;
		hrd_put_le32(entry + SECTION_ID, maker->ids[i]);
		hrd_put_le32(entry + SECTION_FLAGS, maker->flags[i]);
		hrd_put_le32(entry + SECTION_OFFSET, (uint32_t)maker->file.len);
		hrd_put_le32(entry + SECTION_LEN, (uint32_t)maker->sections[i].len);
		if (hrd_buffer_add(&maker->file, maker->sections[i].data, maker->sections[i].len) !=
		    HRD_OK)
			abort();
		pad(&maker->file);
	}
	maker->payload = maker->file.len;
	hrd_put_le32(maker->file.data + HEAD_SIZE, head);
	hrd_put_le32(maker->file.data + HEAD_SECTIONS, maker->count);
	hrd_put_le64(maker->file.data + HEAD_PAYLOAD, maker->payload);
	return 0;
}

static int
make_digest(struct maker *maker)
{
	uint8_t digest[HRD_DIGEST_LEN];

	if (maker->has_digest)
		return 0;
	maker->has_digest = true;
	hrd_blake2b(digest, sizeof(digest), maker->file.data, maker->file.len);
	return hrd_buffer_add(&maker->file, digest, sizeof(digest));
}

/* "rows+12" as an offset in the file. */
static int
read_place(const struct maker *maker, char *text, size_t *offset)
{
	char *plus = text != NULL ? strchr(text, '+') : NULL;
	int section;

	*offset = plus != NULL ? strtoul(plus + 1, NULL, 0) : 0;
	if (plus != NULL)
		*plus = '\0';
	if (text != NULL && strcmp(text, "header") == 0)
		return 0;
	if (text != NULL && strcmp(text, "table") == 0) {
		*offset += HEAD_FIXED;
		return 0;
	}
	if (text != NULL && strcmp(text, "end") == 0) {
		*offset += maker->payload;
		return 0;
	}
	section = section_index(maker, text);
	if (section >= 0)
		*offset += maker->offsets[section];
	return section >= 0 ? 0 : -1;
}

static int
change_file(struct maker *maker, const char *verb, char *line)
{
	uint8_t octets[1024];
	size_t offset, n;
	uint64_t value;

	if (read_place(maker, word(&line), &offset) != 0)
		return -1;
	if (strcmp(verb, "octets") == 0) {
		n = hex(word(&line), octets, sizeof(octets));
	} else {
		n = verb[1] == '8' ? 1 : verb[1] == '3' ? 4 : 8;
		value = number(maker, &line);
		hrd_put_le64(octets, value);
	}
	if (n == 0 || offset + n > maker->file.len)
		return complain(maker, "outside the file");
	memcpy(maker->file.data + offset, octets, n);
	return 0;
}

static int
attach(struct maker *maker, const char *text, size_t len)
{
	return make_digest(maker) == 0 && hrd_buffer_add(&maker->file, text, len) == HRD_OK ? 0
											    : -1;
}

static int
expect(struct maker *maker, char *line)
{
	struct fixture *fixture = maker->fixture;
	const char *kind = word(&line), *section;

	if (strcmp(kind, "ok") == 0) {
		fixture->status = HRD_OK;
		return 0;
	}
	fixture->status = strcmp(kind, "version") == 0 ? HRD_EVERSION : HRD_ECORRUPT;
	section = word(&line);
	if (section == NULL || line == NULL)
		return complain(maker, "expect what?");
	snprintf(fixture->section, sizeof(fixture->section), "%s", section);
	snprintf(fixture->reason, sizeof(fixture->reason), "%s", line);
	return 0;
}

static bool
is_one_of(const char *verb, const char *const *verbs)
{
	for (; *verbs != NULL; verbs++) {
		if (strcmp(verb, *verbs) == 0)
			return true;
	}
	return false;
}

static int
change(struct maker *maker, const char *verb, char *line)
{
	static const char *const sections[] = { "append", "cut", "put", NULL };
	static const char *const places[] = { "u8", "u32", "u64", "octets", NULL };
	uint8_t octets[8192];

	if (need_sections(maker) != 0)
		return -1;
	if (is_one_of(verb, sections))
		return change_section(maker, verb, line);
	if (strcmp(verb, "version-1") == 0)
		return make_version_1(maker);
	if (strcmp(verb, "add") == 0)
		return add_section(maker, line);
	need_file(maker);
	if (is_one_of(verb, places))
		return change_file(maker, verb, line);
	if (strcmp(verb, "digest") == 0)
		return make_digest(maker);
	if (strcmp(verb, "attach") == 0)
		return attach(maker, line, strlen(line)) == 0 ? attach(maker, "\n", 1) : -1;
	if (strcmp(verb, "attach-octets") == 0)
		return attach(maker, (const char *)octets, hex(line, octets, sizeof(octets)));
	if (strcmp(verb, "truncate") == 0) {
		make_digest(maker);
		maker->file.len = (size_t)number(maker, &line);
		return 0;
	}
	return complain(maker, "unknown statement");
}

static int
run_line(struct maker *maker, char *line)
{
	const char *verb;

	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '#' || line[0] == '\0')
		return 0;
	verb = word(&line);
	if (strcmp(verb, "expect") == 0)
		return expect(maker, line);
	if (strcmp(verb, "base") == 0)
		return add_base(maker);
	if (strcmp(verb, "rule") == 0)
		return add_rule(maker, line);
	if (strcmp(verb, "record") == 0)
		return add_record(maker, line);
	return change(maker, verb, line);
}

static int
finish(struct maker *maker, int status)
{
	if (status == 0)
		status = need_sections(maker);
	if (status == 0 && need_file(maker) == 0 && make_digest(maker) == 0) {
		maker->fixture->len = maker->file.len;
		maker->fixture->image = maker->file.data;
	} else {
		status = -1;
		hrd_buffer_free(&maker->file);
	}
	for (uint32_t i = 0; i < maker->count; i++)
		hrd_buffer_free(&maker->sections[i]);
	hrd_rules_free(maker->set);
	return status;
}

int
fixture_make(const char *path, struct fixture *fixture)
{
	struct maker maker = { .fixture = fixture, .path = path, .set = hrd_rules_new() };
	FILE *file = fopen(path, "r");
	char line[20000];
	int status = 0;

	memset(fixture, 0, sizeof(*fixture));
	fixture->status = 1;
	if (file == NULL) {
		hrd_rules_free(maker.set);
		return complain(&maker, strerror(errno));
	}
	while (status == 0 && fgets(line, sizeof(line), file) != NULL) {
		maker.line++;
		status = run_line(&maker, line);
	}
	fclose(file);
	if (status == 0 && fixture->status == 1)
		status = complain(&maker, "no line \"expect\"");
	return finish(&maker, status);
}

int
fixture_base(struct fixture *fixture)
{
	struct maker maker = { .fixture = fixture, .path = "base", .set = hrd_rules_new() };

	memset(fixture, 0, sizeof(*fixture));
	return finish(&maker, add_base(&maker));
}
