#!/usr/bin/python3
# With --hardlinks, link(2) works where both ends are writable, and link
# counts are the host's.

from sandboxfs import *

host = host_dir()
write(host / "rw/a", "text")
write(host / "ro/x")
with Sandboxfs(("rw", "/rw", host / "rw"), ("ro", "/ro", host / "ro"),
               flags=["--hardlinks"]) as m:
    eq(os.stat(m / "rw/a").st_nlink, 1)
    os.link(m / "rw/a", m / "rw/b")
    eq(os.stat(m / "rw/a").st_nlink, 2)
    check(os.path.samefile(m / "rw/a", m / "rw/b"))
    check(os.path.samefile(host / "rw/a", host / "rw/b"))
    with open(m / "rw/b", "a") as f:
        f.write(" and more")
    eq(read(m / "rw/a"), "text and more")
    os.unlink(m / "rw/a")
    eq(os.stat(m / "rw/b").st_nlink, 1)
    eq(read(m / "rw/b"), "text and more")
    fails(EPERM, os.link, m / "rw/b", m / "ro/b")
    fails(EPERM, os.link, m / "ro/x", m / "rw/x")
    fails(EEXIST, os.link, m / "rw/b", m / "rw/b")
    os.mkdir(m / "rw/d")
    fails(EPERM, os.link, m / "rw/d", m / "rw/e")
