#!/usr/bin/python3
# Creating a sandbox that exists adds to it, at once also for names that
# were seen to be absent.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(reconfig=True) as m:
    m.create("s", ("ro", "/a", host))
    fails(ENOENT, os.stat, m / "s/b")
    fails(ENOENT, os.stat, m / "s/c/d")
    eq(entries(m / "s"), ["a"])
    m.create("s", ("ro", "/b", host), ("ro", "/c/d", host))
    eq(entries(m / "s"), ["a", "b", "c"])
    eq(read(m / "s/b/file"), "x")
    eq(read(m / "s/c/d/file"), "x")
    eq(read(m / "s/a/file"), "x")
