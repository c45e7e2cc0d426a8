#!/usr/bin/python3
# One file mapped by two sandboxes is one inode, kept warm from one to the
# next.
# needs: tracefs
# modes: root

from sandboxfs import *

host = host_dir()
write(host / "tool", "x" * 10000, 0o755)
with Sandboxfs(reconfig=True) as m:
    m.create("1", ("ro", "/t/tool", host / "tool"))
    m.create("2", ("ro", "/t/tool", host / "tool"))
    a, b = os.stat(m / "1/t/tool"), os.stat(m / "2/t/tool")
    eq((a.st_dev, a.st_ino), (b.st_dev, b.st_ino))
    fd = os.open(m / "1/t/tool", os.O_RDONLY)
    os.pread(fd, 10000, 0)
    with m.requests() as r:
        eq(len(raw(m / "2/t/tool")), 10000)
    eq(r.by_op.get("READ", 0), 0)
    os.close(fd)
