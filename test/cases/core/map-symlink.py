#!/usr/bin/python3
# A symbolic link is mapped as a link, not as what it leads to.

from sandboxfs import *

host = host_dir()
write(host / "file", "text")
os.symlink("file", host / "link")
os.symlink("/nowhere/at all", host / "dangling")
with Sandboxfs(("ro", "/link", host / "link"),
               ("ro", "/dangling", host / "dangling"),
               ("ro", "/file", host / "file")) as m:
    check(os.path.islink(m / "link"))
    eq(os.readlink(m / "link"), "file")
    eq(read(m / "link"), "text")
    eq(os.readlink(m / "dangling"), "/nowhere/at all")
    eq(os.lstat(m / "link").st_size, 4)
    fails(ENOENT, os.stat, m / "dangling")
    eq(entries(m.path), ["dangling", "file", "link"])
