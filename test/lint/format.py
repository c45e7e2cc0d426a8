#!/usr/bin/python3
"""Checks that C files are as clang-format would have them."""

import shutil
import subprocess
import sys
from pathlib import Path


def main():
    top = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    if not shutil.which("clang-format"):
        print("clang-format is missing")
        return 77
    files = [str(p) for folder in ("src", "include", "test", "bench")
             for p in sorted((top / folder).rglob("*.[ch]"))
             # The kernel's own header stays as it came.
             if "uapi" not in p.parts]
    bad = [f for f in files if subprocess.run(
        ["clang-format", f], capture_output=True).stdout !=
        Path(f).read_bytes()]
    for f in bad:
        print("clang-format -i %s" % Path(f).relative_to(top))
    print("%d files, %d to be formatted" % (len(files), len(bad)))
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
