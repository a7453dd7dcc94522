/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the addresses of resolvers. */
#include <config.h>

#include "rpzgen/probe/server.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/utf8.h"
#include "lib/name/name.h"
#include "rpzgen/base/infile.h"

enum { FILE_MAX = 1 << 20 };

/* A numeric address with its port; false when it is none. */
static bool
read_address(
    const char *address, const char *port, struct sockaddr_storage *out, socklen_t *out_len)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found;

	if (getaddrinfo(address, port, &hints, &found) != 0)
		return false;
	memcpy(out, found->ai_addr, found->ai_addrlen);
	*out_len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

static bool
is_port(const char *text)
{
	size_t len = strspn(text, "0123456789");
	unsigned long value = len > 0 && len < 6 ? strtoul(text, NULL, 10) : 0;

	return text[len] == '\0' && value >= 1 && value <= 65535;
}

/* Cuts text at the first such mark; what stands behind it, or NULL. */
static char *
cut(char *text, char mark)
{
	char *at = strchr(text, mark);

	if (at != NULL)
		*at++ = '\0';
	return at;
}

static bool
is_host_name(const char *text)
{
	struct hrd_name name;

	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
		   strlen(text) &&
	       hrd_name_from_text(&name, text, strlen(text)) == HRD_OK && name.len > 1;
}

bool
hrd_server_parse(const char *text, size_t len, struct hrd_server *out, const char **why)
{
	char address[HRD_SERVER_TEXT_MAX], *tls_name, *port;

	*why = "say ADDRESS[#PORT][@TLSNAME], as in 192.0.2.53, 2001:db8::53#5353 or "
	       "192.0.2.53@dns.example";
	if (len >= sizeof(address) || memchr(text, '\0', len) != NULL)
		return false;
	memset(out, 0, sizeof(*out));
	memcpy(out->text, text, len);
	memcpy(address, out->text, sizeof(address));
	tls_name = cut(address, '@');
	port = cut(address, '#');
	if (port != NULL && !is_port(port)) {
		*why = "a port is a number from 1 to 65535";
		return false;
	}
	if (tls_name != NULL &&
	    (strlen(tls_name) >= HRD_SERVER_NAME_MAX || !is_host_name(tls_name))) {
		*why = "behind @ stands the host name of its certificate";
		return false;
	}
	if (tls_name != NULL)
		memcpy(out->tls_name, tls_name, strlen(tls_name) + 1);
	return read_address(address,
	    port != NULL       ? port
	    : tls_name != NULL ? "853"
			       : "53",
	    &out->address, &out->address_len);
}

bool
hrd_server_source(const char *text, struct sockaddr_storage *out)
{
	socklen_t len;

	memset(out, 0, sizeof(*out));
	return read_address(text, "0", out, &len);
}

int
hrd_servers_add(struct hrd_server_list *servers, const char *text, size_t len, const char **why)
{
	struct hrd_server server, *more;

	if (!hrd_server_parse(text, len, &server, why))
		return HRD_EINVAL;
	for (size_t i = 0; i < servers->count; i++) {
		if (strcmp(servers->all[i].text, server.text) == 0)
			return HRD_OK;
	}
	if (servers->count == HRD_SERVERS_MAX)
		return HRD_ELIMIT;
	more = hrd_array_reserve(servers->all, &servers->room, servers->count + 1, sizeof(*more));
	if (more == NULL)
		return HRD_ENOMEM;
	servers->all = more;
	servers->all[servers->count++] = server;
	return HRD_OK;
}

/* One line without its end; what surrounds the text is left out. False when it is no server. */
static bool
read_line(struct hrd_server_list *servers, const char *line, size_t len,
    const struct hrd_position *place, struct hrd_diag *diag)
{
	const char *why = NULL;
	char text[HRD_SERVER_TEXT_MAX];
	int status;

	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		len--;
	while (len > 0 && strchr(" \t", *line) != NULL)
		line++, len--;
	if (len == 0 || *line == '#')
		return true;
	status = hrd_servers_add(servers, line, len, &why);
	if (status == HRD_OK)
		return true;
	snprintf(text, sizeof(text), "%.*s", (int)(len < 80 ? len : 80), line);
	if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	else if (status == HRD_ELIMIT)
		hrd_diag(diag, HRD_WARNING, place, "probe-server",
		    "over %d servers: \"%s\" is not asked", HRD_SERVERS_MAX, text);
	else
		hrd_diag(
		    diag, HRD_WARNING, place, "probe-server", "\"%s\" is not asked: %s", text, why);
	return false;
}

bool
hrd_servers_read(
    struct hrd_server_list *servers, const char *path, size_t *refused, struct hrd_diag *diag)
{
	struct hrd_position place = { path, 0, 0 };
	char *data = NULL, *line, *end;
	size_t len;
	int status = hrd_infile_read(path, FILE_MAX, &data, &len);

	if (status == HRD_ENOMEM)
		hrd_diag_nomem(diag);
	else if (status != HRD_OK)
		hrd_diag_system(diag, path, status == HRD_EIO ? errno : EFBIG);
	line = data + (status == HRD_OK ? hrd_utf8_mark(data, len) : 0);
	for (; status == HRD_OK && line < data + len; line = end + 1) {
		end = memchr(line, '\n', (size_t)(data + len - line));
		if (end == NULL)
			end = data + len;
		place.line++;
		if (!read_line(servers, line, (size_t)(end - line), &place, diag))
			(*refused)++;
	}
	free(data);
	return status == HRD_OK;
}

void
hrd_servers_clear(struct hrd_server_list *servers)
{
	free(servers->all);
	*servers = (struct hrd_server_list){ 0 };
}
