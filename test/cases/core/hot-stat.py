#!/usr/bin/python3
# A warm stat(2), of what is there, sends no request.
# needs: tracefs
# modes: root

from sandboxfs import *

host, other = host_dir(), host_dir("other")
write(host / "a/b/file", "x")
write(other / "dir/file", "x")
os.symlink("file", host / "a/b/link")
with Sandboxfs(("ro", "/", host), ("rw", "/s/w", other)) as m:
    paths = [m / p for p in ("a/b/file", "a/b/link", "a/b", "s", "s/w/dir",
                             "s/w/dir/file")]
    def look():
        for i in range(100):
            for p in paths:
                os.stat(p)
                os.lstat(p)
                os.access(p, os.R_OK)

    look()
    eq(m.fewest_requests(look).by_op, {})
