#!/usr/bin/python3
# O_DIRECT reads and writes.

from sandboxfs import *

import mmap

host = host_dir()
write(host / "file", "x" * 16384)
try:
    os.close(os.open(host / "file", os.O_RDWR | os.O_DIRECT))
except OSError:
    skip("the host's file system has no O_DIRECT")
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m / "file", os.O_RDWR | os.O_DIRECT)
    buffer = mmap.mmap(-1, 8192)
    eq(os.preadv(fd, [buffer], 4096), 8192)
    eq(buffer[:], b"x" * 8192)
    buffer[:] = b"d" * 8192
    eq(os.pwritev(fd, [buffer], 4096), 8192)
    want = b"x" * 4096 + b"d" * 8192 + b"x" * 4096
    eq(raw(m / "file"), want)
    eq(raw(host / "file"), want)
    # Mixed with the page cache of another descriptor.
    with open(m / "file", "r+b") as f:
        f.write(b"cached")
    eq(os.preadv(fd, [buffer], 0), 8192)
    eq(buffer[:6], b"cached")
    os.close(fd)
