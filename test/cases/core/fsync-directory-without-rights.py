#!/usr/bin/python3
# An open directory can be synced after its mode was taken away.

from sandboxfs import *

host = host_dir()
(host / "dir").mkdir()
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m / "dir", os.O_RDONLY)
    os.chmod(m / "dir", 0)
    os.fsync(fd)
    os.fdatasync(fd)
    eq(os.listdir(fd), [])
    os.close(fd)
