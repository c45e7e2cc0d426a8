#!/usr/bin/python3
# By default nobody else gets in, not even root if it isn't the mounter.
# modes: root

from sandboxfs import *

host = host_dir()
with Sandboxfs(("ro", "/", host)) as m:
    fails(EACCES, run_as, other_uid, other_gid, os.listdir, m.path)
    fails(EACCES, run_as, other_uid, other_gid, os.stat, m / "x")
