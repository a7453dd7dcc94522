# SPDX-License-Identifier: BSD-3-Clause
"""Servers that deliver zones, configured by the files of contrib/delivery, each with its
placeholders filled in."""

import base64
import os
import re
import signal

from harness import program
from servers import TOP_SOURCE, Server, recursor_conf, unconfined

ZONE = "deepseek.rpz"
NOTHING_OUTSIDE = (  # named's defaults lie in directories of the machine
    "pid-file none; session-keyfile none;"
)
RECIPES = os.path.join(TOP_SOURCE, "contrib", "delivery")


def fill(lab, directory, recipe, values):
    """Writes a recipe with these values in place of its @PLACEHOLDERS@; gives the path."""
    with open(os.path.join(RECIPES, recipe), encoding="utf-8") as stream:
        text = stream.read()
    text = re.sub(r"@([A-Z]+)@", lambda m: str(values[m.group(1)]), text)
    return lab.write(os.path.join(directory, recipe), text)


class Key:
    """One TSIG key in the forms of BIND, Knot DNS and the Recursor's recipe."""

    def __init__(self, lab, directory):
        secret = base64.b64encode(os.urandom(32)).decode()
        self.bind = lab.write(
            f"{directory}/key.bind",
            f'key "hradba" {{\n\talgorithm hmac-sha256;\n\tsecret "{secret}";\n}};\n',
        )
        self.knot = lab.write(
            f"{directory}/key.knot",
            f"key:\n  - id: hradba\n    algorithm: hmac-sha256\n    secret: {secret}\n",
        )
        self.secret = lab.write(f"{directory}/key.secret", secret + "\n")


class Delivering(Server):
    """A server of a recipe, in a directory of its own."""

    def __init__(self, lab, where):
        super().__init__(lab)
        self.name = f"{where}/{type(self).__name__.lower()}"
        self.directory = lab.mkdir(self.name)

    def configure(self, recipe, **values):
        return fill(
            self.lab,
            self.name,
            recipe,
            dict(
                values,
                DIR=self.directory,
                ZONE=ZONE,
                PORT=self.port,
                ADDRESS="127.0.0.1",
                LISTEN=f"127.0.0.1@{self.port}",
            ),
        )

    def knotd(self, config):
        self.process = self.lab.spawn(
            self.name, [unconfined(self.lab, program("knotd", "knot")), "-c", config]
        )

    def named(self, config):
        with open(config, "a", encoding="utf-8") as stream:
            stream.write("controls { };\n")  # else it listens on port 953
        self.process = self.lab.spawn(
            self.name,
            [unconfined(self.lab, program("named", "bind9")), "-g", "-n", "1", "-c", config],
        )

    def reload(self):
        os.kill(self.process.pid, signal.SIGHUP)

    def await_log(self, pattern):
        self.lab.wait_for(
            lambda: re.search(pattern, self.process.text()),
            f"{pattern} in the log of {self.name}",
            self.process,
        )


class KnotPrimary(Delivering):
    def __init__(self, lab, where, key, file, secondary):
        super().__init__(lab, where)
        self.knotd(
            self.configure(
                "knot-primary.conf", KEY=key.knot, FILE=file, SECONDARY=f"127.0.0.1@{secondary}"
            )
        )
        self.await_log(r"\] loaded|zone file loaded")

    def transfers(self):
        """[(kind, octets)] of the transfers out so far."""
        found = re.findall(r"([AI]XFR), outgoing, .* finished, .* (\d+) bytes", self.process.text())
        return [(kind, int(octets)) for kind, octets in found]


class BindPrimary(Delivering):
    def __init__(self, lab, where, key, file, secondary):
        super().__init__(lab, where)
        self.named(
            self.configure(
                "bind-primary.conf",
                KEY=key.bind,
                FILE=file,
                OPTIONS=NOTHING_OUTSIDE,
                SECONDARY=f"127.0.0.1 port {secondary}",
            )
        )
        self.await_log(r"zone deepseek.rpz/IN: loaded serial")

    def transfers(self):
        found = re.findall(r"([AI]XFR) ended: .* (\d+) bytes", self.process.text())
        return [(kind, int(octets)) for kind, octets in found]


class KnotSecondary(Delivering):
    """Writes what it gets to self.file. The primary is set later: each must know the other's
    port."""

    def __init__(self, lab, where):
        super().__init__(lab, where)
        self.file = os.path.join(self.directory, f"{ZONE}.signed")

    def start(self, key, primary):
        self.knotd(
            self.configure(
                "knot-secondary.conf", KEY=key.knot, FILE=self.file, PRIMARY=f"127.0.0.1@{primary}"
            )
        )

    def serial(self):
        """Of the zone file; None before there is one."""
        try:
            with open(self.file, encoding="utf-8") as stream:
                return int(re.search(r"\sSOA\s+\S+\s+\S+\s+(\d+)", stream.read(4096)).group(1))
        except FileNotFoundError:
            return None


class BindRpz(Delivering):
    """BIND as a resolver with its policy by transfer."""

    def start(self, key, primary, upstream):
        self.named(
            self.configure(
                "bind-rpz-secondary.conf",
                KEY=key.bind,
                PRIMARY=f"127.0.0.1 port {primary}",
                OPTIONS=(
                    f"forward only; forwarders {{ 127.0.0.1 port {upstream}; }}; "
                    "dnssec-validation no; "
                )
                + NOTHING_OUTSIDE,
            )
        )


class RecursorRpz(Delivering):
    """PowerDNS Recursor as a resolver with its policy by transfer."""

    def start(self, key, primary, upstream):
        lua = self.configure(
            "recursor-rpz-secondary.lua",
            SECRET=key.secret,
            PRIMARY=f"127.0.0.1:{primary}",
            REFRESH=1,
        )
        self.lab.write(
            f"{self.name}/recursor.conf", recursor_conf(self.port, self.directory, upstream, lua)
        )
        binary = unconfined(self.lab, program("pdns_recursor", "pdns-recursor"))
        self.process = self.lab.spawn(self.name, [binary, f"--config-dir={self.directory}"])
