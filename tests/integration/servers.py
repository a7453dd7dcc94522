# SPDX-License-Identifier: BSD-3-Clause
"""Real servers of a laboratory: one class each, started on 127.0.0.1 with a free port and
unprivileged settings.

The constructor starts the server and returns when it answers; lab stops it."""

import os
import re
import shutil

import certificates
from harness import Skip, program, run
from query import ask
from wiretap import Wiretap

TOP_BUILD = os.environ.get("top_builddir") or os.path.join(os.path.dirname(__file__), "../../build")
TOP_SOURCE = os.environ.get("top_srcdir") or os.path.join(os.path.dirname(__file__), "../..")


def stage(*parts):
    """A path below the staging directory that script/build fills."""
    return os.path.join(os.environ.get("HRADBA_STAGE") or os.path.join(TOP_BUILD, "stage"), *parts)


def _first(paths, what):
    for path in paths:
        if path and os.path.exists(path):
            return os.path.abspath(path)
    raise Skip(f"{what} (run script/build)")


def host(name="unbound"):
    """A program of the Unbound host that can load modules."""
    given = os.environ.get("HRADBA_HOST_SBIN")
    return _first(
        [given and os.path.join(given, name), stage("sbin", name)], f"the Unbound host's {name}"
    )


def module():
    """The module: the one just built, else the staged one."""
    return _first(
        [
            os.environ.get("HRADBA_MODULE"),
            os.path.join(TOP_BUILD, "module/.libs/hradba.so"),
            stage("lib/unbound/hradba.so"),
        ],
        "the module hradba.so",
    )


def rpzgen():
    return _first(
        [os.environ.get("RPZGEN"), os.path.join(TOP_BUILD, "rpzgen/rpzgen"), stage("bin/rpzgen")],
        "rpzgen",
    )


def unconfined(lab, path):
    """AppArmor profiles go by a program's path and let it read its packaged directories only: run a
    copy instead."""
    try:
        with open("/sys/module/apparmor/parameters/enabled", encoding="ascii") as switch:
            if switch.read().strip() != "Y":
                return path
    except OSError:
        return path
    copy = lab.path("bin", os.path.basename(path))
    shutil.copy(path, copy)
    return copy


class Server:
    """What all servers share: a port and the wait for the first answer."""

    def __init__(self, lab):
        self.lab = lab
        self.port = lab.port()
        self.process = None

    def ask(self, name, qtype="A", **options):
        return ask(self.port, name, qtype, **options)

    def await_answer(self, name=".", qtype="SOA", kind=None):
        """Waits until the server answers at all or, with kind, in that way (its policy is then
        loaded)."""

        def answered():
            answer = self.ask(name, qtype, timeout=0.5)
            return answer.message is not None if kind is None else answer.kind == kind

        self.lab.wait_for(
            answered, f"answer of {type(self).__name__} to {name} {qtype}", self.process
        )


class Authority(Server):
    """NSD with the given zones: origin -> zone text or, when the text has no newline, the path of a
    zone file. also: more loopback addresses to serve on, at the same port."""

    def __init__(self, lab, zones, also=()):
        super().__init__(lab)
        nsd = program("nsd", "nsd")
        directory = lab.mkdir(f"nsd-{self.port}")
        blocks = []
        for origin, text in zones.items():
            path = (
                text
                if "\n" not in text
                else lab.write(f"nsd-{self.port}/{origin.strip('.') or 'root'}.zone", text)
            )
            blocks.append(f'zone:\n\tname: "{origin}"\n\tzonefile: "{path}"\n')
        config = lab.write(
            f"nsd-{self.port}/nsd.conf",
            f"""server:
	ip-address: 127.0.0.1@{self.port}
{_indent("".join(f"ip-address: {address}@{self.port}" + chr(10) for address in also))}	username: ""
	chroot: ""
	database: ""
	pidfile: ""
	zonesdir: "{directory}"
	zonelistfile: "{directory}/zone.list"
	xfrdfile: "{directory}/xfrd.state"
	xfrdir: "{directory}"
	server-count: 1
	rrl-ratelimit: 0
	rrl-whitelist-ratelimit: 0
	verbosity: 1
remote-control:
	control-enable: no
"""
            + "".join(blocks),
        )
        self.process = lab.spawn("nsd", [unconfined(lab, nsd), "-d", "-c", config])
        self.await_answer()


