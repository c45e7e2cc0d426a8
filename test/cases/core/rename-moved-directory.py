#!/usr/bin/python3
# What lies in a renamed directory is reached by its new path, and by those
# who sit in it.

from sandboxfs import *

host = host_dir()
write(host / "a/b/file", "text")
with Sandboxfs(("rw", "/", host)) as m:
    os.chdir(m / "a/b")
    os.stat("file")
    os.rename(m / "a", m / "z")
    eq(os.getcwd(), str(m / "z/b"))
    eq(read("file"), "text")
    write("made", "made")
    eq(read(host / "z/b/made"), "made")
    fails(ENOENT, os.stat, m / "a/b/file")
    eq(read(m / "z/b/file"), "text")
    os.unlink(m / "z/b/file")
    os.unlink(m / "z/b/made")
    os.chdir("/")
    os.rmdir(m / "z/b")
eq(entries(host / "z"), [])
