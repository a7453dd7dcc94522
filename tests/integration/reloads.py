# SPDX-License-Identifier: BSD-3-Clause
"""Files replaced under a running server, and what becomes of it."""

import os
import time

import world
from harness import run
from published import compiled
from servers import rpzgen

SECONDS = 30.0  # until a change must be in force, on a loaded machine
OLD = "old.example CNAME .\n*.old.example CNAME .\n"
NEW = "new.example CNAME .\n*.new.example CNAME .\n"


def octets(path):
    with open(path, "rb") as stream:
        return stream.read()


def copies(directory, ending=".last"):
    """What the last good copies in a state directory hold; one may be replaced meanwhile."""
    found = []
    for name in os.listdir(directory):
        try:
            found += [octets(os.path.join(directory, name))] if name.endswith(ending) else []
        except FileNotFoundError:
            pass
    return found


def replace(path, data):
    """New contents in place of the old, by rename."""
    with open(path + ".next", "wb") as stream:
        stream.write(data)
    os.rename(path + ".next", path)


def image(lab, rules, *options, serial=1, name="next"):
    """Octets of an image with the id "lab"."""
    return octets(
        compiled(lab, world.rpz("rpz.", rules, serial=serial), "--id", "lab", *options, name=name)[
            1
        ]
    )


def publish(lab, rules, path, **options):
    """A new image in place of the old one, by rename."""
    replace(path, image(lab, rules, **options))


def keys(lab, name):
    """A new key pair; gives (private directory, public key file)."""
    directory = lab.path(name)
    result = run([rpzgen(), "keygen", "-o", directory])
    if result.returncode != 0:
        raise RuntimeError(result.stderr)
    return os.path.join(directory, "private"), os.path.join(directory, "public", "policy.pub")


def signed(lab, private, data):
    """These octets of an image, signed."""
    plain, path = lab.path("plain.policy"), lab.path("signed.policy")
    replace(plain, data)
    result = run([rpzgen(), "sign", "--keys", private, plain, "-o", path])
    if result.returncode != 0:
        raise RuntimeError(result.stderr)
    return octets(path)


def becomes(server, name, kind, **options):
    """Whether the answer becomes of that kind in time, and stays so."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if server.ask(name, "A", **options).kind == kind:
            return all(server.ask(name, "A", **options).kind == kind for _ in range(10))
        time.sleep(0.02)
    return False


def eventually(condition, seconds=SECONDS):
    """Whether the condition comes to hold in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


class Log:
    """What a server has said since the last mark."""

    def __init__(self, server):
        self.server = server
        self.start = 0
        self.mark()

    def mark(self):
        self.start = len(self.server.process.text())

    def text(self):
        return self.server.process.text()[self.start :]

    def says(self, text):
        """Whether it comes to say this in time."""
        return eventually(lambda: text in self.text())
