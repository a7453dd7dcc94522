# SPDX-License-Identifier: BSD-3-Clause
"""What rpzgen makes of the shipped inventory, and the names the inventory speaks of, read
independently of rpzgen."""

import os
import re

from harness import run
from servers import TOP_SOURCE, rpzgen

INVENTORY = os.path.join(TOP_SOURCE, "zones", "deepseek.yaml")

# Look-alikes and strangers that no rule of this feed may cover.
STRANGERS = """deepseek.ai deepseek.chat deepseek.net deepseek.io api.deepseeki.com
agents-deepseek.com.cn aa-deepseek.com.cn xdeepseek.com notdeepseek.com
deepseek.com.example.org deepseekcom.org dpsk12.org
hfairport.com deepseek.co seek.com high-flyer.com flyer.cn com cn www.local.example""".split()


NEW_NAME = "newly-listed.example"
_FIRST_NAME = "          - name: high-flyer.cn\n"
_NEW_ENTRY = f"""          - name: {NEW_NAME}
            match: subtree
            exclusive: yes
            confidence: probable
            evidence:
              - title: Found today
                url: https://evidence.example/today
                retrieved: 2026-11-24
"""


def with_new_name(inventory):
    """The text of the shipped inventory with one more name."""
    assert _FIRST_NAME in inventory
    return inventory.replace(_FIRST_NAME, _NEW_ENTRY + _FIRST_NAME, 1)


def built(lab, *options, name="publish"):
    """Runs `rpzgen build` over the shipped inventory; gives the output directory."""
    directory = lab.mkdir(name)
    result = run([rpzgen(), "build", INVENTORY, "-o", directory, *options])
    if result.returncode != 0:
        raise RuntimeError(
            f"rpzgen build: exit {result.returncode}\n{result.stdout}{result.stderr}"
        )
    return directory


def compiled(lab, text, *options, origin="rpz.", name="lab", companion=False):
    """Writes a response policy zone and compiles it; gives (zone path, image path)."""
    zone = lab.write(f"{name}.rpz", text)
    image = lab.path(f"{name}.policy")
    if companion:
        options = (*options, "--companion", lab.path(f"{name}-companion.rpz"))
    command = [rpzgen(), "compile", zone, "-o", image, "--origin", origin, "--id", name]
    result = run([*command, "--accept-change", *options])
    if result.returncode != 0:
        raise RuntimeError(
            f"rpzgen compile: exit {result.returncode}\n{result.stdout}{result.stderr}"
        )
    return zone, image


def cached_messages(dump):
    """Messages of `unbound-control dump_cache`: {"name type": [owners of the rrsets that it refers
    to]}."""
    found, refer = {}, None
    for line in dump.partition("START_MSG_CACHE")[2].splitlines():
        words = line.lower().split()
        if words[:1] == ["msg"]:
            refer = found.setdefault(f"{words[1]} {line.split()[3]} {len(found)}", [])
        elif len(words) >= 3 and refer is not None:
            refer.append(words[0])
    return found


def permitted_copies(dump, names):
    """Cached messages that ask for a name at or below one of these, or that refer to an rrset
    there."""
    bases = [name.lower().rstrip(".") + "." for name in names]

    def below(name):
        return any(name == base or name.endswith("." + base) for base in bases)

    return [
        f"{question}: {owners}"
        for question, owners in cached_messages(dump).items()
        if below(question.split()[0]) or any(below(owner) for owner in owners)
    ]


def zone_owners(path):
    """Owners of the policy records of a plain zone, relative to the apex, without the apex
    itself."""
    owners = []
    with open(path, encoding="ascii") as stream:
        for line in stream:
            if line[:1] in ";$@ \t\n":
                continue
            owners.append(line.split()[0].lower())
    return owners


def zone_bases(path):
    """Base names that the zone blocks with everything below: those with an exact and a wildcard
    owner."""
    owners = set(zone_owners(path))
    return sorted(o for o in owners if not o.startswith("*.") and "*." + o in owners)


def zone_hosts(path):
    """Names that the zone blocks without what is below: those with an exact owner alone."""
    owners = set(zone_owners(path))
    return sorted(o for o in owners if not o.startswith("*.") and "*." + o not in owners)


def around(hosts):
    """Names next to hosts that are blocked alone: the one above and one below."""
    return [near for host in hosts for near in (host.partition(".")[2], "below." + host)]


def inventory_names(*sections):
    """Names in the given top-level sections of the inventory, by its line form "name: NAME"."""
    found, section = [], None
    with open(INVENTORY, encoding="utf-8") as stream:
        for line in stream:
            head = re.match(r"([a-z_-]+):", line)
            if head:
                section = head.group(1)
            name = re.match(r"\s+(?:- )?name: ([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)\s*(?:#.*)?$", line)
            if name and section in sections:
                found.append(name.group(1))
    return sorted(set(found))
