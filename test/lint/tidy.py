#!/usr/bin/python3
"""Runs clang-tidy over src/ with the compile commands of a build directory.

    tidy.py SOURCE_DIR BUILD_DIR [FILE...]
"""

import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path


def tidy(build, path):
    return subprocess.run(
        ["clang-tidy", "--quiet", "-p", build,
         "--extra-arg=-Wno-unknown-warning-option",
         "--extra-arg=-Wno-ignored-optimization-argument", path],
        capture_output=True, text=True)


def main():
    top, build = Path(sys.argv[1]).resolve(), sys.argv[2]
    if not shutil.which("clang-tidy"):
        print("clang-tidy is missing")
        return 77
    wanted = {os.path.realpath(f) for f in sys.argv[3:]}
    files = set()
    with open(os.path.join(build, "compile_commands.json")) as f:
        for entry in json.load(f):
            path = os.path.realpath(
                os.path.join(entry["directory"], entry["file"]))
            if path.startswith(str(top / "src") + "/") and \
                    (not wanted or path in wanted):
                files.add(path)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, result in zip(sorted(files), pool.map(
                lambda p: tidy(build, p), sorted(files))):
            if result.returncode:
                bad += 1
                print(result.stdout, result.stderr)
    print("%d files, %d with findings" % (len(files), bad))
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
