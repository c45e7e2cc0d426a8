#!/usr/bin/python3
# A mapping below a directory of a mapped directory leaves the rest of that
# directory visible and as writable as it was.

from sandboxfs import *

host, inner = host_dir(), host_dir("inner")
write(host / "dir/sub/own", "own")
write(inner / "file", "inner")
with Sandboxfs(("rw", "/", host), ("ro", "/dir/sub/new", inner)) as m:
    eq(entries(m / "dir"), ["sub"])
    eq(entries(m / "dir/sub"), ["new", "own"])
    eq(read(m / "dir/sub/new/file"), "inner")
    write(m / "dir/sub/made", "made")
    fails(EPERM, open, m / "dir/sub/new/file", "w")
    eq(os.stat(m / "dir").st_mode, os.stat(host / "dir").st_mode)
eq(read(host / "dir/sub/made"), "made")
eq(entries(host / "dir/sub"), ["made", "own"])
