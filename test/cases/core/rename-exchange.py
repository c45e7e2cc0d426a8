#!/usr/bin/python3
# RENAME_EXCHANGE swaps a file and a directory, and what is in it stays
# reachable.

from sandboxfs import *

host = host_dir()
write(host / "file", "file")
write(host / "dir/x", "x")
with Sandboxfs(("rw", "/", host)) as m:
    ino = os.stat(m / "file").st_ino, os.stat(m / "dir").st_ino
    read(m / "dir/x")
    renameat2(m / "file", m / "dir", RENAME_EXCHANGE)
    eq(read(m / "dir"), "file")
    eq(read(m / "file/x"), "x")
    eq((os.stat(m / "dir").st_ino, os.stat(m / "file").st_ino), ino)
    fails(ENOENT, renameat2, m / "file", m / "none", RENAME_EXCHANGE)
    write(m / "file/y", "y")
check((host / "file").is_dir())
eq(entries(host / "file"), ["x", "y"])
