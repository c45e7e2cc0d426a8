#!/usr/bin/python3
# Named pipes, sockets and plain files are made by mknod.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    for name, kind in (("fifo", stat.S_IFIFO), ("sock", stat.S_IFSOCK),
                       ("file", stat.S_IFREG)):
        os.mknod(m / name, kind | 0o640)
        for where in (m.path, host):
            st = os.lstat(where / name)
            eq(stat.S_IFMT(st.st_mode), kind)
            eq(stat.S_IMODE(st.st_mode), 0o640)
        fails(EEXIST, os.mknod, m / name, kind | 0o640)
