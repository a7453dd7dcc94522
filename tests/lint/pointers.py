#!/usr/bin/python3 -B
# SPDX-License-Identifier: BSD-3-Clause
"""Pointers are compared with NULL, never taken for truth values: prints FILE:LINE of each that is.

usage: pointers.py BUILD-DIRECTORY FILE...    (libclang reads the files with the flags of the build)
"""

import glob
import re
import shlex
import sys

import clang.cindex
from clang.cindex import CursorKind, TypeKind

POINTERS = (TypeKind.POINTER, TypeKind.CONSTANTARRAY)


def flags(build):
    with open(f"{build}/Makefile", encoding="utf-8") as stream:
        found = re.search(r"^HOST_CPPFLAGS = (.*)$", stream.read(), re.M)
    own = ["-std=gnu11", "-I.", f"-I{build}", '-DHRADBA_CONFDIR="/"']
    return own + shlex.split(found.group(1) if found else "")


def inner(cursor):
    """The expression below the conversions that the compiler adds."""
    while cursor.kind == CursorKind.UNEXPOSED_EXPR:
        children = list(cursor.get_children())
        if len(children) != 1:
            break
        cursor = children[0]
    return cursor


def text(cursor, source):
    return source[cursor.extent.start.offset : cursor.extent.end.offset]


def conditions(cursor, source):
    """What cursor takes for a truth value."""
    children = list(cursor.get_children())
    kind = cursor.kind
    if not children:
        return []
    if kind == CursorKind.UNARY_OPERATOR:
        return children if text(cursor, source).startswith(b"!") else []
    if kind in (CursorKind.IF_STMT, CursorKind.WHILE_STMT, CursorKind.CONDITIONAL_OPERATOR):
        return children[:1]
    if kind == CursorKind.BINARY_OPERATOR and len(children) == 2:
        between = source[children[0].extent.end.offset : children[1].extent.start.offset]
        return children if b"&&" in between or b"||" in between else []
    if kind == CursorKind.UNEXPOSED_EXPR and cursor.type.get_canonical().kind == TypeKind.BOOL:
        return children
    if kind == CursorKind.FOR_STMT:
        return [child for child in children if is_loop_condition(cursor, child, source)]
    return []


def is_loop_condition(loop, child, source):
    head = re.match(rb"for \([^;]*;([^;]*);", text(loop, source))
    if not head:
        return False
    at = child.extent.start.offset - loop.extent.start.offset
    return head.start(1) <= at < head.end(1)


def findings(cursor, path, source):
    for child in cursor.get_children():
        where = child.location.file
        if where is not None and where.name == path:
            yield from findings(child, path, source)
    for condition in conditions(cursor, source):
        found = inner(condition)
        if found.type.get_canonical().kind in POINTERS and written(found, source):
            yield found.extent.start.line


def written(cursor, source):
    """Not made by an atomic macro of the C library, which takes an address for a condition."""
    place = cursor.extent.start.offset
    return b"atomic_" not in source[max(place - 100, 0) : source.find(b"\n", place)]


def main():
    build, files = sys.argv[1], sys.argv[2:]
    libraries = sorted(glob.glob("/usr/lib/llvm-*/lib/libclang*.so.1"))
    if libraries:
        clang.cindex.Config.set_library_file(libraries[-1])
    index = clang.cindex.Index.create()
    arguments = flags(build)
    for path in files:
        unit = index.parse(path, args=arguments)
        with open(path, "rb") as stream:
            source = stream.read()
        for line in sorted(set(findings(unit.cursor, path, source))):
            print(f"{path}:{line}: compare the pointer with NULL")


if __name__ == "__main__":
    main()
