#!/usr/bin/python3
# Reads and writes of many sizes give the same bytes, large ones too.

from sandboxfs import *

import random

host = host_dir()
random.seed(7)
data = random.randbytes(8 << 20)
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m / "file", os.O_RDWR | os.O_CREAT)
    at = 0
    for size in [1, 4095, 4096, 4097, 65536, 131072, 131073, 1 << 20,
                 3 << 20]:
        eq(os.write(fd, data[at:at + size]), size)
        at += size
    check(raw(host / "file") == data[:at], "bytes on the host")
    for size in [1, 4096, 100000, 131072, 1 << 20, 8 << 20]:
        os.lseek(fd, 0, os.SEEK_SET)
        got = b""
        while True:
            chunk = os.read(fd, size)
            if not chunk:
                break
            got += chunk
            if size < 4096 and len(got) > 5000:
                break
        check(got == data[:at][:len(got)], "bytes by %d" % size)
        check(size < 4096 or len(got) == at, "length by %d" % size)
    os.close(fd)
