# SPDX-License-Identifier: BSD-3-Clause
"""Zones and rules in which a listed name or address is reached only through aliases, and the
answers that are due."""

import world

BAD, BAD6 = "198.51.100.7", "2001:db8:666::7"  # listed addresses
GOOD = "192.0.2.50"

RULES = """listed.example CNAME .
*.listed.example CNAME .
pass.listed.example CNAME rpz-passthru.
trusted.alias.example CNAME rpz-passthru.
nodata.example CNAME *.
local.listed2.example A 192.0.2.99
24.0.100.51.198.rpz-ip CNAME .
48.zz.666.db8.2001.rpz-ip CNAME .
"""

ALIASES = f"""one CNAME hidden.listed.example.
two CNAME one.alias.example.
three CNAME two.alias.example.
cross CNAME hop.other.example.
d DNAME listed.example.
nodata CNAME nodata.example.
local CNAME local.listed2.example.
allowed CNAME pass.listed.example.
trusted CNAME hidden.listed.example.
addr A {BAD}
addr AAAA {BAD6}
mixed A {GOOD}
mixed A {BAD}
toaddr CNAME addr.other.example.
hints HTTPS 1 . alpn=h2 ipv4hint={BAD}
hints6 HTTPS 1 . alpn=h2 ipv6hint={BAD6}
hintok HTTPS 1 . alpn=h2 ipv4hint={GOOD}
svcb SVCB 1 . ipv4hint={BAD}
clean A {GOOD}
cleanalias CNAME clean.alias.example.
* A {GOOD}
"""
OTHER = f"""hop CNAME hidden.listed.example.
addr A {BAD}
addr AAAA {BAD6}
"""
LISTED = f"""@ A {world.EXISTS}
* A {world.EXISTS}
* AAAA {world.EXISTS6}
hidden A {world.EXISTS}
ns9 A 127.0.0.1
pass A {BAD}
"""

# Name below alias.example, type -> (kind, answer section, owner of the SOA). None: not compared.
A = "alias.example."
ANSWERS = {
    ("one", "A"): ("nxdomain", [f"one.{A} CNAME hidden.listed.example."], "listed.example."),
    ("one", "AAAA"): ("nxdomain", [f"one.{A} CNAME hidden.listed.example."], "listed.example."),
    ("two", "A"): (
        "nxdomain",
        [f"one.{A} CNAME hidden.listed.example.", f"two.{A} CNAME one.{A}"],
        "listed.example.",
    ),
    ("three", "A"): ("nxdomain", None, "listed.example."),
    ("cross", "A"): (
        "nxdomain",
        [f"cross.{A} CNAME hop.other.example.", "hop.other.example. CNAME hidden.listed.example."],
        "listed.example.",
    ),
    ("x.d", "A"): (
        "nxdomain",
        [f"d.{A} DNAME listed.example.", f"x.d.{A} CNAME x.listed.example."],
        "listed.example.",
    ),
    ("nodata", "A"): ("data", [f"nodata.{A} CNAME nodata.example."], "nodata.example."),
    ("local", "A"): (
        "data",
        [f"local.{A} CNAME local.listed2.example.", "local.listed2.example. A 192.0.2.99"],
        None,
    ),
    ("allowed", "A"): (
        "data",
        [f"allowed.{A} CNAME pass.listed.example.", f"pass.listed.example. A {BAD}"],
        None,
    ),
    ("trusted", "A"): (
        "data",
        ["hidden.listed.example. A " + world.EXISTS, f"trusted.{A} CNAME hidden.listed.example."],
        None,
    ),
    ("addr", "A"): ("nxdomain", [], None),
    ("addr", "AAAA"): ("nxdomain", [], None),
    ("mixed", "A"): ("nxdomain", [], None),
    ("toaddr", "A"): ("nxdomain", None, None),
    ("hints", "HTTPS"): ("nxdomain", [], None),
    ("hints6", "HTTPS"): ("nxdomain", [], None),
    ("svcb", "SVCB"): ("nxdomain", [], None),
    ("hintok", "HTTPS"): ("data", None, None),
    ("clean", "A"): ("data", [f"clean.{A} A {GOOD}"], None),
    ("cleanalias", "A"): ("data", [f"clean.{A} A {GOOD}", f"cleanalias.{A} CNAME clean.{A}"], None),
}
HARMLESS = (
    "hintok",
    "clean",
    "cleanalias",
    "allowed",
    "trusted",
)  # what a client may get, and a cache may keep


def zones():
    return dict(
        world.base(),
        **{
            "alias.example.": world.zone("alias.example.", ALIASES),
            "other.example.": world.zone("other.example.", OTHER),
            "listed.example.": world.zone("listed.example.", LISTED),
        },
    )


def faults(label, qtype, answer):
    """What is wrong with the answer to label.alias.example."""
    kind, section, soa = ANSWERS[label, qtype]
    name = f"{label}.alias.example {qtype}"
    if answer.kind != kind:
        yield f"{name}: wanted {kind}, got {answer}"
    elif (
        section is not None and [line for line in answer.answer if " RRSIG " not in line] != section
    ):
        yield f"{name}: answer section {answer.answer}"
    elif soa is not None and (answer.soa is None or answer.soa[0] != soa):
        yield f"{name}: SOA {answer.soa}"
    elif kind == "nxdomain" and answer.soa and soa is None and section == []:
        yield f"{name}: an SOA, by which forwarders would keep it for other types: {answer}"
    elif kind == "nxdomain" and not answer.ede and answer.message.edns >= 0:
        yield f"{name}: without EDE: {answer}"
