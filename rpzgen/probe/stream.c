/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections over TCP and TLS that never block. */
#include <config.h>

#include "rpzgen/probe/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "lib/base/buffer.h"
#include "lib/base/bytes.h"
#include "rpzgen/probe/message.h"

enum { HEAD = 2, READ_OCTETS = 4096, INPUT_MAX = 4 * HRD_MESSAGE_MAX };

struct hrd_tls {
	SSL_CTX *context;
};

enum state { CONNECTING, SHAKING_HANDS, OPEN, ENDED };

struct hrd_stream {
	const struct hrd_server *server;
	int fd;
	SSL *ssl; /* or NULL */
	enum state state;
	short events;          /* what is waited for besides what is to be written */
	struct hrd_buffer out; /* to be sent */
	size_t sent;           /* octets of out */
	struct hrd_buffer in;  /* received */
	size_t taken;          /* octets of in */
	char why[HRD_STREAM_WHY_MAX];
};

struct hrd_tls *
hrd_tls_new(const char *ca, const char **why)
{
	struct hrd_tls *tls = calloc(1, sizeof(*tls));

	*why = "out of memory";
	if (tls == NULL)
		return NULL;
	tls->context = SSL_CTX_new(TLS_client_method());
	if (tls->context != NULL &&
	    SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) == 1) {
		SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_mode(tls->context,
		    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
		*why = "no certificates (PEM) to trust";
		if (ca == NULL ? SSL_CTX_set_default_verify_paths(tls->context) == 1
			       : SSL_CTX_load_verify_file(tls->context, ca) == 1)
			return tls;
	}
	ERR_clear_error();
	hrd_tls_free(tls);
	return NULL;
}

void
hrd_tls_free(struct hrd_tls *tls)
{
	if (tls != NULL)
		SSL_CTX_free(tls->context);
	free(tls);
}

static int
end(struct hrd_stream *stream, const char *why)
{
	stream->state = ENDED;
	if (stream->why[0] == '\0')
		snprintf(stream->why, sizeof(stream->why), "%s", why);
	return HRD_EIO;
}

/* The socket, on its way to the server. */
static void
open_socket(struct hrd_stream *stream, const struct sockaddr_storage *source)
{
	const struct sockaddr *to = (const struct sockaddr *)&stream->server->address;

	stream->fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (stream->fd < 0 ||
	    (source != NULL && bind(stream->fd, (const struct sockaddr *)source,
				   stream->server->address_len) != 0) ||
	    (connect(stream->fd, to, stream->server->address_len) != 0 && errno != EINPROGRESS))
		end(stream, strerror(errno));
}

static bool
prepare_tls(struct hrd_stream *stream, struct hrd_tls *tls)
{
	const char *name = stream->server->tls_name;

	stream->ssl = SSL_new(tls->context);
	return stream->ssl != NULL && SSL_set_fd(stream->ssl, stream->fd) == 1 &&
	       SSL_set1_host(stream->ssl, name) == 1 &&
	       SSL_set_tlsext_host_name(stream->ssl, name) == 1;
}

struct hrd_stream *
hrd_stream_new(
    const struct hrd_server *server, const struct sockaddr_storage *source, struct hrd_tls *tls)
{
	struct hrd_stream *stream = calloc(1, sizeof(*stream));

	if (stream == NULL)
		return NULL;
	stream->server = server;
	stream->out.max = HRD_STREAM_QUEUE_MAX;
	stream->in.max = INPUT_MAX;
	open_socket(stream, source);
	if (stream->state == ENDED || server->tls_name[0] == '\0' || prepare_tls(stream, tls))
		return stream;
	hrd_stream_free(stream);
	return NULL;
}

void
hrd_stream_free(struct hrd_stream *stream)
{
	if (stream == NULL)
		return;
	SSL_free(stream->ssl);
	ERR_clear_error();
	if (stream->fd >= 0)
		close(stream->fd);
	hrd_buffer_free(&stream->out);
	hrd_buffer_free(&stream->in);
	free(stream);
}

int
hrd_stream_fd(const struct hrd_stream *stream)
{
	return stream->fd;
}

short
hrd_stream_events(const struct hrd_stream *stream)
{
	if (stream->state == CONNECTING)
		return POLLOUT;
	if (stream->state == SHAKING_HANDS)
		return stream->events;
	return (short)(POLLIN | (stream->sent < stream->out.len ? POLLOUT : 0));
}

const char *
hrd_stream_why(const struct hrd_stream *stream)
{
	return stream->why;
}

int
hrd_stream_send(struct hrd_stream *stream, const uint8_t *message, size_t len)
{
	uint8_t *place;
	int status = hrd_buffer_extend(&stream->out, HEAD + len, &place);

	if (status != HRD_OK)
		return status;
	hrd_put_be16(place, (uint16_t)len);
	memcpy(place + HEAD, message, len);
	return HRD_OK;
}

