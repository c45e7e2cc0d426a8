#!/usr/bin/python3
# Entries come with their types, and "." and ".." are there.

from sandboxfs import *

host = host_dir()
write(host / "file")
(host / "dir").mkdir()
os.symlink("file", host / "link")
os.mkfifo(host / "fifo")
os.mknod(host / "sock", stat.S_IFSOCK | 0o600)
with Sandboxfs(("ro", "/", host)) as m:
    lines = run("find", m.path, "-mindepth", "1", "-printf",
                "%f %y\n").stdout.split("\n")
    eq(sorted(lines)[1:], ["dir d", "fifo p", "file f", "link l", "sock s"])
    eq(sorted(run("ls", "-a", m.path).stdout.split())[:2], [".", ".."])
    fails(ENOTDIR, os.listdir, m / "file")
    fails(EISDIR, os.read, os.open(m.path, os.O_RDONLY), 10)
