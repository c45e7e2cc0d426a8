#!/usr/bin/python3
"""Checks that each layer of src/ includes only what lies below it.

    util < core < {fuse, nfs4} < daemon
    util < core < control < daemon      (a command changes a space)
    util < run
    control/wire < lib
    cli on top

The kernel's FUSE header belongs to src/fuse alone: core knows no FUSE.
"""

import re
import sys
from pathlib import Path

BELOW = {
    "util": set(),
    "core": {"util"},
    "fuse": {"util", "core"},
    "nfs4": {"util", "core"},
    "control": {"util", "core"},
    "run": {"util"},
    "lib": {"util", "control/wire.h"},
    "daemon": {"util", "core", "fuse", "nfs4", "control"},
    "cli": {"util", "core", "fuse", "nfs4", "control", "run", "lib",
            "daemon"},
}
GENERATED = {"config.h"}


def main():
    top = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    src = top / "src"
    bad = files = 0
    for path in sorted(src.rglob("*.[ch]")):
        layer = path.relative_to(src).parts[0]
        files += 1
        if layer not in BELOW:
            print("%s: layer %r is not in the rule" % (path, layer))
            bad += 1
            continue
        for number, line in enumerate(
                path.read_text(errors="replace").splitlines(), 1):
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not m:
                continue
            what = m[2]
            why = None
            if m[1] == "<":
                if what == "linux/fuse.h" and layer != "fuse":
                    why = "only src/fuse speaks FUSE"
            elif what in GENERATED or (path.parent / what).exists():
                pass
            elif not (src / what).exists() and \
                    not (top / "include" / what).exists():
                why = "no such header"
            elif (src / what).exists():
                other = what.split("/")[0]
                if other != layer and other not in BELOW[layer] and \
                        what not in BELOW[layer]:
                    why = "%s may not include %s" % (layer, other)
            if why:
                print("%s:%d: %s: %s" % (path.relative_to(top), number,
                                         line.strip(), why))
                bad += 1
    print("%d files, %d violations" % (files, bad))
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
