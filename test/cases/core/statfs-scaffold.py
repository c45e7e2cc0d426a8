#!/usr/bin/python3
# statfs(2) of a view that maps only single files gives no error.

from sandboxfs import *

host = host_dir()
write(host / "file")
with Sandboxfs(("ro", "/a/file", host / "file")) as m:
    check(os.statvfs(m.path).f_namemax >= 255)
    check(os.statvfs(m / "a").f_bsize > 0)
    run("df", m.path)
