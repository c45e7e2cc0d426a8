#!/usr/bin/python3
# Readers see whole records while writers replace them by rename.
# timeout: 120

from sandboxfs import *

host = host_dir()
size = 20000
write(host / "record", b"0" * size)


def replace(child, n):
    for i in range(300):
        temporary = m / ("tmp%d" % n)
        write(temporary, bytes([65 + (i + n) % 26]) * size)
        os.rename(temporary, m / "record")


with Sandboxfs(("rw", "/", host), ("ro", "/look", host)) as m:
    children = [Child(replace, n) for n in range(2)]
    for i in range(600):
        data = raw(m / ("record" if i % 2 else "look/record"))
        eq(len(data), size)
        eq(len(set(data)), 1, "mixed record")
    for c in children:
        c.end()
