#!/usr/bin/python3
# A warm look for what isn't there, in a read-only mapping or a scaffold,
# sends no request.
# needs: tracefs
# modes: root

from sandboxfs import *

host = host_dir()
(host / "dir").mkdir()
with Sandboxfs(("ro", "/a/b", host)) as m:
    paths = [m / p for p in ("none", "a/none", "a/b/none", "a/b/dir/none")]
    def look():
        for i in range(100):
            for p in paths:
                fails(ENOENT, os.stat, p)

    look()
    eq(m.fewest_requests(look).by_op, {})
