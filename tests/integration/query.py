# SPDX-License-Identifier: BSD-3-Clause
"""DNS queries built octet by octet, so that a test controls every flag, and answers read by
dnspython."""

import os
import random
import select
import socket
import ssl
import struct
import time

from harness import missing

try:
    import dns.flags
    import dns.message
    import dns.name
    import dns.rcode
    import dns.rdatatype
except ImportError:
    missing("dnspython (Debian package: python3-dnspython)")

TYPES = {
    "A": 1,
    "NS": 2,
    "CNAME": 5,
    "SOA": 6,
    "PTR": 12,
    "MX": 15,
    "TXT": 16,
    "AAAA": 28,
    "SRV": 33,
    "DS": 43,
    "DNSKEY": 48,
    "SVCB": 64,
    "HTTPS": 65,
    "ANY": 255,
    "CAA": 257,
}
CLASSES = {"IN": 1, "CH": 3, "HS": 4, "NONE": 254, "ANY": 255}
DEFAULT_TIMEOUT = 5.0
EDE_OPTION = 15


def client_subnet(address="192.0.2.0", bits=24):
    """An EDNS Client Subnet option (RFC 7871)."""
    octets = socket.inet_aton(address)[: (bits + 7) // 8]
    return struct.pack("!HHHBB", 8, 4 + len(octets), 1, bits, 0) + octets


def wire_name(name):
    """Wire form of a name given as text or as octets already in wire form; the case of letters is
    kept."""
    if isinstance(name, bytes):
        return name
    return dns.name.from_text(name).to_wire()


def build(
    name,
    qtype="A",
    qclass="IN",
    edns=1232,
    do=False,
    cd=False,
    ad=False,
    rd=True,
    ident=None,
    options=b"",
):
    """The octets of one query; edns is the offered UDP size, or None for a client without EDNS."""
    ident = random.randrange(65536) if ident is None else ident
    flags = (0x0100 if rd else 0) | (0x0010 if cd else 0) | (0x0020 if ad else 0)
    additional = b""
    if edns is not None:
        additional = (
            b"\0" + struct.pack("!HHIH", 41, edns, 0x8000 if do else 0, len(options)) + options
        )
    header = struct.pack("!HHHHHH", ident, flags, 1, 0, 0, 1 if additional else 0)
    number = TYPES.get(qtype, qtype) if isinstance(qtype, str) else qtype
    if isinstance(number, str):
        number = int(dns.rdatatype.from_text(number))
    klass = CLASSES.get(qclass, qclass)
    return header + wire_name(name) + struct.pack("!HH", number, klass) + additional


class Answer:
    """One response, or the lack of one (rcode "TIMEOUT")."""

    def __init__(self, wire=None, seconds=0.0):
        self.wire = wire
        self.seconds = seconds
        self.message = None
        if wire is None:
            self.rcode = "TIMEOUT"
            return
        try:
            self.message = dns.message.from_wire(wire, one_rr_per_rrset=False)
        except dns.message.Truncated as error:  # raised only on request, but be sure
            self.message = error.message()
        self.rcode = dns.rcode.to_text(self.message.rcode())

    def flag(self, name):
        """True when a header flag ("AA", "TC", "AD", "CD", "RA") is set."""
        return self.message is not None and bool(self.message.flags & getattr(dns.flags, name))

    @property
    def truncated(self):
        return self.flag("TC")

    def _section(self, rrsets):
        names = ("CNAME", "DNAME", "NS", "PTR")  # RDATA whose case is that of the question
        lines = []
        for rrset in rrsets:
            kind = dns.rdatatype.to_text(rrset.rdtype)
            for record in rrset:
                rdata = record.to_text().lower() if kind in names else record.to_text()
                lines.append(f"{rrset.name.to_text().lower()} {kind} {rdata}")
        return sorted(lines)

    @property
    def answer(self):
        """Answer section as sorted "owner TYPE rdata" lines; empty without a response."""
        return self._section(self.message.answer) if self.message else []

    @property
    def authority(self):
        return self._section(self.message.authority) if self.message else []

    def data(self, qtype):
        """Sorted RDATA of one type in the answer section."""
        return sorted(
            r.to_text()
            for s in (self.message.answer if self.message else [])
            if dns.rdatatype.to_text(s.rdtype) == qtype
            for r in s
        )

    @property
    def soa(self):
        """(owner, ttl, rdata) of the SOA in the authority section, or None."""
        for rrset in self.message.authority if self.message else []:
            if rrset.rdtype == dns.rdatatype.SOA:
                return rrset.name.to_text().lower(), rrset.ttl, rrset[0]
        return None

    @property
    def ede(self):
        """Extended DNS errors as [(code, text)]."""
        found = []
        for option in self.message.options if self.message else []:
            if int(option.otype) == EDE_OPTION:
                octets = option.to_wire()
                found.append(
                    (
                        struct.unpack("!H", octets[:2])[0],
                        octets[2:].rstrip(b"\0").decode("utf-8", "replace"),
                    )
                )
        return found

    @property
    def kind(self):
        """What an RPZ action looks like: nxdomain, nodata, drop, truncated, data or the response
        code."""
        if self.message is None:
            return "drop"
        if self.truncated and not self.message.answer:
            return "truncated"
        if self.rcode == "NXDOMAIN":
            return "nxdomain"
        if self.rcode == "NOERROR":
            return "data" if self.message.answer else "nodata"
        return self.rcode.lower()

    def __str__(self):
        if self.message is None:
            return "no response"
        flags = dns.flags.to_text(self.message.flags)
        return (
            f"{self.rcode} [{flags}] answer={self.answer} authority={self.authority} ede={self.ede}"
        )


def _receive_udp(sock, query, end):
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([sock], [], [], left)[0]:
            return None
        try:
            wire = sock.recv(65535)
        except ConnectionRefusedError:
            return None
        if wire[:2] == query[:2]:
            return wire


def ask_udp(port, query, timeout=DEFAULT_TIMEOUT, source=None, ident=None):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        if source:
            sock.bind((source, 0))
        sock.connect(("127.0.0.1", port))
        try:
            sock.send(query)
        except ConnectionRefusedError:
            return None
        return _receive_udp(sock, ident or query, time.monotonic() + timeout)


def proxy_header(client, transport):
    """A PROXY protocol v2 header for a client, "ADDRESS" of either family, port 4711, before a
    query over udp or tcp."""
    version = 6 if ":" in client else 4
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    addresses = socket.inet_pton(family, client) + socket.inet_pton(
        family, "::1" if version == 6 else "127.0.0.1"
    )
    body = addresses + struct.pack("!HH", 4711, 53)
    kind = (0x20 if version == 6 else 0x10) | (0x02 if transport == "udp" else 0x01)
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x21, kind, len(body)) + body


