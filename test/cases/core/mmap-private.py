#!/usr/bin/python3
# Stores to a private mapping stay private.

from sandboxfs import *

import mmap

host = host_dir()
write(host / "file", "x" * 5000)
with Sandboxfs(("ro", "/", host)) as m:
    with open(m / "file", "rb") as f:
        with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY) as map:
            map[0:4] = b"mine"
            eq(map[:5], b"minex")
        with mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as map:
            eq(map[:5], b"xxxxx")
        fails(EACCES, mmap.mmap, f.fileno(), 0,
              prot=mmap.PROT_READ | mmap.PROT_WRITE)
eq(read(host / "file"), "x" * 5000)
