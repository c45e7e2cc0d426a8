#!/usr/bin/python3
# A sandbox whose first mapping is / is that directory, and later ones are
# laid over it.

from sandboxfs import *

host, inner = host_dir(), host_dir("inner")
write(host / "own", "own")
write(host / "dir/below", "below")
write(inner / "x", "x")
with Sandboxfs(reconfig=True) as m:
    m.create("s", ("rw", "/", host), ("ro", "/dir/in", inner))
    eq(entries(m / "s"), ["dir", "own"])
    eq(entries(m / "s/dir"), ["below", "in"])
    write(m / "s/made", "made")
    eq(read(host / "made"), "made")
    eq(m.request(m.creation("t", [("ro", "/a", inner), ("ro", "/", host)]),
                 "t"),
       "Cannot map '/ -> %s (read-only)': Root can be mapped at most once" %
       host)
    m.destroy("s")
    eq(entries(host), ["dir", "made", "own"])
