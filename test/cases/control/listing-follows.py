#!/usr/bin/python3
# A directory that is listed again after a change shows the change, even
# when it is held open.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("ro", "/fixed", host), reconfig=True) as m:
    root = os.open(m.path, os.O_RDONLY)
    eq(os.listdir(root), ["fixed"])
    m.create("s", ("ro", "/a/b", host))
    eq(sorted(os.listdir(root)), ["fixed", "s"])
    inner = os.open(m / "s/a", os.O_RDONLY)
    eq(os.listdir(inner), ["b"])
    m.create("s", ("ro", "/a/c", host))
    eq(sorted(os.listdir(inner)), ["b", "c"])
    m.destroy("s")
    eq(os.listdir(root), ["fixed"])
    eq(os.listdir(inner), [])
    fails(ENOENT, os.stat, "b", dir_fd=inner)
    os.close(root)
    os.close(inner)
