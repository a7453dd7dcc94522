/* SPDX-License-Identifier: BSD-3-Clause */
/* Output files at their edges; what happens when a call fails is
 * tests/integration/build-loses-nothing.test. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpzgen/base/outfile.h"
#include "tests/unit/check.h"

/* The tests run in a directory of their own. */
static int
enter(void **state)
{
	return make_directory(state) == 0 ? chdir(in_directory(NULL)) : -1;
}

static int
leave(void **state)
{
	return chdir("/") == 0 ? remove_directory(state) : -1;
}

static unsigned
files_in(const char *path)
{
	DIR *stream = opendir(path);
	struct dirent *entry;
	unsigned count = 0;

	if (stream == NULL)
		return 0;
	while ((entry = readdir(stream)) != NULL)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(stream);
	return count;
}

static void
holds(const char *path, const char *text)
{
	FILE *file = fopen(path, "r");
	char found[64] = "";

	assert_non_null(file);
	assert_true(fgets(found, sizeof(found), file) != NULL || text[0] == '\0');
	fclose(file);
	assert_string_equal(found, text);
}

TEST(files_show_up_at_the_commit_and_not_before)
{
	struct hrd_outset *set = hrd_outset_new("set");
	const char *what;
	FILE *a, *b;

	a = hrd_outset_add(set, "a");
	b = hrd_outset_add(set, "b");
	assert_true(a != NULL && b != NULL);
	fputs("first", a);
	fputs("second", b);
	fflush(a);
	assert_int_equal(access("set/a", F_OK), -1);
	assert_int_equal(hrd_outset_commit(set, &what), HRD_OK);
	hrd_outset_free(set);
	assert_int_equal(files_in("set"), 2);
	holds("set/a", "first");
	holds("set/b", "second");
	unlink("set/a");
	unlink("set/b");
	rmdir("set");
}

TEST(what_is_not_committed_leaves_no_trace)
{
	struct hrd_outset *set = hrd_outset_new("gone");

	assert_non_null(hrd_outset_add(set, "a"));
	assert_int_equal(files_in("gone"), 1);
	assert_string_equal(hrd_outset_closing(set), "nothing was written");
	hrd_outset_free(set);
	assert_int_equal(access("gone", F_OK), -1);
	/* A directory that was there stays. */
	assert_int_equal(mkdir("there", 0755), 0);
	set = hrd_outset_new("there");
	assert_non_null(hrd_outset_add(set, "a"));
	hrd_outset_free(set);
	assert_int_equal(files_in("there"), 0);
	rmdir("there");
}

TEST(names_that_cannot_be_are_errors)
{
	struct hrd_outset *set = hrd_outset_new(NULL);
	char name[300];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_null(hrd_outset_add(set, name));
	assert_int_equal(errno, ENAMETOOLONG);
	assert_null(hrd_outset_add(set, ""));
	assert_null(hrd_outset_add(set, "dir/"));
	assert_null(hrd_outset_add(set, "missing/name"));
	assert_int_equal(errno, ENOENT);
	hrd_outset_free(set);
	set = hrd_outset_new("missing/below");
	assert_null(hrd_outset_add(set, "name"));
	assert_int_equal(errno, ENOENT);
	hrd_outset_free(set);
	hrd_outset_free(NULL);
	assert_int_equal(files_in("."), 0);
}

TEST(a_set_has_a_limit)
{
	struct hrd_outset *set = hrd_outset_new(NULL);
	char name[8] = "f00";
	unsigned count = 0;

	while (count < 100 && hrd_outset_add(set, name) != NULL) {
		count++;
		snprintf(name, sizeof(name), "f%02u", count);
	}
	assert_int_equal(count, 16);
	assert_int_equal(errno, EMFILE);
	hrd_outset_free(set);
	assert_int_equal(files_in("."), 0);
}

/* The link stays, and the file that it leads to is replaced. */
TEST(a_final_link_is_followed)
{
	struct hrd_outset *set = hrd_outset_new(NULL);
	FILE *old = fopen("old", "w"), *file;
	const char *what;
	struct stat info;

	fputs("old", old);
	fclose(old);
	assert_int_equal(symlink("old", "link"), 0);
	file = hrd_outset_add(set, "link");
	assert_non_null(file);
	fputs("new", file);
	holds("old", "old");
	assert_int_equal(hrd_outset_commit(set, &what), HRD_OK);
	hrd_outset_free(set);
	holds("old", "new");
	assert_int_equal(lstat("link", &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	unlink("old");
	unlink("link");
}

TEST(a_fifo_is_written_to_and_stays_one)
{
	struct hrd_outset *set = hrd_outset_new(NULL);
	int reader;
	const char *what;
	struct stat st;
	FILE *file;
	char found[8] = "";

	assert_int_equal(mkfifo("pipe", 0600), 0);
	reader = open("pipe", O_RDONLY | O_NONBLOCK);
	file = hrd_outset_add(set, "./pipe");
	assert_non_null(file);
	fputs("text", file);
	assert_int_equal(hrd_outset_commit(set, &what), HRD_OK);
	hrd_outset_free(set);
	assert_int_equal(read(reader, found, sizeof(found)), 4);
	assert_string_equal(found, "text");
	close(reader);
	assert_int_equal(stat("pipe", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	unlink("pipe");
}

TEST(two_files_of_a_set_cannot_have_one_name)
{
	struct hrd_outset *set = hrd_outset_new(NULL);

	assert_non_null(hrd_outset_add(set, "twice"));
	assert_null(hrd_outset_add(set, "./twice"));
	assert_int_equal(errno, EEXIST);
	hrd_outset_free(set);
	assert_int_equal(files_in("."), 0);
}

TEST(a_failed_write_is_found_at_the_commit)
{
	struct hrd_outset *set = hrd_outset_new(NULL);
	FILE *file = hrd_outset_add(set, "full"), *full = fopen("/dev/full", "w");
	const char *what = NULL;

	assert_true(file != NULL && full != NULL);
	assert_true(dup2(fileno(full), fileno(file)) >= 0);
	fclose(full);
	fputs("lost", file);
	assert_int_equal(hrd_outset_commit(set, &what), HRD_EIO);
	assert_int_equal(errno, ENOSPC);
	assert_string_equal(what, "full");
	assert_string_equal(hrd_outset_closing(set), "nothing was written");
	hrd_outset_free(set);
	assert_int_equal(files_in("."), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_show_up_at_the_commit_and_not_before),
		cmocka_unit_test(what_is_not_committed_leaves_no_trace),
		cmocka_unit_test(names_that_cannot_be_are_errors),
		cmocka_unit_test(a_set_has_a_limit),
		cmocka_unit_test(a_final_link_is_followed),
		cmocka_unit_test(a_fifo_is_written_to_and_stays_one),
		cmocka_unit_test(two_files_of_a_set_cannot_have_one_name),
		cmocka_unit_test(a_failed_write_is_found_at_the_commit),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
