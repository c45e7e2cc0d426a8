#!/usr/bin/python3
# Without --hardlinks O_TMPFILE works as well, and the file can be given one
# name.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m.path, os.O_TMPFILE | os.O_RDWR, 0o600)
    os.pwrite(fd, b"x" * 100000, 5)
    eq(os.fstat(fd).st_size, 100005)
    eq(os.pread(fd, 10, 0), b"\0" * 5 + b"x" * 5)
    eq(entries(host), [])
    link_fd(fd, m / "named")
    fails(EPERM, link_fd, fd, m / "again")
    eq(os.fstat(fd).st_nlink, 1)
    os.close(fd)
    eq(os.stat(m / "named").st_size, 100005)
eq(entries(host), ["named"])
