# SPDX-License-Identifier: BSD-3-Clause
"""Other programs that look at signed zones: name -> function from the path of a zone to whether
they accept it."""

import os

from harness import program, run
from query import ask
from servers import host, unconfined
from signed import APEX

KNOT = """server:
    rundir: {dir}
    listen: 127.0.0.1@{port}
log:
  - target: stderr
    any: info
database:
    storage: {dir}
zone:
  - domain: {apex}
    file: {zone}
    zonemd-verify: on
    zonefile-sync: -1
    journal-content: none
"""

UNBOUND = """server:
    interface: 127.0.0.1@{port}
    directory: "{dir}"
    chroot: ""
    username: ""
    pidfile: ""
    do-daemonize: no
    use-syslog: no
    verbosity: 1
    module-config: "validator iterator"
    trust-anchor-file: "{anchor}"
auth-zone:
    name: "{apex}"
    zonefile: "{zone}"
    for-downstream: yes
    for-upstream: no
    zonemd-check: yes
    zonemd-reject-absence: yes
remote-control:
    control-enable: no
"""


class Serving:
    """A server that checks ZONEMD and serves what passes."""

    def __init__(self, lab, name, argv, config, ready, **values):
        self.lab, self.name, self.argv, self.config, self.ready, self.values = (
            lab,
            name,
            argv,
            config,
            ready,
            values,
        )

    def __call__(self, zone):
        """Whether it serves the zone, once its log shows that it has made up its mind."""
        port, directory = self.lab.port(), self.lab.mkdir(f"judge-{self.name}")
        config = self.lab.write(
            f"judge-{self.name}.conf",
            self.config.format(dir=directory, port=port, zone=zone, apex=APEX, **self.values),
        )
        process = self.lab.spawn(self.name, [*self.argv, config])
        try:
            self.lab.wait_for(
                lambda: not process.running() or any(mark in process.text() for mark in self.ready),
                f"verdict of {self.name}",
            )
            answer = ask(port, APEX, "SOA", timeout=5 if process.running() else 0.1).message
            return answer is not None and bool(answer.answer)
        finally:
            process.stop()
            self.lab.processes.remove(process)  # too many for the report of a failure
            os.unlink(process.log)


def judges(lab, anchor):
    """anchor: path of a DS or DNSKEY in zone-file form."""

    def tool(name, package, *options):
        path = program(name, package)
        return lambda zone: run([path, *options, zone]).returncode == 0

    checkzone = program("named-checkzone", "bind9-utils")
    return {
        "ldns-verify-zone -ZZ": tool("ldns-verify-zone", "ldnsutils", "-ZZ"),
        "dnssec-verify -z": tool("dnssec-verify", "bind9-utils", "-z", "-o", APEX),
        "named-checkzone": lambda zone: run([checkzone, "-q", APEX, zone]).returncode == 0,
        "kzonecheck -d on": tool("kzonecheck", "knot-dnssecutils", "-d", "on", "-o", APEX),
        "Knot zonemd-verify": Serving(
            lab,
            "knotd",
            [unconfined(lab, program("knotd", "knot")), "-c"],
            KNOT,
            ("] loaded, serial", "event 'load' failed"),
        ),
        "Unbound zonemd-check": Serving(
            lab,
            "unbound",
            [host(), "-d", "-c"],
            UNBOUND,
            ("start of service",),
            anchor=os.path.abspath(anchor),
        ),
    }
