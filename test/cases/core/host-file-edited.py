#!/usr/bin/python3
# A file that is edited in place on the host, keeping its size, shows its
# new bytes when it is opened again.

from sandboxfs import *

host = host_dir()
write(host / "file", "old!")
with Sandboxfs(("ro", "/", host)) as m:
    for i in range(20):
        text = "%04d" % i
        eq(len(read(m / "file")), 4)
        # Times of the host come from its clock tick: wait for another.
        time.sleep(0.02)
        with open(host / "file", "r+") as f:
            f.write(text)
        eq(read(m / "file"), text)