def upstream(lab, zones):
    """An authority behind a wiretap; gives both."""
    authority = Authority(lab, zones)
    return authority, Wiretap(lab, authority.port)


class Unbound(Server):
    """The Unbound host. upstream: port of the authority for everything; server: lines for the
    server clause; clauses: text after it; env: environment of the process; wait: (name, type, kind)
    that tells readiness."""

    def __init__(
        self,
        lab,
        upstream,
        modules="validator iterator",
        server="",
        clauses="",
        env=None,
        wait=None,
        stub=None,
        start=True,
        threads=1,
    ):
        super().__init__(lab)
        self.binary = host()
        self.env = env
        self.config = self._configure(upstream, modules, server, clauses, stub, threads)
        if start:
            self.start()
            self.await_answer(*(wait or ("localhost.", "A", None)))

    def _configure(self, upstream, modules, server, clauses, stub, threads):
        directory = self.lab.mkdir(f"unbound-{self.port}")
        self.control_socket = os.path.join(directory, "control")
        if stub is None:
            stub = f'stub-zone:\n\tname: "."\n\tstub-addr: 127.0.0.1@{upstream}\n\tstub-prime: no\n'
        return self.lab.write(
            f"unbound-{self.port}/unbound.conf",
            f"""server:
	directory: "{directory}"
	chroot: ""
	username: ""
	pidfile: ""
	use-syslog: no
	do-daemonize: no
	log-time-ascii: yes
	verbosity: 1
	num-threads: {threads}
	interface: 127.0.0.1
	port: {self.port}
	do-ip6: no
	access-control: 127.0.0.0/8 allow
	do-not-query-localhost: no
	module-config: "{modules}"
{_indent(server)}remote-control:
	control-enable: yes
	control-use-cert: no
	control-interface: "{self.control_socket}"
{stub}{clauses}""",
        )

    def start(self):
        self.process = self.lab.spawn(
            "unbound", [self.binary, "-d", "-c", self.config], env=self.env
        )

    def control(self, *words, seconds=60):
        """Output of an unbound-control command."""
        return run([host("unbound-control"), "-c", self.config, *words], seconds=seconds).stdout


def tls(lab, port):
    """Lines of the server clause for DNS over TLS on this port, with a certificate made for the
    laboratory."""
    certificate, key = lab.path("tls.pem"), lab.path("tls.key")
    if not os.path.exists(certificate):
        certificates.self_signed(lab.dir, "tls", "localhost")
    return f"""interface: 127.0.0.1@{port}
tls-port: {port}
tls-service-key: "{key}"
tls-service-pem: "{certificate}"
"""


def _indent(lines):
    return "".join(f"\t{line.strip()}\n" for line in lines.splitlines() if line.strip())


def build_id(path):
    """Octets of the GNU build-id note of a program."""
    text = run([program("readelf", "binutils"), "-n", path]).stdout
    found = re.search(r"Build ID: ([0-9a-f]+)", text)
    return bytes.fromhex(found.group(1)) if found else b""


def altered_host(lab, name, *edits):
    """A copy of the host with octets replaced by as many others: [(old, new)]."""
    path = lab.path("hosts", name, "unbound")
    shutil.copy(host(), path)
    with open(path, "rb") as stream:
        data = stream.read()
    for old, new in edits:
        assert old and len(old) == len(new) and old in data, (name, old)
        data = data.replace(old, new)
    with open(path, "wb") as stream:
        stream.write(data)
    return path


def settings(lab, policies, extra="", name="hradba.yaml"):
    """Writes the module's settings file for these images and gives its path."""
    lines = (
        ["policies:"]
        + [f"  - path: {path}" for path in policies]
        + [f"state-dir: {lab.mkdir('state')}"]
    )
    return lab.write(name, "\n".join(lines) + "\n" + extra)


