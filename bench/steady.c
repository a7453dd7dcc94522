/* SPDX-License-Identifier: BSD-3-Clause */
/* bench/steady PORT RATE SECONDS NAMES WATCHED: a load that does not wait for answers.
 *
 * Sends RATE queries (type A) a second to 127.0.0.1, for SECONDS at most: the names of the file
 * NAMES in turn, and as every tenth one of the file WATCHED, which are about to be blocked. A line
 * on standard input tells when that began to be wanted, in seconds of CLOCK_MONOTONIC. The run
 * ends by itself LINGER seconds after all watched names have been seen blocked, and prints one
 * object:
 *
 *   permitted_ms, blocked_ms   from the mark to the last permitted and the first blocked answer to
 * a watched name before, after              for the queries up to the mark, and from it to one
 * second after the change was effective sent, lost               lost: without an answer within one
 * second silence_ms               longest time without an answer while one was due p50_ms, p99_ms,
 * max_ms   time to answer odd                        answers to names of NAMES without an address
 *   late                       times that this program, not the server, was too slow to keep the
 * rate
 *
 * Answers are timed where the kernel receives them. */
#include <config.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/name/name.h"

enum {
	HEADER = 12,
	IDS = 65536,
	WATCH_EVERY = 10,
	RATE_MAX = 1000000,
	SECONDS_MAX = 3600,
};
static const double LOST_AFTER = 1.0, LINGER = 2.0, TOO_LATE = 0.02;

struct query {
	double sent;     /* CLOCK_MONOTONIC, seconds */
	double answered; /* 0: not */
	uint32_t name;
	bool watched, blocked;
};

/* Names as questions: wire form, type A, class IN. */
struct questions {
	size_t count;
	uint8_t (*wire)[HRD_NAME_MAX + 4];
	uint16_t *len;
	bool *blocked; /* by the last answer */
};

struct load {
	int fd;
	unsigned rate;
	struct questions names, watched;
	struct query *queries; /* those sent, in order */
	size_t count, space;
	size_t slot[IDS]; /* of each id: the query that has it, plus one */
	size_t blocked;   /* watched names whose last answer was a block */
	double mark;      /* 0: not yet */
	double permitted; /* when the last permitted answer to a watched name came */
	unsigned long odd, late;
};

static _Noreturn void
fail(const char *what)
{
	fprintf(stderr, "steady: %s: %s\n", what, strerror(errno));
	exit(3);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
add_question(struct questions *q, const struct hrd_name *name)
{
	static const uint8_t type_and_class[] = { 0, 1, 0, 1 };

	memcpy(q->wire[q->count], name->wire, name->len);
	memcpy(q->wire[q->count] + name->len, type_and_class, sizeof(type_and_class));
	q->len[q->count++] = (uint16_t)(name->len + sizeof(type_and_class));
}

static void
read_questions(struct questions *q, const char *path)
{
	FILE *file = fopen(path, "r");
	size_t lines = 0;
	char line[1024];

	if (file == NULL)
		fail(path);
	while (fgets(line, sizeof(line), file) != NULL)
		lines++;
	rewind(file);
	q->wire = calloc(lines + 1, sizeof(*q->wire));
	q->len = calloc(lines + 1, sizeof(*q->len));
	q->blocked = calloc(lines + 1, sizeof(*q->blocked));
	if (q->wire == NULL || q->len == NULL || q->blocked == NULL)
		fail(path);
	while (q->count < lines && fgets(line, sizeof(line), file) != NULL) {
		struct hrd_name name;

		if (hrd_name_from_text(&name, line, strcspn(line, " \r\n")) == HRD_OK)
			add_question(q, &name);
	}
	fclose(file);
	errno = EINVAL;
	if (q->count == 0)
		fail(path);
}

static struct questions *
questions_of(struct load *l, const struct query *query)
{
	return query->watched ? &l->watched : &l->names;
}

static void
send_one(struct load *l)
{
	struct query *query = &l->queries[l->count];
	uint8_t packet[HEADER + HRD_NAME_MAX + 4] = { 0 };
	unsigned id = (unsigned)l->count % IDS;
	const struct questions *q;

	query->watched = l->count % WATCH_EVERY == 0;
	q = questions_of(l, query);
	query->name = (uint32_t)((query->watched ? l->count / WATCH_EVERY : l->count) % q->count);
	packet[0] = (uint8_t)(id >> 8);
	packet[1] = (uint8_t)id;
	packet[2] = 1; /* RD */
	packet[5] = 1; /* one question */
	memcpy(packet + HEADER, q->wire[query->name], q->len[query->name]);
	l->slot[id] = ++l->count;
	query->sent = now();
	(void)!send(l->fd, packet, HEADER + (size_t)q->len[query->name], 0);
}

/* Seconds since the kernel received the packet. */
static double
age(struct msghdr *message)
{
	struct timespec stamp, t;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
		clock_gettime(CLOCK_REALTIME, &t);
		return (double)(t.tv_sec - stamp.tv_sec) +
		       (double)(t.tv_nsec - stamp.tv_nsec) * 1e-9;
	}
	return 0;
}

