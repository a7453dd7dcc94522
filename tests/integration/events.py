# SPDX-License-Identifier: BSD-3-Clause
"""Reads the events of the module, strictly: what a JSON parser or the Elastic Common Schema would
refuse is an error."""

import json
import re

# The fields that events use, by their types in the ECS field reference (8.11).
ECS = {
    "@timestamp": "date",
    "ecs.version": "keyword",
    "observer.vendor": "keyword",
    "observer.product": "keyword",
    "observer.type": "keyword",
    "observer.version": "keyword",
    "observer.name": "keyword",
    "observer.serial_number": "keyword",
    "service.type": "keyword",
    "service.ephemeral_id": "keyword",
    "message": "match_only_text",
    "log.level": "keyword",
    "file.path": "keyword",
    "event.kind": "keyword",
    "event.category": "keyword[]",
    "event.type": "keyword[]",
    "event.module": "keyword",
    "event.dataset": "keyword",
    "event.action": "keyword",
    "event.outcome": "keyword",
    "event.reason": "keyword",
    "event.hash": "keyword",
    "event.sequence": "long",
    "client.address": "keyword",
    "client.ip": "ip",
    "client.port": "long",
    "server.ip": "ip",
    "server.port": "long",
    "network.transport": "keyword",
    "network.protocol": "keyword",
    "dns.id": "keyword",
    "dns.type": "keyword",
    "dns.question.name": "keyword",
    "dns.question.type": "keyword",
    "dns.question.class": "keyword",
    "dns.response_code": "keyword",
    "rule.id": "keyword",
    "rule.ruleset": "keyword",
    "rule.version": "keyword",
    "rule.name": "keyword",
    "rule.category": "keyword",
    "rule.description": "keyword",
    "rule.reference": "keyword",
    "related.hosts": "keyword[]",
    "related.ip": "ip[]",
    "labels.*": "keyword",
    # Our own, as doc/events.md has them and the index template of contrib/siem types them.
    "hradba.line": "long",
    "hradba.key": "long",
    "hradba.interval": "long",
    "hradba.matches.enforced": "long",
    "hradba.matches.observed": "long",
    "hradba.matches.exempt": "long",
    "hradba.events.written": "long",
    "hradba.events.suppressed": "long",
    "hradba.events.dropped": "long",
    "hradba.events.audit_lost": "long",
    "hradba.policies": "object[]",
    "hradba.policies_omitted": "long",
}
# What a line of each dataset must have: decree 409/2025 section 22 asks for time with zone, kind of
# activity, recording asset and outcome of each.
ALWAYS = {
    "@timestamp",
    "ecs.version",
    "event.action",
    "event.dataset",
    "event.kind",
    "event.outcome",
    "event.sequence",
    "observer.name",
    "observer.serial_number",
    "service.ephemeral_id",
}
# Fields whose values the schema lists, as far as events use them.
ALLOWED = {
    "event.kind": {"alert", "event", "state"},
    "event.category": {"configuration", "network", "process"},
    "event.type": {"denied", "allowed", "info", "change", "start", "end", "error"},
    "event.outcome": {"success", "failure", "unknown"},
    "network.protocol": {"dns"},
    "network.transport": {"udp", "tcp"},
    "dns.type": {"query", "answer"},
}


def _pairs(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key twice: {keys}")
    return dict(pairs)


def _constant(word):
    raise ValueError(f"{word} is no JSON")


def parse(line):
    """One line as an object; ValueError for anything but one JSON object in printable ASCII or
    UTF-8."""
    text = line.decode("utf-8", "strict")
    if any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in text):
        raise ValueError(f"a control character in {text!r}")
    event = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant)
    if not isinstance(event, dict):
        raise ValueError(f"no object: {text}")
    return event


def read(path, dataset="hradba.match"):
    """Events of one dataset; None: of all."""
    return [e for e in read_all(path) if dataset in (None, e["event"]["dataset"])]


def read_all(path):
    """All events of the file; a last line without its end is not there yet."""
    try:
        with open(path, "rb") as stream:
            return [parse(line) for line in stream.read().split(b"\n")[:-1]]
    except FileNotFoundError:
        return []


def flat(event, prefix=""):
    """{"dns.question.name": value, ...}"""
    found = {}
    for key, value in event.items():
        if isinstance(value, dict):
            found.update(flat(value, f"{prefix}{key}."))
        else:
            found[prefix + key] = value
    return found


def _is(kind, value):
    if kind.endswith("[]"):
        return isinstance(value, list) and all(_is(kind[:-2], one) for one in value)
    if kind == "object":
        return isinstance(value, dict)
    if kind == "long":
        return (
            isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
        )
    if not isinstance(value, str):
        return False
    if kind == "date":
        return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value) is not None
    if kind == "ip":
        return re.fullmatch(r"[0-9a-f.:]+", value) is not None and ("." in value or ":" in value)
    return len(value) <= 8191  # what Elasticsearch indexes of a keyword is up to 32766 octets


def faults(event):
    """What the schema would say against the event."""
    for field in sorted(ALWAYS - set(flat(event))):
        yield f"{field} is missing"
    for field, value in flat(event).items():
        kind = ECS.get(field) or ECS.get(re.sub(r"\..*", ".*", field))
        if kind is None:
            yield f"{field} is no field of the schema"
        elif not _is(kind, value):
            yield f"{field}: {value!r} is no {kind}"
        for one in value if isinstance(value, list) else [value]:
            if field in ALLOWED and one not in ALLOWED[field]:
                yield f"{field}: {one!r} is none of its values"


def matches(events, **wanted):
    """Events with these values; keys are fields with "__" for the dots."""
    wanted = {key.replace("__", "."): value for key, value in wanted.items()}
    return [
        event
        for event in events
        if wanted.items()
        <= {key: value for key, value in flat(event).items() if not isinstance(value, list)}.items()
    ]
