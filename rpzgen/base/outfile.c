/* SPDX-License-Identifier: BSD-3-Clause */
/* Publishes files whole or not at all. */
#include <config.h>

#include "rpzgen/base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 16, TEMP_ATTEMPTS = 100 };

struct outfile {
	FILE *stream;
	char *name; /* relative to the directory */
	char *temp; /* temporary name, NULL for stdout and after the rename */
	int dir;    /* directory that holds both, -1 for stdout */
	bool own_dir;
};

struct hrd_outset {
	char *dir_name; /* NULL: each file as named */
	int dir;
	bool made_dir;
	int opening;   /* errno of the directory, told at the first file */
	bool replaced; /* a file has its new name */
	size_t count;
	struct outfile files[FILES_MAX];
};

/* What the signal handler has to remove. Slots are filled and emptied with the signals blocked. */
static struct doomed {
	volatile sig_atomic_t used;
	int dir;
	char temp[NAME_MAX + 1];
} doomed[FILES_MAX];

static const int fatal_signals[] = { SIGINT, SIGTERM, SIGHUP };

static void
remove_and_die(int number)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (doomed[i].used)
			unlinkat(doomed[i].dir, doomed[i].temp, 0);
	}
	signal(number, SIG_DFL);
	raise(number);
}

static void
catch_signals(void)
{
	static bool done;
	struct sigaction action = { .sa_handler = remove_and_die }, old;

	if (done)
		return;
	done = true;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++) {
		/* A signal that the parent had us ignore (nohup) stays ignored. */
		if (sigaction(fatal_signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(fatal_signals[i], &action, NULL);
	}
}

static void
block_signals(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++)
		sigaddset(&set, fatal_signals[i]);
	sigprocmask(SIG_BLOCK, &set, old);
}

static void
doom(int dir, const char *temp)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (doomed[i].used)
			continue;
		doomed[i].dir = dir;
		strncpy(doomed[i].temp, temp, NAME_MAX);
		doomed[i].used = 1;
		return;
	}
}

static void
spare(int dir, const char *temp)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (doomed[i].used && doomed[i].dir == dir && strcmp(doomed[i].temp, temp) == 0)
			doomed[i].used = 0;
	}
}

struct hrd_outset *
hrd_outset_new(const char *dir)
{
	struct hrd_outset *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	set->dir = -1;
	if (dir == NULL)
		return set;
	set->dir_name = strdup(dir);
	if (set->dir_name == NULL) {
		free(set);
		return NULL;
	}
	set->made_dir = mkdir(dir, 0755) == 0;
	set->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (set->dir < 0)
		set->opening = errno;
	return set;
}

/* Splits a path into an open directory and the last component. */
static bool
locate(struct hrd_outset *set, struct outfile *file, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent;

	if (set->dir_name != NULL) {
		file->dir = set->dir;
		file->name = strdup(path);
		errno = set->opening != 0 ? set->opening : ENOMEM;
		return set->dir >= 0 && file->name != NULL;
	}
	parent = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path + 1));
	file->name = strdup(slash == NULL ? path : slash + 1);
	if (parent != NULL && file->name != NULL)
		file->dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(parent);
	file->own_dir = file->dir >= 0;
	return file->dir >= 0;
}

/* A name nobody has in the directory, made from random octets: ".NAME.xxxxxxxx.tmp". */
static bool
name_temp(struct outfile *file)
{
	size_t size = strlen(file->name) + sizeof("..xxxxxxxx.tmp");
	unsigned char random[4];

	if (size > NAME_MAX + 1 || file->name[0] == '\0') {
		errno = size > NAME_MAX + 1 ? ENAMETOOLONG : EISDIR;
		return false;
	}
	free(file->temp);
	file->temp = malloc(size);
	if (file->temp == NULL || getrandom(random, sizeof(random), 0) != sizeof(random))
		return false;
	snprintf(file->temp, size, ".%s.%02x%02x%02x%02x.tmp", file->name, random[0], random[1],
	    random[2], random[3]);
	return true;
}

