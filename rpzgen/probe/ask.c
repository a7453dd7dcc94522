/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop that asks. */
#include <config.h>

#include "rpzgen/probe/ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "rpzgen/base/progress.h"

enum { SECOND = 1000000, DATAGRAMS_MAX = 16 };

/* One question on its way. */
struct slot {
	bool used;
	size_t peer;
	struct hrd_ask_question question;
	int fd; /* of UDP; -1: on the connection of the peer */
	bool on_stream;
	unsigned tries;   /* so far */
	int64_t deadline; /* microseconds */
};

struct peer {
	const struct hrd_server *server;
	struct hrd_stream *stream;
	bool stream_answered;
	bool done; /* it has no more questions */
	bool dead;
	bool garbled; /* something came that is no DNS */
	size_t in_flight;
	unsigned lost;     /* since the last answer */
	int64_t next_send; /* microseconds */
	struct hrd_ask_end *end;
};

struct loop {
	const struct hrd_ask_options *options;
	const struct hrd_asker *asker;
	struct hrd_tls *tls;
	struct peer *peers;
	struct slot *slots;
	size_t slot_count;
	struct pollfd *polled; /* first the slots', then the peers' streams */
	uint64_t answers;
	struct hrd_progress progress;
	struct hrd_reply reply; /* the one at hand */
	uint8_t octets[HRD_MESSAGE_MAX];
};

static const struct sockaddr_storage *
source_for(const struct hrd_ask_options *options, const struct hrd_server *server)
{
	return server->address.ss_family == AF_INET6 ? options->source6 : options->source4;
}

bool
hrd_ask_has_sources(const struct hrd_ask_options *options, struct hrd_diag *diag)
{
	if (options->source4 == NULL && options->source6 == NULL)
		return true;
	for (size_t i = 0; i < options->servers->count; i++) {
		const struct hrd_server *server = &options->servers->all[i];

		if (source_for(options, server) != NULL)
			continue;
		hrd_diag_usage(diag, "no --source can reach %s; give one that is an IPv%d address",
		    server->text, server->address.ss_family == AF_INET6 ? 6 : 4);
		return false;
	}
	return true;
}

static void
note(struct peer *peer, const char *why)
{
	snprintf(peer->end->why, sizeof(peer->end->why), "%s", why);
}

static void
leave(struct loop *loop, struct slot *slot)
{
	if (slot->fd >= 0)
		close(slot->fd);
	slot->fd = -1;
	slot->used = false;
	loop->peers[slot->peer].in_flight--;
}

/* Ends a question without an answer. */
static void
lose(struct loop *loop, struct slot *slot, enum hrd_fate fate)
{
	struct peer *peer = &loop->peers[slot->peer];
	const struct hrd_ask_question question = slot->question;

	leave(loop, slot);
	if (!question.may_be_silent || fate == HRD_UNREACHABLE)
		peer->lost++;
	if (peer->lost >= (peer->end->answered ? HRD_ASK_SILENT_MAX : HRD_ASK_LOST_MAX))
		peer->dead = true;
	if (fate == HRD_NO_ANSWER && peer->end->why[0] == '\0')
		note(peer, "no answer");
	loop->asker->answered(loop->asker->ctx, slot->peer, &question, fate, NULL);
}

static bool
new_id(uint16_t *id)
{
	return getrandom(id, sizeof(*id), 0) == sizeof(*id);
}

/* The question's octets, with an id that no other question of the peer's connection has. */
static bool
write_query(struct loop *loop, struct slot *slot, uint8_t octets[HRD_QUERY_MAX], size_t *len)
{
	struct hrd_dns_query *query = &slot->question.query;
	bool taken;

	do {
		if (!new_id(&query->id))
			return false;
		taken = false;
		for (size_t i = 0; slot->on_stream && i < loop->slot_count; i++) {
			const struct slot *other = &loop->slots[i];

			taken |= other != slot && other->used && other->on_stream &&
				 other->peer == slot->peer && other->question.query.id == query->id;
		}
	} while (taken);
	return hrd_query_write(query, octets, len) == HRD_OK;
}

