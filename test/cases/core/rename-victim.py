#!/usr/bin/python3
# A file that was renamed over keeps its own attributes and bytes for those
# who have it open.

from sandboxfs import *

host = host_dir()
write(host / "old", "old")
write(host / "new", "brand new")
with Sandboxfs(("rw", "/", host)) as m:
    with open(m / "old") as f:
        before = os.fstat(f.fileno())
        os.rename(m / "new", m / "old")
        after = os.fstat(f.fileno())
        eq(after.st_ino, before.st_ino)
        eq(after.st_size, 3)
        eq(after.st_nlink, 0)
        eq(f.read(), "old")
    eq(read(m / "old"), "brand new")
