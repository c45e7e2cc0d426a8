#!/usr/bin/python3
# After a fatal error nothing more is done, and the file system goes on.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(reconfig=True) as m:
    m.create("before", ("ro", "/a", host))
    m.send('nonsense {"C":{"i":"after"}}')
    eq(m.answer()["id"], None)
    time.sleep(0.2)
    eq(entries(m.path), ["before"])
    eq(read(m / "before/a/file"), "x")
