#!/usr/bin/python3
# A sandbox that is somebody's working directory is destroyed all the same;
# a new one of its id is another.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(reconfig=True) as m:
    m.create("s", ("rw", "/dir", host))
    os.chdir(m / "s/dir")
    eq(read("file"), "x")
    m.destroy("s")
    fails(ENOENT, os.stat, "../../s")
    fails(ENOENT, os.stat, m / "s")
    fails((ENOENT, ESTALE), os.open, "new", os.O_WRONLY | os.O_CREAT)
    m.create("s", ("rw", "/dir", host))
    eq(read(m / "s/dir/file"), "x")
    fails((ENOENT, ESTALE), os.stat, "file")
    os.chdir("/")
eq(entries(host), ["file"])
