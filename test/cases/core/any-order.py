#!/usr/bin/python3
# With --any-order a directory can be mapped after what lies below it;
# without, that is an error.

from sandboxfs import *

host, inner = host_dir(), host_dir("inner")
write(host / "own", "own")
write(host / "a/beside", "beside")
write(inner / "file", "inner")
mappings = [("ro", "/a/in", inner), ("rw", "/", host)]
try:
    Sandboxfs(*mappings)
    check(False, "mapped in the wrong order")
except Usage as e:
    eq(e.status, 1)
    check("Cannot map" in e.stderr or "Root can be mapped" in e.stderr,
          e.stderr)
with Sandboxfs(*mappings, flags=["--any-order"]) as m:
    eq(entries(m.path), ["a", "own"])
    eq(entries(m / "a"), ["beside", "in"])
    eq(read(m / "a/in/file"), "inner")
    fails(EPERM, open, m / "a/in/file", "w")
    write(m / "a/made", "made")
    fails(EPERM, os.rename, m / "a", m / "b")
eq(entries(host / "a"), ["beside", "made"])