static void
note_watched(struct load *l, const struct query *query)
{
	bool *blocked = &l->watched.blocked[query->name];

	if (!query->blocked)
		l->permitted = query->answered;
	if (query->blocked != *blocked)
		l->blocked += query->blocked ? 1 : -(size_t)1;
	*blocked = query->blocked;
}

/* An answer that comes after its id was used again belongs to a query that counts as lost already.
 */
static void
take(struct load *l, const uint8_t *packet, size_t len, double when)
{
	size_t slot = l->slot[packet[0] << 8 | packet[1]];
	struct query *query = slot > 0 ? &l->queries[slot - 1] : NULL;
	const struct questions *q = query != NULL ? questions_of(l, query) : NULL;
	bool address = (packet[3] & 15) == 0 && (packet[6] << 8 | packet[7]) > 0;

	if (query == NULL || query->answered != 0 || len < HEADER + (size_t)q->len[query->name] ||
	    memcmp(packet + HEADER, q->wire[query->name], q->len[query->name]) != 0)
		return;
	query->answered = when > query->sent ? when : query->sent;
	query->blocked = (packet[3] & 15) == 3;
	if (query->watched)
		note_watched(l, query);
	else if (!address)
		l->odd++;
}

static void
receive(struct load *l)
{
	uint8_t packet[4096], control[256];
	struct iovec part = { packet, sizeof(packet) };

	for (;;) {
		struct msghdr message = { .msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control) };
		ssize_t len = recvmsg(l->fd, &message, MSG_DONTWAIT);

		if (len < 0 && errno != ECONNREFUSED)
			return;
		if (len > HEADER)
			take(l, packet, (size_t)len, now() - age(&message));
	}
}

static void
read_mark(struct load *l)
{
	char line[64] = "";
	ssize_t len = read(STDIN_FILENO, line, sizeof(line) - 1);

	l->mark = len > 0 ? strtod(line, NULL) : now();
}

static bool
is_over(const struct load *l)
{
	return l->count == l->space ||
	       (l->mark > 0 && l->blocked == l->watched.count && now() > l->permitted + LINGER &&
		   now() > l->mark + LINGER);
}

/* Sends at the rate, from a schedule; what this program itself delays is not made up for by a
 * burst. */
