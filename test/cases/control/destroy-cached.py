#!/usr/bin/python3
# A destroyed sandbox is gone at once, however warm its names are, and a new
# one of its id shows nothing of it.

from sandboxfs import *

old, new = host_dir("old"), host_dir("new")
write(old / "dir/file", "old")
write(old / "only-old", "old")
write(new / "dir/file", "new")
with Sandboxfs(reconfig=True, flags=["--ttl", "3600s"]) as m:
    for i in range(20):
        m.create("s", ("ro", "/x", old))
        eq(read(m / "s/x/dir/file"), "old")
        os.stat(m / "s/x/only-old")
        eq(entries(m / "s/x"), ["dir", "only-old"])
        m.destroy("s")
        fails(ENOENT, os.stat, m / "s/x/dir/file")
        fails(ENOENT, os.stat, m / "s")
        m.create("s", ("ro", "/x", new))
        eq(read(m / "s/x/dir/file"), "new")
        fails(ENOENT, os.stat, m / "s/x/only-old")
        eq(entries(m / "s/x"), ["dir"])
        m.destroy("s")
