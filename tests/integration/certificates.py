# SPDX-License-Identifier: BSD-3-Clause
"""Keys and certificates of a laboratory, which openssl makes."""

import os

from harness import program, run

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
DAYS = ("-days", "2")


def openssl(*argv, cwd=None):
    made = run([program("openssl", "openssl"), *argv], cwd=cwd)
    if made.returncode != 0:
        raise RuntimeError(made.stderr)


def self_signed(directory, name, subject, *options):
    """Paths of NAME.pem, for that subject, and NAME.key."""
    certificate, key = (os.path.join(directory, f"{name}.{kind}") for kind in ("pem", "key"))
    request = ("req", "-x509", *NEW_KEY, *DAYS, "-subj", f"/CN={subject}", *options)
    openssl(*request, "-keyout", key, "-out", certificate)
    return certificate, key


def of_authority(directory):
    """ca.pem, and what it signed for localhost and 127.0.0.1: server.pem with server.key; other.pem
    is an authority that signed nothing."""
    for name in ("ca", "other"):
        self_signed(directory, name, f"test {name}")
    request = ("req", *NEW_KEY, "-subj", "/CN=localhost", "-keyout", "server.key")
    openssl(*request, "-out", "server.csr", cwd=directory)
    with open(os.path.join(directory, "san"), "w", encoding="ascii") as stream:
        stream.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", *DAYS, "-extfile", "san")
    openssl("x509", "-req", "-in", "server.csr", *signing, "-out", "server.pem", cwd=directory)
