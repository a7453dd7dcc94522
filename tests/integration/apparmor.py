# SPDX-License-Identifier: BSD-3-Clause
"""What an AppArmor profile allows a server to do with a path, evaluated without the kernel.

apparmor_parser resolves the includes and judges the syntax; the file rules of the result are few
forms: [audit] [deny] [owner] PATH PERMISSIONS, with variables, {a,b}, [..], ?, * and **."""

import itertools
import re

from harness import program, run

RULE = re.compile(
    r"^\s*(?P<words>(?:(?:audit|deny|allow|owner|file)\s+)*)(?P<path>/\S*|@\{\S*|\"[^\"]+\")"
    r"\s+(?P<perms>[rwmklaixpcuPCUI]+)(?:\s*->\s*\S+)?\s*,"
)
VARIABLE = re.compile(r"@\{([A-Za-z_]+)\}")


def _variables(text):
    values = {}
    for name, sign, rest in re.findall(r"^\s*@\{(\w+)\}\s*(\+?=)\s*(.*)$", text, re.M):
        found = values.setdefault(name, []) if sign == "+=" else values.update({name: []}) or []
        values[name] = found + [word.strip('"') for word in rest.split("#")[0].split()]
    return values


def _expanded(path, values, depth=0):
    """All paths that a path with variables stands for."""
    names = VARIABLE.findall(path)
    if not names or depth > 8:
        return [path]
    out = []
    choices = [values.get(name, ["*"]) for name in dict.fromkeys(names)]
    for chosen in itertools.product(*choices):
        text = path
        for name, value in zip(dict.fromkeys(names), chosen):
            text = text.replace("@{" + name + "}", value)
        out += _expanded(text, values, depth + 1)
    return out


def _pattern(glob):
    out, depth, at = "", 0, 0
    while at < len(glob):
        char = glob[at]
        if glob.startswith("**", at):
            out, at = out + ".*", at + 1
        elif char == "*":
            out += "[^/]*"
        elif char == "?":
            out += "[^/]"
        elif char == "{":
            out, depth = out + "(?:", depth + 1
        elif char == "}":
            out, depth = out + ")", depth - 1
        elif char == "," and depth:
            out += "|"
        elif char == "[":
            end = glob.index("]", at)
            out, at = out + glob[at : end + 1].replace("[^", "[^"), end
        else:
            out += re.escape(char)
        at += 1
    return re.compile(re.sub(r"/+", "/", out) + r"\Z")


class Profile:
    """The file rules of a profile below a base directory as /etc/apparmor.d."""

    def __init__(self, path, base):
        parser = program("apparmor_parser", "apparmor")
        syntax = run([parser, "-Q", "-K", "--base", base, path])
        self.faults = syntax.stderr if syntax.returncode else ""
        text = run([parser, "-p", "--base", base, path]).stdout
        values = _variables(text)
        self.rules = []
        for line in text.splitlines():
            match = RULE.match(line)
            if match:
                words = match["words"].split()
                self.rules += [
                    (_pattern(glob), set(match["perms"]), "deny" in words, "owner" in words)
                    for glob in _expanded(match["path"].strip('"'), values)
                ]

    def allows(self, path, owned):
        """The permissions; owned: the file is the server's own."""
        granted, denied = set(), set()
        for pattern, perms, deny, owner in self.rules:
            if pattern.match(path) and (owned or not owner):
                if deny:
                    denied |= perms
                else:
                    granted |= perms
        return granted - denied
