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
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif
#include <unistd.h>

#include "lib/base/hex.h"

enum { FILES_MAX = 16, TEMP_ATTEMPTS = 100, LINKS_MAX = 40 };

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

static const int fatal_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU };

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

static void
open_directory(struct hrd_outset *set)
{
	set->made_dir = mkdir(set->dir_name, 0755) == 0;
	set->opening = set->made_dir || errno == EEXIST ? 0 : errno;
	set->dir = open(set->dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (set->dir < 0 && set->opening == 0)
		set->opening = errno;
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
	open_directory(set);
	return set;
}

bool
hrd_outset_lock(struct hrd_outset *set)
{
	struct stat held, named;

	for (;;) {
		if (set->dir < 0) {
			errno = set->opening;
			return false;
		}
		while (flock(set->dir, LOCK_EX) != 0) {
			/* Some file systems of others have no locks for directories. */
			if (errno != EINTR)
				return errno != EIO;
		}
		if (fstat(set->dir, &held) == 0 && stat(set->dir_name, &named) == 0 &&
		    held.st_dev == named.st_dev && held.st_ino == named.st_ino)
			return true;
		/* Whoever had the lock before has removed the directory. */
		close(set->dir);
		open_directory(set);
	}
}

/* Goes to the directory and name of a path, from the directory of the file. */
static bool
move_to(struct outfile *file, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = strdup(slash == NULL ? path : slash + 1), *parent;
	int dir;

	if (name == NULL)
		return false;
	free(file->name);
	file->name = name;
	if (slash == NULL && file->dir != AT_FDCWD)
		return true;
	parent = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path + 1));
	if (parent == NULL)
		return false;
	dir = openat(file->dir, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(parent);
	if (dir < 0)
		return false;
	if (file->own_dir)
		close(file->dir);
	file->dir = dir;
	file->own_dir = true;
	return true;
}

