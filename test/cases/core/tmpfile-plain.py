#!/usr/bin/python3
# Without --hardlinks O_TMPFILE works as scratch space.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m.path, os.O_TMPFILE | os.O_RDWR, 0o600)
    os.pwrite(fd, b"x" * 100000, 5)
    eq(os.fstat(fd).st_size, 100005)
    eq(os.pread(fd, 10, 0), b"\0" * 5 + b"x" * 5)
    fails(EPERM, os.link, "/proc/self/fd/%d" % fd, m / "named",
          follow_symlinks=True)
    os.close(fd)
eq(entries(host), [])