class Hradba(Unbound):
    """The Unbound host with the module first in its chain."""

    def __init__(
        self,
        lab,
        upstream,
        policies,
        extra="",
        chain="validator iterator",
        clauses="",
        config=None,
        env=None,
        **options,
    ):
        config = config or settings(lab, policies, extra)
        super().__init__(
            lab,
            upstream,
            modules=f"dynlib {chain}",
            clauses=f'dynlib:\n\tdynlib-file: "{module()}"\n{clauses}',
            env=dict(env or {}, HRADBA_CONFIG=config, **sanitizer_env()),
            **options,
        )


def sanitizer_env():
    """A module built with AddressSanitizer needs its runtime loaded before the host starts."""
    if "address" not in os.environ.get("SANITIZERS", ""):
        return {}
    library = run(
        [os.environ.get("CC", "gcc").split()[0], "-print-file-name=libasan.so"]
    ).stdout.strip()
    return {
        "LD_PRELOAD": library,
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    }


def source_of(tree):
    """The sources of a tree that was built out of them."""
    if os.path.isdir(os.path.join(tree, "testdata")):
        return tree
    with open(os.path.join(tree, "Makefile"), encoding="utf-8") as stream:
        found = re.search(r"^srcdir *= *(\S+)", stream.read(), re.M)
    return os.path.join(tree, found.group(1)) if found else tree


def preloaded(lab, **variables):
    """Environment of a server in trouble: preload.c says what the variables make of it."""
    runtime = re.findall(r"=> (\S*/lib[at]san\S*)", run(["ldd", host()]).stdout)
    if sanitizer_env() or runtime and "HRADBA_GROW" in variables:
        raise Skip("a build without sanitizers")
    library = lab.path("preload.so")
    if not os.path.exists(library):
        compiler = os.environ.get("CC", "cc").split()[0]
        source = os.path.join(os.path.dirname(__file__), "preload.c")
        flags = ["-shared", "-fPIC", f"-I{TOP_BUILD}", *["-DHRADBA_SANITIZED"][: len(runtime)]]
        made = run([program(compiler, "gcc"), *flags, "-o", library, source, "-ldl"])
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
    return dict(variables, LD_PRELOAD=":".join([*runtime, library]))


class UnboundRpz(Unbound):
    """The same host with its own rpz: in place of the module; zones: [(origin, path)]."""

    def __init__(self, lab, upstream, zones, **options):
        clauses = options.pop("clauses", "")
        for origin, path in zones:
            clauses += f'rpz:\n\tname: "{origin}"\n\tzonefile: "{path}"\n'
        super().__init__(
            lab, upstream, modules="respip validator iterator", clauses=clauses, **options
        )


class Named(Server):
    """BIND 9 that forwards everything. options: further ones; clauses: text after them."""

    def __init__(self, lab, upstream, options, clauses, wait, validation="no"):
        super().__init__(lab)
        named = program("named", "bind9")
        directory = lab.mkdir(f"named-{self.port}")
        config = lab.write(
            f"named-{self.port}/named.conf",
            f"""options {{
	directory "{directory}";
	pid-file none;
	session-keyfile none;
	listen-on port {self.port} {{ 127.0.0.1; }};
	listen-on-v6 {{ none; }};
	allow-query {{ 127.0.0.0/8; }};
	recursion yes;
	forward only;
	forwarders {{ 127.0.0.1 port {upstream}; }};
	dnssec-validation {validation};
	empty-zones-enable no;
	{options}
}};
controls {{ }};
{clauses}""",
        )
        self.process = lab.spawn("named", [unconfined(lab, named), "-g", "-n", "1", "-c", config])
        self.await_answer(*wait)


class Bind(Named):
    """BIND 9 with response policy zones. break_dnssec: whether they apply to clients that ask for
    signatures."""

    def __init__(self, lab, upstream, zones, wait=None, break_dnssec="yes"):
        policy = " ".join(f'zone "{origin}";' for origin, _ in zones)
        blocks = "".join(
            f'zone "{origin}" {{ type primary; file "{path}"; notify no; check-names ignore; }};\n'
            for origin, path in zones
        )
        options = f"""response-policy {{ {policy} }} qname-wait-recurse no
		break-dnssec {break_dnssec} recursive-only no min-update-interval 0;"""
        super().__init__(lab, upstream, options, blocks, wait or (".", "SOA", None))
        # BIND answers, and applies a part of its policies, before all of them are loaded.
        lab.wait_for(
            lambda: all(
                f"rpz: {origin.rstrip('.')}: reload done: success" in self.process.text()
                for origin, _ in zones
            ),
            "policy zones loaded",
            self.process,
        )


