#!/usr/bin/python3
# statfs(2) is that of the host's file system below a mapping.

from sandboxfs import *

host = host_dir()
write(host / "file")
with Sandboxfs(("rw", "/", host), ("ro", "/s/c", host)) as m:
    want = os.statvfs(host)
    for where in (m.path, m / "file", m / "s/c"):
        got = os.statvfs(where)
        eq(got.f_blocks, want.f_blocks)
        eq(got.f_bsize, want.f_bsize)
        eq(got.f_frsize, want.f_frsize)
        eq(got.f_files, want.f_files)
        eq(got.f_namemax, want.f_namemax)
        check(got.f_bavail > 0)