static bool
send_datagram(struct loop *loop, struct slot *slot, const uint8_t *octets, size_t len)
{
	const struct hrd_server *server = loop->peers[slot->peer].server;
	const struct sockaddr_storage *source = source_for(loop->options, server);

	slot->fd = socket(server->address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return slot->fd >= 0 &&
	       (source == NULL ||
		   bind(slot->fd, (const struct sockaddr *)source, server->address_len) == 0) &&
	       connect(slot->fd, (const struct sockaddr *)&server->address, server->address_len) ==
		   0 &&
	       send(slot->fd, octets, len, 0) == (ssize_t)len;
}

static bool
send_on_stream(struct loop *loop, struct slot *slot, const uint8_t *octets, size_t len)
{
	struct peer *peer = &loop->peers[slot->peer];

	if (peer->stream == NULL) {
		peer->stream = hrd_stream_new(
		    peer->server, source_for(loop->options, peer->server), loop->tls);
		peer->stream_answered = false;
	}
	errno = ENOMEM;
	return peer->stream != NULL && hrd_stream_send(peer->stream, octets, len) == HRD_OK;
}

/* Sends the question of a slot, also once more. */
static void
ask(struct loop *loop, struct slot *slot)
{
	uint8_t octets[HRD_QUERY_MAX];
	size_t len;

	if (slot->fd >= 0)
		close(slot->fd);
	slot->fd = -1;
	slot->tries++;
	slot->deadline = hrd_monotonic_us() + (int64_t)loop->options->seconds * SECOND;
	if (write_query(loop, slot, octets, &len) &&
	    (slot->on_stream ? send_on_stream(loop, slot, octets, len)
			     : send_datagram(loop, slot, octets, len)))
		return;
	note(&loop->peers[slot->peer], strerror(errno));
	lose(loop, slot, HRD_UNREACHABLE);
}

/* Puts the peer's next question into a slot. */
static void
begin(struct loop *loop, size_t index, struct slot *slot)
{
	struct peer *peer = &loop->peers[index];

	if (!loop->asker->next(loop->asker->ctx, index, &slot->question)) {
		peer->done = true;
		return;
	}
	slot->used = true;
	slot->peer = index;
	slot->tries = 0;
	slot->on_stream = slot->question.tcp || peer->server->tls_name[0] != '\0';
	peer->in_flight++;
	peer->next_send += SECOND / (int64_t)loop->options->rate;
	ask(loop, slot);
}

static bool
can_ask(const struct loop *loop, const struct peer *peer)
{
	return !peer->dead && !peer->done && peer->in_flight < loop->options->in_flight;
}

/* Sends what rate and room allow; peers take turns. */
static void
begin_all(struct loop *loop)
{
	int64_t time = hrd_monotonic_us();
	size_t at = 0;
	bool some = true;

	while (some) {
		some = false;
		for (size_t p = 0; p < loop->options->servers->count; p++) {
			struct peer *peer = &loop->peers[p];

			if (!can_ask(loop, peer) || peer->next_send > time)
				continue;
			/* A pause is not made up for. */
			if (peer->next_send < time - SECOND / 10)
				peer->next_send = time;
			while (at < loop->slot_count && loop->slots[at].used)
				at++;
			if (at == loop->slot_count)
				return;
			begin(loop, p, &loop->slots[at]);
			some = true;
		}
	}
}

static void
take_answer(struct loop *loop, struct slot *slot)
{
	struct peer *peer = &loop->peers[slot->peer];
	const struct hrd_ask_question question = slot->question;

	peer->lost = 0;
	peer->end->answered = true;
	if (!slot->on_stream && question.whole && loop->reply.truncated) {
		slot->on_stream = true;
		slot->tries = 0;
		ask(loop, slot);
		return;
	}
	loop->answers++;
	hrd_progress_show(&loop->progress, "probe", loop->answers, "answers");
	leave(loop, slot);
	loop->asker->answered(loop->asker->ctx, slot->peer, &question, HRD_ANSWERED, &loop->reply);
}

static void
receive_datagrams(struct loop *loop, struct slot *slot)
{
	struct peer *peer = &loop->peers[slot->peer];

	for (int i = 0; i < DATAGRAMS_MAX; i++) {
		ssize_t len = recv(slot->fd, loop->octets, sizeof(loop->octets), 0);

		if (len < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (len < 0) {
			note(peer, strerror(errno));
			lose(loop, slot, HRD_UNREACHABLE);
			return;
		}
		if (hrd_reply_read(&loop->reply, loop->octets, (size_t)len) != HRD_OK) {
			peer->garbled = true;
		} else if (hrd_reply_is_for(&loop->reply, &slot->question.query)) {
			take_answer(loop, slot);
			return;
		}
	}
}

/* The question on the peer's connection that a reply is for, or NULL. */
static struct slot *
slot_of_reply(struct loop *loop, size_t peer)
{
	for (size_t i = 0; i < loop->slot_count; i++) {
		struct slot *slot = &loop->slots[i];

		if (slot->used && slot->on_stream && slot->peer == peer &&
		    hrd_reply_is_for(&loop->reply, &slot->question.query))
			return slot;
	}
	return NULL;
}

/* The connection is over: those who waited for it ask once more on a new one, if it was any good.
 */
static void
end_stream(struct loop *loop, size_t index)
{
	struct peer *peer = &loop->peers[index];
	bool was_good = peer->stream_answered;

	note(peer, hrd_stream_why(peer->stream));
	hrd_stream_free(peer->stream);
	peer->stream = NULL;
	for (size_t i = 0; i < loop->slot_count; i++) {
		struct slot *slot = &loop->slots[i];

		if (!slot->used || !slot->on_stream || slot->peer != index)
			continue;
		if (was_good && slot->tries < HRD_ASK_TRIES)
			ask(loop, slot);
		else
			lose(loop, slot, HRD_UNREACHABLE);
	}
}

static void
work_on_stream(struct loop *loop, size_t index)
{
	struct peer *peer = &loop->peers[index];
	int status = hrd_stream_work(peer->stream);
	const uint8_t *message;
	size_t len;

	while (hrd_stream_next(peer->stream, &message, &len)) {
		struct slot *slot = NULL;

		if (hrd_reply_read(&loop->reply, message, len) != HRD_OK)
			peer->garbled = true;
		else
			slot = slot_of_reply(loop, index);
		if (slot == NULL)
			continue;
		peer->stream_answered = true;
		take_answer(loop, slot);
	}
	if (status != HRD_OK)
		end_stream(loop, index);
}

/* What is over its time is asked again, or lost; so is all of a peer that is given up. */
static void
expire(struct loop *loop)
{
	int64_t time = hrd_monotonic_us();

	for (size_t i = 0; i < loop->slot_count; i++) {
		struct slot *slot = &loop->slots[i];

		if (!slot->used)
			continue;
		if (loop->peers[slot->peer].dead)
			lose(loop, slot, HRD_NO_ANSWER);
		else if (slot->deadline <= time && !slot->on_stream && slot->tries < HRD_ASK_TRIES)
			ask(loop, slot);
		else if (slot->deadline <= time)
			lose(loop, slot, HRD_NO_ANSWER);
	}
}

/* Milliseconds until something is due. */
static int
time_left(const struct loop *loop)
{
	int64_t time = hrd_monotonic_us(), due = time + SECOND;
	bool room = false;

	for (size_t i = 0; i < loop->slot_count; i++) {
		room |= !loop->slots[i].used;
		if (loop->slots[i].used && loop->slots[i].deadline < due)
			due = loop->slots[i].deadline;
	}
	for (size_t p = 0; room && p < loop->options->servers->count; p++) {
		if (can_ask(loop, &loop->peers[p]) && loop->peers[p].next_send < due)
			due = loop->peers[p].next_send;
	}
	return due <= time ? 0 : (int)((due - time + 999) / 1000);
}

/* Waits and takes what has come. */
static void
await(struct loop *loop)
{
	size_t servers = loop->options->servers->count;
	struct pollfd *streams = loop->polled + loop->slot_count;

	for (size_t i = 0; i < loop->slot_count; i++) {
		const struct slot *slot = &loop->slots[i];

		loop->polled[i] = (struct pollfd){ slot->used ? slot->fd : -1, POLLIN, 0 };
	}
	for (size_t p = 0; p < servers; p++) {
		const struct hrd_stream *stream = loop->peers[p].stream;

		streams[p] = (struct pollfd){ -1, 0, 0 };
		if (stream != NULL)
			streams[p] =
			    (struct pollfd){ hrd_stream_fd(stream), hrd_stream_events(stream), 0 };
	}
	if (poll(loop->polled, loop->slot_count + servers, time_left(loop)) < 0)
		return;
	for (size_t i = 0; i < loop->slot_count; i++) {
		if (loop->polled[i].revents != 0 && loop->slots[i].used &&
		    loop->slots[i].fd == loop->polled[i].fd)
			receive_datagrams(loop, &loop->slots[i]);
	}
	for (size_t p = 0; p < servers; p++) {
		/* A connection that could not even begin has no socket to wait for. */
		if (loop->peers[p].stream != NULL &&
		    (streams[p].revents != 0 || hrd_stream_fd(loop->peers[p].stream) < 0))
			work_on_stream(loop, p);
	}
}

static bool
goes_on(const struct loop *loop)
{
	for (size_t p = 0; p < loop->options->servers->count; p++) {
		const struct peer *peer = &loop->peers[p];

		if (peer->in_flight > 0 || (!peer->dead && !peer->done))
			return true;
	}
	return false;
}

static bool
prepare(struct loop *loop, struct hrd_ask_end *ends, struct hrd_diag *diag)
{
	const struct hrd_ask_options *options = loop->options;
	size_t servers = options->servers->count;
	const char *why;

	loop->slot_count = servers * options->in_flight;
	if (loop->slot_count > HRD_ASK_SLOTS_MAX)
		loop->slot_count = HRD_ASK_SLOTS_MAX;
	loop->slots = calloc(loop->slot_count + 1, sizeof(*loop->slots));
	loop->peers = calloc(servers + 1, sizeof(*loop->peers));
	loop->polled = calloc(loop->slot_count + servers + 1, sizeof(*loop->polled));
	if (loop->slots == NULL || loop->peers == NULL || loop->polled == NULL) {
		hrd_diag_nomem(diag);
		return false;
	}
	for (size_t i = 0; i < loop->slot_count; i++)
		loop->slots[i].fd = -1;
	for (size_t p = 0; p < servers; p++) {
		ends[p] = (struct hrd_ask_end){ .answered = false };
		loop->peers[p] = (struct peer){ .server = &options->servers->all[p],
			.next_send = hrd_monotonic_us(),
			.end = &ends[p] };
		if (loop->tls != NULL || options->servers->all[p].tls_name[0] == '\0')
			continue;
		loop->tls = hrd_tls_new(options->ca, &why);
		if (loop->tls == NULL) {
			hrd_diag(diag, HRD_ERROR, &(struct hrd_position){ options->ca, 0, 0 },
			    "probe-trust", "%s", why);
			hrd_diag_raise(diag, HRD_EXIT_SYSTEM);
			return false;
		}
	}
	return true;
}

static void
clear(struct loop *loop)
{
	for (size_t p = 0; loop->peers != NULL && p < loop->options->servers->count; p++)
		hrd_stream_free(loop->peers[p].stream);
	hrd_tls_free(loop->tls);
	free(loop->slots);
	free(loop->peers);
	free(loop->polled);
	free(loop);
}

bool
hrd_ask_all(const struct hrd_ask_options *options, const struct hrd_asker *asker,
    struct hrd_ask_end *ends, struct hrd_diag *diag)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;
	struct loop *loop = calloc(1, sizeof(*loop));
	bool ready;

	if (loop == NULL) {
		hrd_diag_nomem(diag);
		return false;
	}
	loop->options = options;
	loop->asker = asker;
	ready = prepare(loop, ends, diag);
	/* OpenSSL writes to connections that the other end may have closed. */
	sigaction(SIGPIPE, &ignore, &before);
	hrd_progress_start(&loop->progress, options->quiet);
	while (ready && goes_on(loop)) {
		begin_all(loop);
		await(loop);
		expire(loop);
	}
	for (size_t p = 0; ready && p < options->servers->count; p++) {
		ends[p].given_up = loop->peers[p].dead;
		if (loop->peers[p].garbled && !ends[p].answered)
			note(&loop->peers[p], "what comes back is no DNS answer");
	}
	hrd_progress_end(&loop->progress);
	sigaction(SIGPIPE, &before, NULL);
	clear(loop);
	return ready;
}
