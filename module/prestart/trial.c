/* SPDX-License-Identifier: BSD-3-Clause */
/* Starts a server for a moment. */
#include <config.h>

#include "module/prestart/trial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "module/base/replace.h"
#include "module/base/thread.h"

enum { OUTPUT_MAX = 1 << 16, PORT_TRIES = 3, MODE_PUBLIC = 0644, MODE_PLACE = 0755 };

extern char **environ;

/* The private directory and what is in it. */
struct place {
	char directory[PATH_MAX];
	char config[PATH_MAX + 16];
	char settings[PATH_MAX + 16];
};

/* What the server has said so far. */
struct output {
	char text[OUTPUT_MAX];
	size_t len;
};

/* A port of 127.0.0.1 that is free for UDP and TCP; 0 when there is none. */
static unsigned
free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unsigned port = 0;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (udp >= 0 && tcp >= 0 && bind(tcp, (struct sockaddr *)&address, len) == 0 &&
	    getsockname(tcp, (struct sockaddr *)&address, &len) == 0 &&
	    bind(udp, (struct sockaddr *)&address, len) == 0)
		port = ntohs(address.sin_port);
	if (udp >= 0)
		close(udp);
	if (tcp >= 0)
		close(tcp);
	return port;
}

static bool
write_config(const struct hrd_trial *trial, const char *path, unsigned port)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool good;

	if (out == NULL)
		return false;
	fprintf(out,
	    "server:\n\tinterface: 127.0.0.1\n\tport: %u\n\tdo-ip6: no\n\tuse-syslog: no\n"
	    "\tlogfile: \"\"\n\tpidfile: \"\"\n\tdirectory: \"\"\n\tdo-daemonize: no\n"
	    "\tnum-threads: 1\n\toutgoing-range: 16\n\tnum-queries-per-thread: 16\n"
	    "\tmsg-cache-size: 64k\n\trrset-cache-size: 64k\n\tverbosity: 1\n",
	    port);
	if (trial->user != NULL)
		fprintf(out, "\tusername: \"%s\"\n", trial->user);
	if (trial->chroot != NULL)
		fprintf(out, "\tchroot: \"%s\"\n", trial->chroot);
	fprintf(out, "remote-control:\n\tcontrol-enable: no\n%s", trial->config);
	good = fclose(out) == 0 && hrd_replace(path, text, len, MODE_PUBLIC) == HRD_OK;
	free(text);
	return good;
}

static bool
make_place(struct place *place, const struct hrd_trial *trial)
{
	int len =
	    snprintf(place->directory, sizeof(place->directory), "%s/.probe-XXXXXX", trial->place);

	if (len < 0 || (size_t)len >= sizeof(place->directory) ||
	    mkdtemp(place->directory) == NULL) {
		place->directory[0] = '\0';
		return false;
	}
	snprintf(place->config, sizeof(place->config), "%s/probe", place->directory);
	snprintf(place->settings, sizeof(place->settings), "%s/settings", place->directory);
	/* The server reads what is in it when it is no longer root. */
	return chmod(place->directory, MODE_PLACE) == 0 &&
	       (trial->settings == NULL || hrd_replace(place->settings, trial->settings,
					       strlen(trial->settings), MODE_PUBLIC) == HRD_OK);
}

static void
remove_place(const struct place *place)
{
	if (place->directory[0] == '\0')
		return;
	unlink(place->config);
	unlink(place->settings);
	rmdir(place->directory);
}

/* Our environment, but that the server is to tell nobody that it serves, and reads its own
 * settings. The array alone is the caller's. */
static char **
environment(char *setting)
{
	size_t count = 0, kept = 0;
	char **copy;

	while (environ[count] != NULL)
		count++;
	copy = calloc(count + 2, sizeof(*copy));
	for (size_t i = 0; copy != NULL && i < count; i++) {
		if (strncmp(environ[i], "NOTIFY_SOCKET=", 14) != 0 &&
		    strncmp(environ[i], "LISTEN_", 7) != 0 &&
		    strncmp(environ[i], "HRADBA_CONFIG=", 14) != 0)
			copy[kept++] = environ[i];
	}
	if (copy != NULL)
		copy[kept] = setting;
	return copy;
}

/* Starts the server in a process group of its own, its words going to the descriptor. */
static pid_t
spawn(const struct hrd_trial *trial, const struct place *place, int sink)
{
	char setting[sizeof(place->settings) + 32], config[sizeof(place->config)];
	char foreground[] = "-d", option[] = "-c";
	char *server = strdup(trial->server);
	char *argv[] = { server, foreground, option, config, NULL };
	size_t root = trial->chroot != NULL ? strlen(trial->chroot) : 0;
	bool within = root > 1 && strncmp(place->settings, trial->chroot, root) == 0;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char **env;
	pid_t pid = -1;

	snprintf(config, sizeof(config), "%s", place->config);
	snprintf(
	    setting, sizeof(setting), "HRADBA_CONFIG=%s", place->settings + (within ? root : 0));
	env = environment(setting);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, sink, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, sink, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	if (server == NULL || env == NULL)
		errno = ENOMEM;
	else if ((errno = posix_spawn(&pid, server, &actions, &attributes, argv, env)) != 0)
		pid = -1;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	free(env);
	free(server);
	return pid;
}

