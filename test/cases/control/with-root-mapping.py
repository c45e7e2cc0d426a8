#!/usr/bin/python3
# Sandboxes live beside what the command line mapped, / included.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/", host), reconfig=True) as m:
    m.create("s", ("rw", "/w", host))
    eq(entries(m.path), ["file", "s"])
    write(m / "s/w/new", "new")
    eq(read(m / "new"), "new")
    m.destroy("s")
    eq(entries(m.path), ["file", "new"])
