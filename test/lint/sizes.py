#!/usr/bin/python3
"""Keeps source files small: a .c file beyond 600 lines wants to be two (a
warning), beyond 1,200 is an error."""

import sys
from pathlib import Path

WARN, LIMIT = 600, 1200


def main():
    top = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    bad = files = 0
    for folder in ("src", "test", "bench"):
        for path in sorted((top / folder).rglob("*.c")):
            files += 1
            lines = path.read_bytes().count(b"\n")
            if lines > WARN:
                print("%s: %s: %d lines" % (
                    "error" if lines > LIMIT else "warning",
                    path.relative_to(top), lines))
            bad += lines > LIMIT
    print("%d files, %d too long" % (files, bad))
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