static bool
open_temp(struct outfile *file)
{
	int fd = -1;
	sigset_t old;

	block_signals(&old);
	for (int i = 0; fd < 0 && i < TEMP_ATTEMPTS; i++) {
		if (!name_temp(file))
			break;
		fd = openat(file->dir, file->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd >= 0)
		doom(file->dir, file->temp);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (fd < 0)
		return false;
	file->stream = fdopen(fd, "w");
	if (file->stream == NULL)
		close(fd);
	return file->stream != NULL;
}

/* Forgets a file; what is still temporary is removed. errno is kept. */
static void
drop(struct outfile *file)
{
	int error = errno;

	if (file->stream != NULL && file->stream != stdout)
		fclose(file->stream);
	if (file->temp != NULL && file->dir >= 0) {
		unlinkat(file->dir, file->temp, 0);
		spare(file->dir, file->temp);
	}
	if (file->own_dir)
		close(file->dir);
	free(file->name);
	free(file->temp);
	memset(file, 0, sizeof(*file));
	errno = error;
}

/* A terminal, /dev/null or a FIFO is written to as it is, like stdout: a rename would put a file in
 * its place. */
static bool
open_stream(struct outfile *file)
{
	int fd = openat(file->dir, file->name, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return false;
	file->stream = fdopen(fd, "w");
	if (file->stream == NULL)
		close(fd);
	close(file->dir);
	file->dir = -1;
	file->own_dir = false;
	return file->stream != NULL;
}

static bool
same_place(const struct outfile *a, const struct outfile *b)
{
	struct stat in_a, in_b;

	return a->dir >= 0 && b->dir >= 0 && strcmp(a->name, b->name) == 0 &&
	       fstat(a->dir, &in_a) == 0 && fstat(b->dir, &in_b) == 0 &&
	       in_a.st_dev == in_b.st_dev && in_a.st_ino == in_b.st_ino;
}

static bool
open_named(const struct hrd_outset *set, struct outfile *file)
{
	struct stat st;

	if (file->own_dir && fstatat(file->dir, file->name, &st, 0) == 0) {
		if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode))
			return open_stream(file);
		errno = EEXIST;
		if (S_ISBLK(st.st_mode) || S_ISSOCK(st.st_mode))
			return false;
	}
	/* Of two files with one name one would be lost. */
	for (size_t i = 0; i < set->count; i++) {
		if (same_place(&set->files[i], file)) {
			errno = EEXIST;
			return false;
		}
	}
	return open_temp(file);
}

FILE *
hrd_outset_add(struct hrd_outset *set, const char *name)
{
	struct outfile *file = &set->files[set->count];

	if (set->count == FILES_MAX) {
		errno = EMFILE;
		return NULL;
	}
	*file = (struct outfile){ .dir = -1 };
	if (set->dir_name == NULL && strcmp(name, "-") == 0) {
		file->stream = stdout;
		set->count++;
		return stdout;
	}
	catch_signals();
	if (!locate(set, file, name) || !open_named(set, file)) {
		drop(file);
		return NULL;
	}
	set->count++;
	return file->stream;
}

static const struct outfile *
find_file(const struct hrd_outset *set, const FILE *stream)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->files[i].stream == stream)
			return &set->files[i];
	}
	return NULL;
}

bool
hrd_outset_is_file(const struct hrd_outset *set, const FILE *stream)
{
	const struct outfile *file = find_file(set, stream);

	return file != NULL && file->temp != NULL;
}

FILE *
hrd_outset_reopen(const struct hrd_outset *set, FILE *stream)
{
	const struct outfile *file = find_file(set, stream);
	FILE *back;
	int fd;

	if (file == NULL || file->temp == NULL) {
		errno = ESPIPE;
		return NULL;
	}
	if (fflush(stream) != 0)
		return NULL;
	fd = openat(file->dir, file->temp, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	back = fdopen(fd, "r");
	if (back == NULL)
		close(fd);
	return back;
}

/* stdio forgets the errno of a write that failed earlier: one more write finds it again. */
static bool
find_errno(FILE *stream)
{
	errno = 0;
	if (write(fileno(stream), "\n", 1) == 1 || errno == 0)
		errno = EIO;
	return false;
}

static bool
flush(struct outfile *file)
{
	if (ferror(file->stream))
		return find_errno(file->stream);
	if (fflush(file->stream) != 0)
		return false;
	if (file->dir < 0)
		return true;
	return fsync(fileno(file->stream)) == 0;
}

/* Closes a synced file; from here on only its temporary name is open. */
static bool
finish(struct outfile *file)
{
	FILE *stream = file->stream;

	file->stream = NULL;
	return stream == stdout || fclose(stream) == 0;
}

static bool
publish(struct outfile *file)
{
	sigset_t old;
	bool done;
	int error;

	if (file->dir < 0)
		return true;
	block_signals(&old);
	done = renameat(file->dir, file->temp, file->dir, file->name) == 0;
	error = errno;
	if (done) {
		spare(file->dir, file->temp);
		free(file->temp);
		file->temp = NULL;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = error;
	return done && fsync(file->dir) == 0;
}

int
hrd_outset_commit(struct hrd_outset *set, const char **what)
{
	static bool (*const steps[])(struct outfile *) = { flush, finish, publish };
	enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

	*what = NULL;
	for (size_t step = 0; step < STEPS; step++) {
		for (size_t i = 0; i < set->count; i++) {
			struct outfile *file = &set->files[i];

			bool done = steps[step](file);

			set->replaced = set->replaced ||
					(step == STEPS - 1 && file->temp == NULL && file->dir >= 0);
			if (done)
				continue;
			*what = file->name != NULL ? file->name : "standard output";
			return HRD_EIO;
		}
	}
	set->made_dir = false;
	return HRD_OK;
}

const char *
hrd_outset_closing(const struct hrd_outset *set)
{
	return set->replaced ? "not all files are new, or not safely so; run it again"
			     : "nothing was written";
}

void
hrd_outset_free(struct hrd_outset *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->count; i++)
		drop(&set->files[i]);
	if (set->dir >= 0)
		close(set->dir);
	if (set->made_dir)
		rmdir(set->dir_name);
	free(set->dir_name);
	free(set);
}
