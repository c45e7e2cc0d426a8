#!/usr/bin/python3
# O_TMPFILE makes a file without a name; with --hardlinks it can be given
# one.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host), flags=["--hardlinks"]) as m:
    fd = os.open(m.path, os.O_TMPFILE | os.O_RDWR, 0o640)
    eq(entries(host), [])
    os.write(fd, b"unnamed")
    eq(os.pread(fd, 100, 0), b"unnamed")
    eq(os.fstat(fd).st_nlink, 0)
    eq(os.fstat(fd).st_size, 7)
    link_fd(fd, m / "named")
    eq(read(host / "named"), "unnamed")
    eq(os.fstat(fd).st_nlink, 1)
    os.close(fd)
    eq(stat.S_IMODE(os.stat(m / "named").st_mode), 0o640)
