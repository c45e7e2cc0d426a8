#!/usr/bin/python3
# Writing moves the times of file and directory on, as seen by the next
# stat(2).

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
for p in ("file", ""):
    os.utime(host / p, (1000, 1000))
with Sandboxfs(("rw", "/", host)) as m:
    eq(os.stat(m / "file").st_mtime, 1000)
    eq(os.stat(m.path).st_mtime, 1000)
    with open(m / "file", "r+") as f:
        f.write("y")
        f.flush()
        check(os.stat(m / "file").st_mtime > 1000000, "of the file")
    write(m / "new")
    check(os.stat(m.path).st_mtime > 1000000, "of the directory")
    os.utime(m.path, (1000, 1000))
    os.unlink(m / "new")
    check(os.stat(m.path).st_mtime > 1000000, "after unlink")
