#!/usr/bin/python3
# A file that is open when its sandbox is destroyed can be used until it is
# closed.

from sandboxfs import *

host = host_dir()
write(host / "file", "0123456789")
with Sandboxfs(reconfig=True) as m:
    m.create("s", ("rw", "/dir", host))
    fd = os.open(m / "s/dir/file", os.O_RDWR)
    m.destroy("s")
    eq(os.pread(fd, 100, 0), b"0123456789")
    os.pwrite(fd, b"written after", 0)
    eq(os.fstat(fd).st_size, 13)
    eq(read(host / "file"), "written after")
    os.close(fd)
    fails(ENOENT, os.stat, m / "s/dir/file")
