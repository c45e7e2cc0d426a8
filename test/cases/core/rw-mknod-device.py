#!/usr/bin/python3
# Root can make device nodes; nobody else can.
# modes: root, unprivileged

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    if privileged:
        os.mknod(m / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        for where in (m.path, host):
            st = os.lstat(where / "null")
            check(stat.S_ISCHR(st.st_mode))
            eq(st.st_rdev, os.makedev(1, 3))
    else:
        fails(EPERM, os.mknod, m / "null", stat.S_IFCHR | 0o666,
              os.makedev(1, 3))
