/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads a zone file line by line. */
#include <config.h>

#include "module/prestart/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/readfile.h"

enum { LINE_OCTETS = 4096, WORDS = 8 };

/* Cuts the line into its first words; those that are not there are "". */
static void
cut(char *line, const char *words[WORDS])
{
	for (int i = 0; i < WORDS; i++) {
		line += strspn(line, " \t\r\n");
		words[i] = line;
		line += strcspn(line, " \t\r\n");
		if (*line != '\0')
			*line++ = '\0';
	}
}

static void
take_origin(struct hrd_zone_look *zone, const char *text)
{
	struct hrd_name name;

	if (hrd_name_from_text(&name, text, strlen(text)) == HRD_OK)
		hrd_name_to_text(&name, zone->origin);
}

/* Origin and serial out of the lines before the rules. */
static void
take_head(struct hrd_zone_look *zone, char *line)
{
	const char *words[WORDS];
	int soa = -1;

	cut(line, words);
	if (strcmp(words[0], "$ORIGIN") == 0) {
		take_origin(zone, words[1]);
		return;
	}
	for (int i = 0; i < WORDS - 3 && soa < 0; i++) {
		if (strcasecmp(words[i], "SOA") == 0)
			soa = i;
	}
	if (soa < 0)
		return;
	zone->has_soa = true;
	/* An owner with its final dot is whole. */
	if (words[0][0] != '\0' && words[0][strlen(words[0]) - 1] == '.')
		take_origin(zone, words[0]);
	if (words[soa + 3][0] >= '0' && words[soa + 3][0] <= '9') {
		zone->has_serial = true;
		zone->serial = (uint32_t)strtoul(words[soa + 3], NULL, 10);
	}
}

static void
read_lines(struct hrd_zone_look *zone, FILE *stream)
{
	char line[LINE_OCTETS];
	bool begins = true;

	while (fgets(line, sizeof(line), stream) != NULL) {
		bool whole = strchr(line, '\n') != NULL;

		if (begins && strchr(";\r\n", line[0]) == NULL) {
			if (line[0] != '$')
				zone->records++;
			if (!zone->has_soa)
				take_head(zone, line);
		}
		begins = whole;
	}
	/* SOA and NS are no rules. */
	zone->records -= zone->records > 2 ? 2 : zone->records;
}

bool
hrd_zone_look(struct hrd_zone_look *out, const char *directory, const char *id)
{
	const char *why;
	struct stat st;
	FILE *stream;
	int len, fd;

	memset(out, 0, sizeof(*out));
	len = snprintf(out->path, sizeof(out->path), "%s/%s.rpz", directory, id);
	if (len < 0 || (size_t)len >= sizeof(out->path) ||
	    hrd_open_regular(out->path, &fd, &st, &why) != HRD_OK)
		return false;
	stream = fdopen(fd, "r");
	if (stream == NULL) {
		close(fd);
		return false;
	}
	take_origin(out, id);
	read_lines(out, stream);
	fclose(stream);
	return true;
}
