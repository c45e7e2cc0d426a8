#!/usr/bin/python3
# With --writable-scaffolds a scaffold in a writable directory takes new
# entries, which are made on the host.

from sandboxfs import *

host, inner = host_dir(), host_dir("inner")
with Sandboxfs(("rw", "/", host), ("ro", "/a/b/in", inner),
               flags=["--writable-scaffolds"]) as m:
    write(m / "a/b/made", "made")
    eq(read(host / "a/b/made"), "made")
    os.mkdir(m / "a/dir")
    check((host / "a/dir").is_dir())
    eq(entries(m / "a/b"), ["in", "made"])
    fails(EPERM, os.rename, m / "a/b/in", m / "a/out")
    fails(EPERM, open, m / "a/b/in/x", "w")
    os.unlink(m / "a/b/made")
    eq(entries(m / "a/b"), ["in"])
