#!/usr/bin/python3
# A rename between two writable mappings of one host file system works.

from sandboxfs import *

a, b = host_dir("a"), host_dir("b")
write(a / "file", "text")
write(a / "dir/x", "x")
with Sandboxfs(("rw", "/a", a), ("rw", "/b", b)) as m:
    os.rename(m / "a/file", m / "b/file")
    os.rename(m / "a/dir", m / "b/dir")
    eq(read(m / "b/file"), "text")
    eq(read(m / "b/dir/x"), "x")
    eq(entries(m / "a"), [])
eq(entries(b), ["dir", "file"])
