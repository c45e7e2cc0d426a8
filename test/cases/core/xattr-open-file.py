#!/usr/bin/python3
# With --xattrs an open file keeps its own after it was removed.

from sandboxfs import *

host = host_dir()
write(host / "file")
try:
    os.setxattr(host / "file", "user.x", b"1")
except OSError:
    skip("the host's file system has no extended attributes")
with Sandboxfs(("rw", "/", host), flags=["--xattrs"]) as m:
    with open(m / "file", "r+") as f:
        os.unlink(m / "file")
        write(m / "file", "another")
        eq(os.getxattr(f.fileno(), "user.x"), b"1")
        os.setxattr(f.fileno(), "user.y", b"2")
        eq(os.getxattr(f.fileno(), "user.y"), b"2")
        check("user.x" in os.listxattr(f.fileno()))
    eq([n for n in os.listxattr(m / "file") if n.startswith("user.")], [])
