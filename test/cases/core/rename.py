#!/usr/bin/python3
# Files and directories are renamed, over others where rename(2) says so.

from sandboxfs import *

host = host_dir()
for name in ("a", "b", "d1/x", "d2/y"):
    write(host / name, name)
(host / "empty").mkdir()
with Sandboxfs(("rw", "/", host)) as m:
    os.rename(m / "a", m / "c")
    eq(read(host / "c"), "a")
    fails(ENOENT, os.stat, m / "a")
    os.rename(m / "c", m / "b")
    eq(read(m / "b"), "a")
    os.rename(m / "b", m / "d1/b")
    eq(entries(m / "d1"), ["b", "x"])
    os.rename(m / "d1", m / "empty")
    eq(entries(m / "empty"), ["b", "x"])
    fails(ENOENT, os.stat, m / "d1")
    fails((ENOTEMPTY, EEXIST), os.rename, m / "empty", m / "d2")
    fails(EISDIR, os.rename, m / "d2/y", m / "empty")
    fails(ENOTDIR, os.rename, m / "empty", m / "d2/y")
    fails(EINVAL, os.rename, m / "empty", m / "empty/below")
    fails(ENOENT, os.rename, m / "none", m / "x")
eq(entries(host), ["d2", "empty"])
