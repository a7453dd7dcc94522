# SPDX-License-Identifier: BSD-3-Clause
"""Races: three clients that are served differently ask the same question at nearly the same moment.

A race is one name, the three clients in one order of arrival with one set of gaps, over UDP or TCP.
All queries of a batch go out by one schedule; an answer is told by its question."""

import heapq
import itertools
import random
import select
import socket
import struct
import time

from query import build

CLIENTS = {"exempt": "127.1.0.1", "observed": "127.2.0.1", "enforced": "127.0.0.1"}
ORDERS = list(itertools.permutations(CLIENTS))
GAPS = (0.0, 0.002, 0.05, 0.15, 0.31)  # seconds between arrivals; the upstream takes 0.3
TCP_AT_ONCE = 30  # queries in flight on one connection; the host takes 32
GROUPS = """clients:
  - {group: lab, addresses: [127.1.0.0/16], mode: off, owner: o, reason: r, until: 2999-01-01}
  - {group: pilot, addresses: [127.2.0.0/16], mode: observe, owner: o, reason: r, until: 2999-01-01}
"""


class Race:
    """What one race asked, and the answer of each client: (response code, answer records), or
    None."""

    def __init__(self, number, name, qtype="A", alone=None):
        """alone: the one client that asks, when it is no race."""
        self.name, self.qtype = name, qtype
        self.order = (alone,) if alone else ORDERS[number % len(ORDERS)]
        self.gaps = random.Random(number).choices(GAPS, k=2)
        self.answers = dict.fromkeys(CLIENTS)

    def departures(self, start):
        times = (start, start + self.gaps[0], start + sum(self.gaps))
        return zip(times, self.order)

    def wrong(self, **wanted):
        """Whether a client that asked got none of the answers that it may get."""
        return any(self.answers[role] not in wanted[role] for role in self.order)

    def __str__(self):
        return f"{self.name} {self.qtype} {self.order} {self.gaps}: {self.answers}"


class _Client:
    """The queries of one client over one socket."""

    def __init__(self, role, port, transport, options):
        self.role, self.transport, self.options = role, transport, options
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.sock = socket.socket(socket.AF_INET, kind)
        if kind == socket.SOCK_DGRAM:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.sock.bind((CLIENTS[role], 0))
        self.sock.connect(("127.0.0.1", port))
        self.pending = {}  # id -> race
        self.ident = random.randrange(65536)
        self.octets = b""

    def send(self, race):
        self.ident = (self.ident + 1) % 65536
        self.pending[self.ident] = race
        wire = build(race.name, race.qtype, ident=self.ident, **self.options)
        self.sock.sendall(wire if self.transport == "udp" else struct.pack("!H", len(wire)) + wire)

    def receive(self):
        if self.transport == "udp":
            self._take(self.sock.recv(65535))
            return
        self.octets += self.sock.recv(65535)
        while len(self.octets) >= 2:
            size = struct.unpack("!H", self.octets[:2])[0]
            if len(self.octets) < 2 + size:
                return
            self._take(self.octets[2 : 2 + size])
            self.octets = self.octets[2 + size :]

    def _take(self, wire):
        race = self.pending.pop(struct.unpack("!H", wire[:2])[0], None)
        if race is not None:
            race.answers[self.role] = (wire[3] & 15, struct.unpack("!H", wire[6:8])[0])


def run(port, races, transport="udp", spread=0.3, options=None, timeout=8.0):
    """Runs a batch of races, their starts spread over that many seconds. options: for each client,
    flags as for build()."""
    clients = {
        role: _Client(role, port, transport, (options or {}).get(role, {})) for role in CLIENTS
    }
    by_sock = {client.sock: client for client in clients.values()}
    now = time.monotonic()
    schedule = []
    for number, race in enumerate(races):
        for due, role in race.departures(now + spread * number / len(races)):
            heapq.heappush(schedule, (due, id(race), role, race))
    end = None
    while schedule or (any(c.pending for c in clients.values()) and time.monotonic() < end):
        now = time.monotonic()
        while schedule and schedule[0][0] <= now:
            _, _, role, race = heapq.heappop(schedule)
            clients[role].send(race)
        end = end if schedule else end or time.monotonic() + timeout
        wait = max(0, schedule[0][0] - time.monotonic()) if schedule else 0.05
        for sock in select.select(list(by_sock), [], [], wait)[0]:
            by_sock[sock].receive()
    for client in clients.values():
        client.sock.close()


def batches(port, races, transport, **options):
    """Runs many races, as many at once as the transport allows."""
    size = 250 if transport == "udp" else TCP_AT_ONCE
    for start in range(0, len(races), size):
        run(port, races[start : start + size], transport, **options)
