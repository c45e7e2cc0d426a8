#!/usr/bin/python3
# A living file system at the mount point is not taken down by a second
# daemon.

from sandboxfs import *

host, other = host_dir(), host_dir("other")
write(host / "file", "x")
with Sandboxfs(("ro", "/", host)) as m:
    try:
        with Sandboxfs(("ro", "/", other), at=m.path) as second:
            eq(entries(second.path), [])
            eq(len(mounts_under(m.path)), 2)
            # Ours is below; it comes to light when the second goes.
            second.process.terminate()
            second.process.wait(20)
            second._ended = True
    except Usage as e:
        # To refuse is fine too.
        eq(e.status, 1)
    eq(read(m / "file"), "x")
    eq(len(mounts_under(m.path)), 1)
