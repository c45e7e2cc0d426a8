#!/usr/bin/python3
# Renames between a writable and a read-only mapping fail either way.

from sandboxfs import *

host = host_dir()
write(host / "ro/file", "ro")
write(host / "rw/file", "rw")
with Sandboxfs(("ro", "/ro", host / "ro"), ("rw", "/rw", host / "rw")) as m:
    fails(EPERM, os.rename, m / "ro/file", m / "rw/new")
    fails(EPERM, os.rename, m / "rw/file", m / "ro/new")
    fails(EPERM, os.rename, m / "ro/file", m / "rw/file")
    fails(EPERM, os.link, m / "rw/file", m / "ro/new")
eq(entries(host / "ro"), ["file"])
eq(entries(host / "rw"), ["file"])
