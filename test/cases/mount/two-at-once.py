#!/usr/bin/python3
# Two file systems at one time, one seen through the other.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/", host)) as a:
    with Sandboxfs(("ro", "/in", a.path)) as b:
        eq(read(b / "in/file"), "x")
        eq(os.stat(b / "in/file").st_size, 1)
        check(os.stat(b / "in").st_dev != os.stat(a.path).st_dev)
