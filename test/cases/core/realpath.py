#!/usr/bin/python3
# Paths that programs work out inside the view stay inside it.

from sandboxfs import *

host = host_dir()
write(host / "a/b/file")
os.symlink("b/file", host / "a/link")
os.symlink("../a", host / "a/up")
with Sandboxfs(("ro", "/deep/er", host)) as m:
    eq(os.path.realpath(m / "deep/er/a/link"), str(m / "deep/er/a/b/file"))
    eq(os.path.realpath(m / "deep/er/a/up/up/link"),
       str(m / "deep/er/a/b/file"))
    os.chdir(m / "deep/er/a/b")
    eq(os.getcwd(), str(m / "deep/er/a/b"))
    eq(run("pwd", "-P").stdout, "%s\n" % (m / "deep/er/a/b"))
    eq(os.path.realpath("../../.."), str(m / "deep"))
    with open("file") as f:
        eq(os.readlink("/proc/self/fd/%d" % f.fileno()),
           str(m / "deep/er/a/b/file"))
    os.chdir("/")
