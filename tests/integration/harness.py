# SPDX-License-Identifier: BSD-3-Clause
"""TAP output and a laboratory of real servers for the integration tests.

A test is one executable file that does

    from harness import Lab, Tap
    with Tap() as tap, Lab(tap) as lab:
        ...
        tap.ok(condition, "what must hold", "detail shown on failure")

Lab gives the test a directory of its own, free ports on 127.0.0.1 and processes that never outlive
it: each runs in its own process group, is stopped by that group's id, and gets SIGKILL from the
kernel should the test itself be killed. Logs of all processes are shown when a check has failed."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

STARTUP_SECONDS = 30.0  # until a server must answer; BIND on a loaded machine takes several
STOP_SECONDS = 10.0  # from SIGTERM to SIGKILL
LOG_TAIL_LINES = 25  # of each server's log shown on failure


class Skip(Exception):
    """Something the test needs is not installed."""


def missing(what):
    """Ends a test before its first check, for want of what it needs."""
    print(f"1..0 # SKIP needs {what}")
    sys.exit(0)


class Tap:
    """Prints TAP version 12; the plan comes last, so that a test need not count."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def __enter__(self):
        sys.stdout.reconfigure(line_buffering=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return self

    def __exit__(self, kind, error, trace):
        if kind is Skip:
            self._missing(error)
        elif kind is not None and not issubclass(kind, (KeyboardInterrupt, SystemExit)):
            self.ok(
                False, f"ended by {kind.__name__}: {error}", "".join(traceback.format_tb(trace))
            )
        elif kind is not None:
            return False
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)

    def _missing(self, what):
        """A missing program skips the rest of the test."""
        if not self.count:
            missing(what)
        self.count += 1
        print(f"ok {self.count} # SKIP the rest needs {what}")

    def ok(self, condition, name, *detail):
        self.count += 1
        if not condition:
            self.failed += 1
        name = str(name).replace("#", "\\#").replace("\n", " ")
        print(f"{'ok' if condition else 'not ok'} {self.count} - {name}")
        if not condition:
            for part in detail:
                self.note(part)
        return bool(condition)

    def equal(self, got, want, name, *detail):
        return self.ok(got == want, name, f"got:  {got!r}", f"want: {want!r}", *detail)

    def none(self, faults, name):
        """Passes when the list of faults is empty; shows the first of them otherwise."""
        faults = list(faults)
        return self.ok(not faults, name, f"{len(faults)} of them", *faults[:20])

    def note(self, text):
        for line in str(text).splitlines() or [""]:
            print(f"# {line}")


class Process:
    """A running server: its process group, its log."""

    def __init__(self, name, argv, log, env, cwd):
        self.name = name
        self.log = log
        setpriv = shutil.which("setpriv")
        prefix = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
        with open(log, "ab") as sink:
            self.popen = subprocess.Popen(
                prefix + argv,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self):
        return self.popen.pid

    def running(self):
        return self.popen.poll() is None

    def wait(self, seconds):
        """The exit status, or None when the process still runs after that time."""
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def _signal_group(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def stop(self):
        if self.running():
            self._signal_group(signal.SIGTERM)
            if self.wait(STOP_SECONDS) is None:
                self._signal_group(signal.SIGKILL)
                self.popen.wait()
        self._signal_group(signal.SIGKILL)  # children that outlived their parent

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as stream:
            return stream.read()

    def memory_kib(self):
        """Resident memory of the process."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as stream:
            for line in stream:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return 0


class Lab:
    """Directory, ports and processes of one test."""

    def __init__(self, tap):
        self.tap = tap
        self.processes = []
        self.closers = []
        self._ports = {}

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="hradba-test.")
        os.chmod(self.dir, 0o755)  # servers that drop privileges read their files here
        return self

    def __exit__(self, kind, error, trace):
        for process in reversed(self.processes):
            process.stop()
        for close in reversed(self.closers):
            close()
        self._look_for_reports()
        if self.tap.failed or (kind not in (None, Skip)):
            self._show_logs()
        if os.environ.get("HRADBA_KEEP"):
            self.tap.note(f"kept: {self.dir}")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)
        return False

    def _look_for_reports(self):
        """A sanitizer's report in any log fails the test, whatever its other checks say."""
        for process in self.processes:
            reports = [
                line
                for line in process.text().splitlines()
                if "Sanitizer" in line or "runtime error:" in line
            ]
            if reports:
                self.tap.ok(
                    False, f"{process.name} runs without a sanitizer's report", *reports[:10]
                )

    def _show_logs(self):
        for process in self.processes:
            lines = process.text().splitlines()
            self.tap.note(f"--- log of {process.name}, last {LOG_TAIL_LINES} of {len(lines)} lines")
            self.tap.note("\n".join(lines[-LOG_TAIL_LINES:]))

    def path(self, *parts):
        path = os.path.join(self.dir, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, name, text):
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        return path

    def mkdir(self, name):
        path = os.path.join(self.dir, name)
        os.makedirs(path, exist_ok=True)
        return path

    def port(self):
        """A port of 127.0.0.1 that is free for UDP and TCP, below the range of ephemeral ports. No
        other test gets it meanwhile: what looks free may be given away, and not be bound yet."""
        for _ in range(1000):
            port = random.randint(12000, 32000)
            claim = port not in self._ports and _claim(port)
            if claim and _is_free(port):
                self._ports[port] = claim
                return port
        raise RuntimeError("no free port")

    def spawn(self, name, argv, env=None, cwd=None):
        full_env = dict(os.environ, **(env or {}))
        number = len(self.processes)
        process = Process(
            name,
            argv,
            self.path(f"{number:02}-{os.path.basename(name)}.log"),
            full_env,
            cwd or self.dir,
        )
        self.processes.append(process)
        return process

    def wait_for(self, condition, what, process=None, seconds=STARTUP_SECONDS):
        """Polls until condition() is true. A process that ends meanwhile, or the time, is an
        error."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            if process is not None and not process.running():
                raise RuntimeError(f"{process.name} ended before {what}:\n{process.text()[-3000:]}")
            time.sleep(0.02)
        raise RuntimeError(f"no {what} within {seconds:.0f} s")


def _claim(port):
    """A name of the kernel's that one process at a time can have; None: another has it."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0hradba-test-port-{port}")
    except OSError:
        claim.close()
        return None
    return claim


def _is_free(port):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def program(name, package):
    """Path of an installed program; Skip names the Debian package."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        raise Skip(f"{name} (Debian package: {package})")
    return path


def run(argv, seconds=120, **options):
    """Runs a command to its end; gives its CompletedProcess with text output."""
    return subprocess.run(
        argv,
        stdin=options.pop("stdin", subprocess.DEVNULL),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        **options,
    )
