# SPDX-License-Identifier: BSD-3-Clause
"""A forwarder between a resolver and its authoritative server that records each question and can
delay answers.

The proof of "nothing was asked upstream" is taken on the wire, not from a server's own counters."""

import heapq
import itertools
import selectors
import socket
import struct
import threading
import time

from query import read_exactly


def question(wire):
    """(lower-case name without the final dot, type number) of a query."""
    labels, at = [], 12
    while at < len(wire) and wire[at]:
        labels.append(wire[at + 1 : at + 1 + wire[at]])
        at += 1 + wire[at]
    name = b".".join(labels).decode("latin-1").lower()
    return name, struct.unpack("!H", wire[at + 1 : at + 3])[0] if len(wire) >= at + 3 else 0


OPT_HEAD = b"\0\0\x29"  # root and type of an OPT record
SUBNET = 8  # EDNS option code (RFC 7871)


def _subnet_option(query):
    """The client subnet option of a query whose last record is OPT, or b""."""
    at = query.find(OPT_HEAD, 12)
    options = query[at + 11 :] if at >= 0 else b""
    while len(options) >= 4:
        code, size = struct.unpack("!HH", options[:4])
        if code == SUBNET:
            return options[: 4 + size]
        options = options[4 + size :]
    return b""


def servfail(wire):
    """A SERVFAIL response that holds nothing but the question of this query."""
    name, _ = question(wire)
    end = 12 + (len(name) + 2 if name else 1) + 4
    return wire[:2] + struct.pack("!HHHHH", 0x8182, 1, 0, 0, 0) + wire[12:end]


class Wiretap:
    """Listens on 127.0.0.1#port for UDP and TCP and passes everything to 127.0.0.1#upstream.

    dead = True plays an upstream that fails: queries are recorded and answered SERVFAIL; failing
    does so for single names. slow, or delay for single names, makes answers late; scoped makes them
    the asking subnet's alone."""

    def __init__(self, lab, upstream):
        self.upstream = upstream
        self.port = lab.port()
        self.delay = {}  # lower-case name -> seconds before its answer is passed on
        self.slow = 0  # the same for all other names
        self.held = (
            set()
        )  # lower-case names whose answers over UDP wait until they are taken out of here
        self.dead = False
        self.scoped = False  # answers are for the client's subnet alone, by an EDNS option
        self._count = itertools.count()
        self.failing = set()  # lower-case names
        self._asked = []
        self._lock = threading.Lock()
        self._stop = False
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._udp.bind(("127.0.0.1", self.port))
        self._tcp = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        lab.closers.append(self.close)

    def close(self):
        self._stop = True
        self._thread.join(5)
        self._udp.close()
        self._tcp.close()

    def clear(self):
        with self._lock:
            self._asked.clear()

    def asked(self, below=None):
        """Questions seen so far, as (name, type); below: only those at or below one of these
        names."""
        with self._lock:
            seen = list(self._asked)
        if below is None:
            return seen
        bases = [b.lower().rstrip(".") for b in ([below] if isinstance(below, str) else below)]
        return [q for q in seen if any(q[0] == b or q[0].endswith("." + b) for b in bases)]

    def _record(self, wire):
        name, qtype = question(wire)
        with self._lock:
            self._asked.append((name, qtype))
        return self.delay.get(name, self.slow)

    def _fails(self, wire):
        return self.dead or question(wire)[0] in self.failing

    def _serve(self):
        relays = {}  # socket towards the authority -> (client, due time of its answer, query)
        aside = []  # (name, due time, client, answer)
        late = []  # heap of (due time, number, client, answer)
        with selectors.DefaultSelector() as ready:
            for sock in (self._udp, self._tcp):
                sock.setblocking(False)
                ready.register(sock, selectors.EVENT_READ)
            while not self._stop:
                for key, _ in ready.select(
                    max(0, min(0.1, late[0][0] - time.monotonic())) if late else 0.1
                ):
                    sock = key.fileobj
                    if sock is self._udp:
                        self._from_clients(ready, relays)
                    elif sock is self._tcp:
                        client = sock.accept()[0]
                        client.setblocking(True)
                        threading.Thread(target=self._stream, args=(client,), daemon=True).start()
                    else:
                        ready.unregister(sock)
                        client, due, query = relays.pop(sock)
                        aside.append(
                            (question(query)[0], due, client, self._echo(query, _receive(sock)))
                        )
                for item in [i for i in aside if i[0] not in self.held]:
                    aside.remove(item)
                    heapq.heappush(late, (item[1], next(self._count), *item[2:]))
                while late and late[0][0] <= time.monotonic():
                    _, _, client, answer = heapq.heappop(late)
                    if answer is not None:
                        self._udp.sendto(answer, client)
        for sock in relays:
            sock.close()

    def _from_clients(self, ready, relays):
        """Passes on what has arrived, a bounded number at a time."""
        for _ in range(64):
            try:
                wire, client = self._udp.recvfrom(65535)
            except BlockingIOError:
                return
            delay = self._record(wire)
            if self._fails(wire):
                self._udp.sendto(servfail(wire), client)
                continue
            relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            relay.connect(("127.0.0.1", self.upstream))
            relay.send(wire)
            relays[relay] = (client, time.monotonic() + delay, wire)
            ready.register(relay, selectors.EVENT_READ)

    def _echo(self, query, answer):
        """The answer with the query's client subnet, whose whole prefix is made its scope, where
        that is wanted."""
        subnet = self.scoped and answer and _subnet_option(query)
        if not subnet or answer[-11:-8] != OPT_HEAD or answer[-2:] != b"\0\0":
            return answer
        option = subnet[:7] + subnet[6:7] + subnet[8:]
        return answer[:-2] + struct.pack("!H", len(option)) + option

    def _stream(self, client):
        """One TCP connection: message by message, in order."""
        try:
            with client, socket.create_connection(("127.0.0.1", self.upstream), 5) as server:
                client.settimeout(10)
                while not self._stop:
                    wire = _read_message(client)
                    if wire is None:
                        return
                    time.sleep(self._record(wire))
                    if self._fails(wire):
                        answer = servfail(wire)
                    else:
                        server.sendall(struct.pack("!H", len(wire)) + wire)
                        answer = _read_message(server)
                    if answer is None:
                        return
                    client.sendall(struct.pack("!H", len(answer)) + answer)
        except OSError:
            return


def _receive(sock):
    with sock:
        try:
            return sock.recv(65535)
        except OSError:  # the authority is gone
            return None


def _read_message(stream):
    head = read_exactly(stream, 2)
    return head and read_exactly(stream, struct.unpack("!H", head)[0])
