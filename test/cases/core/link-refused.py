#!/usr/bin/python3
# By default link(2) is EPERM and a file shows one link, as in version 0.2.

from sandboxfs import *

host = host_dir()
write(host / "a")
os.link(host / "a", host / "b")
with Sandboxfs(("rw", "/", host)) as m:
    fails(EPERM, os.link, m / "a", m / "c")
    eq(os.stat(m / "a").st_nlink, 1)
    os.makedirs(m / "dir/sub")
    eq(os.stat(m / "dir").st_nlink, 2)
eq(entries(host), ["a", "b", "dir"])
