#!/usr/bin/python3
"""Checks the manual pages with mandoc."""

import shutil
import subprocess
import sys
from pathlib import Path


def main():
    top = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    if not shutil.which("mandoc"):
        print("mandoc is missing")
        return 77
    pages = [str(p) for p in sorted((top / "man").glob("*.[1-9]"))]
    status = subprocess.run(["mandoc", "-Tlint", "-W", "warning"] + pages)
    print("%d pages" % len(pages))
    return 1 if status.returncode or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
