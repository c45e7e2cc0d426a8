#!/usr/bin/python3
# An inode number stays what it is: through stat, readdir, rename and time.

from sandboxfs import *

host = host_dir()
(host / "dir").mkdir()
for i in range(50):
    write(host / "dir" / ("f%d" % i))
with Sandboxfs(("rw", "/", host), flags=["--ttl", "0s"]) as m:
    with os.scandir(m / "dir") as it:
        listed = {e.name: e.inode() for e in it}
    eq(len(set(listed.values())), 50)
    for name, ino in listed.items():
        eq(os.lstat(m / "dir" / name).st_ino, ino, name)
    os.rename(m / "dir/f0", m / "moved")
    eq(os.lstat(m / "moved").st_ino, listed["f0"])
    before = os.lstat(m / "dir").st_ino
    os.rename(m / "dir", m / "dir2")
    eq(os.lstat(m / "dir2").st_ino, before)
    eq(os.lstat(m / "dir2/f1").st_ino, listed["f1"])
