#!/usr/bin/python3
# fallocate(2): preallocate, keep the size, punch holes, zero ranges.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m / "file", os.O_RDWR | os.O_CREAT)
    fallocate(fd, 0, 0, 65536)
    eq(os.fstat(fd).st_size, 65536)
    os.pwrite(fd, b"x" * 65536, 0)
    os.fsync(fd)
    fallocate(fd, FALLOC_KEEP_SIZE, 65536, 65536)
    eq(os.fstat(fd).st_size, 65536)
    fallocate(fd, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, 4096, 8192)
    want = b"x" * 4096 + b"\0" * 8192 + b"x" * (65536 - 12288)
    eq(os.pread(fd, 70000, 0) == want, True, "bytes after the punch")
    eq(raw(host / "file") == want, True, "bytes on the host")
    try:
        fallocate(fd, FALLOC_ZERO_RANGE, 60000, 10000)
        eq(os.fstat(fd).st_size, 70000)
        eq(os.pread(fd, 20000, 60000), b"\0" * 10000)
    except OSError as e:
        # Not every host file system can.
        eq(e.errno, EOPNOTSUPP)
    fails(EINVAL, fallocate, fd, 0, 0, 0)
    os.close(fd)
    fd = os.open(m / "file", os.O_RDONLY)
    fails(EBADF, fallocate, fd, 0, 0, 1)
    os.close(fd)
