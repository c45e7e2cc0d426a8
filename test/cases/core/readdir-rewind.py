#!/usr/bin/python3
# rewinddir(3) shows what was made since, also of a scaffold's neighbour.

from sandboxfs import *

host = host_dir()
write(host / "old")
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m.path, os.O_RDONLY | os.O_DIRECTORY)
    eq(os.listdir(fd), ["old"])
    write(m / "new")
    eq(sorted(os.listdir(fd)), ["new", "old"])
    os.unlink(m / "old")
    eq(os.listdir(fd), ["new"])
    os.close(fd)