static void
run(struct load *l)
{
	double next = now(), step = 1.0 / l->rate;

	while (!is_over(l)) {
		struct pollfd fds[] = { { l->fd, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };
		double wait = next - now();
		struct timespec timeout = { 0, wait > 0 ? (long)(wait * 1e9) : 0 };

		if (wait < -TOO_LATE) {
			l->late++;
			next = now();
		}
		if (ppoll(fds, l->mark > 0 ? 1 : 2, &timeout, NULL) > 0) {
			receive(l);
			if (l->mark == 0 && fds[1].revents != 0)
				read_mark(l);
		}
		for (; next <= now() && l->count < l->space; next += step)
			send_one(l);
	}
	for (double end = now() + LOST_AFTER; now() < end;) {
		struct pollfd fd = { l->fd, POLLIN, 0 };

		if (poll(&fd, 1, 20) > 0)
			receive(l);
	}
}

static bool
was_lost(const struct query *query)
{
	return query->answered == 0 || query->answered - query->sent > LOST_AFTER;
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Longest time without an answer while one was due: from the answer before, or from when a query
 * went out to a server that owed none. ends: when each query was settled, sorted; silent are the
 * ends of lost ones. */
struct end {
	double when;
	bool silent;
};

static int
compare_ends(const void *a, const void *b)
{
	return compare_doubles(&((const struct end *)a)->when, &((const struct end *)b)->when);
}

static double
longest_silence(const struct query *queries, const struct end *ends, size_t count)
{
	double longest = 0, since = 0;
	size_t sent = 0, settled = 0;

	while (settled < count) {
		if (sent < count && queries[sent].sent <= ends[settled].when) {
			if (sent == settled)
				since = queries[sent].sent;
			sent++;
			continue;
		}
		if (ends[settled].when - since > longest)
			longest = ends[settled].when - since;
		if (!ends[settled].silent)
			since = ends[settled].when;
		settled++;
	}
	return longest;
}

static void
print_window(const char *name, const struct query *queries, size_t count)
{
	double *waits = calloc(count + 1, sizeof(*waits));
	struct end *ends = calloc(count + 1, sizeof(*ends));
	size_t lost = 0;

	if (waits == NULL || ends == NULL)
		fail("memory");
	for (size_t i = 0; i < count; i++) {
		bool silent = was_lost(&queries[i]);

		lost += silent;
		waits[i] = silent ? LOST_AFTER : queries[i].answered - queries[i].sent;
		ends[i] = (struct end){ queries[i].sent + waits[i], silent };
	}
	qsort(waits, count, sizeof(*waits), compare_doubles);
	qsort(ends, count, sizeof(*ends), compare_ends);
	printf("\"%s\": {\"sent\": %zu, \"lost\": %zu, \"silence_ms\": %.3f, \"p50_ms\": %.3f, "
	       "\"p99_ms\": %.3f, \"max_ms\": %.3f}, ",
	    name, count, lost, longest_silence(queries, ends, count) * 1e3, waits[count / 2] * 1e3,
	    waits[count * 99 / 100] * 1e3, count > 0 ? waits[count - 1] * 1e3 : 0.0);
	free(waits);
	free(ends);
}

/* Queries sent before that time. */
static size_t
sent_before(const struct load *l, double when)
{
	size_t n = 0;

	while (n < l->count && l->queries[n].sent < when)
		n++;
	return n;
}

/* When the first blocked answer came after the mark; 0: never. */
static double
first_blocked(const struct load *l)
{
	double first = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct query *q = &l->queries[i];

		if (q->watched && q->blocked && q->answered > l->mark &&
		    (first == 0 || q->answered < first))
			first = q->answered;
	}
	return first;
}

static void
print_since_mark(const struct load *l, const char *name, double when)
{
	if (l->mark > 0 && when > l->mark)
		printf("\"%s\": %.3f, ", name, (when - l->mark) * 1e3);
	else
		printf("\"%s\": null, ", name);
}

static void
report(const struct load *l)
{
	double blocked = first_blocked(l);
	double effective = l->permitted > blocked ? l->permitted : blocked;
	size_t mark = sent_before(l, l->mark > 0 ? l->mark : now());
	size_t end = sent_before(l, effective > l->mark ? effective + 1.0 : l->mark + 1.0);

	putchar('{');
	print_since_mark(l, "permitted_ms", l->permitted);
	print_since_mark(l, "blocked_ms", blocked);
	print_window("before", l->queries, mark);
	print_window("after", l->queries + mark, end > mark ? end - mark : 0);
	printf("\"blocked\": %zu, \"watched\": %zu, \"odd\": %lu, \"late\": %lu}\n", l->blocked,
	    l->watched.count, l->odd, l->late);
}

static int
open_socket(unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1, size = 8 << 20;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) != 0)
		fail("socket");
	/* Answers that wait for this program must not be lost; beyond its limit root alone may go.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return fd;
}

static unsigned
number(const char *text, unsigned max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (text[0] < '1' || text[0] > '9' || *end != '\0' || value > max) {
		fprintf(stderr, "steady: \"%s\" is no number from 1 to %u\n", text, max);
		exit(2);
	}
	return (unsigned)value;
}

int
main(int argc, char **argv)
{
	static struct load load;

	if (argc != 6) {
		fprintf(stderr, "usage: steady PORT RATE SECONDS NAMES WATCHED\n");
		return 2;
	}
	load.rate = number(argv[2], RATE_MAX);
	load.space = (size_t)load.rate * number(argv[3], SECONDS_MAX);
	read_questions(&load.names, argv[4]);
	read_questions(&load.watched, argv[5]);
	load.queries = calloc(load.space, sizeof(*load.queries)); /* touched as they are sent */
	if (load.queries == NULL)
		fail("memory");
	load.fd = open_socket(number(argv[1], 65535));
	prctl(PR_SET_TIMERSLACK, 1UL);
	run(&load);
	report(&load);
	return fflush(stdout) == 0 ? 0 : 3;
}
