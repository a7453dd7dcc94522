# SPDX-License-Identifier: BSD-3-Clause
"""Keys, signed zones and their judges, for the tests of signing."""

import os
import re
import time

from harness import run
from servers import rpzgen

APEX = "feed.rpz"
DAY = 86400

PLAIN = f"""$ORIGIN {APEX}.
$TTL 60
@ SOA localhost. hostmaster.example. 100 3600 600 604800 60
@ NS localhost.
blocked.example CNAME .
*.blocked.example CNAME .
fine.blocked.example CNAME rpz-passthru.
walled.example 300 A 192.0.2.1
walled.example 300 AAAA 2001:db8::1
walled.example 300 MX 10 Mail.Example.
walled.example 300 TXT "see \\"policy\\" 7"
32.1.2.0.192.rpz-ip CNAME *.
\\000\\.odd.example CNAME .
"""


def cli(*argv, env=None, **options):
    return run([rpzgen(), *argv], env=dict(os.environ, **(env or {})), **options)


def must(*argv, **options):
    done = cli(*argv, **options)
    if done.returncode != 0:
        raise RuntimeError(
            f"rpzgen {' '.join(argv)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done


def ids(done):
    """The ids of what a command reported."""
    return set(re.findall(r"\[([a-z0-9-]+)\]$", done.stderr, re.M))


def keys(lab, name="keys", *options):
    """keygen; gives (private, public)."""
    directory = lab.path(name)
    must("keygen", "-o", directory, *options)
    return os.path.join(directory, "private"), os.path.join(directory, "public")


def sign(lab, private, text=PLAIN, name="signed.zone", *options, env=None):
    """Signs zone text; gives the path of the signed zone."""
    plain, out = lab.write(f"{name}.plain", text), lab.path(name)
    must("sign", "-q", "--keys", private, plain, "-o", out, *options, env=env)
    return out


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def lines_of(text):
    """The records of a zone that we wrote, one a line: (owner, TTL, type, RDATA)."""
    for line in text.splitlines():
        if line and line[0] not in ";$":
            yield line.split(" ", 3)


def now():
    return int(time.time())
