/* SPDX-License-Identifier: BSD-3-Clause */
/* Resolvers to ask, as people name them: ADDRESS[#PORT][@TLSNAME].
 *
 * With a TLS name it is DNS over TLS (RFC 7858), and the certificate must be for that name; without
 * one it is UDP and TCP. Names of hosts are not taken: whoever answers for them would choose what
 * is probed. One thread. */
#ifndef HRD_RPZGEN_PROBE_SERVER_H
#define HRD_RPZGEN_PROBE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "lib/base/status.h"
#include "rpzgen/base/diag.h"

enum {
	HRD_SERVERS_MAX = 256,
	HRD_SERVER_TEXT_MAX = 384, /* octets of a server's text with its NUL */
	HRD_SERVER_NAME_MAX = 256, /* of its TLS name */
};

struct hrd_server {
	char text[HRD_SERVER_TEXT_MAX]; /* as it was given */
	struct sockaddr_storage address;
	socklen_t address_len;
	char tls_name[HRD_SERVER_NAME_MAX]; /* "": plain DNS */
};

struct hrd_server_list {
	struct hrd_server *all;
	size_t count, room;
};

/* Reads one. False, with *why: what is wrong with it (static text). */
bool hrd_server_parse(const char *text, size_t len, struct hrd_server *out, const char **why);

/* An address without port, as where questions come from. */
bool hrd_server_source(const char *text, struct sockaddr_storage *out);

/* Adds one; twice the same is once. HRD_EINVAL with *why; HRD_ELIMIT, HRD_ENOMEM. */
HRD_MUST_USE int hrd_servers_add(
    struct hrd_server_list *servers, const char *text, size_t len, const char **why);

/* Adds those of a file, one a line; "#" at its beginning makes a line a comment. A line that is
 * none is a warning and counted in *refused. False after a report when the file cannot be read. */
bool hrd_servers_read(
    struct hrd_server_list *servers, const char *path, size_t *refused, struct hrd_diag *diag);
void hrd_servers_clear(struct hrd_server_list *servers);

#endif
