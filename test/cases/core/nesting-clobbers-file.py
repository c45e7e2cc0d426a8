#!/usr/bin/python3
# A mapping below what is a file on the host shows a scaffold directory
# instead of the file.
# stderr-ok: clobber

from sandboxfs import *

host, inner = host_dir(), host_dir("inner")
write(host / "file", "hidden")
write(inner / "x", "shown")
with Sandboxfs(("rw", "/", host), ("ro", "/file/sub", inner)) as m:
    check(stat.S_ISDIR(os.lstat(m / "file").st_mode))
    eq(entries(m / "file"), ["sub"])
    eq(read(m / "file/sub/x"), "shown")
eq(read(host / "file"), "hidden")
