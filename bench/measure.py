# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks share: lists of names, the cost of processes, tables."""

import os
import random
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tests/integration"))

from servers import TOP_BUILD  # noqa: E402 pylint: disable=wrong-import-position


def note(text):
    """Progress, apart from the table."""
    print(f"# {text}", file=sys.stderr, flush=True)


def built(name):
    """A program of this directory."""
    path = os.path.join(TOP_BUILD, "bench", name)
    if not os.path.exists(path):
        sys.exit(f"bench: {path} is missing; run make -C {TOP_BUILD} bench")
    return path


# --- lists ---

# Resolvers answer names below these by themselves (RFC 6761 and others).
SPECIAL = {"arpa", "internal", "invalid", "local", "localhost", "onion", "test"}


def lines(path):
    """The names of a file, one a line; comments, empty lines and names of special use are left
    out."""
    with open(path, encoding="ascii") as stream:
        for line in stream:
            name = line.strip().lower()
            if name and name[0] != "#" and name.rpartition(".")[2] not in SPECIAL:
                yield name


def generated(count, seed):
    """Generated names, always the same."""
    made = subprocess.run(
        [built("names"), str(count), str(seed)], stdout=subprocess.PIPE, text=True, check=True
    )
    return made.stdout.split()


def shuffled(path, count, seed):
    """count names of a file, or generated ones where path is None, in an order that the seed
    decides."""
    names = list(lines(path)) if path else generated(count, seed)
    random.Random(seed).shuffle(names)
    if len(names) < count:
        sys.exit(f"bench: {path} has {len(names)} names; {count} are needed, or smaller sizes")
    return names[:count] if path is None else names


def is_covered(name, names):
    """Whether the name is one of the set, or below one."""
    labels = name.split(".")
    return any(".".join(labels[i:]) in names for i in range(len(labels)))


def write_lines(path, texts):
    with open(path, "w", encoding="utf-8") as stream:
        stream.writelines(texts)
    return path


# --- processes ---


def cpu_seconds(pid, thread=None):
    """Processor time of all threads of a process so far, or of one, to the nanosecond."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task") if thread is None else [thread]:
        try:
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as stream:
                total += int(stream.read().split()[0])
        except FileNotFoundError:
            pass  # a thread that has ended
    return total / 1e9


class Cost:
    """What a command took: seconds, seconds of processor, peak of resident memory in octets."""

    def __init__(self, argv, cwd=None):
        started = time.monotonic()
        with subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
        ) as process:
            output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - started
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss * 1024
        if process.returncode != 0:
            sys.exit(
                f"bench: {' '.join(argv)}: exit"
                f" {process.returncode}\n{output.decode(errors='replace')[-2000:]}"
            )


# --- tables ---


def spread(values, digits=1, scale=1.0):
    """The median and, of several values, lowest and highest."""
    values = [value * scale for value in values if value is not None]
    if not values:
        return "-"
    middle = f"{statistics.median(values):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def print_table(head, rows):
    """A Markdown table with columns that line up."""
    cells = [head, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    for number, row in enumerate(cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.flush()


def machine():
    """One line about where the figures come from."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in open("/proc/cpuinfo", encoding="utf-8")
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    return (
        f"{model}, {len(os.sched_getaffinity(0))} CPUs, load {os.getloadavg()[0]:.1f} at the start"
    )
