#!/usr/bin/python3
# A renamed file keeps its inode number and its open files.

from sandboxfs import *

host = host_dir()
write(host / "a", "text")
(host / "dir").mkdir()
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m / "a", os.O_RDWR)
    before = os.fstat(fd)
    os.rename(m / "a", m / "dir/b")
    eq(os.fstat(fd).st_ino, before.st_ino)
    eq(os.lstat(m / "dir/b").st_ino, before.st_ino)
    os.pwrite(fd, b"TEXT", 0)
    eq(read(m / "dir/b"), "TEXT")
    os.rename(m / "dir", m / "moved")
    os.pwrite(fd, b"more", 4)
    eq(read(m / "moved/b"), "TEXTmore")
    os.close(fd)
