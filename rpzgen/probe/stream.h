/* SPDX-License-Identifier: BSD-3-Clause */
/* One connection to a resolver, over TCP (RFC 7766) or TLS (RFC 7858), for many messages: nothing
 * here waits, the caller polls. The only code of the probe that knows OpenSSL.
 *
 * A TLS name is held against the certificate (RFC 8310, strict profile): no message is sent before
 * it fits. SIGPIPE is the caller's to ignore. One thread. */
#ifndef HRD_RPZGEN_PROBE_STREAM_H
#define HRD_RPZGEN_PROBE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/status.h"
#include "rpzgen/probe/server.h"

enum {
	HRD_STREAM_WHY_MAX = 256,       /* octets of a reason with its NUL */
	HRD_STREAM_QUEUE_MAX = 1 << 20, /* octets to be sent */
};

struct hrd_tls; /* what all TLS connections share: whom to trust */

/* ca: a file of certificates to trust in place of the system's, or NULL. NULL: it cannot be read,
 * or out of memory; *why is static text. */
struct hrd_tls *hrd_tls_new(const char *ca, const char **why);
void hrd_tls_free(struct hrd_tls *tls); /* NULL-safe; after its streams */

struct hrd_stream;

/* Begins a connection. server and tls are borrowed; source: an address without port of the server's
 * family, or NULL. NULL when out of memory; a connection that fails says so when it is worked on.
 */
struct hrd_stream *hrd_stream_new(
    const struct hrd_server *server, const struct sockaddr_storage *source, struct hrd_tls *tls);
void hrd_stream_free(struct hrd_stream *stream); /* NULL-safe */

/* What to poll for. */
int hrd_stream_fd(const struct hrd_stream *stream);
short hrd_stream_events(const struct hrd_stream *stream);

/* Queues a message of at most 65535 octets. HRD_ENOMEM, HRD_ELIMIT. */
HRD_MUST_USE int hrd_stream_send(struct hrd_stream *stream, const uint8_t *message, size_t len);

/* Goes on as far as it can without waiting. HRD_EIO: it has ended; hrd_stream_why() says how. What
 * came before can still be taken. */
HRD_MUST_USE int hrd_stream_work(struct hrd_stream *stream);

/* The next whole message that has come; valid until the next call. False: none yet. */
bool hrd_stream_next(struct hrd_stream *stream, const uint8_t **message, size_t *len);

/* Why it has ended, "" while it has not; good as long as the stream. */
const char *hrd_stream_why(const struct hrd_stream *stream);

#endif