/* Reads until the server serves (true), ends or says nothing more before its time is over. */
static bool
read_output(int source, unsigned seconds, struct output *output, bool *in_time)
{
	int64_t end = hrd_monotonic_ms() + (int64_t)seconds * 1000;

	*in_time = true;
	while (output->len < sizeof(output->text) - 1) {
		struct pollfd wanted = { .fd = source, .events = POLLIN };
		int64_t left = end - hrd_monotonic_ms();
		ssize_t got;

		if (left <= 0 || poll(&wanted, 1, left > INT_MAX ? INT_MAX : (int)left) == 0) {
			*in_time = false;
			return false;
		}
		got = read(
		    source, output->text + output->len, sizeof(output->text) - 1 - output->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		output->len += (size_t)got;
		output->text[output->len] = '\0';
		if (strstr(output->text, "start of service") != NULL)
			return true;
	}
	return false;
}

/* The first line of what was said that tells an error; else the last one. */
static void
first_error(const struct output *output, char why[HRD_TRIAL_WHY_MAX])
{
	const char *error = strstr(output->text, "error: ");
	const char *start = error != NULL ? error + strlen("error: ") : output->text;

	if (error == NULL) {
		for (const char *at = start; (at = strchr(at, '\n')) != NULL && at[1] != '\0'; at++)
			start = at + 1;
	}
	snprintf(why, HRD_TRIAL_WHY_MAX, "%.*s", (int)strcspn(start, "\n"), start);
	if (why[0] == '\0')
		snprintf(why, HRD_TRIAL_WHY_MAX, "it ended without a word");
}

/* The zones that the server has said it leaves out; of the first, what it said. */
static unsigned
count_left_out(const struct output *output, char why[HRD_TRIAL_WHY_MAX])
{
	static const char *const words[] = { " error: ", " warning: " };
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (const char *at = output->text; (at = strstr(at, words[i])) != NULL;) {
			int len;

			at += strlen(words[i]);
			len = (int)strcspn(at, "\n");
			if (memmem(at, (size_t)len, " zonefile ", strlen(" zonefile ")) != NULL &&
			    count++ == 0)
				snprintf(why, HRD_TRIAL_WHY_MAX, "%.*s", len, at);
		}
	}
	return count;
}

/* What became of the started server. */
static enum hrd_trial_result
watch(int source, const struct hrd_trial *trial, struct output *output, char why[HRD_TRIAL_WHY_MAX],
    unsigned *left_out)
{
	bool in_time, good = read_output(source, trial->seconds, output, &in_time);

	if (!in_time)
		snprintf(why, HRD_TRIAL_WHY_MAX, "it does not serve within %u s", trial->seconds);
	else if (!good)
		first_error(output, why);
	else
		*left_out = count_left_out(output, why);
	return good ? HRD_TRIAL_STARTS : HRD_TRIAL_FAILS;
}

/* One start on one port. */
static enum hrd_trial_result
start_once(const struct hrd_trial *trial, const struct place *place, char why[HRD_TRIAL_WHY_MAX],
    unsigned *left_out)
{
	enum hrd_trial_result result = HRD_TRIAL_UNTRIED;
	struct output *output = calloc(1, sizeof(*output));
	int ends[2] = { -1, -1 };
	pid_t pid = -1;

	errno = output == NULL ? ENOMEM : 0;
	if (output != NULL && pipe2(ends, O_CLOEXEC) == 0 &&
	    write_config(trial, place->config, free_port())) {
		pid = spawn(trial, place, ends[1]);
		if (pid < 0 && errno != ENOMEM && errno != EAGAIN)
			result = HRD_TRIAL_FAILS;
	}
	if (pid < 0)
		snprintf(
		    why, HRD_TRIAL_WHY_MAX, "cannot run %s: %s", trial->server, strerror(errno));
	if (ends[1] >= 0)
		close(ends[1]);
	if (pid > 0) {
		result = watch(ends[0], trial, output, why, left_out);
		kill(-pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	if (ends[0] >= 0)
		close(ends[0]);
	free(output);
	return result;
}

enum hrd_trial_result
hrd_trial_run(const struct hrd_trial *trial, char why[HRD_TRIAL_WHY_MAX], unsigned *left_out)
{
	enum hrd_trial_result result = HRD_TRIAL_UNTRIED;
	struct place place = { 0 };

	*left_out = 0;
	why[0] = '\0';
	if (!make_place(&place, trial)) {
		snprintf(why, HRD_TRIAL_WHY_MAX, "cannot make a directory in %s: %s", trial->place,
		    strerror(errno));
	} else {
		/* Another process may take the port in between. */
		for (int i = 0; i < PORT_TRIES; i++) {
			result = start_once(trial, &place, why, left_out);
			if (result != HRD_TRIAL_FAILS || strstr(why, "bind") == NULL)
				break;
		}
	}
	remove_place(&place);
	return result;
}
