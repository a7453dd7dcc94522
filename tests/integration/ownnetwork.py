# SPDX-License-Identifier: BSD-3-Clause
"""A network of a test's own, where port 53 is free and programs ask the server under test."""

import os
import sys
from shutil import which

from harness import missing, run

HERE = "HRADBA_OWN_NETWORK"  # set in the process that has one
RESOLV = "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n"


def enter(test):
    """Runs this test (the path of its file) again in a network and a view of files of its own."""
    if os.environ.get(HERE):
        return
    if not which("unshare") or run(["unshare", "-n", "-m", "true"]).returncode != 0:
        missing("unshare, with the right to make a network namespace (util-linux)")
    if not which("ip"):
        missing("ip (Debian package: iproute2)")
    argv = ["unshare", "-n", "-m", sys.executable, "-B", os.path.abspath(test)]
    os.execvpe(argv[0], argv, dict(os.environ, **{HERE: "1"}))


def settle(lab, address=None):
    """The network's loopback, and the resolver that programs are told of. With an address, an
    interface that has it and the default route: without one some programs take themselves for
    offline."""
    steps = [
        ["ip", "link", "set", "lo", "up"],
        ["mount", "--bind", lab.write("resolv.conf", RESOLV), "/etc/resolv.conf"],
        ["mount", "--bind", lab.write("nsswitch.conf", "hosts: files dns\n"), "/etc/nsswitch.conf"],
    ]
    if address:
        steps += [
            ["ip", "link", "add", "wan", "type", "veth", "peer", "name", "far"],
            # No address that comes later by itself: a program may take that for another network.
            ["ip", "link", "set", "wan", "addrgenmode", "none"],
            ["ip", "link", "set", "far", "addrgenmode", "none"],
            ["ip", "link", "set", "far", "up"],
            ["ip", "link", "set", "wan", "up"],
            ["ip", "address", "add", f"{address}/24", "dev", "wan"],
            ["ip", "route", "add", "default", "dev", "wan"],
        ]
    for argv in steps:
        done = run(argv)
        if done.returncode != 0:
            missing(f"{' '.join(argv[:3])}: {done.stderr}")
