#!/usr/bin/python3
# With --xattrs they are the host's, flags and sizes included.

from sandboxfs import *

host = host_dir()
write(host / "file")
try:
    os.setxattr(host / "file", "user.x", b"1")
except OSError:
    skip("the host's file system has no extended attributes")
with Sandboxfs(("rw", "/", host), flags=["--xattrs"]) as m:
    eq(os.getxattr(m / "file", "user.x"), b"1")
    eq([n for n in os.listxattr(m / "file") if n.startswith("user.")],
       ["user.x"])
    fails(ENODATA, os.getxattr, m / "file", "user.none")
    fails(EEXIST, os.setxattr, m / "file", "user.x", b"2", os.XATTR_CREATE)
    fails(ENODATA, os.setxattr, m / "file", "user.y", b"2", os.XATTR_REPLACE)
    os.setxattr(m / "file", "user.x", b"\0binary\xff", os.XATTR_REPLACE)
    eq(os.getxattr(host / "file", "user.x"), b"\0binary\xff")
    os.setxattr(m / "file", "user.big", b"b" * 2000)
    eq(os.getxattr(host / "file", "user.big"), b"b" * 2000)
    os.setxattr(m / "file", "user.empty", b"")
    eq(os.getxattr(m / "file", "user.empty"), b"")
    os.removexattr(m / "file", "user.x")
    fails(ENODATA, os.removexattr, m / "file", "user.x")
    eq(sorted(os.listxattr(host / "file")), ["user.big", "user.empty"])
    os.mkdir(m / "dir")
    os.setxattr(m / "dir", "user.d", b"dir")
    eq(os.getxattr(host / "dir", "user.d"), b"dir")
