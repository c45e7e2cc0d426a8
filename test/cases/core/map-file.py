#!/usr/bin/python3
# A single file can be mapped, read-only or writable, under any name.

from sandboxfs import *

host = host_dir()
write(host / "file", "old")
with Sandboxfs(("ro", "/ro/a", host / "file"),
               ("rw", "/rw/b", host / "file")) as m:
    eq(read(m / "ro/a"), "old")
    fails(EPERM, open, m / "ro/a", "w")
    write(m / "rw/b", "changed")
    eq(read(m / "ro/a"), "changed")
    eq(os.stat(m / "ro/a").st_size, 7)
eq(read(host / "file"), "changed")
