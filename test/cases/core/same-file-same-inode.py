#!/usr/bin/python3
# Two mappings of one file with the same rights are one inode; different
# files are not.

from sandboxfs import *

host = host_dir()
write(host / "one")
write(host / "two")
with Sandboxfs(("ro", "/a", host), ("ro", "/b", host),
               ("ro", "/c/file", host / "one")) as m:
    a, b, c, d = [os.stat(m / p) for p in
                  ("a/one", "b/one", "c/file", "a/two")]
    eq(a.st_dev, b.st_dev)
    eq(a.st_ino, b.st_ino)
    eq(a.st_ino, c.st_ino)
    check(a.st_ino != d.st_ino, "two files, one number")
    check(os.path.samefile(m / "a/one", m / "c/file"))
    # Directories are of one place each.
    check(os.stat(m / "a").st_ino != os.stat(m / "b").st_ino)
