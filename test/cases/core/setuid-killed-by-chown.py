#!/usr/bin/python3
# chown(2) clears the set-user-id bits, even one that changes no owner.
# modes: root

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    for i, (uid, gid) in enumerate([(-1, -1), (0, -1), (other_uid, 5)]):
        f = write(m / ("f%d" % i), "", 0o6755)
        os.chown(f, uid, gid)
        eq(stat.S_IMODE(os.stat(f).st_mode), 0o755, "%d:%d" % (uid, gid))
        eq(stat.S_IMODE(os.stat(host / f.name).st_mode), 0o755)
