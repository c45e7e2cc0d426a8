#!/usr/bin/python3
# Files beyond 4 GiB: sizes, sparse reads and writes.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m / "file", os.O_RDWR | os.O_CREAT)
    at = (5 << 30) + 3
    os.pwrite(fd, b"far", at)
    eq(os.fstat(fd).st_size, at + 3)
    eq(os.pread(fd, 10, at), b"far")
    eq(os.pread(fd, 4, 3 << 30), b"\0" * 4)
    eq(os.stat(host / "file").st_size, at + 3)
    os.ftruncate(fd, 6 << 30)
    eq(os.lseek(fd, 0, os.SEEK_END), 6 << 30)
    os.ftruncate(fd, 0)
    os.close(fd)
