#!/usr/bin/python3
# Without --xattrs there are no extended attributes.

from sandboxfs import *

host = host_dir()
write(host / "file")
try:
    os.setxattr(host / "file", "user.x", b"1")
except OSError:
    skip("the host's file system has no extended attributes")
with Sandboxfs(("rw", "/", host)) as m:
    fails(EOPNOTSUPP, os.getxattr, m / "file", "user.x")
    fails(EOPNOTSUPP, os.setxattr, m / "file", "user.y", b"2")
    fails(EOPNOTSUPP, os.removexattr, m / "file", "user.x")
    fails(EOPNOTSUPP, os.listxattr, m / "file")
eq(os.listxattr(host / "file"), ["user.x"])
