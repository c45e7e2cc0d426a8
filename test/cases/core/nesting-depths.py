#!/usr/bin/python3
# Mappings nested in each other, writable in read-only in writable.

from sandboxfs import *

a, b, d = host_dir("a"), host_dir("b"), host_dir("d")
for h in (a, b, d):
    write(h / "file", h.name)
(a / "in").mkdir()
(b / "deeper").mkdir()
with Sandboxfs(("rw", "/", a), ("ro", "/in", b),
               ("rw", "/in/deeper", d)) as m:
    eq(entries(m.path), ["file", "in"])
    eq(entries(m / "in"), ["deeper", "file"])
    eq([read(m / p) for p in ("file", "in/file", "in/deeper/file")],
       ["a", "b", "d"])
    write(m / "file", "new a")
    fails(EPERM, open, m / "in/file", "w")
    write(m / "in/deeper/file", "new d")
eq([read(h / "file") for h in (a, b, d)], ["new a", "b", "new d"])
