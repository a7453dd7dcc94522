# SPDX-License-Identifier: BSD-3-Clause
"""Makes a linked log by doc/events.md and nothing of the program's: linkedlog.py N [KEY-HEX]."""

import hashlib
import sys

count = int(sys.argv[1])
key = bytes.fromhex(sys.argv[2]) if len(sys.argv) > 2 else b""
link = bytes(32)
number = 0
for line in range(1, count + 1):
    place = f',"key":{number}' if key else ""
    body = f'{{"@timestamp":"2026-01-01T00:00:{line:02}.000000Z","hradba":{{"line":{line}{place}}}'
    body += f',"event":{{"action":"enforced","sequence":{line}'
    link = hashlib.blake2b(link + body.encode(), digest_size=32, key=key).digest()
    print(f'{body},"hash":"{link.hex()}"}}}}')
    if key and line % 4 == 0:
        key = hashlib.blake2b(b"hradba log key: next", digest_size=32, key=key).digest()
        number += 1
