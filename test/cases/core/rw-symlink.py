#!/usr/bin/python3
# Symbolic links are made and read, whatever they say.

from sandboxfs import *

host = host_dir()
targets = ["file", "/absolute", "../up", "x" * 4000, "with space\n", "."]
with Sandboxfs(("rw", "/", host)) as m:
    for i, target in enumerate(targets):
        os.symlink(target, m / ("l%d" % i))
        eq(os.readlink(m / ("l%d" % i)), target)
        eq(os.readlink(host / ("l%d" % i)), target)
        eq(os.lstat(m / ("l%d" % i)).st_size, len(target))
    os.symlink(b"\xff\xfe", os.fsencode(m / "bytes"))
    eq(os.readlink(os.fsencode(m / "bytes")), b"\xff\xfe")
    fails(EEXIST, os.symlink, "x", m / "l0")
    os.symlink("loop", m / "loop")
    fails(ELOOP, os.stat, m / "loop")
    os.unlink(m / "l0")
    check(not os.path.lexists(host / "l0"))
