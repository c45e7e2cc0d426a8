#!/usr/bin/python3
# With --xattrs a read-only mapping shows them and refuses changes; a
# scaffold has none.

from sandboxfs import *

host = host_dir()
write(host / "file")
try:
    os.setxattr(host / "file", "user.x", b"1")
except OSError:
    skip("the host's file system has no extended attributes")
with Sandboxfs(("ro", "/a/b", host), flags=["--xattrs"]) as m:
    eq(os.getxattr(m / "a/b/file", "user.x"), b"1")
    fails(EPERM, os.setxattr, m / "a/b/file", "user.x", b"2")
    fails(EPERM, os.removexattr, m / "a/b/file", "user.x")
    eq(os.listxattr(m / "a"), [])
    fails(ENODATA, os.getxattr, m / "a", "user.x")
    fails((EPERM, EACCES), os.setxattr, m / "a", "user.x", b"2")