/* Whether a handshake failed over the certificate, and why. */
static int
end_handshake(struct hrd_stream *stream)
{
	long verified = SSL_get_verify_result(stream->ssl);
	char why[HRD_STREAM_WHY_MAX];

	if (verified == X509_V_ERR_HOSTNAME_MISMATCH)
		snprintf(why, sizeof(why), "TLS: the certificate is not for %.200s",
		    stream->server->tls_name);
	else if (verified != X509_V_OK)
		snprintf(why, sizeof(why), "TLS: the certificate is not trusted: %s",
		    X509_verify_cert_error_string(verified));
	else
		snprintf(why, sizeof(why), "TLS: no handshake; is this a port of DNS over TLS?");
	ERR_clear_error();
	return end(stream, why);
}

static int
shake_hands(struct hrd_stream *stream)
{
	int result, error;

	ERR_clear_error();
	result = SSL_connect(stream->ssl);
	if (result == 1) {
		stream->state = OPEN;
		return HRD_OK;
	}
	error = SSL_get_error(stream->ssl, result);
	if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
		return end_handshake(stream);
	stream->events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
	return HRD_OK;
}

static int
finish_connect(struct hrd_stream *stream)
{
	struct pollfd ready = { .fd = stream->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&ready, 1, 0) == 0)
		return HRD_OK;
	if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error != 0)
		return end(stream, strerror(error));
	stream->state = stream->ssl != NULL ? SHAKING_HANDS : OPEN;
	return HRD_OK;
}

/* Octets moved, 0: it would wait, -1: the connection has ended. */
static ssize_t
read_some(struct hrd_stream *stream, uint8_t *into, size_t room)
{
	ssize_t len;
	int error;

	if (stream->ssl == NULL) {
		len = recv(stream->fd, into, room, 0);
		if (len == 0)
			end(stream, "the server closed the connection");
		else if (len < 0 && errno != EAGAIN && errno != EINTR)
			end(stream, strerror(errno));
		return stream->state == ENDED ? -1 : len < 0 ? 0 : len;
	}
	ERR_clear_error();
	len = SSL_read(stream->ssl, into, (int)room);
	if (len > 0)
		return len;
	error = SSL_get_error(stream->ssl, (int)len);
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return 0;
	/* With TLS 1.3 a server that refuses us says so here. */
	end(stream, "the server closed the connection");
	return -1;
}

static ssize_t
write_some(struct hrd_stream *stream, const uint8_t *from, size_t len)
{
	ssize_t written;
	int error;

	if (stream->ssl == NULL) {
		written = send(stream->fd, from, len, MSG_NOSIGNAL);
		if (written < 0 && errno != EAGAIN && errno != EINTR) {
			end(stream, strerror(errno));
			return -1;
		}
		return written < 0 ? 0 : written;
	}
	ERR_clear_error();
	written = SSL_write(stream->ssl, from, (int)len);
	if (written > 0)
		return written;
	error = SSL_get_error(stream->ssl, (int)written);
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return 0;
	end(stream, "the server closed the connection");
	return -1;
}

static int
flush(struct hrd_stream *stream)
{
	while (stream->sent < stream->out.len) {
		ssize_t len = write_some(
		    stream, stream->out.data + stream->sent, stream->out.len - stream->sent);

		if (len < 0)
			return HRD_EIO;
		if (len == 0)
			return HRD_OK;
		stream->sent += (size_t)len;
	}
	stream->sent = stream->out.len = 0;
	return HRD_OK;
}

static int
receive(struct hrd_stream *stream)
{
	uint8_t octets[READ_OCTETS];
	ssize_t len;

	while ((len = read_some(stream, octets, sizeof(octets))) > 0) {
		if (hrd_buffer_add(&stream->in, octets, (size_t)len) != HRD_OK)
			return end(stream, "more octets than answers have");
	}
	return len < 0 ? HRD_EIO : HRD_OK;
}

int
hrd_stream_work(struct hrd_stream *stream)
{
	int status = HRD_OK;

	if (stream->state == CONNECTING)
		status = finish_connect(stream);
	if (status == HRD_OK && stream->state == SHAKING_HANDS)
		status = shake_hands(stream);
	if (status == HRD_OK && stream->state == OPEN)
		status = flush(stream);
	if (status == HRD_OK && stream->state == OPEN)
		status = receive(stream);
	return stream->state == ENDED ? HRD_EIO : status;
}

bool
hrd_stream_next(struct hrd_stream *stream, const uint8_t **message, size_t *len)
{
	size_t left = stream->in.len - stream->taken;
	const uint8_t *at;

	if (stream->in.len == 0)
		return false;
	at = stream->in.data + stream->taken;
	if (left >= HEAD && left - HEAD >= hrd_be16(at)) {
		*len = hrd_be16(at);
		*message = at + HEAD;
		stream->taken += HEAD + *len;
		return true;
	}
	/* Nothing points into the buffer now. */
	if (stream->taken > 0)
		memmove(stream->in.data, at, left);
	stream->in.len = left;
	stream->taken = 0;
	return false;
}
