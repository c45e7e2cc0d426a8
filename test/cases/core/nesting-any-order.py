#!/usr/bin/python3
# The order of mappings that don't collide makes no difference.

from sandboxfs import *

import itertools

hosts = [host_dir(n) for n in "abc"]
for h in hosts:
    write(h / "file", h.name)
mappings = [("ro", "/x/y/1", hosts[0]), ("rw", "/x/2", hosts[1]),
            ("ro", "/x/y/z/3", hosts[2])]
for order in itertools.permutations(mappings):
    with Sandboxfs(*order) as m:
        eq(entries(m / "x"), ["2", "y"])
        eq(entries(m / "x/y"), ["1", "z"])
        eq([read(m / p) for p in ("x/y/1/file", "x/2/file", "x/y/z/3/file")],
           ["a", "b", "c"])
