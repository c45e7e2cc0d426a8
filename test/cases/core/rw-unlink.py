#!/usr/bin/python3
# A removed file is gone, on the host too; removing it again is ENOENT.

from sandboxfs import *

host = host_dir()
write(host / "file")
with Sandboxfs(("rw", "/", host)) as m:
    os.stat(m / "file")
    os.unlink(m / "file")
    fails(ENOENT, os.stat, m / "file")
    fails(ENOENT, os.unlink, m / "file")
    eq(entries(m.path), [])
    eq(entries(host), [])
    # The next of that name is another file.
    write(m / "file", "new")
    eq(read(m / "file"), "new")
