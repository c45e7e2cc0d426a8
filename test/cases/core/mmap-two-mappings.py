#!/usr/bin/python3
# A mapping of one view of a file shows what is written through another.

from sandboxfs import *

import mmap

host = host_dir()
write(host / "file", "x" * 8192)
with Sandboxfs(("ro", "/a", host), ("rw", "/b", host)) as m:
    with open(m / "a/file", "rb") as f, open(m / "b/file", "r+b") as g:
        with mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as map:
            for i in range(200):
                text = b"%04d" % i
                os.pwrite(g.fileno(), text, 4000 + i)
                eq(map[4000 + i:4004 + i], text)