def read_exactly(stream, count):
    """That many octets of a stream, or None where it ends before."""
    parts = b""
    while len(parts) < count:
        part = stream.recv(count - len(parts))
        if not part:
            return None
        parts += part
    return parts


def ask_tcp(port, query, timeout=DEFAULT_TIMEOUT, source=None, tls=False, header=b""):
    """One query over TCP, after a header of the connection, or, with tls, DNS over TLS (the
    certificate of a laboratory is not checked)."""
    try:
        with socket.create_connection(
            ("127.0.0.1", port), timeout, source_address=(source, 0) if source else None
        ) as plain:
            stream = plain
            if tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
                stream = context.wrap_socket(plain)
            stream.sendall(header + struct.pack("!H", len(query)) + query)
            head = read_exactly(stream, 2)
            return head and read_exactly(stream, struct.unpack("!H", head)[0])
    except OSError:  # refused, reset, timed out: no response
        return None


def ask(
    port,
    name,
    qtype="A",
    transport="udp",
    timeout=DEFAULT_TIMEOUT,
    source=None,
    proxied=None,
    **flags,
):
    """Asks 127.0.0.1#port once and gives the Answer. transport: udp, tcp or tls; source: the
    client's address in 127.0.0.0/8; proxied: the client for whom a proxy asks; flags as for
    build()."""
    query = build(name, qtype, **flags)
    header = proxy_header(proxied, transport) if proxied else b""
    start = time.monotonic()
    if transport == "udp":
        wire = ask_udp(port, header + query, timeout, source, ident=query[:2])
    else:
        wire = ask_tcp(port, query, timeout, source, tls=transport == "tls", header=header)
    return Answer(wire, time.monotonic() - start)


