# SPDX-License-Identifier: BSD-3-Clause
"""How resolvers read the owners of a response policy zone: naive models, written from the standards
and from their sources, that share nothing with our own code. A name is a tuple of lower-case labels
from the root down: ("example", "www").

An owner set is {name: rule}: exact owners as they are, wildcard owners with the last label "*"."""

import bisect

STAR = "*"


def labels(text):
    return tuple(reversed(text.lower().rstrip(".").split(".")))


def text(name):
    return ".".join(reversed(name))


class Reading:
    """rule(name) gives the rule that applies, or None."""

    def __init__(self, owners):
        self.owners = owners


class Deepest(Reading):
    """Ours, PowerDNS, Knot: the exact rule, else the wildcard of the closest ancestor that has
    one."""

    def rule(self, name):
        if name in self.owners:
            return self.owners[name]
        for depth in range(len(name) - 1, -1, -1):
            found = self.owners.get(name[:depth] + (STAR,))
            if found is not None:
                return found
        return None


class Rfc4592(Reading):
    """BIND: the wildcard of the closest encloser, and of no other; an existing name without a rule
    has none."""

    def __init__(self, owners):
        super().__init__(owners)
        self.nodes = {name[:depth] for name in owners for depth in range(len(name) + 1)}

    def rule(self, name):
        if name in self.nodes:
            return self.owners.get(name)
        depth = len(name) - 1
        while name[:depth] not in self.nodes:
            depth -= 1
        return self.owners.get(name[:depth] + (STAR,))


class Neighbour(Reading):
    """Unbound's rpz_find_zone(): the wildcard of the domain that the name shares with the owner
    before it. Labels sort by length first (dname_lab_cmp())."""

    def __init__(self, owners):
        super().__init__(owners)
        self.sorted = sorted((self.key(name), name) for name in owners)
        self.keys = [key for key, _ in self.sorted]

    @staticmethod
    def key(name):
        return tuple((len(label), label) for label in name)

    def rule(self, name):
        if name in self.owners:
            return self.owners[name]
        at = bisect.bisect_right(self.keys, self.key(name)) - 1
        if at < 0:
            return None
        shared = []
        for mine, other in zip(name, self.sorted[at][1]):
            if mine != other:
                break
            shared.append(mine)
        return self.owners.get(tuple(shared) + (STAR,))


def without_holes(owners):
    """The owners and, for each node below a wildcard that lacks them, exact and wildcard owners
    with the rule that the deepest wildcard gives: every reading above then agrees."""
    deepest = Deepest(owners)
    closed = dict(owners)
    nodes = {
        name[:depth]
        for name in owners
        for depth in range(len(name) + 1)
        if name[:depth][-1:] != (STAR,)
    }
    for node in nodes:
        if not node:
            continue
        for owner in (node, node + (STAR,)):
            if owner in owners:
                continue
            rule = deepest.rule(node + ("any",) if owner[-1] == STAR else node)
            if rule is not None:
                closed[owner] = rule
    return closed
