# SPDX-License-Identifier: BSD-3-Clause
"""Debian packages of script/package, and a copy of this machine to install them on."""

import glob
import os
import re
import shlex
import subprocess

import ownnetwork
from harness import Skip, missing, run
from servers import TOP_BUILD

DISTRIBUTION = os.path.join(os.path.realpath(os.environ.get("HRADBA_HOST_SBIN", ".")), "../../..")


def packages():
    """Paths of our packages by name."""
    directory = os.environ.get("HRADBA_PACKAGES") or os.path.join(TOP_BUILD, "packages")
    found = {os.path.basename(p).split("_")[0]: p for p in glob.glob(f"{directory}/*.deb")}
    if not {"rpzgen", "unbound", "unbound-module-hradba"} <= found.keys():
        raise Skip("packages in build/packages (run script/package)")
    return found


def stock_package():
    """The distribution's own package of unbound, which script/build-unbound has fetched."""
    found = sorted(glob.glob(os.path.join(DISTRIBUTION, "package", "stock", "*.deb")))
    if not found:
        raise Skip("the distribution's package unbound (run script/package)")
    return os.path.realpath(found[-1])


def enter(test):
    """Runs this test (the path of its file) again where it may mount, with a network of its own."""
    if os.geteuid() != 0:
        missing("root, to install packages in a copy of this machine")
    ownnetwork.enter(test)
    run(["ip", "link", "set", "lo", "up"])


class Copy:
    """This machine as it is, on which everything can be changed: an overlay in memory."""

    def __init__(self, lab):
        self.lab = lab
        self.root = lab.mkdir("copy")
        memory = lab.mkdir("memory")
        self._mount("-t", "tmpfs", "tmpfs", memory)
        os.makedirs(f"{memory}/upper")
        os.makedirs(f"{memory}/work")
        options = f"lowerdir=/,upperdir={memory}/upper,workdir={memory}/work"
        self._mount("-t", "overlay", "overlay", "-o", options, self.root)
        lab.closers.append(lambda: run(["umount", "-l", memory]))
        lab.closers.append(lambda: run(["umount", "-R", "-l", self.root]))
        for place in ("proc", "sys", "dev"):
            self._mount("--rbind", f"/{place}", f"{self.root}/{place}")
        self._mount("-t", "tmpfs", "tmpfs", f"{self.root}/run")
        # Nothing is started by the packages: the test does. Indices of manual pages take long.
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        self.write("/etc/dpkg/dpkg.cfg.d/copy", "force-unsafe-io\nforce-confold\n")
        for file in ("/var/lib/man-db/auto-update", "/etc/apt/apt.conf.d/20packagekit"):
            if os.path.exists(self.path(file)):
                os.unlink(self.path(file))

    @staticmethod
    def _mount(*words):
        done = run(["mount", *words])
        if done.returncode != 0:
            raise Skip(f"mounts of its own: {done.stderr.strip()}")

    def path(self, path):
        return self.root + path

    def write(self, path, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        with open(self.path(path), "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(self.path(path), mode)

    def read(self, path):
        with open(self.path(path), encoding="utf-8", errors="replace") as stream:
            return stream.read()

    def run(self, *argv, **options):
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
        env["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
        # Packages are configured slowly on a machine that does much else.
        return run(["chroot", self.root, *argv], seconds=600, env=env, **options)

    def dpkg(self, *argv):
        """Runs dpkg; files are given by their path on the machine."""
        words = []
        for word in argv:
            if word.endswith(".deb"):
                copy = f"/tmp/{os.path.basename(word)}"
                subprocess.run(["cp", word, self.path(copy)], check=True)
                word = copy
            words.append(word)
        return self.run("dpkg", *words)

    def unit(self, name):
        """The commands of a unit with its drop-ins: {key: [command, ...]}."""
        text = ""
        for pattern in (f"/lib/systemd/system/{name}", f"/lib/systemd/system/{name}.d/*.conf"):
            for path in sorted(glob.glob(self.path(pattern))):
                text += self.read(path[len(self.root) :]) + "\n"
        text = text.replace("\\\n", " ")
        commands = {}
        for key, command in re.findall(r"^(Exec\w+)=(.+)$", text, re.M):
            commands.setdefault(key, []).append(command)
        return commands

    def start(self, name):
        """Starts the service as its unit says; gives its process and what was said before."""
        commands = self.unit(name)
        said = ""
        for command in commands.get("ExecStartPre", []):
            words = shlex.split(command.lstrip("-+!@:"))
            done = self.run(*words)
            said += done.stdout + done.stderr
            if done.returncode != 0 and not command.startswith("-"):
                raise RuntimeError(f"{command}: {done.returncode}\n{said}")
        words = [w for w in shlex.split(commands["ExecStart"][0]) if not w.startswith("$")]
        process = self.lab.spawn(name, ["chroot", self.root, *words])
        return process, said

    def started(self, name):
        for command in self.unit(name).get("ExecStartPost", []):
            self.run(*shlex.split(command.lstrip("-+!@:")))
