#!/usr/bin/python3
# Without it such a scaffold is read-only.

from sandboxfs import *

host, inner = host_dir(), host_dir("inner")
denied = EPERM if privileged else (EACCES, EPERM)
with Sandboxfs(("rw", "/", host), ("ro", "/a/in", inner)) as m:
    fails(denied, open, m / "a/made", "w")
    write(m / "beside", "made")
eq(entries(host), ["beside"])
