#!/usr/bin/python3
# What a mapping names can't be removed, replaced or renamed in its writable
# directory.

from sandboxfs import *

host, other = host_dir(), host_dir("other")
write(host / "dir/x")
write(host / "plain", "plain")
write(other / "file", "file")
with Sandboxfs(("rw", "/", host), ("rw", "/dir", other),
               ("rw", "/file", other / "file"),
               ("rw", "/scaffold/below", other)) as m:
    fails(EPERM, os.unlink, m / "file")
    fails((EPERM, ENOTEMPTY), os.rmdir, m / "dir")
    fails((EPERM, ENOTEMPTY), os.rmdir, m / "scaffold")
    for name in ("file", "dir", "scaffold"):
        fails(EPERM, os.rename, m / name, m / "renamed")
    fails(EPERM, os.rename, m / "plain", m / "file")
    fails(EEXIST, os.mkdir, m / "scaffold")
    fails(EPERM, renameat2, m / "plain", m / "file", RENAME_EXCHANGE)
    eq(entries(m.path), ["dir", "file", "plain", "scaffold"])
    eq(read(m / "file"), "file")
    write(m / "file", "rewritten")
eq(read(other / "file"), "rewritten")
eq(entries(host), ["dir", "plain"])
