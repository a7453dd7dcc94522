# SPDX-License-Identifier: BSD-3-Clause
"""A web server over TLS on loopback, with what certificates.of_authority() made, that answers as a
test tells it to."""

import datetime
import hashlib
import os
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.seen.append((self.path, dict(self.headers)))
            number = sum(1 for path, _ in self.server.seen if path == self.path)
        page = self.server.pages.get(self.path)
        if callable(page):
            page(self, number)
        elif page is None:
            self.plain(404, b"")
        else:
            self.conditional(page)

    def plain(self, status, body, **fields):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def conditional(self, body):
        """200 with an ETag, or 304 to who has it."""
        tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if self.headers.get("If-None-Match") == tag:
            self.plain(304, b"", ETag=tag)
        else:
            date = datetime.datetime(2025, 7, 9, tzinfo=datetime.timezone.utc)
            self.plain(
                200, body, ETag=tag, Last_Modified=date.strftime("%a, %d %b %Y %H:%M:%S GMT")
            )

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is what many of the tests want


class TlsServer:
    """pages: path → octets, or a function (handler, count of requests for the path) that answers.
    seen: the requests."""

    def __init__(self, lab, directory):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            os.path.join(directory, "server.pem"), os.path.join(directory, "server.key")
        )
        self._server = _Server(("127.0.0.1", lab.port()), _Handler)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._server.pages = self.pages = {}
        self._server.seen = self.seen = []
        self._server.lock = threading.Lock()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.stopped = False
        lab.closers.append(self.stop)

    @property
    def port(self):
        return self._server.server_address[1]

    def url(self, path, host="127.0.0.1"):
        return f"https://{host}:{self.port}{path}"

    def stop(self):
        if not self.stopped:
            self.stopped = True
            self._server.shutdown()
            self._server.server_close()
