#!/usr/bin/python3
# --allow=root works on Linux: the mounter and root get in, others don't.
# modes: root

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/", host), flags=["--allow=root"]) as m:
    eq(read(m / "file"), "x")
    fails(EACCES, run_as, other_uid, other_gid, os.listdir, m.path)
    fails(EACCES, run_as, other_uid, other_gid, read, m / "file")
