#!/usr/bin/python3
# After SIGKILL nothing stays mounted: the guard takes it down, busy or not.

from sandboxfs import *

host = host_dir()
for busy in (False, True):
    m = Sandboxfs(("rw", "/", host))
    fd = os.open(m / "file", os.O_RDWR | os.O_CREAT) if busy else None
    m.process.kill()
    m.process.wait()
    wait_for(lambda: mount_id(m.path) is None, "the guard", 5)
    eq(entries(m.path), [])
    if busy:
        fails((ENOTCONN, ECONNABORTED, EIO), os.fsync, fd)
        abandon(fd)
