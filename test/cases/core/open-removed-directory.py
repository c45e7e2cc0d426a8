#!/usr/bin/python3
# A directory that is open or somebody's cwd when it is removed: empty, and
# nothing can be made in it.

from sandboxfs import *

host = host_dir()
(host / "dir").mkdir()
with Sandboxfs(("rw", "/", host)) as m:
    os.chdir(m / "dir")
    fd = os.open(".", os.O_RDONLY)
    os.rmdir(m / "dir")
    eq(os.listdir(fd), [])
    fails(ENOENT, os.open, "new", os.O_WRONLY | os.O_CREAT)
    fails(ENOENT, os.mkdir, "new")
    fails(ENOENT, os.stat, "new")
    fails(ENOENT, os.getcwd)
    os.fstat(fd)
    os.mkdir(m / "dir")
    write(m / "dir/file")
    eq(os.listdir(fd), [])
    os.close(fd)
    os.chdir("/")