/* True in /proc, where /dev/stdout leads: its links have no file that could be replaced. */
static bool
is_proc(int dir)
{
#ifdef __linux__
	struct statfs fs;

	return fstatfs(dir, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
#else
	(void)dir;
	return false;
#endif
}

/* Goes to where a final link leads: the link stays, and what it names is replaced. */
static bool
follow_links(struct outfile *file)
{
	char target[PATH_MAX];

	for (int i = 0; i < LINKS_MAX && !is_proc(file->dir); i++) {
		ssize_t len = readlinkat(file->dir, file->name, target, sizeof(target) - 1);

		if (len < 0)
			return errno == EINVAL || errno == ENOENT;
		target[len] = '\0';
		if (!move_to(file, target))
			return false;
	}
	errno = ELOOP;
	return is_proc(file->dir);
}

/* Finds the directory and the name of a file. */
static bool
locate(struct hrd_outset *set, struct outfile *file, const char *path)
{
	file->dir = AT_FDCWD;
	if (set->dir_name != NULL) {
		file->dir = set->dir;
		file->name = strdup(path);
		errno = set->opening != 0 ? set->opening : ENOMEM;
		if (set->dir < 0 || file->name == NULL)
			return false;
	} else if (!move_to(file, path)) {
		file->dir = file->own_dir ? file->dir : -1;
		return false;
	}
	return follow_links(file);
}

/* A name nobody has in the directory, made from random octets: ".NAME.xxxxxxxx.tmp". */
static bool
name_temp(struct outfile *file)
{
	size_t size = strlen(file->name) + sizeof("..xxxxxxxx.tmp");
	uint8_t random[4];
	char unique[2 * sizeof(random) + 1];

	if (size > NAME_MAX + 1 || file->name[0] == '\0') {
		errno = size > NAME_MAX + 1 ? ENAMETOOLONG : EISDIR;
		return false;
	}
	free(file->temp);
	file->temp = malloc(size);
	if (file->temp == NULL || getrandom(random, sizeof(random), 0) != sizeof(random))
		return false;
	hrd_hex(unique, random, sizeof(random));
	snprintf(file->temp, size, ".%s.%s.tmp", file->name, unique);
	return true;
}

static bool
open_temp(struct outfile *file, mode_t mode)
{
	int fd = -1;
	sigset_t old;

	block_signals(&old);
	for (int i = 0; fd < 0 && i < TEMP_ATTEMPTS; i++) {
		if (!name_temp(file))
			break;
		fd = openat(file->dir, file->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
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

/* The descriptor of ours that a name in /proc/self/fd stands for: it has a place in its file, which
 * opening it again would not know. -1 for other names. */
static int
own_descriptor(const struct outfile *file, const struct stat *st)
{
	struct stat own;
	char *end;
	long number = strtol(file->name, &end, 10);

	if (!is_proc(file->dir) || *end != '\0' || number < 0 || number > INT_MAX ||
	    fstat((int)number, &own) != 0 || own.st_dev != st->st_dev || own.st_ino != st->st_ino)
		return -1;
	return dup((int)number);
}

/* A terminal, /dev/null, a FIFO or /dev/stdout is written to as it is: a rename would put a file in
 * its place. */
static bool
open_stream(struct outfile *file, const struct stat *st)
{
	int fd = own_descriptor(file, st);

	if (fd < 0)
		fd = openat(file->dir, file->name, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	file->stream = fdopen(fd, "w");
	if (file->stream == NULL)
		close(fd);
	if (file->own_dir)
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

/* What can be no output: a directory, a block device, a socket. */
static bool
is_possible(const struct stat *st)
{
	errno = S_ISDIR(st->st_mode) ? EISDIR : EEXIST;
	return !S_ISDIR(st->st_mode) && !S_ISBLK(st->st_mode) && !S_ISSOCK(st->st_mode);
}

static bool
open_named(const struct hrd_outset *set, struct outfile *file, bool secret)
{
	struct stat st;

	if (fstatat(file->dir, file->name, &st, 0) == 0) {
		if (secret) {
			errno = EEXIST;
			return false;
		}
		if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode) || is_proc(file->dir))
			return open_stream(file, &st);
		if (!is_possible(&st))
			return false;
	}
	/* Of two files with one name one would be lost. */
	for (size_t i = 0; i < set->count; i++) {
		if (same_place(&set->files[i], file)) {
			errno = EEXIST;
			return false;
		}
	}
	return open_temp(file, secret ? 0600 : 0644);
}

static FILE *
add(struct hrd_outset *set, const char *name, bool secret)
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
	if (!locate(set, file, name) || !open_named(set, file, secret)) {
		drop(file);
		return NULL;
	}
	set->count++;
	return file->stream;
}

FILE *
hrd_outset_add(struct hrd_outset *set, const char *name)
{
	return add(set, name, false);
}

FILE *
hrd_outset_add_secret(struct hrd_outset *set, const char *name)
{
	FILE *stream = add(set, name, true);

	/* No copy is left in a buffer that the library frees. */
	if (stream != NULL)
		setvbuf(stream, NULL, _IONBF, 0);
	return stream;
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

int
hrd_stream_errno(FILE *stream)
{
	errno = 0;
	return write(fileno(stream), "\n", 1) == 1 || errno == 0 ? EIO : errno;
}

static bool
flush(struct outfile *file)
{
	if (ferror(file->stream)) {
		errno = hrd_stream_errno(file->stream);
		return false;
	}
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

/* Looked at before the first rename: a set is not half published for what could be known. */
static bool
look(struct outfile *file)
{
	struct stat st;

	return file->dir < 0 || fstatat(file->dir, file->name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	       is_possible(&st);
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
	static bool (*const steps[])(struct outfile *) = { flush, finish, look, publish };
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
	/* Before the lock goes with the descriptor. */
	if (set->made_dir)
		rmdir(set->dir_name);
	if (set->dir >= 0)
		close(set->dir);
	free(set->dir_name);
	free(set);
}

bool
hrd_is_stdout(const char *path)
{
	static const char *const names[] = { "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(path, names[i]) == 0)
			return true;
	}
	return false;
}

bool
hrd_replaces_input(const char *output, const char *input)
{
	struct stat in, out;

	return strcmp(output, "-") != 0 && strcmp(input, "-") != 0 && stat(input, &in) == 0 &&
	       stat(output, &out) == 0 && S_ISREG(in.st_mode) && in.st_dev == out.st_dev &&
	       in.st_ino == out.st_ino;
}

bool
hrd_output_lies_in(const char *output, const char *dir)
{
	char *path = realpath(output, NULL), *slash;
	struct stat there, wanted;
	bool within;

	if (path == NULL)
		path = strdup(output);
	slash = path != NULL ? strrchr(path, '/') : NULL;
	if (slash != NULL)
		slash[slash == path] = '\0';
	within = !hrd_is_stdout(output) && stat(slash != NULL ? path : ".", &there) == 0 &&
		 stat(dir, &wanted) == 0 && there.st_dev == wanted.st_dev &&
		 there.st_ino == wanted.st_ino;
	free(path);
	return within;
}
