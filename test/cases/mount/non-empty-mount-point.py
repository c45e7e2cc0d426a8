#!/usr/bin/python3
# A mount point that isn't empty is covered, and there again afterwards.

from sandboxfs import *

host = host_dir()
write(tmp / "mnt/below", "below")
with Sandboxfs(("ro", "/", host), at=tmp / "mnt") as m:
    eq(entries(m.path), [])
eq(read(tmp / "mnt/below"), "below")
