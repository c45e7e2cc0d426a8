#!/usr/bin/python3
# Opening a file of a read-only mapping for writing fails, and changes nothing.

from sandboxfs import *

host = host_dir()
write(host / "file", "old")
with Sandboxfs(("ro", "/", host)) as m:
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC,
                  os.O_WRONLY | os.O_APPEND):
        fails((EPERM, EROFS), os.open, m / "file", flags)
    fails((EPERM, EROFS), os.truncate, m / "file", 0)
    eq(read(m / "file"), "old")
eq(read(host / "file"), "old")