def recursor_conf(port, directory, upstream, lua):
    """Settings of a PowerDNS Recursor that forwards to a port and has its policies from a Lua
    file."""
    return f"""local-address=127.0.0.1
local-port={port}
forward-zones-recurse=.=127.0.0.1:{upstream}
lua-config-file={lua}
socket-dir={directory}
allow-from=127.0.0.0/8
dont-query=
dnssec=off
daemon=no
write-pid=no
disable-syslog=yes
export-etc-hosts=no
security-poll-suffix=
serve-rfc1918=no
threads=1
qname-minimization=no
dont-throttle-netmasks=127.0.0.0/8
"""


class Recursor(Server):
    """PowerDNS Recursor as a forwarding resolver with response policy zones."""

    def __init__(self, lab, upstream, zones, wait=None):
        super().__init__(lab)
        recursor = program("pdns_recursor", "pdns-recursor")
        directory = lab.mkdir(f"recursor-{self.port}")
        lua = lab.write(
            f"recursor-{self.port}/rpz.lua",
            "".join(f'rpzFile("{path}", {{policyName="{origin}"}})\n' for origin, path in zones),
        )
        lab.write(
            f"recursor-{self.port}/recursor.conf",
            recursor_conf(self.port, directory, upstream, lua),
        )
        self.process = lab.spawn(
            "pdns_recursor", [unconfined(lab, recursor), f"--config-dir={directory}"]
        )
        self.await_answer(*(wait or (".", "SOA", None)))


class KnotResolver(Server):
    """Knot Resolver that serves by these lines of configuration."""

    def __init__(self, lab, lines, wait):
        super().__init__(lab)
        kresd = program("kresd", "knot-resolver")
        directory = lab.mkdir(f"kresd-{self.port}")
        config = lab.write(
            f"kresd-{self.port}/kresd.conf",
            f"""net.listen('127.0.0.1', {self.port}, {{ kind = 'dns' }})
trust_anchors.remove('.')
for _, name in ipairs({{'ta_update', 'ta_signal_query', 'priming', 'detect_time_skew'}}) do
	modules.unload(name)
end
cache.size = 10 * MB
{lines}""",
        )
        self.process = lab.spawn("kresd", [unconfined(lab, kresd), "-n", "-c", config, directory])
        self.await_answer(*wait)


class Kresd(KnotResolver):
    """Knot Resolver as a stub with response policy zones.

    PASS would end all policies, the laboratory's forwarding too, so it is turned into the
    forwarding itself."""

    def __init__(self, lab, upstream, zones, wait=None):
        rules = "".join(
            f"policy.add(passing(policy.rpz(policy.DENY, '{path}', false)))\n" for _, path in zones
        )
        lines = f"""local upstream = policy.STUB('127.0.0.1@{upstream}')
local function passing(rule)
	return function (req, query)
		local action = rule(req, query)
		if action == policy.PASS then return upstream end
		return action
	end
end
{rules}policy.add(policy.all(upstream))
"""
        super().__init__(lab, lines, wait or (".", "SOA", None))


class Dnsmasq(Server):
    """dnsmasq: a stub that caches what a resolver answers."""

    def __init__(self, lab, upstream, *options, conf="/dev/null", wait=("localhost.", "A")):
        super().__init__(lab)
        dnsmasq = program("dnsmasq", "dnsmasq-base")
        self.process = lab.spawn(
            "dnsmasq",
            [
                unconfined(lab, dnsmasq),
                "--keep-in-foreground",
                f"--conf-file={conf}",
                f"--port={self.port}",
                "--listen-address=127.0.0.1",
                "--bind-interfaces",
                "--no-resolv",
                "--no-hosts",
                f"--server=127.0.0.1#{upstream}",
                "--log-queries",
                "--log-facility=-",
                "--user=root",
                "--pid-file=",
                *options,
            ],
        )
        self.await_answer(*wait)
