/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs git and reads what it prints. */
#include <config.h>

#include "rpzgen/deliver/gitstore.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buffer.h"

enum { READ_OCTETS = 65536, LIST_MAX = 1 << 26, WORDS_MAX = 16 };

extern char **environ;

bool
hrd_git_is_clone(const char *directory)
{
	struct stat st;
	char *path;
	bool found;

	if (asprintf(&path, "%s/.git", directory) < 0)
		return false;
	found = stat(path, &st) == 0;
	free(path);
	if (found || asprintf(&path, "%s/HEAD", directory) < 0)
		return found;
	/* A bare one has HEAD and its objects in the directory itself. */
	found = stat(path, &st) == 0 && S_ISREG(st.st_mode);
	free(path);
	if (!found || asprintf(&path, "%s/objects", directory) < 0)
		return false;
	found = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	free(path);
	return found;
}

/* Starts git with its output in a pipe; the end to read from, or -1 with errno. */
static int
start(const char *directory, const char *const *words, pid_t *child)
{
	/* What the clone's own settings could make it do is switched off. */
	static const char *const before[] = { "git", "-c", "log.showSignature=false", "-c",
		"core.fsmonitor=false", "-c", "core.quotePath=false", "--no-pager", "-C" };
	const char *argv[sizeof(before) / sizeof(before[0]) + WORDS_MAX + 2];
	posix_spawn_file_actions_t actions;
	size_t count = sizeof(before) / sizeof(before[0]);
	int ends[2], error;

	memcpy(argv, before, sizeof(before));
	argv[count++] = directory;
	for (size_t i = 0; words[i] != NULL && i < WORDS_MAX; i++)
		argv[count++] = words[i];
	argv[count] = NULL;
	if (pipe(ends) != 0)
		return -1;
	error = posix_spawn_file_actions_init(&actions);
	if (error == 0) {
		error = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		if (error == 0)
			error = posix_spawn_file_actions_addclose(&actions, ends[0]);
		if (error == 0)
			error = posix_spawn_file_actions_addopen(
			    &actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
		if (error == 0)
			error = posix_spawnp(
			    child, "git", &actions, NULL, (char *const *)(uintptr_t)argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(ends[1]);
	if (error == 0)
		return ends[0];
	close(ends[0]);
	errno = error;
	return -1;
}

static int
read_all(int fd, struct hrd_buffer *out)
{
	uint8_t *place;
	ssize_t len = 1;
	int status = HRD_OK;

	while (status == HRD_OK && len != 0) {
		uint8_t octets[READ_OCTETS];

		len = read(fd, octets, sizeof(octets));
		if (len < 0 && errno != EINTR)
			return HRD_EIO;
		if (len > 0)
			status = hrd_buffer_add(out, octets, (size_t)len);
	}
	if (status == HRD_OK)
		status = hrd_buffer_extend(out, 1, &place);
	if (status == HRD_OK)
		*place = '\0';
	return status;
}

/* What git prints. HRD_EIO with errno: there is no git; HRD_ENOENT: it failed. */
static int
run_git(const char *directory, const char *const *words, size_t max, char **data, size_t *len)
{
	struct hrd_buffer out = { .max = max + 1 };
	pid_t child;
	int fd = start(directory, words, &child), ended = 0, status;

	if (fd < 0)
		return HRD_EIO;
	status = read_all(fd, &out);
	close(fd);
	while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
		;
	if (status == HRD_OK && (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0))
		status = HRD_ENOENT;
	if (status == HRD_OK) {
		*data = (char *)out.data;
		*len = out.len - 1;
	} else {
		hrd_buffer_free(&out);
	}
	return status;
}

/* Lines "commit ID", each before the paths that it has changed. */
static bool
report_lines(char *text, hrd_git_publication_fn *each, void *ctx)
{
	static const char mark[] = "commit ";
	const char *commit = NULL;
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, mark, strlen(mark)) == 0)
			commit = line + strlen(mark);
		else if (commit != NULL && !each(ctx, commit, line))
			return false;
	}
	return true;
}

bool
hrd_git_publications(
    const char *directory, hrd_git_publication_fn *each, void *ctx, struct hrd_diag *diag)
{
	static const char *const words[] = { "log", "--all", "--reverse", "--format=commit %H",
		"--name-only", "--diff-filter=AM", "-m", "--no-renames", "--",
		":(top,glob)**/manifest.json", NULL };
	struct hrd_position place = { directory, 0, 0 };
	char *text = NULL;
	size_t len;
	int status = run_git(directory, words, LIST_MAX, &text, &len);
	bool good;

	if (status == HRD_EIO) {
		hrd_diag_system(diag, "git", errno);
	} else if (status != HRD_OK) {
		hrd_diag(diag, HRD_ERROR, &place, "history-git",
		    "git does not read this clone: try \"git -C DIR log\"");
		hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
	}
	good = status == HRD_OK && report_lines(text, each, ctx);
	free(text);
	return good;
}

int
hrd_git_read(const char *directory, const char *commit, const char *path, size_t max, char **data,
    size_t *len)
{
	const char *words[] = { "cat-file", "blob", NULL, NULL };
	char *object;
	int status;

	if (asprintf(&object, "%s:%s", commit, path) < 0)
		return HRD_ENOMEM;
	words[2] = object;
	status = run_git(directory, words, max, data, len);
	free(object);
	return status == HRD_EIO ? HRD_ENOENT : status;
}
