# SPDX-License-Identifier: BSD-3-Clause
"""Reads the metrics file of the module."""

import re

LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def wanted(path, interval=1):
    """The lines of the settings that ask for the file."""
    return f"metrics: {{file: {path}, interval: {interval}}}\n"


def samples(page, name):
    """[(labels, value)] of one metric."""
    found = []
    for line in page.splitlines():
        match = LINE.match(line)
        if match and match.group(1) == name:
            found.append((dict(LABEL.findall(match.group(2) or "")), float(match.group(3))))
    return found


def total(page, name, **labels):
    """Sum of the samples that have these labels."""
    return sum(value for have, value in samples(page, name) if labels.items() <= have.items())


def label(page, name, key):
    """A label's value in the first sample."""
    return samples(page, name)[0][0][key]


def read(path):
    """The page, "" when there is none."""
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""


def until(lab, path, condition):
    """The first page for which the condition holds."""
    page = ""

    def holds():
        nonlocal page
        page = read(path)
        return bool(page) and condition(page)

    lab.wait_for(holds, "page of metrics as wanted")
    return page
