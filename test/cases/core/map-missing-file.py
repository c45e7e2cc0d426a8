#!/usr/bin/python3
# A mapped file that goes away on the host is ENOENT, and comes back with it.

from sandboxfs import *

host = host_dir()
write(host / "file", "1")
with Sandboxfs(("ro", "/file", host / "file"), flags=["--ttl", "0s"]) as m:
    eq(read(m / "file"), "1")
    os.unlink(host / "file")
    fails(ENOENT, os.stat, m / "file")
    write(host / "file", "two")
    eq(read(m / "file"), "two")
