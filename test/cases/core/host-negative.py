#!/usr/bin/python3
# With --negative-ttl 0s a name that was absent is seen as soon as the host
# has it.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("ro", "/", host), flags=["--negative-ttl", "0s"]) as m:
    for i in range(20):
        name = "n%d" % i
        fails(ENOENT, os.stat, m / name)
        write(host / name)
        os.stat(m / name)