def ask_many(port, questions, window=64, timeout=DEFAULT_TIMEOUT, tries=2):
    """Asks many (name, qtype[, flags as for build()]) over one UDP socket, at most `window` at a
    time, each up to `tries` times; gives the raw responses in order (None: no response)."""
    responses = [None] * len(questions)
    todo = [(index, 1) for index in reversed(range(len(questions)))]
    pending = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.connect(("127.0.0.1", port))
        sock.setblocking(False)
        ident = random.randrange(65536)
        while todo or pending:
            while todo and len(pending) < window:
                index, attempt = todo.pop()
                ident = (ident + 1) % 65536
                name, qtype, *flags = questions[index]
                sock.send(build(name, qtype, ident=ident, **(flags[0] if flags else {})))
                pending[ident] = (index, attempt, time.monotonic() + timeout)
            _collect(sock, pending, responses)
            now = time.monotonic()
            for key in [k for k, (_, _, end) in pending.items() if end < now]:
                index, attempt, _ = pending.pop(key)
                if attempt < tries:
                    todo.append((index, attempt + 1))
    return responses


def _collect(sock, pending, responses):
    select.select([sock], [], [], 0.05)
    while True:
        try:
            wire = sock.recv(65535)
        except (BlockingIOError, ConnectionRefusedError):
            return
        entry = pending.pop(struct.unpack("!H", wire[:2])[0], None)
        if entry is not None:
            responses[entry[0]] = wire


def quick(wire):
    """(response code, records in the answer section, TC) from the header alone; None without a
    response."""
    if wire is None:
        return None
    return wire[3] & 15, struct.unpack("!H", wire[6:8])[0], bool(wire[2] & 2)


def _skip_name(wire, at):
    while wire[at]:
        if wire[at] >= 192:
            return at + 2
        at += 1 + wire[at]
    return at + 1


def _read_name(wire, at):
    """Lower-case text of a possibly compressed name."""
    parts, hops = [], 0
    while wire[at] and hops < 128:
        if wire[at] >= 192:
            at = (wire[at] & 63) << 8 | wire[at + 1]
        else:
            parts.append(wire[at + 1 : at + 1 + wire[at]].decode("latin-1").lower())
            at += 1 + wire[at]
        hops += 1
    return ".".join(parts)


def _rdata(wire, at, size, rtype):
    """RDATA in a form that compression does not change."""
    if rtype in (TYPES["NS"], TYPES["CNAME"], TYPES["PTR"]):
        return _read_name(wire, at)
    if rtype == TYPES["MX"]:
        return wire[at : at + 2].hex() + " " + _read_name(wire, at + 2)
    return wire[at : at + size].hex()


def records(wire):
    """What two servers' answers are compared by, cheaply: "drop", "truncated", or (response code,
    sorted answer records as (owner, type, rdata)), TTLs left out and aliases spelled out."""
    if wire is None:
        return "drop"
    rcode, count, truncated = quick(wire)
    if truncated and not count:
        return "truncated"
    at, found = _skip_name(wire, 12) + 4, []
    for _ in range(count):
        owner = _read_name(wire, at)
        at = _skip_name(wire, at)
        rtype, _, _, size = struct.unpack("!HHIH", wire[at : at + 10])
        at += 10
        found.append((owner, rtype, _rdata(wire, at, size, rtype)))
        at += size
    return dns.rcode.to_text(rcode), sorted(found, key=repr)


def mixed_case(name):
    """The name with letters in random case (draft-vixie-dnsext-dns0x20), at least one of each."""
    for _ in range(100):
        mixed = "".join(random.choice((c.lower(), c.upper())) for c in name)
        if mixed.lower() != mixed and mixed.upper() != mixed:
            return mixed
    return name.upper()


def nonce():
    """A label that no cache has seen."""
    return "n" + os.urandom(6).hex()
