#!/usr/bin/python3
# Scaffold directories list exactly what leads to mappings.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/a/b", host), ("ro", "/a/c/d", host),
               ("rw", "/e", host / "file")) as m:
    eq(entries(m.path), ["a", "e"])
    eq(entries(m / "a"), ["b", "c"])
    eq(entries(m / "a/c"), ["d"])
    eq(entries(m / "a/b"), ["file"])
    with os.scandir(m.path) as it:
        eq({e.name: e.is_dir() for e in it}, {"a": True, "e": False})
    fails(ENOENT, os.lstat, m / "b")
    fails(ENOENT, os.lstat, m / "a/file")
    fails(ENOTDIR, os.lstat, m / "e/file")
