#!/usr/bin/python3
# Stores to a shared mapping reach the file, in the view and on the host.

from sandboxfs import *

import mmap

host = host_dir()
write(host / "file", "x" * 10000)
with Sandboxfs(("rw", "/", host)) as m:
    with open(m / "file", "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as map:
            eq(map[:3], b"xxx")
            map[5000:5005] = b"STORE"
            map.flush()
            with open(m / "file", "rb") as g:
                g.seek(5000)
                eq(g.read(5), b"STORE")
            eq(raw(host / "file")[5000:5005], b"STORE")
            # And a write(2) shows in the mapping.
            os.pwrite(f.fileno(), b"WRITE", 7000)
            eq(map[7000:7005], b"WRITE")
        # Stored and not flushed: there after close.
        with mmap.mmap(f.fileno(), 0) as map:
            map[0:4] = b"LAST"
    eq(read(m / "file")[:4], "LAST")
eq(read(host / "file")[:4], "LAST")
