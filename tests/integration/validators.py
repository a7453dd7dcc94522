# SPDX-License-Identifier: BSD-3-Clause
"""A small signed Internet, and forwarders behind the resolver under test. Given that Internet they
validate it by themselves, given None nothing. Its zones: a root and a TLD with NSEC, a TLD with
NSEC3, and below them, for each kind of rule, an unsigned zone NAME.com and a signed one
sNAME.com."""

import os

from harness import program, run
from servers import Dnsmasq, KnotResolver, Named, Unbound
from world import zone

REAL, REAL6 = "192.0.2.98", "2001:db8::98"  # of every name of these zones
WALL, WALL6 = "192.0.2.97", "2001:db8::97"  # where a walled garden leads
LOCAL = "192.0.2.99"  # local data
LISTED = "203.0.113.66"  # an address that is listed
KINDS = {
    "nx": "CNAME .",
    "aim": "CNAME .",  # of aliases
    "spare": "CNAME .",  # but for one name in it
    "nodata": "CNAME *.",
    "tcp": "CNAME rpz-tcp-only.",
    "drop": "CNAME rpz-drop.",
    "data": f"A {LOCAL}",
    "garden": "CNAME wall.lab.",
    "free": None,
}
ZONES = [f"{s}{kind}" for kind in KINDS for s in ("", "s")]
ANYTHING = f"A {REAL}", f"AAAA {REAL6}", 'TXT "upstream"', "MX 10 mx", "HTTPS 1 . alpn=h2"
SPARED = f"@ A {REAL}\npass A {REAL}\n"  # no wildcard: RFC 8198 would make answers of that
BODY = "".join(f"{owner} {record}\n" for owner in ("@", "*") for record in ANYTHING)
ALIASES = f"""cn CNAME x.aim.com.
dn DNAME aim.com.
adr A {LISTED}
adr AAAA {REAL6}
adr TXT "upstream"
"""
LAB = f"""ns A 127.0.0.1
wall A {WALL}
wall AAAA {WALL6}
"""


def rules(spared=True):
    """The policy: each kind of rule for its zones and all below; an address; names spared below."""
    lines = []
    for name in ZONES:
        action = KINDS[name[1:] if name[1:] in KINDS else name]
        lines += [f"{owner}{name}.com {action}" for owner in ("", "*.") if action]
    lines += ["nx.net CNAME .", "*.nx.net CNAME .", "32.66.113.0.203.rpz-ip CNAME ."]
    if spared:
        lines += [f"pass.{name}.com CNAME rpz-passthru." for name in ("spare", "sspare")]
    return "".join(line + "\n" for line in lines)


def _sign(lab, origin, text, *options):
    """A signed zone file; gives its path, its DS record and its key."""
    directory = lab.mkdir(f"zone-{origin}")
    plain = lab.write(f"zone-{origin}/zone", text)
    key = run(
        [program("ldns-keygen", "ldnsutils"), "-a", "ECDSAP256SHA256", "-k", origin],
        cwd=directory,
    ).stdout.strip()
    signer = [program("ldns-signzone", "ldnsutils"), *options, "-o", origin, "-f"]
    made = run([*signer, f"{plain}.signed", plain, key], cwd=directory)
    if made.returncode != 0:
        raise RuntimeError(made.stdout + made.stderr)
    texts = []
    for suffix in ("ds", "key"):
        with open(os.path.join(directory, f"{key}.{suffix}"), encoding="ascii") as stream:
            texts.append(stream.read().split(";")[0].strip() + "\n")
    return f"{plain}.signed", *texts


class Internet:
    """The zones for an Authority, and the trust anchor of the root in the forms that are wanted."""

    def __init__(self, lab):
        zones, ds = {"lab.": zone("lab.", LAB)}, []
        cut = "".join(f"{name} NS ns.lab.\n" for name in ZONES)
        for name in ZONES:
            body = SPARED if "spare" in name else BODY
            text = zone(f"{name}.com.", body + (ALIASES if "free" in name else ""))
            if name.startswith("s"):
                zones[f"{name}.com."], anchor, _ = _sign(lab, f"{name}.com.", text)
                ds.append(anchor)
            else:
                zones[f"{name}.com."] = text
        zones["nx.net."] = zone("nx.net.", BODY)
        zones["com."], com, _ = _sign(lab, "com.", zone("com.", cut + "".join(ds)))
        zones["net."], net, _ = _sign(lab, "net.", zone("net.", "nx NS ns.lab.\n"), "-n")
        top = "com NS ns.lab.\nnet NS ns.lab.\nlab NS ns.lab.\nns.lab A 127.0.0.1\n"
        zones["."], self.ds, self.key = _sign(lab, ".", zone(".", top + com + net))
        self.zones = zones
        self.anchor = lab.write("anchor.key", self.key)
        self.anchor_ds = lab.write("anchor.ds", self.ds)

    def unbound(self):
        """Lines of an Unbound that validates."""
        return f'trust-anchor-file: "{self.anchor}"\nqname-minimisation: no\n'

    def bind(self):
        flags, protocol, algorithm, *key = self.key.split("DNSKEY")[1].split()
        text = "".join(key)
        return f'trust-anchors {{ . static-key {flags} {protocol} {algorithm} "{text}"; }};\n'

    def dnsmasq(self):
        return "--trust-anchor=.," + ",".join(self.ds.split("DS")[1].split())


def forward(port):
    return f'forward-zone:\n\tname: "."\n\tforward-addr: 127.0.0.1@{port}\n'


WAIT = ("x.free.com", "A")


class ForwardingUnbound(Unbound):
    """Unbound as a forwarder. insecure: zones that it is told not to validate."""

    def __init__(self, lab, upstream, internet=None, insecure=()):
        lines = "".join(f'domain-insecure: "{name}"\n' for name in insecure)
        modules = "validator iterator" if internet else "iterator"
        if internet:
            lines += f'trust-anchor-file: "{internet.anchor}"\n'
        super().__init__(lab, upstream, modules, lines, stub=forward(upstream), wait=WAIT)


class ForwardingBind(Named):
    def __init__(self, lab, upstream, internet=None, insecure=()):
        names = " ".join(f'"{name}";' for name in insecure)
        except_for = f"validate-except {{ {names} }};" if insecure else ""
        anchors, validation = (internet.bind(), "yes") if internet else ("", "no")
        super().__init__(lab, upstream, except_for, anchors, WAIT, validation)


class ForwardingKresd(KnotResolver):
    def __init__(self, lab, upstream, internet=None, insecure=()):
        names = ", ".join(f"'{name}'" for name in insecure)
        anchor = f"trust_anchors.add_file('{internet.anchor_ds}', true)\n" if internet else ""
        lines = f"""{anchor}trust_anchors.set_insecure({{{names}}})
policy.add(policy.all(policy.FORWARD({{'127.0.0.1@{upstream}'}})))
"""
        super().__init__(lab, lines, WAIT)


class ForwardingDnsmasq(Dnsmasq):
    def __init__(self, lab, upstream, internet=None):
        validation = ["--dnssec", internet.dnsmasq()] if internet else []
        super().__init__(lab, upstream, *validation, wait=WAIT)


FORWARDERS = {
    "Unbound": ForwardingUnbound,
    "BIND": ForwardingBind,
    "Knot Resolver": ForwardingKresd,
    "dnsmasq": ForwardingDnsmasq,
}
