#!/usr/bin/python3
# A sandbox, or a name in one, that was seen to be absent is there as soon
# as the answer has come.

from sandboxfs import *

host = host_dir()
write(host / "file")
with Sandboxfs(reconfig=True,
               flags=["--ttl", "3600s", "--negative-ttl", "3600s"]) as m:
    for i in range(50):
        id = "s%d" % i
        fails(ENOENT, os.stat, m / id)
        fails(ENOENT, os.stat, m / id / "a/file")
        eq(entries(m.path), sorted("s%d" % j for j in range(i)))
        m.create(id, ("ro", "/a", host))
        os.stat(m / id / "a/file")
        eq(len(entries(m.path)), i + 1)
