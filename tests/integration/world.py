# SPDX-License-Identifier: BSD-3-Clause
"""The small Internet of the tests: zones that an authority serves.

Every name outside the zones below exists through a wildcard at the root, so that an answer for a
listed name is never NXDOMAIN by accident: when a policy fails to apply, EXISTS shows up."""

import os

from harness import program, run

EXISTS = "203.0.113.66"  # A of every name that no zone below defines
EXISTS6 = "2001:db8:bad::66"
SIGNED, TAMPERED = (
    "192.0.2.81",
    "192.0.2.82",
)  # an address in signed zones, and what a bogus one has in its place
LOCAL = "192.0.2.10"  # A of www.local.example, the unlisted local name


def zone(origin, records, ttl=300):
    """Zone text with SOA and NS; the name server is ns.local.example."""
    return (
        f"$ORIGIN {origin}\n$TTL {ttl}\n@ SOA ns.local.example. hostmaster.local.example. 1 3600"
        " 600 86400 60\n@ NS ns.local.example.\n" + records
    )


ANYTHING = f"""* A {EXISTS}
* AAAA {EXISTS6}
* HTTPS 1 . alpn=h2 ipv4hint={EXISTS}
* TXT "upstream"
* MX 10 mail.local.example.
"""

LOCAL_EXAMPLE = zone(
    "local.example.",
    f"""ns A 127.0.0.1
www A {LOCAL}
www AAAA 2001:db8::10
mail A 192.0.2.25
""",
)


def signed(lab, origin, records, bogus=False):
    """A zone signed with ldns; gives (path of the zone file, trust anchor in zone-file form).
    bogus: one signed record is altered afterwards."""
    name = origin.rstrip(".")
    directory = lab.mkdir(f"signed-{name}")
    plain = lab.write(f"signed-{name}/zone", zone(origin, records))
    made = run(
        [program("ldns-keygen", "ldnsutils"), "-a", "ECDSAP256SHA256", "-k", origin], cwd=directory
    )
    key = made.stdout.strip()
    result = run(
        [program("ldns-signzone", "ldnsutils"), "-o", origin, "-f", f"{plain}.signed", plain, key],
        cwd=directory,
    )
    if result.returncode != 0:
        raise RuntimeError(made.stderr + result.stdout + result.stderr)
    if bogus:
        with open(f"{plain}.signed", encoding="ascii") as stream:
            text = stream.read()
        lab.write(f"signed-{name}/zone.signed", text.replace(SIGNED, TAMPERED))
    with open(os.path.join(directory, f"{key}.key"), encoding="ascii") as stream:
        return f"{plain}.signed", stream.read().split(";")[0].strip()


def base():
    """Zones for most tests."""
    return {
        ".": zone(".", ANYTHING),
        "example.": zone("example.", ANYTHING),
        "local.example.": LOCAL_EXAMPLE,
    }


def rpz(origin, rules, ttl=60, serial=1):
    """A response policy zone; rules: lines relative to the apex."""
    return (
        f"$ORIGIN {origin}\n$TTL {ttl}\n@ IN SOA localhost. hostmaster.localhost. {serial} 3600 600"
        f" 86400 {ttl}\n@ IN NS localhost.\n" + rules
    )
