/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs a fuzz target over its corpus, where no libFuzzer drives it: every file below
 * fuzz/corpus/NAME (seeds) and fuzz/repro/NAME (inputs that once broke it), for the program
 * fuzz_NAME. Or over the files named in the arguments. */
#include <config.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { INPUT_MAX = 1 << 22 };

static unsigned count, failed;

static void
run_file(const char *path)
{
	/* Of the input's own size, so that reading past its end is found. */
	uint8_t *data = malloc(INPUT_MAX), *exact;
	FILE *file = fopen(path, "rb");
	size_t len = 0;
	bool ok = data != NULL && file != NULL;

	if (ok)
		len = fread(data, 1, INPUT_MAX, file);
	exact = malloc(len + (len == 0));
	if (ok && exact != NULL) {
		memcpy(exact, data, len);
		LLVMFuzzerTestOneInput(exact, len);
	}
	free(exact);
	free(data);
	if (file != NULL)
		fclose(file);
	failed += !ok;
	printf("%sok %u - %s\n", ok ? "" : "not ", ++count, path);
}

static void
run_directory(const char *kind, const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	struct dirent **entries;
	int n;

	snprintf(path, sizeof(path), "%s/fuzz/%s/%s", top == NULL ? "." : top, kind, name);
	n = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/fuzz/%s/%s/%s", top == NULL ? "." : top, kind,
		    name, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			run_file(path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

int
main(int argc, char **argv)
{
	const char *name = strstr(argv[0], "fuzz_");

	for (; name != NULL && strstr(name + 1, "fuzz_") != NULL;)
		name = strstr(name + 1, "fuzz_");
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	if (argc == 1 && name != NULL) {
		run_directory("corpus", name + strlen("fuzz_"));
		run_directory("repro", name + strlen("fuzz_"));
	}
	printf("1..%u\n", count);
	/* A replay of nothing proves nothing. */
	return (count > 0 && failed == 0) ? 0 : 99;
}
